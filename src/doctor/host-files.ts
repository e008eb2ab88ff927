// Where the hosts keep the configuration that says which servers they start, and what stands in it of this server.
import { posix, win32 } from "node:path";
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser";

/** How a host replaces `${…}` in its file. */
export type Substitution = "none" | "claude-code" | "editor";

export interface HostFile {
  host: string;
  path: string;
  /** The member that holds the servers. */
  member: "mcpServers" | "servers";
  /** Comments and trailing commas are fine. */
  comments: boolean;
  substitution: Substitution;
  /** The file that its host leaves unread once this one is there. */
  replaces?: string;
  /** The file lies in the project's folder, where it may be committed. */
  shared: boolean;
}

export interface Place {
  platform: NodeJS.Platform;
  home: string;
  /** The folder in which `doctor` was started: hosts look there for a project's file. */
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** The computer as the checks see it. */
export interface Machine extends Place {
  /** Reads a text file whole; its error has the system's `code`. */
  readFile(path: string): string;
  exists(path: string): boolean;
}

/** Every file in which one of the known hosts may name this server. */
export function hostFiles({ platform, home, folder, env }: Place): HostFile[] {
  const { join } = platform === "win32" ? win32 : posix;
  const applications =
    platform === "win32"
      ? (env["APPDATA"] ?? join(home, "AppData", "Roaming"))
      : platform === "darwin"
        ? join(home, "Library", "Application Support")
        : (env["XDG_CONFIG_HOME"] ?? join(home, ".config"));
  const local = env["LOCALAPPDATA"] ?? join(home, "AppData", "Local");
  const desktopFile = join("Claude", "claude_desktop_config.json");
  const usual = join(applications, desktopFile);
  const store = join(local, "Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming");
  const desktop = {
    member: "mcpServers",
    comments: false,
    substitution: "none",
    shared: false,
  } as const;
  const code = { member: "mcpServers", comments: false, substitution: "claude-code" } as const;
  const vscode = { member: "servers", comments: true, substitution: "editor" } as const;
  const cursor = { member: "mcpServers", comments: true, substitution: "editor" } as const;
  return [
    { host: "Claude Desktop", path: usual, ...desktop },
    // Installed from a package, Claude Desktop reads a copy of its own: anthropics/claude-code#26073.
    ...(platform === "win32"
      ? [{ host: "Claude Desktop", path: join(store, desktopFile), replaces: usual, ...desktop }]
      : []),
    {
      host: "Claude Code",
      path: join(env["CLAUDE_CONFIG_DIR"] ?? home, ".claude.json"),
      ...code,
      shared: false,
    },
    { host: "Claude Code", path: join(folder, ".mcp.json"), ...code, shared: true },
    ...["Code", "Code - Insiders"].map((name) => ({
      host: "VS Code",
      path: join(applications, name, "User", "mcp.json"),
      ...vscode,
      shared: false,
    })),
    { host: "VS Code", path: join(folder, ".vscode", "mcp.json"), ...vscode, shared: true },
    { host: "Cursor", path: join(home, ".cursor", "mcp.json"), ...cursor, shared: false },
    { host: "Cursor", path: join(folder, ".cursor", "mcp.json"), ...cursor, shared: true },
  ];
}

/** One server of a host's file, not yet looked at. */
export interface HostEntry {
  file: HostFile;
  name: string;
  value: unknown;
  /** Ids of the questions that the file lets its host ask (VS Code's `inputs`). */
  inputs: string[];
}

export interface FileProblem {
  /** jsonc-parser's name of the mistake. */
  code: string;
  /** Both from 1. */
  line: number;
  column: number;
}

/** The servers that a file names, and the first mistake in its syntax. */
export function readHostFile(
  file: HostFile,
  text: string,
): { entries: HostEntry[]; problem: FileProblem | undefined; marked: boolean } {
  const json = text.replace(/^\u{FEFF}/u, "");
  const errors: ParseError[] = [];
  const { comments } = file;
  const options = { allowTrailingComma: comments, disallowComments: !comments };
  const root = mapOf(parse(json, errors, options));
  const inputs = (Array.isArray(root["inputs"]) ? root["inputs"] : []).map((input) =>
    String(mapOf(input)["id"]),
  );
  // Claude Code keeps the servers of single projects in the same file.
  const holders = [root, ...Object.values(mapOf(root["projects"])).map(mapOf)];
  const entries = holders.flatMap((holder) =>
    Object.entries(mapOf(holder[file.member])).map(([name, value]) => ({
      file,
      name,
      value,
      inputs,
    })),
  );
  const [first] = errors;
  return { entries, problem: first && problemAt(json, first), marked: json !== text };
}

function problemAt(text: string, { error, offset }: ParseError): FileProblem {
  const before = text.slice(0, offset).split("\n");
  return {
    code: printParseErrorCode(error),
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  };
}

/** A JSON value as a map; anything else counts as an empty one. */
export function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
