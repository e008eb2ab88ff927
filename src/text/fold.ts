// Folds names for a search.
import { removeInvisible } from "./untrusted.ts";

/** Folds case, width, accents and invisible characters. */
export function foldName(name: string): string {
  const folded = removeInvisible(name.slice(0, 1_024)).normalize("NFKD");
  // The marks of the Latin, Greek and Cyrillic scripts only; elsewhere marks make other letters (か and が).
  const bare = folded
    .replace(/[\u0300-\u036f]|\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC");
  // First down, then up, so that ß equals ss, and both lower-case sigmas are one.
  return removeInvisible(bare.toLowerCase().toUpperCase());
}
