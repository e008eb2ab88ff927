// The commands and their options.
import { nearest, problemLine } from "../config/config-error.ts";
import {
  type ArgumentToken,
  type Flags,
  type Options,
  optionProblem,
  repetitionProblem,
  serverOptions,
  splitArguments,
  wordProblem,
} from "../config/options.ts";
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
  /** The first argument that is wrong, in one line. */
  problem: string | undefined;
}

/**
 * Splits the command line into a command and its options. A wrong argument is a `problem`, so that a server can start and
 * say so: its host shows "connection closed" for a server that exits.
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { flags, tokens } = splitArguments(argv, allOptions);
  const words = tokens.flatMap((token) => (token.kind === "word" ? token.value : []));
  const command = namedCommands.find((name) => words.includes(name)) ?? "serve";
  if (flags["help"] || flags["version"]) return { command, flags, problem: undefined };
  for (const [index, token] of tokens.entries()) {
    const problem = argumentProblem(token, tokens.slice(0, index), command);
    if (problem !== undefined) return { command, flags, problem: problemLine(problem) };
  }
  return { command, flags, problem: undefined };
}

function argumentProblem(
  token: ArgumentToken,
  before: readonly ArgumentToken[],
  command: Command,
): string | undefined {
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
): string | undefined {
  if (Object.hasOwn(optionsOf(command), name)) return undefined;
  const owners = commands.filter((other) => Object.hasOwn(optionsOf(other), name));
  if (owners.length === 0) return undefined;
  return `${rawName} is not an option of ${nameOf(command)}, but of ${owners.map(nameOf).join(" and ")}`;
}

const nameOf = (command: Command) => (command === "serve" ? "the server" : command);

function wrongWord(word: string, command: Command): string {
  const given = JSON.stringify(shownValue(word));
  if (command !== "serve") return `Unexpected argument ${given}; ${command} takes options only`;
  if (word === "help" || word === "version") {
    return `Unknown command ${given}; did you mean --${word}?`;
  }
  if (word === "serve") return `Unknown command ${given}; leave it out to serve MCP`;
  if (/^[a-z]+(_[a-z]+)+$/.test(word)) {
    return `Unknown command ${given}; tools are called by an MCP host. --help lists the commands`;
  }
  return `Unknown command ${given}${nearest(word, namedCommands) || "; --help lists the commands"}`;
}
