// Names made comparable for search.
import { removeInvisible } from "./untrusted.ts";

/** A name as it is compared with what a person looks for: width, case, accents and what cannot be seen do not count. */
export function foldName(name: string): string {
  const folded = removeInvisible(name.slice(0, 1_024)).normalize("NFKD");
  // The marks of the Latin, Greek and Cyrillic scripts; those of others make other letters, か and が.
  const bare = folded
    .replace(/[\u0300-\u036f]|\p{Default_Ignorable_Code_Point}/gu, "")
    .normalize("NFKC");
  // First down, then up: ß and ss, and both forms of sigma, become the same.
  return removeInvisible(bare.toLowerCase().toUpperCase());
}
