// The hosts' configuration files: is each one there, does it parse, is the entry for this server under the right key.
import { quoted } from "../../text/untrusted.ts";
import { startsThisServer } from "../command.ts";
import { error, type Finding, note, type Observation, of, warning } from "../finding.ts";
import { type HostFile, hostFiles, type Machine } from "../hosts.ts";
import { type FileProblem, mapOf, parseFile } from "../parse-file.ts";
import { checkEntry } from "./entry.ts";
import { shown } from "./token.ts";

export interface HostCheck {
  findings: Finding[];
  /** An entry brings its own token. */
  hasToken: boolean;
}

/** Looks at every file in the table. Reports nothing about other servers' entries. */
export function checkHosts(machine: Machine): HostCheck {
  const files = hostFiles(machine).map((file) => checkFile(file, machine));
  const isNamed = files.some((file) => file.isNamed);
  const other = [
    ...(machine.folder === undefined ? [warning(({ hosts }) => hosts.folderDeleted)] : []),
    ...(isNamed ? [] : [note(({ hosts }) => hosts.nowhere)]),
  ];
  return {
    findings: [...files.flatMap(({ findings }) => findings), ...of("host", ...other)],
    hasToken: files.some(({ hasToken }) => hasToken),
  };
}

interface FileCheck extends HostCheck {
  /** The file has an entry for this server, or cannot be read. */
  isNamed: boolean;
}

function checkFile(file: HostFile, machine: Machine): FileCheck {
  const subject = `${file.name}, ${file.path}`;
  const whole = (observation: Observation): FileCheck => ({
    findings: about(subject, observation),
    hasToken: false,
    isNamed: observation.status !== "note",
  });
  let text: string;
  try {
    text = machine.readFile(file.path);
  } catch (problem) {
    return whole(unreadable((problem as NodeJS.ErrnoException).code));
  }
  const { value: root, problem, hasByteOrderMark } = parseFile(text, file.format);
  if (problem) {
    const isMentioned = /kook/i.test(text.replaceAll("\0", ""));
    return whole(isMentioned ? parseError(problem) : note(({ hosts }) => hosts.noEntry));
  }
  const entries = entriesIn(root);
  const [first] = entries;
  if (!first) return whole(note(({ hosts }) => hosts.noEntry));
  const right = entries.filter(({ path, isList }) => !isList && isReadBy(file, path));
  if (right.length === 0) return whole(misplaced(first, file));
  const inputs = [mapOf(root)["inputs"]]
    .flat()
    .flatMap((input) => textOf(mapOf(input)["id"]) ?? []);
  const checks = right.map(({ path: [, project], name, value }) => {
    const { observations, hasToken } = checkEntry(value, inputs, file, machine);
    const holder = project === undefined ? subject : `${subject}, ${shown(project)}`;
    return { findings: about(`${holder}, ${quoted(name)}`, ...observations), hasToken };
  });
  const isMarked = hasByteOrderMark && file.format !== "jsonc";
  const mark = isMarked ? [warning(({ hosts }) => hosts.byteOrderMark)] : [];
  return {
    findings: [...about(subject, ...mark), ...checks.flatMap(({ findings }) => findings)],
    hasToken: checks.some(({ hasToken }) => hasToken),
    isNamed: true,
  };
}

function about(subject: string, ...observations: Observation[]): Finding[] {
  return of("host", ...observations).map((finding) => ({ ...finding, subject }));
}

function unreadable(code = "unknown error"): Observation {
  if (code === "ENOENT" || code === "ENOTDIR") return note(({ hosts }) => hosts.notFound);
  if (code === "EISDIR" || code === "not a regular file") {
    return error(({ hosts }) => hosts.notAFile);
  }
  if (code.startsWith("larger")) return warning(({ hosts }) => hosts.tooLarge);
  return error(({ hosts }) => hosts.unreadable(code));
}

function parseError(problem: FileProblem): Observation {
  if (problem.kind === "utf16") return error(({ hosts }) => hosts.utf16);
  if (problem.kind === "tooLarge") return warning(({ hosts }) => hosts.tooLarge);
  if (problem.kind === "tooDeep") return error(({ hosts }) => hosts.tooDeep);
  const { line, column, reason } = problem;
  // A Windows path with single backslashes.
  const isEscape = /escape|unicode/i.test(reason);
  return error(({ hosts }) =>
    isEscape ? hosts.escape(line, column, reason) : hosts.syntax(line, column, reason),
  );
}

interface Entry {
  /** The keys above the entry. */
  path: string[];
  /** It stands in a list instead of a map. */
  isList: boolean;
  name: string;
  value: unknown;
}

/** `projects.<folder>.mcpServers` is the deepest place that a host reads. */
const MAX_DEPTH = 3;

/** A longer list is no list of servers: a pair for each of millions of elements takes 20 s. */
const MAX_LIST = 1_000;

/** Every entry for this server, in the right place or not. */
function entriesIn(holder: unknown, path: string[] = []): Entry[] {
  if (typeof holder !== "object" || holder === null) return [];
  const isList = Array.isArray(holder);
  if (isList && holder.length > MAX_LIST) return [];
  return Object.entries(holder).flatMap(([key, value]) => {
    const name = isList ? (textOf(mapOf(value)["name"]) ?? key) : key;
    if (startsThisServer(name, value)) return [{ path, isList, name, value }];
    return path.length < MAX_DEPTH ? entriesIn(value, [...path, key]) : [];
  });
}

const textOf = (value: unknown) => (typeof value === "string" ? value : undefined);

function isReadBy({ key, perProject }: HostFile, path: string[]): boolean {
  const isTop = path.length === 1 && path[0] === key;
  return isTop || (path.length === 3 && path[0] === perProject && path[2] === key);
}

function misplaced({ path, isList, name }: Entry, { name: host, key, format }: HostFile) {
  const example =
    format === "toml" ? `[${key}.kook]` : `{ "${key}": { "kook": { "command": … } } }`;
  const found = shown(path.join("."));
  if (isList) return error(({ hosts }) => hosts.list(found, example));
  if (path.length === 0) return error(({ hosts }) => hosts.topLevel(quoted(name), host, example));
  return error(({ hosts }) => hosts.wrongKey({ name: quoted(name), found, host, key, example }));
}
