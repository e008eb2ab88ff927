// Command-line options: splits them with parseArgs, and says in one line what is wrong with one.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { shownValue, withoutTokens } from "../text/token-pattern.ts";
import { ConfigError, nearest } from "./config-error.ts";
import { type Setting, settings, type Text } from "./settings.ts";

export type Options = NonNullable<ParseArgsConfig["options"]>;

/** Values by option name, without dashes. */
export type Flags = Readonly<Record<string, string | boolean | string[] | undefined>>;

/** Of the server: each setting that has a flag, and the sandbox instead of KOOK. */
export const serverOptions: Options = {
  ...Object.fromEntries(
    Object.values(settings).flatMap(({ flag, isSwitch }: Setting) =>
      flag ? [[flag, { type: isSwitch ? "boolean" : "string" }]] : [],
    ),
  ),
  sandbox: { type: "boolean" },
};

interface OptionToken {
  kind: "option";
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

export type ArgumentToken = OptionToken | { kind: "word"; value: string };

export interface SplitArguments {
  flags: Flags;
  /** Options and other words, in order. */
  tokens: ArgumentToken[];
}

/** Lenient: parseArgs' own errors neither name the nearest option nor fit on a line. `optionProblem` is strict. */
export function splitArguments(argv: readonly string[], options: Options): SplitArguments {
  const split = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const tokens = split.tokens.flatMap((token): SplitArguments["tokens"] => {
    if (token.kind === "option") return [token];
    return token.kind === "positional" ? [{ kind: "word", value: token.value }] : [];
  });
  return { flags: split.values as Flags, tokens };
}

/** The problem of an option where only `options` may be given; undefined if it has none. */
export function optionProblem(token: OptionToken, options: Options): Text | undefined {
  const { name, rawName, value, inlineValue } = token;
  if (name === "token") return NO_TOKEN_FLAG;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    // parseArgs cuts a pasted token at its first "=", and the half in front would not be recognised.
    const whole = withoutTokens(inlineValue ? `${rawName}=${value}` : rawName);
    const named = whole.includes("[token]") ? whole : rawName;
    return unknownFlag(named, name, options);
  }
  // parseArgs takes a following flag as the value.
  const missing = value === undefined || (!inlineValue && /^-./.test(value));
  if (option.type === "string" && missing) {
    return { en: `${rawName} needs a value`, zh: `${rawName} 后面要写一个值` };
  }
  return option.type === "boolean" && value !== undefined
    ? { en: `${rawName} takes no value`, zh: `${rawName} 后面不能写值` }
    : undefined;
}

const NO_TOKEN_FLAG: Text = {
  en: "There is no --token: it would show in ps. Set KOOK_TOKEN instead",
  zh: "没有 --token 这个参数：写在命令行里的 Token 会被同机的其他程序看到。请改用环境变量 KOOK_TOKEN",
};

/** @param name the flag without its dashes */
function unknownFlag(named: string, name: string, options: Options): Text {
  const { en, zh } = nearest(name.toLowerCase(), Object.keys(options), "--");
  return { en: `Unknown flag ${named}${en}`, zh: `没有 ${named} 这个参数${zh}` };
}

/** The last of several values counts, so an empty `--allow-targets=` at the end would drop the guard. */
export function repetitionProblem(
  { name, rawName, value }: OptionToken,
  before: readonly ArgumentToken[],
  options: Options,
): Text | undefined {
  const isRepeated = before.some(
    (other) => other.kind === "option" && other.name === name && other.value !== value,
  );
  return isRepeated && !options[name]?.multiple
    ? {
        en: `${rawName} is given twice with different values`,
        zh: `${rawName} 写了两次，值不相同`,
      }
    : undefined;
}

/** The problem of a word where only options may stand. */
export function wordProblem(
  word: string,
  before: readonly ArgumentToken[],
  options: Options,
): Text {
  const given = unexpected(word);
  if (/^-./.test(word)) {
    return { en: `${given.en}; remove the -- before it`, zh: `${given.zh}；请删除它前面的 --` };
  }
  // Editors and chat programs turn -- into a dash.
  const [, flag, name = ""] = /^(\p{Pd}+([^=]+))/u.exec(word) ?? [];
  if (flag) return unknownFlag(flag, name, options);
  const last = before.at(-1);
  if (last?.kind !== "option") {
    return { en: `${given.en}; the server takes options only`, zh: `${given.zh}；这里只能写参数` };
  }
  const { rawName } = last;
  return options[last.name]?.type === "boolean"
    ? {
        en: `${given.en} after ${rawName}, which takes no value`,
        zh: `${given.zh}：${rawName} 后面不能写值`,
      }
    : {
        en: `${given.en} after ${rawName}, which takes one value; put commas between several`,
        zh: `${given.zh}：${rawName} 后面只能写一个值，多个值之间用逗号分隔`,
      };
}

export function unexpected(word: string): Text {
  const given = JSON.stringify(shownValue(word));
  return { en: `Unexpected argument ${given}`, zh: `多余的参数 ${given}` };
}

/** The server's flags in a host's arguments. @throws ConfigError for the first argument that is wrong */
export function serverFlags(argv: readonly string[]): Flags {
  const { flags, tokens } = splitArguments(argv, serverOptions);
  for (const [index, token] of tokens.entries()) {
    const before = tokens.slice(0, index);
    const problem =
      token.kind === "word"
        ? wordProblem(token.value, before, serverOptions)
        : (optionProblem(token, serverOptions) ?? repetitionProblem(token, before, serverOptions));
    if (problem !== undefined) throw new ConfigError(problem);
  }
  return flags;
}
