// From the bytes of an answer to its envelope, or to what is wrong with it.
import type * as z from "zod";
import { MalformedAnswerError } from "./errors.ts";
import { envelopeSchema } from "./wire/chat.ts";

/** A page of 50 chats is about 25 kB; what is a hundred times larger is no answer of KOOK's. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

interface Body {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Reads the body up to a bound, so that an endless one costs no memory.
 * @throws MalformedAnswerError for one that is too long or cannot be decompressed; what the network throws
 */
export async function readBody({ status, body }: Body): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw new MalformedAnswerError(status, "it is longer than 4 MiB");
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (!isBrokenCompression(error)) throw error;
    throw new MalformedAnswerError(status, "its compression is broken");
  }
  return text + decoder.decode();
}

/** zlib's errors have codes of their own. */
function isBrokenCompression(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (String((cause as NodeJS.ErrnoException).code).startsWith("Z_")) return true;
  }
  return false;
}

/**
 * @param clean what is done to each text of the answer, whatever its meaning
 * @throws MalformedAnswerError
 */
export function parseEnvelope(
  status: number,
  text: string,
  clean: (text: string) => string,
): z.infer<typeof envelopeSchema> {
  // Redirects are told apart: the remedy (a wrong base URL) is another one than for a broken answer.
  if (status >= 300 && status < 400) {
    throw new MalformedAnswerError(status, "it redirects elsewhere, where the token must not go");
  }
  if (text.trim() === "") throw new MalformedAnswerError(status, "it is empty");
  let json: unknown;
  try {
    json = mayNeedCleaning(text, clean)
      ? JSON.parse(quoteLargeIntegers(text), (_, value) =>
          typeof value === "string" ? clean(value) : value,
        )
      : JSON.parse(quoteLargeIntegers(text));
  } catch {
    const problem = text.trimStart().startsWith("<") ? "it is an HTML page" : "it is no valid JSON";
    throw new MalformedAnswerError(status, problem);
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new MalformedAnswerError(status, problemOf(envelope.error));
  return envelope.data;
}

/** Looking at each text by itself takes as long as all else that is done with an answer; most answers hold no token. */
function mayNeedCleaning(json: string, clean: (text: string) => string): boolean {
  if (!json.includes("\\")) return clean(json) !== json;
  const unescaped = json.replace(/\\(["/])/g, "$1");
  // JSON may also hide a letter as `\u0041`, and has a backslash twice.
  return /\\u00|\\\\/.test(json) || clean(unescaped) !== unescaped;
}

/** Where a number may begin that is too large: most answers have none, and finding the others takes long. */
const largeInteger = /(?:^|[:,[\s])-?\d{16}/;

/** Ids are 64-bit, and JSON.parse would round one that is sent as a number: as text it keeps its digits. */
function quoteLargeIntegers(json: string): string {
  if (!largeInteger.test(json)) return json;
  return json.replace(stringsAndNumbers, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

// Strings are matched so that digits within them are passed over; one that does not end, to the end of the text, as
// otherwise each quotation mark in it would be tried as a beginning.
const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Where an answer departs from what is documented; names fields, never quotes values. */
export function problemOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.join(".") ?? "";
  return path === ""
    ? "it has no `data` of the documented form"
    : `\`${path}\` is missing or of the wrong type`;
}
