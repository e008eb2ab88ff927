// Goes through the hosts' configuration files: what is wrong with each file, and with each entry for this server.
import type { Config } from "../config/config.ts";
import { error, type Finding, note, type Observation, warning } from "./finding.ts";
import { examineEntry, isThisServer } from "./host-entry.ts";
import { type HostFile, hostFiles, type Machine, readHostFile } from "./host-files.ts";
import { hostWords } from "./wording.ts";

/** A host's file or one of its entries, with what was found there. */
export interface HostFindings {
  findings: Finding[];
  /** The settings with which KOOK can be asked about the entry's token. */
  toAsk: Config | undefined;
  /** How further findings about this entry name it. */
  subject: string;
}

/** Reads every host's file that exists. Of what stands in them, only this server's entries are looked at. */
export function examineHosts(machine: Machine): HostFindings[] {
  const files = hostFiles(machine);
  const present = files.filter(({ path }) => machine.exists(path));
  const absent = new Set(files.map(({ host }) => host));
  for (const { host } of present) absent.delete(host);
  const examined = present.flatMap((file) => examineFile(file, machine));
  const named = examined.some(({ entry }) => entry);
  return [
    ...examined,
    ...(named ? [] : [about(undefined, [note(...hostWords.nowhere())])]),
    ...(absent.size > 0 ? [about(undefined, [note(hostWords.absent([...absent]))])] : []),
  ];
}

interface Examined extends HostFindings {
  /** It is about an entry for this server, not about the file alone. */
  entry: boolean;
}

function examineFile(file: HostFile, machine: Machine): Examined[] {
  const subject = `${file.host}, ${file.path}`;
  const whole = (...observations: Observation[]) => ({
    ...about(subject, observations),
    entry: false,
  });
  let text: string;
  try {
    text = machine.readFile(file.path);
  } catch (problem) {
    const { code = "unknown error" } = problem as NodeJS.ErrnoException;
    return [whole(error(...hostWords.unreadable(code)))];
  }
  const { entries, problem, marked } = readHostFile(file, text);
  const ours = entries.filter(isThisServer);
  const mentioned = ours.length > 0 || /kook/i.test(text);
  if (problem) {
    // A file that does not mention this server is somebody else's to mend.
    if (!mentioned) return [whole(note(hostWords.unnamed))];
    return [whole(error(...hostWords.syntax(problem.line, problem.column, problem.code)))];
  }
  if (ours.length === 0) {
    const { replaces } = file;
    const unread = replaces !== undefined && names(replaces, file, machine);
    return [whole(unread ? warning(...hostWords.unread(replaces)) : note(hostWords.unnamed))];
  }
  const mark = marked && !file.comments ? [whole(warning(...hostWords.marked()))] : [];
  return [
    ...mark,
    ...ours.map((entry) => {
      const { observations, toAsk } = examineEntry(entry, machine);
      const named = `${subject}, ${JSON.stringify(entry.name)}`;
      return { ...about(named, observations), toAsk, entry: true };
    }),
  ];
}

/** Whether the file at `path`, of the same form as `file`, names this server. */
function names(path: string, file: HostFile, machine: Machine): boolean {
  if (!machine.exists(path)) return false;
  try {
    return readHostFile(file, machine.readFile(path)).entries.some(isThisServer);
  } catch {
    return false;
  }
}

function about(subject: string | undefined, observations: Observation[]): HostFindings {
  const findings = observations.map(
    (observation): Finding => ({ check: "host", ...(subject && { subject }), ...observation }),
  );
  return { findings, toAsk: undefined, subject: subject ?? "" };
}
