// The bot's token as people set it: pasted with or without its scheme and quotation marks, or in a file.
import type { Token } from "../kook/client.ts";
import { shownValue } from "../text/token-pattern.ts";

/** `missing`: no token is set. A `problem` without it: the token that is set cannot be used. */
export type ReadToken = Token & { missing?: true };

/** Reads the token from the file if one is set, otherwise from the text. */
export function readToken(
  token: string | undefined,
  file: string | undefined,
  readFile: (path: string) => string,
): ReadToken {
  if (file !== undefined) return readTokenFile(file, readFile);
  if (token !== undefined) return parseToken(token, "KOOK_TOKEN");
  const problem = "No KOOK token is set: KOOK_TOKEN or KOOK_TOKEN_FILE must hold the bot's token.";
  return { problem, missing: true };
}

function readTokenFile(file: string, readFile: (path: string) => string): Token {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    // Redact: some people put the token itself here.
    const named = JSON.stringify(shownValue(file));
    const home = file.startsWith("~") ? " Write the whole path: ~ is not replaced here." : "";
    return {
      problem: `KOOK_TOKEN_FILE: the file ${named} cannot be read (${code}).${home}`,
    };
  }
  return parseToken(text, "The file named by KOOK_TOKEN_FILE");
}

/** Never quotes the value: it may be a token with one wrong character in it. */
function parseToken(text: string, source: string): Token {
  const { scheme, value } = unwrap(text);
  if (value === "") return { problem: `${source} holds no token.` };
  if (value.includes("\0")) return { problem: `${source} is UTF-16 text. Save it as UTF-8.` };
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return {
      problem: `${source} holds white space, a line break or another character that no token has in its middle.`,
    };
  }
  return { scheme, value };
}

const QUOTATION = /^(?:"(.*)"|'(.*)'|`(.*)`|“(.*)”|‘(.*)’)$/s;

/** Removes white space, quotation marks and the `Bot ` of KOOK's examples, in any order. */
function unwrap(text: string): { scheme: "Bot" | "Bearer"; value: string } {
  let value = text.trim();
  let scheme: "Bot" | "Bearer" = "Bot";
  for (;;) {
    const prefix = /^(bot|bearer)(?:\s+|$)/i.exec(value);
    const quoted = QUOTATION.exec(value);
    if (prefix) {
      scheme = /^bearer/i.test(value) ? "Bearer" : "Bot";
      value = value.slice(prefix[0].length);
    } else if (quoted) {
      value = quoted.slice(1).find((inner) => inner !== undefined) ?? "";
    } else {
      return { scheme, value };
    }
    value = value.trim();
  }
}
