// Reads an answer's body and parses its envelope.
import type * as z from "zod";
import { isRedirect, MalformedAnswerError } from "./errors.ts";
import { envelopeSchema } from "./wire/envelope.ts";

/** A page of 50 chats is about 25 kB, so this bound is only reached by an answer that is not KOOK's. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type Envelope = z.infer<typeof envelopeSchema>;

interface Body {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Reads the body up to a bound, so that an endless one does not fill memory.
 * @throws MalformedAnswerError if it is too long or cannot be decompressed; what the network throws
 */
export async function readBody({ status, body }: Body): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_BODY_BYTES) throw new MalformedAnswerError(status, "longer than 4 MiB");
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (!isBrokenCompression(error)) throw error;
    throw new MalformedAnswerError(status, "the compression is broken");
  }
  return text + decoder.decode();
}

/** zlib's errors have codes that begin with Z_. */
function isBrokenCompression(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (String((cause as NodeJS.ErrnoException).code).startsWith("Z_")) return true;
  }
  return false;
}

/**
 * @param redact applied to every text in the answer, to keep the token out of errors and results
 * @throws MalformedAnswerError
 */
export function parseEnvelope(
  status: number,
  text: string,
  redact: (text: string) => string,
): Envelope {
  // A redirect has its own message, because the fix (a wrong base URL) differs from that of a broken answer.
  if (isRedirect(status)) {
    throw new MalformedAnswerError(status, "a redirect, which is not followed; nothing was done");
  }
  if (text.trim() === "") throw new MalformedAnswerError(status, "empty");
  let json: unknown;
  try {
    json = JSON.parse(redactJson(quoteLargeIntegers(text), redact));
  } catch {
    const problem = text.trimStart().startsWith("<") ? "an HTML page" : "not valid JSON";
    throw new MalformedAnswerError(status, problem);
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new MalformedAnswerError(status, problemOf(envelope.error));
  return envelope.data;
}

/** Escapes can hide the token, so JSON with a backslash is written again without needless ones. */
function redactJson(json: string, redact: (text: string) => string): string {
  return redact(json.includes("\\") ? JSON.stringify(JSON.parse(json)) : json);
}

/** Cheap test for a number of 16 digits or more: most answers have none. */
const largeInteger = /(?:^|[:,[\s])-?\d{16}/;

/** Quotes integers that JSON.parse would round: ids are 64-bit, and some fields send them as numbers. */
function quoteLargeIntegers(json: string): string {
  if (!largeInteger.test(json)) return json;
  return json.replace(stringsAndNumbers, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}

// Matches strings too, to skip digits inside them. An unterminated string matches to the end of the text; otherwise each
// quotation mark in it would be tried as a start, which takes quadratic time.
const stringsAndNumbers = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Names the first field that does not fit the schema. Never quotes values. */
export function problemOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.join(".") ?? "";
  return path === "" ? "`data` is missing or malformed" : `\`${path}\` is missing or malformed`;
}
