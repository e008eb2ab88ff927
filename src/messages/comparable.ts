// Texts as guards compare them.
import { removeInvisible } from "../text/untrusted.ts";

const markdown = /[\s*_~`>#|\\[\]()<-]+/gu;

/** Without what can be changed while the words stay: width, case, white space, Markdown, invisible characters. */
export function comparable(text: string): string {
  return removeInvisible(text).normalize("NFKC").toLowerCase().replace(markdown, "");
}
