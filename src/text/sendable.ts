// Sanitizes text that a model sends. Stricter than for reading: a person agrees to what they see.
import { visibleText } from "./untrusted.ts";

/**
 * Reading keeps the variation selector of a Chinese character. There are 256 selectors, so a row of them holds any bytes.
 * The selectors of emoji follow no Han character.
 */
const hanSelector = /(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** Text of several lines without hidden characters. */
export function sendableText(text: string): string {
  return visibleText(text).text.replace(hanSelector, "");
}

/** One line without hidden characters. */
export function sendableLine(text: string): string {
  return sendableText(text).replaceAll("\n", " ");
}
