// Text of unknown origin inside our own sentences.
import { harmlessText } from "../chats/name.ts";

/** The text quoted, on one line, without invisible characters, cut after so many code points. */
export function quoted(text: string, maxLength = 64): string {
  return JSON.stringify(harmlessText(text, maxLength));
}
