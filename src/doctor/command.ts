// How an entry starts its program, and whether that is this server. Other servers' entries must be neither checked nor
// shown, so a similar name or a path among another program's arguments is not enough.
import { isText, mapOf } from "./parse-file.ts";

export interface Command {
  /** Node or a package runner, if the entry names one outside of a shell's command line; otherwise `command`. */
  program: string;
  /** The program, file or package that runs; undefined if there is only Node or a runner. */
  target: string | undefined;
  /** The packages that a runner takes. */
  packages: string[];
  /** The arguments after the target. */
  flags: string[];
  /** `command` holds the program and its arguments in one text. */
  isLine: boolean;
}

const RUNNER = /^(npx|npm|pnpx|pnpm|yarn|bunx?|deno)$/;
const SHELL = /^(cmd|env|(ba|z)?sh|powershell|pwsh)$/;
/** A runner's subcommand, an option, or a variable for `env`. */
const NO_TARGET = /^(exec|x|dlx|run|\/[a-z]|-.*|\w+=.*)$/is;
/** Options of Node and of package runners whose value is the next argument. */
const TAKES_VALUE =
  /^(-r|--require|--import|--env-file|--loader|-C|--conditions|-p|--package|--cache|--prefix|--registry|--userconfig)$/;
/** The option of a shell before a command line. */
const TAKES_LINE = /^[-/](\w*c|command)$/i;
/** A shell's pipe, redirection or next command. */
const OPERATOR = /^\d?[|&;<>]/;
const MAX_LINE = 2_000;

/** The built file, or a folder that someone took for it. */
const SCRIPT = /(^|[\\/])kook-chat-mcp([^\\/]*([\\/]dist)?[\\/]main\.js|([\\/]dist)?[\\/]?)$/i;
/** A package of this name, from anyone: registry, scope, repository, tarball. */
const PACKAGE = /(^|[\\/:])kook-chat-mcp((\.git)?([@#]|$)|[^\\/:]*\.tgz$)/i;

/** The name of a program without folders and ending, on any platform. */
export const baseOf = (program: string) =>
  program.replace(/^.*[\\/]|\.(exe|cmd|bat|ps1)$/gi, "").toLowerCase();

const isRunner = (word: string) => RUNNER.test(baseOf(word));
const isStarter = (word: string) => isRunner(word) || baseOf(word) === "node";

export function readCommand(command: string, args: readonly string[]): Command {
  const texts = [command, ...args];
  const lines = texts.map((text, index) =>
    index === 0 || TAKES_LINE.test(texts[index - 1] ?? "") ? lineIn(text) : undefined,
  );
  const [ownLine, ...shellLines] = lines;
  const words = texts.flatMap((text, index) => lines[index] ?? text);
  const found = words.findIndex((word, index) => isTarget(word, words[index - 1]));
  const at = found < 0 ? words.length : found;
  const before = words.slice(0, at);
  const starter = before.find(isStarter) ?? command;
  return {
    program: shellLines.some((line) => line) ? command : starter,
    target: words[at],
    packages: isRunner(starter) ? packagesOf(before, words[at]) : [],
    flags: words.slice(at + 1),
    isLine: ownLine !== undefined,
  };
}

/** The words of a command line, from Node or the runner on. The path of a program is none, even one with spaces. */
function lineIn(text: string): string[] | undefined {
  const words = wordsOf(text.slice(0, MAX_LINE));
  const at = isStarter(text) ? -1 : words.findIndex(isStarter);
  const end = words.findIndex((word, index) => index > at && OPERATOR.test(word));
  return at < 0 ? undefined : words.slice(at, end < 0 ? undefined : end);
}

/** Splits a text at spaces and quotation marks. */
const wordsOf = (text: string) =>
  [...text.matchAll(/(["'])(.*?)\1|\S+/gs)].map(([word, , quoted]) => quoted ?? word);

/** Whether this can be the file or package that runs. */
const isTarget = (word: string, previous = "") =>
  !isStarter(word) &&
  !SHELL.test(baseOf(word)) &&
  !NO_TARGET.test(word) &&
  !TAKES_VALUE.test(previous);

/** A runner takes the packages that its option names, or else the first word. */
function packagesOf(before: string[], target = ""): string[] {
  const named = before.flatMap((word, index) => {
    if (/^(-p|--package)$/.test(before[index - 1] ?? "")) return word;
    return /^--package=(.*)/s.exec(word)?.[1] ?? [];
  });
  return named.length > 0 ? named : [target];
}

/** Whether an entry starts this server, or was meant to. */
export function startsThisServer(name: string, entry: unknown): boolean {
  const isKook = /^kook(-chat-mcp)?$/i.test(name);
  const isOurs = (word = "") =>
    SCRIPT.test(word) || PACKAGE.test(word) || (isKook && /main\.js$/i.test(word));
  // An entry in a wrong form starts nothing: that it mentions this server is enough.
  if (isText(entry)) return isKook && wordsOf(entry).some(isOurs);
  const { command, args, url } = mapOf(entry);
  const texts = [command, args].flat().filter(isText);
  if (texts.length === 0) return name === "kook-chat-mcp" && url !== undefined;
  if (!isText(command) || isText(args)) return texts.flatMap(wordsOf).some(isOurs);
  const { program, target, packages } = readCommand(command, texts.slice(1));
  if (target === undefined) return isKook && baseOf(program) === "node";
  return [target, ...packages].some(isOurs);
}
