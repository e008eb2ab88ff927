// Command-line options: splits them with parseArgs, and says in one line what is wrong with one.
import { type ParseArgsConfig, parseArgs } from "node:util";
import { shownValue, withoutTokens } from "../text/token-pattern.ts";
import { ConfigError, nearest } from "./config-error.ts";
import { type Setting, settings } from "./settings.ts";

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

/** What is wrong with an option, where only `options` may be given; undefined if nothing is. */
export function optionProblem(token: OptionToken, options: Options): string | undefined {
  const { name, rawName, value, inlineValue } = token;
  if (name === "token") return "There is no --token: it would show in ps. Set KOOK_TOKEN instead";
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    // parseArgs cuts a pasted token at its first "=", and the half in front would not be recognised.
    const whole = withoutTokens(inlineValue ? `${rawName}=${value}` : rawName);
    const named = whole.includes("[token]") ? whole : rawName;
    return `Unknown flag ${named}${nearest(name, Object.keys(options), "--")}`;
  }
  // parseArgs takes a following flag as the value.
  const missing = value === undefined || (!inlineValue && /^-./.test(value));
  if (option.type === "string" && missing) return `${rawName} needs a value`;
  return option.type === "boolean" && value !== undefined ? `${rawName} takes no value` : undefined;
}

/** The last of several values counts, so an empty `--allow-targets=` at the end would drop the guard. */
export function repetitionProblem(
  { name, rawName, value }: OptionToken,
  before: readonly ArgumentToken[],
  options: Options,
): string | undefined {
  const isRepeated = before.some(
    (other) => other.kind === "option" && other.name === name && other.value !== value,
  );
  return isRepeated && !options[name]?.multiple
    ? `${rawName} is given twice with different values`
    : undefined;
}

/** What is wrong with a word where only options may stand. */
export function wordProblem(
  word: string,
  before: readonly ArgumentToken[],
  options: Options,
): string {
  const given = `Unexpected argument ${JSON.stringify(shownValue(word))}`;
  if (/^-./.test(word)) return `${given}; remove the -- before it`;
  // Editors and chat programs turn -- into a dash.
  const [, flag, name = ""] = /^(\p{Pd}+([^=]+))/u.exec(word) ?? [];
  if (flag) return `Unknown flag ${flag}${nearest(name, Object.keys(options), "--")}`;
  const last = before.at(-1);
  if (last?.kind !== "option") return `${given}; the server takes options only`;
  const advice =
    options[last.name]?.type === "boolean"
      ? "which takes no value"
      : "which takes one value; put commas between several";
  return `${given} after ${last.rawName}, ${advice}`;
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
