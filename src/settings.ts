// What the person who runs the server can set, one entry a setting. This table feeds the parser and --help, and what is
// generated for people and hosts: the READMEs' tables, server.json and the MCPB manifest.
import * as z from "zod";
import { logLevels } from "./log.ts";

export interface Setting {
  env: string;
  /** Without its dashes. Absent for the token alone: a flag would show in the list of processes. */
  flag?: string;
  /** The flag is on by being there and takes no value. */
  isSwitch?: true;
  /** Its value must not be shown. */
  isSecret?: true;
  /** What holds when nothing is set, in the form in which it would be set. */
  default?: string;
  /** Reads the text of the variable or flag. */
  schema: z.ZodType;
  help: string;
}

const on = ["1", "true", "yes", "on"];
const off = ["0", "false", "no", "off"];

const switchSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum([...on, ...off]))
  .transform((text) => on.includes(text));

/** Whole milliseconds; a day is more than any host waits. */
const millisecondsSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number of milliseconds")
  .transform(Number)
  .pipe(z.int().min(1, "must be 1 or more").max(86_400_000, "must be a day or less"));

const baseUrlSchema = z.string().superRefine((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** User ids, with commas of either width or spaces between them. A list without any would be no list at all. */
const userIdsSchema = z
  .string()
  .transform((text) => text.split(/[,，、\s]+/u).filter(Boolean))
  .pipe(
    z
      .array(z.string().regex(/^\d{1,20}$/, "must be user ids, digits with commas between them"))
      .min(1, "must name at least one user id"),
  );

export const settings = {
  token: {
    env: "KOOK_TOKEN",
    isSecret: true,
    schema: z.string().optional(),
    help: "the bot's token",
  },
  tokenFile: {
    env: "KOOK_TOKEN_FILE",
    flag: "token-file",
    schema: z.string().optional(),
    help: "file that holds the token; wins over KOOK_TOKEN",
  },
  baseUrl: {
    env: "KOOK_BASE_URL",
    flag: "base-url",
    default: "https://www.kookapp.cn/api/v3",
    schema: baseUrlSchema,
    help: "KOOK's API; http: only on this machine",
  },
  language: {
    env: "KOOK_LANGUAGE",
    flag: "language",
    default: "zh-CN",
    schema: z
      .string()
      .regex(
        /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
        "must be a language tag such as zh-CN or en-US",
      ),
    help: "language of KOOK's messages and of questions to a person (zh or en)",
  },
  timeoutMs: {
    env: "KOOK_TIMEOUT_MS",
    flag: "timeout-ms",
    default: "10000",
    schema: millisecondsSchema,
    help: "longest wait for one HTTP answer",
  },
  maxWaitMs: {
    env: "KOOK_MAX_WAIT_MS",
    flag: "max-wait-ms",
    default: "20000",
    schema: millisecondsSchema,
    help: "longest wait for KOOK's rate limit",
  },
  readOnly: {
    env: "KOOK_READ_ONLY",
    flag: "read-only",
    isSwitch: true,
    default: "off",
    schema: switchSchema,
    help: "offer list_chats and view_chat only",
  },
  confirmDelete: {
    env: "KOOK_CONFIRM_DELETE",
    flag: "confirm-delete",
    default: "ask",
    schema: z.enum(["ask", "always", "never"]),
    help: "ask a person before a delete: ask (where the host can), always, never",
  },
  output: {
    env: "KOOK_OUTPUT",
    flag: "output",
    default: "both",
    schema: z.enum(["both", "text", "structured"]),
    help: "form of the tools' results: both, text, structured",
  },
  allowTargets: {
    env: "KOOK_ALLOW_TARGETS",
    flag: "allow-targets",
    schema: userIdsSchema.optional(),
    help: "user ids, with commas between them: only chats with these are seen and touched",
  },
  logLevel: {
    env: "KOOK_LOG_LEVEL",
    flag: "log-level",
    default: "info",
    schema: z.enum(logLevels),
    help: `what is logged to stderr: ${logLevels.join(", ")}`,
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The values of all settings, made from their texts. */
export const settingsSchema = z.object(
  Object.fromEntries(settingNames.map((name) => [name, settings[name].schema])) as {
    [Name in SettingName]: (typeof settings)[Name]["schema"];
  },
);

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a web address such as https://www.kookapp.cn/api/v3";
  const { protocol, hostname, username, password } = new URL(text);
  // A lone `?` or `#` counts too: what is appended would no longer be a path.
  if (username || password || /[?#]/.test(text)) {
    return "must have no credentials, query or fragment";
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === "https:" || (protocol === "http:" && loopback)) return undefined;
  return "must begin with https:, because the token travels with every request";
}
