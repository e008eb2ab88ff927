// Reads the command line and starts one command.
import { languageOf, readConfig } from "../config/config.ts";
import { ConfigError } from "../config/config-error.ts";
import type { Environment } from "../config/environment.ts";
import type { Text } from "../config/settings.ts";
import type { Language } from "../text/language.ts";
import { type CommandLine, parseCommandLine } from "./commands.ts";
import { helpText } from "./help.ts";
import { createLog } from "./log.ts";
import { exitAfter, exitOnSignals, handleBrokenPipes } from "./process.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { serve } from "./serve.ts";

export interface Start {
  /** Without the interpreter and the script. */
  argv: readonly string[];
  env: Environment;
  version: string;
  /** The lowest version of Node that the server needs. */
  nodeNeeded: string;
}

const TOKEN_FILE_MAX_BYTES = 64 * 1024;

/** Never rejects: a mistake in the command line or the settings exits with 2, another failure with 1. */
export async function runCommandLine(start: Start): Promise<void> {
  handleBrokenPipes();
  try {
    const line = parseCommandLine(start.argv);
    const text = await textOf(line, start);
    if (text !== undefined) process.stdout.write(text);
    else await run(line, start);
  } catch (error) {
    const known = error instanceof ConfigError;
    const text = known ? error.text : failureOf(error);
    const said = typeof text === "object" ? text[personsLanguage(start)] : text;
    exitAfter(process.stderr, `kook-chat-mcp: ${said}\n`, known ? 2 : 1);
  }
}

/** The output of --version and --help. */
async function textOf({ command, flags }: CommandLine, start: Start) {
  if (flags["version"]) return `${start.version}\n`;
  if (!flags["help"]) return undefined;
  const language = personsLanguage(start);
  if (command === "sandbox") return (await import("./sandbox.ts")).sandboxHelpText(language);
  return helpText(command, language);
}

/** Known before the settings are read: a wrong command line is told in it. */
function personsLanguage({ argv, env }: Start): Language {
  const { flags } = parseCommandLine(argv);
  return languageOf({ flags, env, systemLocale });
}

/** Intl.DateTimeFormat says the same and takes 25 ms, a third of a start; this takes 0.3 ms. */
const systemLocale = () => new Intl.PluralRules().resolvedOptions().locale;

async function run({ command, flags, problem }: CommandLine, start: Start): Promise<void> {
  if (problem !== undefined && command !== "serve") throw new ConfigError(problem);
  const { env, version, nodeNeeded } = start;
  const config = readConfig({
    // The sandbox needs no token.
    flags: command === "sandbox" ? { sandbox: true } : flags,
    env,
    readFile: (path) => readRegularFile(path, TOKEN_FILE_MAX_BYTES),
    systemLocale,
    problem,
  });
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  if (command === "doctor") {
    exitOnSignals();
    const { runDoctor } = await import("./doctor.ts");
    return runDoctor({ config, flags, env, version, nodeNeeded });
  }
  // Under a host, start anyway: a server that exits shows as "connection closed", without the reason.
  const isUnderHost = command === "serve" && process.stdin.isTTY !== true;
  if (config.problemText && !isUnderHost) throw new ConfigError(config.problemText);
  if (command === "serve") return serve({ config, log, env, version });
  exitOnSignals();
  const { runSandbox } = await import("./sandbox.ts");
  return runSandbox(flags, log);
}

function failureOf(error: unknown): Text | string | undefined {
  const { code, stack } = error as NodeJS.ErrnoException;
  // import() of a part of dist.
  if (code !== "MODULE_NOT_FOUND") return stack;
  return {
    en: "The installation is incomplete: a file is missing in dist. Install or build it again.",
    zh: "安装不完整：dist 里缺少文件。请重新安装或构建。",
  };
}
