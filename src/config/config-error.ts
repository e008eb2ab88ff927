// What is said of a setting that cannot be understood.
import { closestMatch } from "leven";
import { withoutTokens } from "./token-pattern.ts";

/**
 * A setting cannot be understood. The message is one line that names it and what would be valid. It quotes what was given,
 * except for a token that was put in the wrong place: hosts keep what a server prints.
 */
export class ConfigError extends Error {
  constructor(message: string) {
    super(withoutTokens(message));
  }
}

/** The end of such a line: the valid word that is nearest, where one is near. */
export function nearest(text: string, candidates: readonly string[], prefix = ""): string {
  const match = closest(text, candidates);
  return match === undefined ? "" : `; did you mean ${prefix}${match}?`;
}

export function closest(text: string, candidates: readonly string[]): string | undefined {
  const maxDistance = Math.min(4, Math.ceil(text.length / 2));
  return closestMatch(text.slice(0, 64), candidates, { maxDistance });
}
