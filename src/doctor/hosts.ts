// The table of hosts: which files each one reads, in which format, and the key of its servers.
import { posix, win32 } from "node:path";

/** `json+comments` allows comments; `jsonc` allows trailing commas too. */
export type Format = "json" | "json+comments" | "jsonc" | "toml";

type Folder = "home" | "applications" | "claude" | "codex";

interface Host {
  name: string;
  format: Format;
  /** The key under which the host reads its servers. */
  key: string;
  /** A second place: under `<perProject>.<any name>.<key>`. */
  perProject?: string;
  /** Whether the host replaces `${…}` in an entry. */
  fillsVariables: boolean;
  /** Whether `${input:x}` needs an input `x` in the same file. */
  hasInputs?: boolean;
  /** The person's own files. */
  own: [Folder, path: string][];
  /** Files in the project's folder. */
  project: string[];
}

// biome-ignore format: one row a host reads as a table.
const hosts: Host[] = [
  { name: "Claude Desktop", format: "json", key: "mcpServers", fillsVariables: false,
    own: [["applications", "Claude/claude_desktop_config.json"]], project: [] },
  { name: "Claude Code", format: "json", key: "mcpServers", perProject: "projects", fillsVariables: true,
    own: [["claude", ".claude.json"]], project: [".mcp.json"] },
  { name: "VS Code", format: "jsonc", key: "servers", fillsVariables: true, hasInputs: true,
    own: [["applications", "Code/User/mcp.json"], ["applications", "Code - Insiders/User/mcp.json"]],
    project: [".vscode/mcp.json"] },
  { name: "Cursor", format: "jsonc", key: "mcpServers", fillsVariables: true,
    own: [["home", ".cursor/mcp.json"]], project: [".cursor/mcp.json"] },
  { name: "Codex", format: "toml", key: "mcp_servers", fillsVariables: false,
    own: [["codex", "config.toml"]], project: [".codex/config.toml"] },
  { name: "Gemini CLI", format: "json+comments", key: "mcpServers", fillsVariables: true,
    own: [["home", ".gemini/settings.json"]], project: [".gemini/settings.json"] },
];

export interface Place {
  platform: NodeJS.Platform;
  home: string;
  /** The current folder, in which hosts look for a project's file; undefined if it was deleted. */
  folder: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

/** The computer as the checks see it. */
export interface Machine extends Place {
  /** Reads a text file whole; its error has a `code`. */
  readFile(path: string): string;
  exists(path: string): boolean;
}

export interface HostFile extends Host {
  path: string;
  /** The file stands in the project's folder, where it may be committed. */
  isShared: boolean;
}

/** Every file in which a known host may name this server, each once. */
export function hostFiles({ platform, home, folder, env }: Place): HostFile[] {
  const { join } = pathsOf(platform);
  const applications = {
    win32: env["APPDATA"] || join(home, "AppData", "Roaming"),
    darwin: join(home, "Library", "Application Support"),
  }[platform as string];
  const folders: Record<Folder, string> = {
    home,
    applications: applications ?? (env["XDG_CONFIG_HOME"] || join(home, ".config")),
    claude: env["CLAUDE_CONFIG_DIR"] || home,
    codex: env["CODEX_HOME"] || join(home, ".codex"),
  };
  const files = hosts.flatMap((host): HostFile[] => [
    ...host.own.map(([base, path]) => ({
      ...host,
      path: join(folders[base], path),
      isShared: false,
    })),
    ...(folder === undefined ? [] : host.project).map((path) => ({
      ...host,
      path: join(folder ?? "", path),
      isShared: true,
    })),
  ]);
  // In the home folder a project's file is the person's own.
  return files.filter(({ path }, index) => files.findIndex((file) => file.path === path) === index);
}

export const pathsOf = (platform: NodeJS.Platform) => (platform === "win32" ? win32 : posix);
