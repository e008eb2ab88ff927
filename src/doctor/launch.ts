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
  const fill = (text: string) => substitute(text, entry, place, found);
  const [program = "", ...filled] = texts.map(fill);
  return {
    command: program,
    args: filled,
    env: Object.fromEntries(variables.map(([name], index) => [name, fill(values[index] ?? "")])),
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

function substitute(text: string, { file, inputs }: HostEntry, place: Place, found: Found): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    const replacement = replacements[file.substitution](name, place, inputs);
    if (typeof replacement === "object") return replacement.text;
    found[replacement].push(whole);
    return whole;
  });
}

type Replacement = { text: string } | keyof Found;

const fromEnvironment = (text: string | undefined): Replacement =>
  text === undefined ? "asked" : { text };

const replacements: Record<
  Substitution,
  (name: string, place: Place, inputs: string[]) => Replacement
> = {
  none: () => "left",
  "claude-code": (name, { env }) => {
    const [variable = "", fallback] = name.split(":-");
    return fromEnvironment(env[variable] ?? fallback);
  },
  editor: (name, { env, folder, home }, inputs) => {
    const [kind = "", id = ""] = name.split(":");
    if (kind === "workspaceFolder") return { text: folder };
    if (kind === "userHome") return { text: home };
    if (kind === "env") return fromEnvironment(env[id]);
    return kind === "input" && inputs.includes(id) ? "asked" : "left";
  },
};
