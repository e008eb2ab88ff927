// The commands and their options.
import { nearest } from "../config/config-error.ts";
import {
  type ArgumentToken,
  type Flags,
  type Options,
  optionProblem,
  repetitionProblem,
  serverOptions,
  splitArguments,
  unexpected,
  wordProblem,
} from "../config/options.ts";
import type { Text } from "../config/settings.ts";
import { shownValue } from "../text/token-pattern.ts";

/** Of every command. */
const generalOptions: Options = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
};

const commandOptions = {
  serve: serverOptions,
  doctor: { ...serverOptions, json: { type: "boolean" }, verbose: { type: "boolean" } },
  sandbox: {
    port: { type: "string" },
    limit: { type: "string" },
    window: { type: "string" },
    "decimal-reset": { type: "boolean" },
    fault: { type: "string", multiple: true },
    seed: { type: "string" },
  },
} satisfies Record<string, Options>;

/** `serve` is what runs without a command. */
export type Command = keyof typeof commandOptions;

const commands = Object.keys(commandOptions) as Command[];
const namedCommands = commands.filter((command) => command !== "serve");

export const optionsOf = (command: Command): Options => ({
  ...commandOptions[command],
  ...generalOptions,
});

/** No two commands give one name different types. */
const allOptions: Options = Object.assign({}, ...commands.map(optionsOf));

export interface CommandLine {
  command: Command;
  flags: Flags;
  /** The first argument that is wrong. */
  problem: Text | undefined;
}

/**
 * Splits the command line into a command and its options. A wrong argument is a `problem`, so that a server can start and
 * say so: its host shows "connection closed" for a server that exits.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { flags: given, tokens } = splitArguments(argv, allOptions);
  const words = tokens.flatMap((token) => (token.kind === "word" ? token.value : []));
  const command = namedCommands.find((name) => words.includes(name)) ?? "serve";
  const flags = { ...given, ...spelledOut(words) };
  if (flags["help"] || flags["version"]) return { command, flags, problem: undefined };
  for (const [index, token] of tokens.entries()) {
    const problem = argumentProblem(token, tokens.slice(0, index), command);
    if (problem !== undefined) return { command, flags, problem };
  }
  return { command, flags, problem: undefined };
}

/** `help`, `version`, `help doctor` and `doctor help` mean the flags. */
function spelledOut(words: readonly string[]): Flags {
  const named = words.filter((word) => !namedCommands.some((command) => command === word));
  const [word, ...others] = named;
  return others.length === 0 && (word === "help" || word === "version") ? { [word]: true } : {};
}

function argumentProblem(
  token: ArgumentToken,
  before: readonly ArgumentToken[],
  command: Command,
): Text | undefined {
  const options = optionsOf(command);
  if (token.kind === "word") {
    if (token.value === command && command !== "serve") return undefined;
    const isCommand = before.length === 0 && /^\w/.test(token.value);
    return command !== "serve" || isCommand
      ? wrongWord(token.value, command)
      : wordProblem(token.value, before, options);
  }
  return (
    ofOtherCommand(token, command) ??
    optionProblem(token, options) ??
    repetitionProblem(token, before, options)
  );
}

function ofOtherCommand(
  { name, rawName }: { name: string; rawName: string },
  command: Command,
): Text | undefined {
  if (Object.hasOwn(optionsOf(command), name)) return undefined;
  const owners = commands.filter((other) => Object.hasOwn(optionsOf(other), name));
  if (owners.length === 0) return undefined;
  const listed = (name: (command: Command) => string, and: string) => owners.map(name).join(and);
  return {
    en: `${rawName} is not an option of ${nameOf(command)}, but of ${listed(nameOf, " and ")}`,
    zh: `${rawName} 不是${chineseNameOf(command)}的参数，而是${listed(chineseNameOf, "和")}的参数`,
  };
}

const nameOf = (command: Command) => (command === "serve" ? "the server" : command);
const chineseNameOf = (command: Command) => (command === "serve" ? "服务本身" : ` ${command} `);

function wrongWord(word: string, command: Command): Text {
  if (command !== "serve") {
    const { en, zh } = unexpected(word);
    return { en: `${en}; ${command} takes options only`, zh: `${zh}；${command} 后面只能写参数` };
  }
  const given = JSON.stringify(shownValue(word));
  const hint = commandHint(word);
  return { en: `Unknown command ${given}${hint.en}`, zh: `没有 ${given} 这个命令${hint.zh}` };
}

function commandHint(word: string): Text {
  if (word === "serve")
    return { en: "; leave it out to serve MCP", zh: "；不写命令就是提供 MCP 服务" };
  const hint = nearest(word, namedCommands);
  if (hint.en !== "") return hint;
  return /^[a-z]+([_-][a-z]+)+$/.test(word) ? TOOL_HINT : COMMANDS_HINT;
}

const COMMANDS_HINT: Text = { en: "; --help lists the commands", zh: "；--help 列出所有命令" };
/** For the name of a tool. */
const TOOL_HINT: Text = {
  en: "; tools are called by an MCP host. To see them called, run npm run demo; to call one yourself, use MCP Inspector (docs/hosts.md)",
  zh: "；工具由 MCP 客户端调用。想看调用过程，请运行 npm run demo；想自己调用，请用 MCP Inspector（见 docs/hosts.zh-CN.md）",
};
