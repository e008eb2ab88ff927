// The bot's token as people set it: pasted with or without its scheme and quotation marks, or in a file.
import type { Token } from "../kook/client.ts";
import { shownValue } from "../text/token-pattern.ts";
import { unquoted } from "./environment.ts";
import type { Text } from "./settings.ts";

/** `missing`: no token is set. A `problem` without it: the token that is set cannot be used. */
export type ReadToken = Token & { missing?: true; inChinese?: string };

/** Reads the token from the file if one is set, otherwise from the text. */
export function readToken(
  token: string | undefined,
  file: string | undefined,
  readFile: (path: string) => string,
): ReadToken {
  if (file !== undefined) return readTokenFile(file, readFile);
  if (token !== undefined) return parseToken(token, { en: "KOOK_TOKEN", zh: "KOOK_TOKEN" });
  const problem = "No KOOK token is set: KOOK_TOKEN or KOOK_TOKEN_FILE must hold the bot's token.";
  return { problem, missing: true };
}

const unusable = ({ en, zh }: Text): ReadToken => ({ problem: en, inChinese: zh });

function readTokenFile(file: string, readFile: (path: string) => string): ReadToken {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    // Redact: some people put the token itself here.
    const named = JSON.stringify(shownValue(file));
    const isHome = file.startsWith("~");
    const home = isHome ? " Write the whole path: ~ is not replaced here." : "";
    return unusable({
      en: `KOOK_TOKEN_FILE: the file ${named} cannot be read (${code}).${home}`,
      zh: `KOOK_TOKEN_FILE：无法读取文件 ${named}（${code}）。${isHome ? "请写完整路径：这里不会展开 ~。" : ""}`,
    });
  }
  return parseToken(text, {
    en: "The file named by KOOK_TOKEN_FILE",
    zh: "KOOK_TOKEN_FILE 指定的文件",
  });
}

/** Never quotes the value: it may be a token with one wrong character in it. */
function parseToken(text: string, { en, zh }: Text): ReadToken {
  const { scheme, value } = unwrap(text);
  if (value === "") return unusable({ en: `${en} holds no token.`, zh: `${zh} 里没有 Token。` });
  if (value.includes("\0")) {
    return unusable({
      en: `${en} is UTF-16 text. Save it as UTF-8.`,
      zh: `${zh} 是 UTF-16 编码，请另存为 UTF-8。`,
    });
  }
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return unusable({
      en: `${en} holds white space, a line break or another character that no token has in its middle.`,
      zh: `${zh} 的中间含有空格、换行等 Token 里没有的字符。`,
    });
  }
  return { scheme, value };
}

/** Removes white space, quotation marks and the `Bot ` of KOOK's examples, in any order. */
function unwrap(text: string): { scheme: "Bot" | "Bearer"; value: string } {
  let value = unquoted(text);
  let scheme: "Bot" | "Bearer" = "Bot";
  for (;;) {
    const [prefix, word] = /^(bot|bearer)(?:\s+|$)/i.exec(value) ?? [];
    if (prefix === undefined || word === undefined) return { scheme, value };
    scheme = word.toLowerCase() === "bearer" ? "Bearer" : "Bot";
    value = unquoted(value.slice(prefix.length));
  }
}
