// Command-line options: splits them with parseArgs, and says in one line what is wrong with one.
import { type ParseArgsConfig, parseArgs } from "node:util";
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

export interface SplitArguments {
  flags: Flags;
  /** Options and other words, in order. */
  tokens: (OptionToken | { kind: "word"; value: string })[];
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
  if (!option) return `Unknown flag ${rawName}${nearest(name, Object.keys(options), "--")}`;
  // parseArgs takes a flag that follows for the value.
  const missing = value === undefined || (!inlineValue && /^-./.test(value));
  if (option.type === "string" && missing) return `${rawName} needs a value`;
  return option.type === "boolean" && value !== undefined ? `${rawName} takes no value` : undefined;
}

/** The server's flags in a host's arguments. @throws ConfigError for the first that is wrong */
export function serverFlags(argv: readonly string[]): Flags {
  const { flags, tokens } = splitArguments(argv, serverOptions);
  for (const token of tokens) {
    const problem = token.kind === "option" ? optionProblem(token, serverOptions) : undefined;
    if (problem !== undefined) throw new ConfigError(problem);
  }
  return flags;
}
