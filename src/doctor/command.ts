// How an entry starts its program, and whether that is this server. Other servers' entries must be neither checked nor
// shown,
// so an argument, a variable or a similar name is not enough.
import { mapOf } from "./parse-file.ts";

export interface Command {
  /** The program that runs, after Windows' `cmd /c` and out of a whole command line. */
  program: string;
  args: string[];
  /** The file that Node runs. */
  script: string | undefined;
  /** The server's own arguments; empty if the program is not known. */
  flags: string[];
  /** `command` holds the program and its arguments in one text. */
  isLine: boolean;
}

/** A program followed by its arguments, in one text. */
const LINE =
  /(?:^|[\s\\/"'])(node|npx|bunx?|deno|cmd)(?:\.\w+)?["']?\s+(?=.*(?:main\.js|kook-chat-mcp))(.+)$/is;
const MAX_LINE = 2_000;

/** Options of Node and of package runners whose value is the next argument. */
const TAKES_VALUE =
  /^(-r|--require|--import|--env-file|--loader|-C|--conditions|-p|--package|-c|--call|--cache|--prefix|--registry)$/;
const SUBCOMMAND = /^(exec|x|dlx|run)$/;
const RUNNER = /^(npx|npm|pnpx|pnpm|yarn|bunx?|deno)$/;

/** The built file, or a folder that someone took for it. */
const SCRIPT = /(^|[\\/])kook-chat-mcp([^\\/]*([\\/]dist)?[\\/]main\.js|([\\/]dist)?[\\/]?)$/i;
/** The name as a runner's argument; the server's own arguments follow it. */
const NAME = /(^|[\\/])kook-chat-mcp(@[^\\/]*)?$/i;
/** What a runner takes: the package's name, or a file or folder that is called so. */
const PACKAGE = /^(.*[\\/])?kook-chat-mcp(@[^\\/]*|[^\\/]*\.tgz)?$/i;

/** The name of a program without folders and ending, on any platform. */
export const baseOf = (program: string) =>
  program.replace(/^.*[\\/]|\.(exe|cmd|bat|ps1)$/gi, "").toLowerCase();

export function readCommand(command: string, args: readonly string[]): Command {
  const [, lineProgram, lineArgs = ""] = LINE.exec(command.slice(0, MAX_LINE)) ?? [];
  const words = lineProgram ? [lineProgram, ...wordsOf(lineArgs), ...args] : [command, ...args];
  const isCmd = baseOf(words[0] ?? "") === "cmd" && /^\/c$/i.test(words[1] ?? "");
  const [program = "", ...rest] = isCmd ? words.slice(2) : words;
  const isNode = baseOf(program) === "node";
  const at = isNode ? firstWord(rest) : rest.findIndex((word) => NAME.test(word));
  const isOurs = baseOf(program) === "kook-chat-mcp" || SCRIPT.test(program);
  return {
    program,
    args: rest,
    script: isNode ? rest[at] : undefined,
    flags: isOurs ? rest : at < 0 ? [] : rest.slice(at + 1),
    isLine: lineProgram !== undefined,
  };
}

const wordsOf = (line: string) =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

/** Whether an entry starts this server, or was meant to. */
export function startsThisServer(name: string, entry: unknown): boolean {
  const { command, args: list, url } = mapOf(entry);
  const texts = [list].flat().filter((word) => typeof word === "string");
  const [first, ...others] = typeof command === "string" ? [command, ...texts] : texts;
  if (first === undefined) return name === "kook-chat-mcp" && url !== undefined;
  // `args` as one text is a mistake that doctor names: the script ends at its .js.
  const args =
    typeof list === "string" ? others.map((text) => text.replace(/(\.js)\s.*$/s, "$1")) : others;
  const { program, args: rest, script } = readCommand(first, args);
  const base = baseOf(program);
  if (base === "kook-chat-mcp" || SCRIPT.test(program)) return true;
  if (RUNNER.test(base)) return packagesOf(rest).some((word) => PACKAGE.test(word));
  if (base !== "node") return false;
  if (script !== undefined && SCRIPT.test(script)) return true;
  return /^kook(-chat-mcp)?$/i.test(name) && (script === undefined || /main\.js$/i.test(script));
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
