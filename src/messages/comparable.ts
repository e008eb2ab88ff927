// Texts as guards compare them.
import { visibleText } from "../text/untrusted.ts";

/** ①, ⒈, ❶ and keycap emoji number a list. Removed before NFKC makes digits of them. */
const enclosedNumber = /[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]|\d\ufe0f?\u20e3/gu;
const markdown = /[*_~`>#|\\]+/g;
/** `1.`, `1)`, `(1)`, `一、` before an item of a list, also where the list stands on one line. */
const listNumber = /(?<!\S)\(?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:[.、]|\)[.、]?)(?!\d)/gu;
/** Punctuation, symbols, emoji and white space. */
const noWord = /(?:[\s\p{P}\p{S}\p{C}]|\ufe0f|\u20e3)+/gu;

/**
 * Without what can be changed while the words stay: width, case, white space, punctuation, symbols, Markdown, list numbers,
 * invisible characters. A text without words keeps its punctuation and emoji.
 */
export function comparable(text: string): string {
  const { text: visible } = visibleText(text);
  const folded = visible.replace(enclosedNumber, " ").normalize("NFKC").toLowerCase();
  const words = folded.replace(markdown, "").replace(listNumber, "").replace(noWord, "");
  return words || folded.replace(/\s+/g, "");
}
