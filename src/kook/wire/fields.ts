// Field types that KOOK's answers share. KOOK's backend is PHP: an empty map may arrive as `[]`, an id as a number, a
// boolean as "1". Names are KOOK's; unknown fields are dropped.
import * as z from "zod";

/** Ids are 64-bit and stay strings; answer.ts has quoted numbers that JavaScript would round. */
export const idSchema = z.union([
  z.string().regex(/^[\x21-\x7e]{1,64}$/),
  z.int().transform(String),
]);

/** Opaque: 32 hex digits in practice, other forms in the documents. Printable ASCII, so it fits in a line of text. */
export const codeSchema = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** A number, or its digits as text. No other coercion: null, "" and [] are not 0. */
const numberSchema = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d{1,19}(\.\d{1,9})?$/)
    .transform(Number),
]);

export const integerSchema = numberSchema.refine(Number.isSafeInteger);

export const countSchema = integerSchema.refine((count) => count >= 0);

/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
/** March 1973 in milliseconds, the year 5138 in seconds: a smaller value is a time in seconds. */
const MIN_TIME_MS = 1e11;

/** Seconds, microseconds and nanoseconds become milliseconds. */
function toMilliseconds(time: number): number {
  if (time < MIN_TIME_MS) return time * 1_000;
  if (time < MIN_TIME_MS * 1_000) return time;
  return time < MIN_TIME_MS * 1e6 ? time / 1_000 : time / 1e6;
}

/** ISO 8601: no source reports it, but a time taken for never would be a false claim. */
const isoSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T/)
  .transform(Date.parse);

/** Epoch milliseconds, whole; 0 means never, or unreadable. */
export const timeSchema = z
  .union([numberSchema.transform((time) => toMilliseconds(Math.max(time, 0))), isoSchema])
  .transform(Math.trunc)
  .refine((time) => time <= MAX_TIME_MS)
  .catch(0);

/** Also sent as 1, "1" (PHP) and "true" (seen in kook4j). Anything else is false. */
export const flagSchema = z
  .union([z.boolean(), z.literal(1), z.string().regex(/^(1|true)$/i)])
  .transform((flag) => flag !== false)
  .catch(false);

/** Text; a number becomes its digits, a map or list its JSON, or "" where it is too deep for JSON.stringify. */
export const textSchema = z.preprocess((value) => {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) return value;
  try {
    return JSON.stringify(value);
  } catch {
    return "";
  }
}, z.string().catch(""));

/** Answer to a change: KOOK's documents give `data: {}`; KookBC warns that it need not be a map. */
export const nothingSchema = z.unknown().transform(() => undefined);
