// The bot's token as people set it: pasted with or without its scheme, or in a file.
import type { Token } from "../kook/client.ts";
import { withoutTokens } from "./token-pattern.ts";

/**
 * Reads the token from the file where one is set, otherwise from the text. One that is missing or cannot be used is kept as
 * a problem in words: a server that does not start cannot explain itself.
 */
export function readToken(
  token: string | undefined,
  file: string | undefined,
  readFile: (path: string) => string,
): Token {
  if (file === undefined) {
    return token === undefined
      ? {
          problem: "No KOOK token is set: KOOK_TOKEN or KOOK_TOKEN_FILE must hold the bot's token.",
        }
      : parseToken(token, "KOOK_TOKEN");
  }
  try {
    return parseToken(readFile(file), "The file named by KOOK_TOKEN_FILE");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    // Some put the token itself where its file's name belongs.
    const named = withoutTokens(JSON.stringify(file));
    return { problem: `The token file ${named} cannot be read (${code}).` };
  }
}

/** People paste the token together with the `Bot ` of KOOK's examples. */
function parseToken(text: string, source: string): Token {
  const [, scheme, value] = /^(?:(bot|bearer)(?:\s+|$))?(.*)$/is.exec(text.trim()) ?? [];
  if (!value) return { problem: `${source} holds no token.` };
  // The message must not quote the value: it may be a token with one wrong character in it.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return {
      problem: `${source} holds white space, a line break or another character that no token has in its middle.`,
    };
  }
  return { scheme: scheme?.toLowerCase() === "bearer" ? "Bearer" : "Bot", value };
}
