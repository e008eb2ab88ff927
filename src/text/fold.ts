// Folds names and messages for a search.
import { removeInvisible } from "./untrusted.ts";

/** Folds case, width, accents and invisible characters. */
export function foldName(name: string): string {
  return fold(name.slice(0, 1_024));
}

/** As names are folded. Longer than KOOK takes: its own bound for a message is 8 000 characters. */
export function foldMessage(text: string): string {
  return fold(text.slice(0, 20_000));
}

function fold(text: string): string {
  const folded = removeInvisible(text).normalize("NFKD");
  // The marks of the Latin, Greek and Cyrillic scripts only; elsewhere marks make other letters (か and が).
  const bare = folded
    .replace(/[\u0300-\u036f]|\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC");
  // First down, then up, so that ß equals ss, and both lower-case sigmas are one.
  return removeInvisible(bare.toLowerCase().toUpperCase());
}
