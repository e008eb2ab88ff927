// How an entry starts its program, and whether that is this server. Other servers' entries must be neither checked nor
// shown, so an argument, a variable or a similar name is not enough.
import { mapOf } from "./parse-file.ts";

export interface Command {
  /** The program that runs: behind a shell, and out of a whole command line. */
  program: string;
  args: string[];
  /** The file that Node runs. */
  script: string | undefined;
  /** This server as a package runner is told to take it: a name, or a file. */
  package: string | undefined;
  /** The server's own arguments; empty if the program is not known. */
  flags: string[];
  /** `command` holds the program and its arguments in one text. */
  isLine: boolean;
}

/** A program followed by its arguments, in one text. */
const LINE =
  /(?:^|[\s\\/"'])(node|npx|npm|pnpm|yarn|bunx?|deno|cmd)(?:\.\w+)?["']?\s+(?=.*(?:main\.js|kook-chat-mcp))(.+)$/is;
const MAX_LINE = 2_000;

/** Programs that start another one, which follows as words or as a line. */
const SHELL = /^(cmd|sh|bash|zsh|env)$/;
/** Their options, and the variables that `env` sets. */
const SHELL_OPTION = /^(-\w+|\/c|\w+=.*)$/is;

/** Options of Node and of package runners whose value is the next argument. */
const TAKES_VALUE =
  /^(-r|--require|--import|--env-file|--loader|-C|--conditions|-p|--package|-c|--call|--cache|--prefix|--registry)$/;
const SUBCOMMAND = /^(exec|x|dlx|run)$/;
const RUNNER = /^(npx|npm|pnpx|pnpm|yarn|bunx?|deno)$/;

/** The built file, or a folder that someone took for it. */
const SCRIPT = /(^|[\\/])kook-chat-mcp([^\\/]*([\\/]dist)?[\\/]main\.js|([\\/]dist)?[\\/]?)$/i;
/** The name as a runner's argument; the server's own arguments follow it. */
const NAME = /(^|[\\/])kook-chat-mcp(@[^\\/]*)?$/i;
/** A package as a runner such as npx takes it: its name, or a file or folder that is called so. */
const PACKAGE = /^(.*[\\/:])?kook-chat-mcp(@[^\\/]*|[^\\/]*\.tgz)?$/i;

/** The name of a program without folders and ending, on any platform. */
export const baseOf = (program: string) =>
  program.replace(/^.*[\\/]|\.(exe|cmd|bat|ps1)$/gi, "").toLowerCase();

export function readCommand(command: string, args: readonly string[]): Command {
  const line = wordsOfLine(command);
  const [program = "", ...rest] = behindShell([...(line ?? [command]), ...args]);
  const base = baseOf(program);
  const isNode = base === "node";
  const at = isNode ? firstWord(rest) : rest.findIndex((word) => NAME.test(word));
  const isOurs = base === "kook-chat-mcp" || SCRIPT.test(program);
  return {
    program,
    args: rest,
    script: isNode ? rest[at] : undefined,
    package: RUNNER.test(base) ? packagesOf(rest).find((word) => isThisServer(word)) : undefined,
    flags: isOurs ? rest : at < 0 ? [] : rest.slice(at + 1),
    isLine: line !== undefined,
  };
}

const isThisServer = (word: string) => PACKAGE.test(word) || SCRIPT.test(word);

/** The words of a whole command line; undefined for the name or path of a program, which may have spaces. */
function wordsOfLine(text: string): string[] | undefined {
  const [, program, args = ""] = LINE.exec(text.slice(0, MAX_LINE)) ?? [];
  return program === undefined ? undefined : [program, ...wordsOf(args)];
}

const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((found) =>
    String(found.slice(1).find((word) => word !== undefined)),
  );

function behindShell(words: string[]): string[] {
  if (!SHELL.test(baseOf(words[0] ?? ""))) return words;
  const at = words.findIndex((word, index) => index > 0 && !SHELL_OPTION.test(word));
  const [first, ...rest] = at < 0 ? [] : words.slice(at);
  return first === undefined ? [] : behindShell([...(wordsOfLine(first) ?? [first]), ...rest]);
}

/** Whether an entry starts this server, or was meant to. Reads the wrong forms too that doctor names. */
export function startsThisServer(name: string, entry: unknown): boolean {
  const { command, args, url } = mapOf(entry);
  const [first, ...rest] = [command, typeof args === "string" ? argsOfText(args) : args]
    .flat()
    .filter((word) => typeof word === "string");
  if (first === undefined) return name === "kook-chat-mcp" && url !== undefined;
  const { program, script, package: taken } = readCommand(first, rest);
  if (baseOf(program) === "kook-chat-mcp" || SCRIPT.test(program) || taken !== undefined)
    return true;
  if (baseOf(program) !== "node") return false;
  if (script !== undefined && SCRIPT.test(script)) return true;
  return /^kook(-chat-mcp)?$/i.test(name) && (script === undefined || /main\.js$/i.test(script));
}

/** Arguments in one text; a script's path may have spaces. */
function argsOfText(text: string): string[] {
  const [, script] = /^["']?(.*?\.js)\b/s.exec(text) ?? [];
  return script === undefined ? wordsOf(text) : [script];
}

/** The packages that a runner is told to take: by its option, and by the first word. */
function packagesOf(args: readonly string[]): string[] {
  const named = args.flatMap((arg, index) => {
    if (arg === "-p" || arg === "--package") return args[index + 1] ?? [];
    return /^--package=(.*)/s.exec(arg)?.[1] ?? [];
  });
  const words = SUBCOMMAND.test(args[0] ?? "") ? args.slice(1) : args;
  return [...named, words[firstWord(words)] ?? ""];
}

/** The index of the first word that is neither an option nor an option's value. */
const firstWord = (words: readonly string[]) =>
  words.findIndex(
    (word, index) => !word.startsWith("-") && !TAKES_VALUE.test(words[index - 1] ?? ""),
  );
