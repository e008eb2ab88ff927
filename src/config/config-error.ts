// Error lines for wrong settings. Models and logs get them in English, a person in a terminal in their language.
import leven, { closestMatch } from "leven";
import { withoutTokens } from "../text/token-pattern.ts";
import type { Text } from "./settings.ts";

/** A command line that cannot be understood. The text is one line that names the mistake and the nearest valid word. */
export class ConfigError extends Error {
  /** `message` is the English one. */
  readonly text: Text;

  constructor(text: Text) {
    super(problemLine(text.en));
    this.text = { en: this.message, zh: problemLine(text.zh) };
  }
}

/** One line, without tokens that were put in the wrong place: hosts keep what a server prints. */
export function problemLine(text: string): string {
  return withoutTokens(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " "));
}

/** `; did you mean …?` with the nearest valid word, or empty texts. */
export function nearest(text: string, candidates: readonly string[], prefix = ""): Text {
  const maxDistance = Math.min(4, Math.ceil(text.length / 2));
  const match = closestMatch(text.slice(0, 64), candidates, { maxDistance });
  return match === undefined ? { en: "", zh: "" } : didYouMean(prefix + match);
}

export const didYouMean = (word: string): Text => ({
  en: `; did you mean ${word}?`,
  zh: `；是不是想写 ${word}？`,
});

/** The variable whose name is within two edits of this one; `export`, case and all but letters and digits are ignored. */
export function misspelt(name: string, variables: readonly string[]): string | undefined {
  const bare = (variable: string) =>
    variable.toUpperCase().replace(/^\W*EXPORT |[^\p{L}\p{N}]/gu, "");
  const distances = variables.map((variable) => ({
    variable,
    edits: leven(bare(name), bare(variable), { maxDistance: 3 }),
  }));
  distances.sort((a, b) => a.edits - b.edits);
  return distances[0] && distances[0].edits <= 2 ? distances[0].variable : undefined;
}
