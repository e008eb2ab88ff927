// How a host would start this server by its entry: the program, the server's own arguments, the environment, with `${…}`
// replaced as that host does it.
import { posix, win32 } from "node:path";
import { type HostEntry, mapOf, type Place, type Substitution } from "./host-files.ts";

export interface Launch {
  command: string;
  args: string[];
  env: Record<string, string>;
  /** What `command` comes to: `node`, `npx`, `kook-chat-mcp` or another program's name. */
  program: string;
  /** Started through Windows' `cmd /c`. */
  throughCmd: boolean;
  /** The file that Node is to run. */
  script: string | undefined;
  /** What reaches the server itself; undefined where it cannot be told. */
  serverArgs: string[] | undefined;
  /** `${…}` that the host leaves as it is. */
  left: string[];
  /** `${…}` whose value only the host knows: a question to the person, or its own environment. */
  asked: string[];
}

/** Reads an entry; undefined where its form is not that of a program to be started. */
export function launchOf(entry: HostEntry, place: Place): Launch | undefined {
  const { command, args = [], env = {} } = mapOf(entry.value);
  const variables = Object.entries(mapOf(env));
  const texts = [command, ...(Array.isArray(args) ? args : [undefined])];
  const values = variables.map(([, value]) => value);
  if (!texts.every(isText) || !values.every(isText)) return undefined;
  const found: Found = { left: [], asked: [] };
  const fill = (text: string, taker?: string) => substitute(text, { entry, place, taker }, found);
  const [program = "", ...filled] = texts.map((text) => fill(text));
  return {
    command: program,
    args: filled,
    env: Object.fromEntries(
      variables.map(([name], index) => [name, fill(values[index] ?? "", name)]),
    ),
    ...programOf(program, filled, place),
    ...found,
  };
}

const isText = (value: unknown): value is string => typeof value === "string";

function programOf(command: string, args: string[], { platform }: Place) {
  const base = (text: string) =>
    (platform === "win32" ? win32 : posix)
      .basename(text)
      .replace(/\.(exe|cmd|bat)$/i, "")
      .toLowerCase();
  const throughCmd = base(command) === "cmd" && /^\/c$/i.test(args[0] ?? "");
  const [program = "", ...rest] = throughCmd
    ? [base(args[1] ?? ""), ...args.slice(2)]
    : [base(command), ...args];
  const start = serverStart(program, rest);
  return {
    program,
    throughCmd,
    script: program === "node" && start !== undefined ? rest[start - 1] : undefined,
    serverArgs: start === undefined ? undefined : rest.slice(start),
  };
}

/** Where the server's own arguments begin. */
function serverStart(program: string, args: string[]): number | undefined {
  if (program === "kook-chat-mcp") return 0;
  const named =
    program === "node"
      ? args.findIndex((arg) => !arg.startsWith("-"))
      : args.findLastIndex((arg) => /(^|[\\/])kook-chat-mcp(@[\w.-]+)?$/.test(arg));
  return named < 0 ? undefined : named + 1;
}

type Found = Pick<Launch, "left" | "asked">;

interface Where {
  entry: HostEntry;
  place: Place;
  /** The variable that is to hold the text; undefined for the command and its arguments. */
  taker: string | undefined;
}

function substitute(text: string, where: Where, found: Found): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const replacement = replacements[where.entry.file.substitution](name, where);
    if (typeof replacement === "object") return replacement.text;
    found[replacement].push(whole);
    return whole;
  });
}

type Replacement = { text: string } | keyof Found;

/**
 * The findings quote what an entry comes to, and a project's file may be a stranger's: it gets a variable of this
 * computer's only where that is handed on under its own name.
 */
function fromEnvironment(
  variable: string,
  { entry, place, taker }: Where,
  fallback?: string,
): Replacement {
  const value = place.env[variable];
  if (value !== undefined && entry.file.shared && variable !== taker) return "asked";
  const text = value ?? fallback;
  return text === undefined ? "asked" : { text };
}

const replacements: Record<Substitution, (name: string, where: Where) => Replacement> = {
  none: () => "left",
  "claude-code": (name, where) => {
    const [variable = "", fallback] = name.split(":-");
    return fromEnvironment(variable, where, fallback);
  },
  editor: (name, where) => {
    const { folder, home } = where.place;
    const [kind = "", id = ""] = name.split(":");
    if (kind === "workspaceFolder") return { text: folder };
    if (kind === "userHome") return { text: home };
    if (kind === "env") return fromEnvironment(id, where);
    return kind === "input" && where.entry.inputs.includes(id) ? "asked" : "left";
  },
};
