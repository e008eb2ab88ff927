// Whether a host's entry would start this server, and rightly.
import { posix, win32 } from "node:path";
import { ConfigError, parseConfig, unknownVariables } from "../config/config.ts";
import { type EntryExamined, observeEntryToken } from "./entry-token.ts";
import { error, note, type Observation, ok, oneLine, warning } from "./finding.ts";
import { type HostEntry, type Machine, mapOf, type Place } from "./host-files.ts";
import { type Launch, launchOf } from "./launch.ts";
import { hostWords, settingWords } from "./wording.ts";

/** Whether an entry means this server: by its package's name, its settings, or its own name with a main.js. */
export function isThisServer({ name, value }: HostEntry): boolean {
  const { command, args, env } = mapOf(value);
  const line = [command, ...(Array.isArray(args) ? args : [])].join("\n");
  return (
    /kook-chat-mcp/i.test(line) ||
    Object.keys(mapOf(env)).some((variable) => variable.startsWith("KOOK_")) ||
    (/^kook/i.test(name) && /main\.js/.test(line))
  );
}

/** What can be told of an entry without asking KOOK. */
export function examineEntry(entry: HostEntry, machine: Machine): EntryExamined {
  if (mapOf(entry.value)["url"] !== undefined) {
    return { observations: [error(...hostWords.remote())], toAsk: undefined };
  }
  const launch = launchOf(entry, machine);
  if (!launch) return { observations: [error(...hostWords.form())], toAsk: undefined };
  const { observations, toAsk } = observeConfig(entry, launch, machine);
  const all = [
    ...observeProgram(launch, machine),
    ...observeSubstitutions(entry, launch),
    ...observations,
  ];
  const starts = ok(hostWords.starts(oneLine([launch.command, launch.script ?? ""].join(" "))));
  return {
    observations: all.some(({ status }) => status === "error") ? all : [starts, ...all],
    toAsk,
  };
}

function observeProgram(launch: Launch, machine: Machine): Observation[] {
  const { command, program, script, throughCmd } = launch;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: "C:\new" in JSON holds one.
  if (/[\x00-\x1f]/.test([command, ...launch.args].join(""))) {
    return [error(...hostWords.brokenPath())];
  }
  const { isAbsolute } = pathsOf(machine);
  const found: Observation[] = [];
  if (!commandExists(command, machine)) found.push(error(...hostWords.commandMissing(command)));
  if (machine.platform === "win32" && /^(npx|npm|kook-chat-mcp)$/.test(program) && !throughCmd) {
    found.push(warning(...hostWords.bareScript(program)));
  }
  if (script !== undefined && !script.includes("${")) {
    if (!isAbsolute(script)) found.push(error(...hostWords.relativeScript(script)));
    else if (!machine.exists(script)) found.push(error(...hostWords.missingScript(script)));
  }
  return found;
}

const pathsOf = ({ platform }: Place) => (platform === "win32" ? win32 : posix);

function commandExists(command: string, machine: Machine): boolean {
  const { env, platform } = machine;
  const { join, delimiter } = pathsOf(machine);
  if (command.includes("${")) return true;
  const windows = platform === "win32";
  const endings = windows ? ["", ...(env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";")] : [""];
  const path = Object.entries(env).find(([name]) => name.toUpperCase() === "PATH")?.[1] ?? "";
  const folders = /[\\/]/.test(command) ? [""] : path.split(delimiter).filter(Boolean);
  return folders.some((folder) =>
    endings.some((ending) => machine.exists(`${folder && join(folder, "/")}${command}${ending}`)),
  );
}

function observeSubstitutions({ file }: HostEntry, { left, asked }: Launch): Observation[] {
  return [
    ...(left.length > 0 ? [error(...hostWords.notReplaced(file.host, left))] : []),
    ...(asked.length > 0 ? [note(hostWords.asked(asked))] : []),
  ];
}

function observeConfig(entry: HostEntry, launch: Launch, machine: Machine): EntryExamined {
  const unknown = unknownVariables(launch.env).map(({ name, meant }) =>
    warning(...settingWords.unknown(name, meant)),
  );
  try {
    const argv = launch.serverArgs ?? [];
    const readFile = entry.file.shared ? unread : machine.readFile;
    const config = parseConfig({ argv, env: launch.env, readFile });
    const { observations, toAsk } =
      config.command === "serve"
        ? observeEntryToken(entry, launch, config, machine)
        : { observations: [error(...hostWords.notServing(config.command))], toAsk: undefined };
    return { observations: [...unknown, ...observations], toAsk };
  } catch (problem) {
    if (!(problem instanceof ConfigError)) throw problem;
    const refusal = error(...hostWords.settings(problem.message));
    return { observations: [...unknown, refusal], toAsk: undefined };
  }
}

/** A stranger's choice of a file is not opened: even that may do something. */
function unread(): never {
  throw Object.assign(new Error("not opened"), { code: "not opened" });
}
