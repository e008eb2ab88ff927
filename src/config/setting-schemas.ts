// How the texts of settings are read: a schema for each kind of value.
import * as z from "zod";
import type { Language } from "../text/language.ts";
import { isTimeZone } from "../text/time.ts";

/** Case does not count: forms and people write `ALWAYS`. */
export const oneOf = <const Choices extends readonly [string, ...string[]]>(choices: Choices) =>
  z
    .string()
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(choices));

const on = ["1", "true", "yes", "y", "on"] as const;
const off = ["0", "false", "no", "n", "off"] as const;
export const switchSchema = oneOf([...on, ...off]).transform((text) =>
  on.some((word) => word === text),
);

/** Whole milliseconds, up to one day. */
export const millisecondsSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number of milliseconds")
  .transform(Number)
  .pipe(z.int().min(1, "must be 1 or more").max(86_400_000, "must be a day or less"));

export const baseUrlSchema = z.string().superRefine((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** The parts of a list, between commas of either width or spaces. */
const partsOf = (text: string) => text.split(/[,，、\s]+/u).filter(Boolean);

/** User ids, separated by commas of either width or spaces. An empty list would allow nobody or everybody: refuse it. */
export const userIdsSchema = z
  .string()
  .transform(partsOf)
  .pipe(
    z
      .array(z.string().regex(/^\d{1,20}$/, "must be user ids, digits with commas between them"))
      .min(1, "must name at least one user id"),
  );

/** Uses of messages, separated like user ids. An empty list is a mistake: off is written by leaving it out. */
const messageUses = ["read", "send"] as const;
export const messagesSchema = z
  .string()
  .transform((text) => partsOf(text.toLowerCase()))
  .pipe(z.array(z.enum(messageUses)).min(1, `must name at least one of ${messageUses.join(", ")}`));

/** Who may be written to: `replies`, `*`, or user ids. */
export const sendToSchema = z.string().transform((text, context): "replies" | "*" | string[] => {
  const folded = text.toLowerCase();
  if (folded === "replies" || folded === "*") return folded;
  const ids = userIdsSchema.safeParse(text);
  if (ids.success) return ids.data;
  context.addIssue({ code: "custom", message: "must be replies, * or user ids" });
  return z.NEVER;
});

/** A count of messages; 0 sends none. */
export const countSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number")
  .transform(Number)
  .pipe(z.int().max(999_999, "must be 999999 or less"));

export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, "must be the IANA name of a time zone, such as Asia/Shanghai");

export const languages = ["zh", "en"] as const satisfies readonly Language[];
export const languageSchema = z.string().transform(languageNamed).pipe(z.enum(languages));

export const confirmModes = ["ask", "always", "never"] as const;
export const outputForms = ["both", "text", "structured"] as const;
export const logLevels = ["error", "warn", "info", "debug"] as const;

/** `zh-CN`, `zh_Hans` and 中文 are `zh`. A text that names neither language stays as it is. */
function languageNamed(text: string): string {
  const folded = text.toLowerCase();
  if (folded === "中文") return "zh";
  if (folded === "english") return "en";
  return /^(zh|en)(?=$|[-_])/.exec(folded)?.[1] ?? text;
}

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a web address such as https://www.kookapp.cn/api/v3";
  const { protocol, hostname, username, password } = new URL(text);
  // A lone `?` or `#` counts too: a route appended to it would not be part of the path.
  if (username || password || /[?#]/.test(text)) {
    return "must have no credentials, query or fragment";
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === "https:" || (protocol === "http:" && loopback)) return undefined;
  return "must begin with https:, because the token travels with every request";
}
