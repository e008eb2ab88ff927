// One entry of a host's file: form, script, settings, token.
import { ConfigError, type SettingInForce, settingsInForce } from "../../config/config.ts";
import { settings } from "../../config/settings.ts";
import { baseOf, type Command, readCommand } from "../command.ts";
import { error, note, type Observation, ok, warning } from "../finding.ts";
import { type HostFile, type Machine, pathsOf } from "../hosts.ts";
import { isText, mapOf } from "../parse-file.ts";
import { checkProxy } from "./proxy.ts";
import { checkSettings, isBaseUrlWrong, settingText } from "./settings.ts";
import { checkTokenFile, checkTokenText, isFolder, isOnNetwork, shown } from "./token.ts";

export interface EntryCheck {
  observations: Observation[];
  /** A token is set in the entry, or the host fills it in. */
  hasToken: boolean;
}

/** `inputs` are the ids that the file declares for `${input:…}`. */
export function checkEntry(
  value: unknown,
  inputs: string[],
  file: HostFile,
  machine: Machine,
): EntryCheck {
  const start = startOf(value, file);
  if ("status" in start) return { observations: [start], hasToken: false };
  const inForce = settingsOf(start, file);
  const token = "problem" in inForce ? missing : checkToken(start, inForce.settings, file, machine);
  const found = [
    ...checkProgram(start, file, machine),
    ...checkVariables(start, inputs, file),
    ...("problem" in inForce ? [inForce.problem] : checkEntrySettings(start, inForce.settings)),
    ...token.observations,
  ];
  const command = shownStart(start);
  const starts = ok(({ entry }) => entry.starts(command));
  const isBroken = found.some(({ status }) => status === "error");
  return { observations: isBroken ? found : [starts, ...found], hasToken: token.hasToken };
}

const missing: EntryCheck = { observations: [], hasToken: false };

/** How the host starts the server. */
interface Start extends Command {
  command: string;
  args: string[];
  env: Record<string, string>;
  /** The entry names variables or a file from which the host takes the environment. */
  hasOtherEnv: boolean;
}

/** Reads an entry, or says what is wrong with its form. */
function startOf(value: unknown, file: HostFile): Start | Observation {
  const { command, url, args: list, env: map, ...rest } = mapOf(value);
  const [args, env] = [list ?? [], map ?? {}];
  if (command === undefined && url !== undefined) return error(({ entry }) => entry.remote);
  if (typeof args === "string") {
    return error(({ entry }) => entry.argsAsText(exampleFor(file)));
  }
  const isMap = mapOf(env) === env;
  if (!isText(command) || !isTexts(args) || !isMap || !isTexts(Object.values(env))) {
    return error(({ entry }) => entry.form);
  }
  return {
    command,
    args,
    ...readCommand(command, args),
    env: mapOf(env) as Record<string, string>,
    hasOtherEnv: "envFile" in rest || "env_vars" in rest,
  };
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);

/** What the entry should have, in the file's format. */
const exampleFor = ({ format }: HostFile) =>
  format === "toml"
    ? 'command = "node", args = ["/path/to/kook-chat-mcp/dist/main.js"]'
    : '"command": "node", "args": ["/path/to/kook-chat-mcp/dist/main.js"]';

/** The file that Node runs; a shell may replace parts of a path in its command line, so that one is not checked. */
const scriptOf = ({ program, target }: Start) => (baseOf(program) === "node" ? target : undefined);

/** The program and the script. Other arguments may hold passwords, and so may a command with options in it. */
function shownStart(start: Start, script = scriptOf(start) ?? ""): string {
  const { command, program, isLine } = start;
  const isPlain = !isLine && !/=|\s--?\w/.test(command);
  return shown([isPlain ? command : baseOf(program), script].join(" "));
}

function checkProgram(start: Start, file: HostFile, machine: Machine): Observation[] {
  const { command, args, program, packages, isLine } = start;
  if (/\p{Cc}/u.test([command, ...args].join(""))) {
    // "C:\new" in JSON has a line break in it.
    return [error(({ entry }) => entry.escape)];
  }
  const example = exampleFor(file);
  if (!packages.every(isLocal)) return [error(({ entry }) => entry.unpublished(example))];
  if (isLine) return [error(({ entry }) => entry.commandLine(shownStart(start), example))];
  const { isAbsolute } = pathsOf(machine.platform);
  const exists = (path: string) =>
    isOnNetwork(path) || machine.exists(path) || machine.exists(`${path}.exe`);
  if (isAbsolute(command) && !exists(command)) {
    return [error(({ entry }) => entry.commandMissing(shownStart(start, "")))];
  }
  if (baseOf(program) !== "node") return [];
  const script = scriptOf(start);
  if (script === undefined) return [error(({ entry }) => entry.noScript)];
  if (script.includes("${")) return [];
  if (!isAbsolute(script)) return [error(({ entry }) => entry.scriptRelative(shown(script)))];
  if (!exists(script)) return [error(({ entry }) => entry.scriptMissing(shown(script)))];
  if (isOnNetwork(script) || !isFolder(script, machine)) return [];
  return [error(({ entry }) => entry.scriptIsFolder(shown(script)))];
}

