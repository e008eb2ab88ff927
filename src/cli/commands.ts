// The commands, and which options each takes.
import { ConfigError, nearest, problemLine } from "../config/config-error.ts";
import {
  type Flags,
  type Options,
  optionProblem,
  serverOptions,
  splitArguments,
} from "../config/options.ts";

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
  /** The first option that is wrong, in one line. */
  problem: string | undefined;
}

/**
 * Splits the command line into a command and its options. A wrong option is a `problem`, so that a server can start and
 * say so.
 * @throws ConfigError for a command that does not exist
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { flags, tokens } = splitArguments(argv, allOptions);
  const words = tokens.flatMap((token) => (token.kind === "word" ? token.value : []));
  const command = namedCommands.find((name) => words.includes(name)) ?? "serve";
  if (flags["help"] || flags["version"]) return { command, flags, problem: undefined };
  for (const token of tokens) {
    if (token.kind === "word" && (token.value !== command || command === "serve")) {
      throw new ConfigError(wrongWord(token.value, command));
    }
    const problem =
      token.kind === "option"
        ? (ofOtherCommand(token, command) ?? optionProblem(token, optionsOf(command)))
        : undefined;
    if (problem !== undefined) return { command, flags, problem: problemLine(problem) };
  }
  return { command, flags, problem: undefined };
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
  const given = JSON.stringify(word);
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