/** Whether a runner takes a package from this computer. From anywhere else it would run a stranger's code. */
const isLocal = (name: string) =>
  /^(file:|[.~]{0,2}[\\/]|[a-z]:[\\/]|\$\{|[^\\/:@]*\.tgz$)/i.test(name);

function checkVariables({ command, args, env }: Start, inputs: string[], file: HostFile) {
  const texts = [command, ...args, ...Object.values(env)];
  const variables = [...new Set(texts.flatMap((text) => text.match(/\$\{[^}]{0,100}\}/g) ?? []))];
  if (!file.fillsVariables) {
    return variables.map((name) => error(({ entry }) => entry.notFilled(file.name, shown(name))));
  }
  const ids = variables.flatMap((name) => /^\$\{input:(.*)\}$/.exec(name)?.[1] ?? []);
  return ids
    .filter((id) => file.hasInputs && !inputs.includes(id))
    .map((id) => error(({ entry }) => entry.noInput(shown(id))));
}

const isOtherCommand = (flag: string) => flag === "doctor" || flag === "sandbox";

/** A value that the host replaces. */
const isFilled = (text = "", { fillsVariables }: HostFile) =>
  fillsVariables && /^\$\w+$|\$\{/.test(text.trim());

/** The entry's settings, without those that the host fills in. */
function settingsOf(
  { flags, env }: Start,
  file: HostFile,
): { settings: SettingInForce[] } | { problem: Observation } {
  const written = Object.entries(env).filter(([, text]) => !isFilled(text, file));
  try {
    // checkEntrySettings() reports a command.
    const argv = flags.filter((flag) => !isOtherCommand(flag));
    return { settings: settingsInForce({ argv, env: Object.fromEntries(written) }) };
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem;
    return { problem: error(({ entry }) => entry.flags(problem.text)) };
  }
}

function checkEntrySettings({ env, flags }: Start, inForce: SettingInForce[]): Observation[] {
  const command = flags.find(isOtherCommand);
  const hasProxy = Object.keys(env).some((name) => /^(https?|all|no)_proxy$/i.test(name));
  const baseUrl = settingText(inForce, "baseUrl") ?? settings.baseUrl.default;
  return [
    ...(command ? [error(({ entry }) => entry.command(command))] : []),
    ...checkSettings(inForce, env),
    ...(hasProxy && !isBaseUrlWrong(inForce) ? [checkProxy(baseUrl, env)] : []),
  ];
}

function checkToken(
  { args, env, flags, hasOtherEnv }: Start,
  inForce: SettingInForce[],
  hostFile: HostFile,
  machine: Machine,
): EntryCheck {
  const { KOOK_TOKEN, KOOK_TOKEN_FILE } = env;
  if (flags.includes("--sandbox")) return only(note(({ entry }) => entry.sandbox));
  const file = settingText(inForce, "tokenFile");
  if (file !== undefined) return { observations: checkTokenFile(file, machine), hasToken: true };
  if (hasOtherEnv || [KOOK_TOKEN, KOOK_TOKEN_FILE].some((text) => isFilled(text, hostFile))) {
    return { observations: [note(({ entry }) => entry.filled)], hasToken: true };
  }
  const text = settingText(inForce, "token");
  if (text === undefined) {
    // "env KOOK_TOKEN=… node …" and "node --env-file=… …" have one.
    if (args.some((arg) => /\bKOOK_TOKEN(_FILE)?=|^--env-file/.test(arg))) {
      return { observations: [], hasToken: true };
    }
    // checkVariables() has reported a variable that the host does not fill.
    if (KOOK_TOKEN?.includes("${")) return missing;
    return only(
      machine.env["KOOK_TOKEN"]
        ? warning(({ entry }) => entry.tokenOfShell)
        : error(({ entry }) => entry.tokenMissing),
    );
  }
  const observations = checkTokenText(text);
  if (hostFile.isShared) observations.push(warning(({ entry }) => entry.tokenShared));
  return { observations, hasToken: true };
}

const only = (observation: Observation): EntryCheck => ({
  observations: [observation],
  hasToken: false,
});
