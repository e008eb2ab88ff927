import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkHosts } from "../../src/doctor/checks/hosts.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { type HostFile, hostFiles } from "../../src/doctor/hosts.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { type Circumstances, computer, factOf, fixOf, told } from "./examined.ts";

type Computer = ReturnType<typeof computer>;

const $ = (name: string) => `$\{${name}}`;
const env = { KOOK_TOKEN: SANDBOX_TOKEN };
const servers = (entry: unknown, key = "mcpServers") => JSON.stringify({ [key]: { kook: entry } });
const right = ({ main }: Computer) => ({ command: "node", args: [main], env });

/** An entry in the format and under the key that the host reads. */
function textFor({ format, key }: HostFile, { main }: Computer): string {
  return format === "toml"
    ? `[${key}.kook]\ncommand = "node"\nargs = [${JSON.stringify(main)}]\n[${key}.kook.env]\nKOOK_TOKEN = "${SANDBOX_TOKEN}"\n`
    : servers({ command: "node", args: [main], env }, key);
}

/** The findings about one file with this content. The shell has no token. */
async function findingsOf(
  pc: Computer,
  path: string,
  content: string | Uint8Array,
  circumstances: Circumstances = {},
): Promise<Finding[]> {
  pc.write(path, content);
  const { findings } = await pc.examine({ env: {}, ...circumstances });
  return findings.filter(({ subject }) => subject?.includes(path));
}

const lines = (findings: Finding[]) =>
  findings.map((finding) => `${finding.status}: ${factOf(finding)}`);

describe("the table of hosts", () => {
  const hosts = new Set(computerFiles().map(({ name }) => name));
  function computerFiles() {
    return hostFiles({ platform: process.platform, home: "/h", folder: "/p", env: {} });
  }

  test("has the hosts that README.md names", () => {
    expect([...hosts]).toEqual([
      "Claude Desktop",
      "Claude Code",
      "VS Code",
      "Cursor",
      "Codex",
      "Gemini CLI",
    ]);
  });

  test.each(computerFiles().map((file, index) => [`${file.name}: ${file.path}`, index] as const))(
    "a right entry in %s is found",
    async (_, index) => {
      const pc = computer();
      const file = pc.files[index] as HostFile;
      const [first, ...rest] = lines(await findingsOf(pc, file.path, textFor(file, pc)));
      expect(first).toBe(`ok: starts node ${pc.main}`);
      expect(rest).toEqual(
        file.isShared
          ? ["warning: The token is in a file of the project, where it may be committed"]
          : [],
      );
    },
  );

  test("has each platform's folders", () => {
    const pathsOn = (
      platform: NodeJS.Platform,
      home: string,
      variables: Record<string, string> = {},
    ) =>
      hostFiles({ platform, home, folder: undefined, env: variables }).map(
        ({ name, path }) => `${name} ${path}`,
      );
    expect(pathsOn("linux", "/home/me")).toEqual([
      "Claude Desktop /home/me/.config/Claude/claude_desktop_config.json",
      "Claude Code /home/me/.claude.json",
      "VS Code /home/me/.config/Code/User/mcp.json",
      "VS Code /home/me/.config/Code - Insiders/User/mcp.json",
      "Cursor /home/me/.cursor/mcp.json",
      "Codex /home/me/.codex/config.toml",
      "Gemini CLI /home/me/.gemini/settings.json",
    ]);
    expect(pathsOn("darwin", "/Users/me")).toContain(
      "VS Code /Users/me/Library/Application Support/Code/User/mcp.json",
    );
    const windows = pathsOn("win32", "C:\\Users\\me");
    expect(windows).toContain(
      "Claude Desktop C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
    );
    expect(windows).toContain("Cursor C:\\Users\\me\\.cursor\\mcp.json");
    const moved = pathsOn("linux", "/home/me", {
      XDG_CONFIG_HOME: "/xdg",
      CLAUDE_CONFIG_DIR: "/claude",
      CODEX_HOME: "/codex",
    });
    expect(moved).toEqual(
      expect.arrayContaining([
        "Claude Desktop /xdg/Claude/claude_desktop_config.json",
        "Claude Code /claude/.claude.json",
        "Codex /codex/config.toml",
      ]),
    );
  });

  test("names each file once if the current folder is the home folder", async () => {
    const pc = computer();
    const { findings } = await pc.examine({ folder: pc.home });
    const subjects = findings.flatMap(({ subject }) => subject ?? []);
    expect(subjects.filter((subject) => subject.includes(".cursor"))).toHaveLength(1);
  });
});

test("every file in the table is reported, found or not", async () => {
  const pc = computer();
  pc.write(pc.fileOf("Gemini CLI"), JSON.stringify({ mcpServers: { other: { command: "x" } } }));
  const { findings } = await pc.examine();
  for (const { name, path } of pc.files) {
    expect(told(findings, "host", `${name}, ${path}`)).toEqual([
      path === pc.fileOf("Gemini CLI")
        ? "note: found, no entry for this server"
        : "note: not found",
    ]);
  }
  expect(told(findings, "host")).toContain(
    "note: no entry for this server in any of these files; files of other hosts are not read",
  );
});

const utf16 = (text: string) => Buffer.from(`\u{FEFF}${text}`, "utf16le");
const deep = (depth: number) => `{"kook":${'{"a":'.repeat(depth)}`;

describe("a file that its host cannot read", () => {
  test.each<[string, string, (text: string) => string | Uint8Array, string, string]>([
    ["UTF-16 from PowerShell 5", "Claude Desktop", utf16, "The file is UTF-16", "as UTF-8"],
    [
      "UTF-16 with the high byte first",
      "Cursor",
      (text) => utf16(text).swap16(),
      "The file is UTF-16",
      "as UTF-8",
    ],
    ["UTF-16 in TOML", "Codex", utf16, "The file is UTF-16", "as UTF-8"],
    [
      "thousands of levels of JSON",
      "Claude Code",
      () => deep(100_000),
      "The file is nested too deeply",
      "brackets",
    ],
    [
      "thousands of levels of TOML",
      "Codex",
      () => `kook = ${"[".repeat(100_000)}`,
      "Invalid syntax at line 1, column",
      "bracket",
    ],
    [
      "a comment",
      "Claude Desktop",
      () => '{"mcpServers": {} // kook\n}',
      "Invalid syntax at line 1, column 19 (InvalidCommentToken)",
      "a comment",
    ],
    [
      "a trailing comma",
      "Claude Desktop",
      () => '{"mcpServers": {"kook": {}},\n}',
      "Invalid syntax at line 2, column 1 (PropertyNameExpected)",
      "comma",
    ],
    [
      "a trailing comma that comments do not excuse",
      "Gemini CLI",
      () => '{"mcpServers": {"kook": {}}, // mine\n}',
      "Invalid syntax at line 2, column 1",
      "comma",
    ],
    [
      "single backslashes",
      "Cursor",
      () => String.raw`{"mcpServers": {"kook": {"args": ["C:\kook-chat-mcp"]}}}`,
      "Invalid syntax at line 1, column",
      "backslash twice",
    ],
    [
      "single backslashes in TOML",
      "Codex",
      () => String.raw`mcp_servers.kook.command = "C:\kook-chat-mcp"`,
      "Invalid syntax at line 1, column",
      "Write each backslash twice",
    ],
    [
      "a missing bracket",
      "VS Code",
      () => '{"servers": {"kook": ',
      "Invalid syntax at line 1",
      "bracket",
    ],
    [
      "wrong TOML",
      "Codex",
      () => "# kook\n[mcp_servers.kook\ncommand = 1\n",
      "Invalid syntax at line 2, column",
      "bracket",
    ],
  ])("because of %s is named with its fix", async (_, host, content, fact, fix) => {
    const pc = computer();
    const text = servers(right(pc));
    const [finding, ...rest] = await findingsOf(pc, pc.fileOf(host), content(text));
    expect(finding && lines([finding])[0]).toContain(`error: ${fact}`);
    expect(fixOf(finding)).toContain(fix);
    expect(rest).toEqual([]);
  });

  test("because it is a folder is named with its fix", async () => {
    const pc = computer();
    mkdirSync(pc.fileOf("Cursor"), { recursive: true });
    const { findings } = await pc.examine();
    expect(told(findings, "host", pc.fileOf("Cursor"))).toEqual([
      "error: This is a folder or a device, but the host needs a file",
    ]);
  });

  test.skipIf(process.platform === "win32")(
    "because it is a pipe is named, not waited for (needs mkfifo)",
    async () => {
      const pc = computer();
      execFileSync("mkfifo", [pc.fileOf("Claude Code")]);
      const { findings } = await pc.examine();
      expect(told(findings, "host", pc.fileOf("Claude Code"))[0]).toMatch(
        /^error: This is a folder/,
      );
    },
  );

  test.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "because of its permissions is named (root may read all files, Windows has other permissions)",
    async () => {
      const pc = computer();
      chmodSync(pc.write(pc.fileOf("Cursor"), "{}"), 0);
      const { findings } = await pc.examine();
      expect(told(findings, "host", pc.fileOf("Cursor"))).toEqual([
        "error: The file cannot be read (EACCES)",
      ]);
    },
  );

  test("is not reported as broken if it does not mention this server", async () => {
    const pc = computer();
    const text = '{"mcpServers": {"other": {"env": {"SECRET": "hush"';
    expect(lines(await findingsOf(pc, pc.fileOf("Cursor"), text))).toEqual([
      "note: found, no entry for this server",
    ]);
  });
});

test("a file that is too large is named and not read", async () => {
  const pc = computer();
  truncateSync(pc.write(pc.fileOf("Claude Code"), "{}"), 65 * 1024 * 1024);
  const { findings } = await pc.examine();
  expect(told(findings, "host", pc.fileOf("Claude Code"))).toEqual([
    "warning: not checked: the file is too large",
  ]);
});

test("a UTF-8 byte order mark is a warning where the host parses strictly", async () => {
  const pc = computer();
  const marked = (text: string) => `\u{FEFF}${text}`;
  const desktop = await findingsOf(pc, pc.fileOf("Claude Desktop"), marked(servers(right(pc))));
  expect(lines(desktop)).toEqual([
    "warning: The file begins with a byte order mark (BOM), which a strict parser refuses",
    `ok: starts node ${pc.main}`,
  ]);
  const code = marked(servers(right(pc), "servers"));
  expect(lines(await findingsOf(pc, pc.fileOf("VS Code"), code))).toEqual([
    `ok: starts node ${pc.main}`,
  ]);
});

describe("an entry in the wrong place is named with the right one", () => {
  test.each<[string, string, (entry: object) => unknown, string, string]>([
    [
      "mcpServers in VS Code",
      "VS Code",
      (kook) => ({ mcpServers: { kook } }),
      'The entry "kook" is under "mcpServers", but VS Code reads "servers"',
      '{ "servers": { "kook":',
    ],
    [
      "servers in Cursor",
      "Cursor",
      (kook) => ({ servers: { kook } }),
      'The entry "kook" is under "servers", but Cursor reads "mcpServers"',
      '{ "mcpServers": { "kook":',
    ],
    [
      "mcpservers in Claude Desktop",
      "Claude Desktop",
      (kook) => ({ mcpservers: { kook } }),
      'is under "mcpservers", but Claude Desktop reads "mcpServers"',
      'Move it to "mcpServers"',
    ],
    [
      "the nested key of VS Code's settings",
      "VS Code",
      (kook) => ({ mcp: { servers: { kook } } }),
      'is under "mcp.servers", but VS Code reads "servers"',
      'Move it to "servers"',
    ],
    [
      "no outer key",
      "Gemini CLI",
      (kook) => ({ kook }),
      'The entry "kook" is at the top level, where Gemini CLI does not look',
      '{ "mcpServers": { "kook":',
    ],
    [
      "a list of servers",
      "Claude Code",
      (kook) => ({ mcpServers: [{ name: "kook", ...kook }] }),
      'The servers under "mcpServers" are a list',
      "a map from name to entry",
    ],
    [
      "a list of servers without an outer key",
      "Cursor",
      (kook) => [{ name: "kook", ...kook }],
      "The servers are a list",
      '{ "mcpServers": { "kook":',
    ],
  ])("%s", async (_, host, file, fact, fix) => {
    const pc = computer();
    const text = JSON.stringify(file(right(pc)));
    const [finding, ...rest] = await findingsOf(pc, pc.fileOf(host), text);
    expect(finding && lines([finding])[0]).toContain("error: ");
    expect(finding && factOf(finding)).toContain(fact);
    expect(fixOf(finding)).toContain(fix);
    expect(rest).toEqual([]);
  });

  test.each([
    ["[mcpServers.kook]", 'is under "mcpServers", but Codex reads "mcp_servers"'],
    ["[[mcp_servers]]", 'The servers under "mcp_servers" are a list'],
  ])("%s in Codex", async (header, fact) => {
    const pc = computer();
    const text = `${header}\ncommand = "node"\nargs = [${JSON.stringify(pc.main)}]\n`;
    const [finding] = await findingsOf(pc, pc.fileOf("Codex"), text);
    expect(finding && factOf(finding)).toContain(fact);
    expect(fixOf(finding)).toContain("[mcp_servers.kook]");
  });

  test("but entries of single projects in Claude Code's file are in the right one", async () => {
    const pc = computer();
    const mcpServers = { kook: right(pc) };
    const text = JSON.stringify({ projects: { "/a": { mcpServers }, "/b": { mcpServers } } });
    const path = pc.fileOf("Claude Code");
    const findings = await findingsOf(pc, path, text);
    expect(findings.map(({ subject }) => subject)).toEqual([
      `Claude Code, ${path}, /a, "kook"`,
      `Claude Code, ${path}, /b, "kook"`,
    ]);
    expect(new Set(lines(findings))).toEqual(new Set([`ok: starts node ${pc.main}`]));
  });
});

type Change = object | ((pc: Computer) => object);
const changed = (pc: Computer, change: Change) => ({
  ...right(pc),
  ...(typeof change === "function" ? change(pc) : change),
});
const token = (KOOK_TOKEN: string, more = {}) => ({ env: { KOOK_TOKEN, ...more } });

describe("an entry with a mistake is named with its fix", () => {
  test.each<[string, Change, string, string]>([
    [
      "args as one text",
      ({ main }) => ({ args: `${main} --read-only` }),
      'error: "args" is one text',
      "Write a list",
    ],
    [
      "env as a list",
      { env: [`KOOK_TOKEN=${SANDBOX_TOKEN}`] },
      "error: The entry does not have the form",
      "README.md",
    ],
    [
      "a number in env",
      token(SANDBOX_TOKEN, { KOOK_TIMEOUT_MS: 500 }),
      "error: The entry does not have the form",
      "quotation marks",
    ],
    [
      "a url instead of a command",
      { command: undefined, url: "http://127.0.0.1/", env },
      'error: The entry has a "url"',
      '"command" and "args"',
    ],
    [
      "a whole command line as command",
      ({ main }) => ({ command: `node ${main}`, args: [] }),
      'error: "command" is a whole command line: node /',
      'put the path into "args"',
    ],
    [
      "a package that is not published",
      { command: "npx", args: ["-y", "kook-chat-mcp"] },
      "error: kook-chat-mcp is not published: this entry would run any code that a stranger registers",
      "Start the built file",
    ],
    [
      "a program that does not exist",
      ({ home }) => ({ command: join(home, "no", "node") }),
      "error: The program ",
      "node -p process.execPath",
    ],
    ["no script", { args: [] }, 'error: "args" names no file', "npm run build"],
    [
      "a script that does not exist",
      ({ home }) => ({ args: [join(home, "deleted", "dist", "main.js")] }),
      "error: The file ",
      "npm run build",
    ],
    [
      "a folder as script",
      ({ home }) => ({ args: [join(home, "kook-chat-mcp")] }),
      "error: ",
      "full path of dist/main.js",
    ],
    [
      "a relative script",
      { args: ["dist/main.js"] },
      "error: dist/main.js is not a full path",
      "full path",
    ],
    [
      "a script in ~",
      { args: ["~/kook-chat-mcp/dist/main.js"] },
      "error: ~/kook-chat-mcp/dist/main.js is not a full path",
      "~ is not expanded",
    ],
    [
      "a control character in a path",
      { args: ["C:\new\\main.js"] },
      "error: A path in the entry has a control character",
      "twice",
    ],
    ["no token", { env: {} }, "error: The entry has no token", 'Add KOOK_TOKEN to "env"'],
    ["an empty token", token(" "), "error: The entry has no token", 'Add KOOK_TOKEN to "env"'],
    [
      "a placeholder as token",
      token("paste the bot's token here"),
      "error: KOOK_TOKEN is a placeholder",
      "https://developer.kookapp.cn",
    ],
    [
      "a token in quotation marks",
      token(`"${SANDBOX_TOKEN}"`),
      "warning: KOOK_TOKEN has quotation marks inside its value",
      "Remove the inner quotation marks",
    ],
    [
      "a token in typographic quotation marks",
      token(`“${SANDBOX_TOKEN}”`),
      "warning: KOOK_TOKEN has quotation marks inside its value",
      "Remove the inner quotation marks",
    ],
    [
      "a token file in ~",
      { env: { KOOK_TOKEN_FILE: "~/token" } },
      "error: The token file ~/token is not found: ~ is not expanded here",
      "full path",
    ],
    [
      "a token file that does not exist",
      ({ home }) => ({ env: { KOOK_TOKEN_FILE: join(home, "none") } }),
      "error: The token file ",
      "create the file",
    ],
    [
      "a folder as token file",
      ({ home }) => ({ env: { KOOK_TOKEN_FILE: home } }),
      "error: The token file ",
      "path of the file",
    ],
    [
      "a folder as the token file of a flag",
      ({ main, home }) => ({ args: [main, "--token-file", home], env: {} }),
      "error: The token file ",
      "path of the file",
    ],
    [
      "a variable that the host does not replace",
      token($("KOOK_TOKEN")),
      `error: Claude Desktop does not replace ${$("KOOK_TOKEN")}`,
      "Write the value",
    ],
    [
      "a proxy",
      token(SANDBOX_TOKEN, { HTTPS_PROXY: "http://me:hush@127.0.0.1:7890" }),
      "note: requests use http://127.0.0.1:7890 (HTTPS_PROXY)",
      "",
    ],
    [
      "a SOCKS proxy",
      token(SANDBOX_TOKEN, { http_proxy: "socks5://127.0.0.1:1080" }),
      "error: http_proxy is a SOCKS proxy",
      "http_proxy=http://127.0.0.1:7890",
    ],
    [
      "a misspelt setting",
      token(SANDBOX_TOKEN, { KOOK_READONLY: "1" }),
      "error: KOOK_READONLY is not a setting",
      "Rename it to KOOK_READ_ONLY",
    ],
    [
      "a wrong value",
      token(SANDBOX_TOKEN, { KOOK_READ_ONLY: "maybe" }),
      "error: KOOK_READ_ONLY must be one of",
      "Correct it",
    ],
    [
      "a base URL without its path",
      token(SANDBOX_TOKEN, { KOOK_BASE_URL: "https://www.kookapp.cn" }),
      "warning: KOOK_BASE_URL does not end in /api/v3",
      "Add /api/v3",
    ],
    [
      "a wrong flag",
      ({ main }) => ({ args: [main, "--readonly"] }),
      "error: Unknown flag --readonly; did you mean --read-only?",
      '"args"',
    ],
    [
      "a command that does not serve",
      ({ main }) => ({ args: [main, "sandbox"] }),
      'error: The entry starts "sandbox"',
      "--sandbox",
    ],
  ])("%s", async (_, change, fact, fix) => {
    const pc = computer();
    const text = servers(changed(pc, change));
    const findings = await findingsOf(pc, pc.fileOf("Claude Desktop"), text);
    const finding = findings.find((one) => lines([one])[0]?.startsWith(fact));
    expect(finding, JSON.stringify(lines(findings))).toBeDefined();
    expect(fixOf(finding)).toContain(fix);
    // An entry with an error does not start, so nothing says that it does.
    const isError = fact.startsWith("error");
    expect(lines(findings).some((line) => line.startsWith("ok"))).toBe(!isError);
    expect(JSON.stringify(lines(findings))).not.toContain("hush");
  });

  test.each([
    { command: "npx", args: ["-y", "kook-chat-mcp", "--audit-log", "/x/kook.jsonl"] },
    { command: "npx", args: ["--cache", "/tmp/npx", "-y", "kook-chat-mcp"] },
    { command: "npx", args: ["-y", "KOOK-CHAT-MCP"] },
    { command: "npx", args: ["-y", "@stranger/kook-chat-mcp"] },
    { command: "npx", args: ["-y", "stranger/kook-chat-mcp"] },
    { command: "npx", args: ["-y", "github:stranger/kook-chat-mcp"] },
    { command: "npx", args: ["-y", "git+https://github.com/stranger/kook-chat-mcp.git#main"] },
    { command: "npx", args: ["--package=https://stranger.example/kook-chat-mcp-1.tgz", "server"] },
    { command: "npx -y kook-chat-mcp", args: [] },
    { command: "cmd", args: ["/c", "npx", "-y", "kook-chat-mcp@latest"] },
    { command: "cmd", args: ["/c", "npx -y kook-chat-mcp"] },
    { command: "powershell", args: ["-Command", "npx -y kook-chat-mcp"] },
    { command: "sh", args: ["-c", "npx -y kook-chat-mcp || node /x/kook-chat-mcp/dist/main.js"] },
    { command: "env", args: ["KOOK_READ_ONLY=1", "npx", "kook-chat-mcp"] },
    { command: "/usr/bin/pnpm", args: ["dlx", "kook-chat-mcp"] },
    { command: "deno", args: ["run", "-A", "npm:kook-chat-mcp"] },
  ])("a package that is not on this computer: %j", async (start) => {
    const pc = computer();
    const text = JSON.stringify({ mcpServers: { chats: { ...start, env } } });
    const [finding, ...rest] = await findingsOf(pc, pc.fileOf("Cursor"), text);
    expect(finding && lines([finding])[0]).toContain("error: kook-chat-mcp is not published");
    expect(fixOf(finding)).toContain("Start the built file");
    expect(rest).toEqual([]);
  });

  test("a mistake in TOML, with a fix in TOML", async () => {
    const pc = computer();
    const text = '[mcp_servers.kook]\ncommand = "npx"\nargs = ["-y", "kook-chat-mcp"]\n';
    const [finding] = await findingsOf(pc, pc.fileOf("Codex"), text, { env });
    expect(fixOf(finding)).toContain('command = "node", args = ["/path/to/');
  });

  test("an input that VS Code's file does not declare", async () => {
    const pc = computer();
    const entry = changed(pc, token($("input:kook-token")));
    const inputs = [{ type: "promptString", id: "kook-token", password: true }];
    const path = pc.fileOf("VS Code");
    const [missing] = await findingsOf(pc, path, servers(entry, "servers"));
    expect(missing && lines([missing])).toEqual([
      `error: ${$("input:kook-token")} is not declared in this file`,
    ]);
    expect(fixOf(missing)).toContain('Add the input kook-token under "inputs"');
    const declared = JSON.stringify({ inputs, servers: { kook: entry } });
    expect(lines(await findingsOf(pc, path, declared))).toEqual([
      `ok: starts node ${pc.main}`,
      "note: the host fills in the environment, so its values were not checked",
    ]);
  });

  test("an entry without a token is a warning if the shell has one", async () => {
    const pc = computer();
    const text = servers(changed(pc, { env: {} }));
    const findings = await findingsOf(pc, pc.fileOf("Claude Desktop"), text, { env });
    expect(lines(findings)[1]).toMatch(/^warning: The entry has no token. This shell has one/);
  });
});

describe("an entry without a mistake is not blamed:", () => {
  test.each<[string, string, Change, string[]]>([
    [
      "npx with a tarball",
      "Claude Desktop",
      {
        command: "cmd",
        args: ["/c", "npx", "-y", "--package", "C:\\kook-chat-mcp-0.1.0.tgz", "kook-chat-mcp"],
      },
      ["ok: starts cmd"],
    ],
    [
      "npx with a tarball, and a path that is the server's",
      "Cursor",
      { command: "npx", args: ["-y", "./kook-chat-mcp-0.1.0.tgz", "--audit-log", "/x/log"] },
      ["ok: starts npx"],
    ],
    [
      "a script that a shell finds",
      "Cursor",
      { command: "sh", args: ["-c", "cd ~/kook-chat-mcp && node dist/main.js 2>> log"] },
      ["ok: starts sh"],
    ],
    [
      "a program in a folder with spaces",
      "Cursor",
      ({ write, home }) => ({ command: write(join(home, "npx and node", "node"), "") }),
      [],
    ],
    [
      "a token that env sets",
      "Cursor",
      ({ main }) => ({ command: "env", args: ["KOOK_TOKEN=1/x", "node", main], env: {} }),
      [],
    ],
    [
      "a sandbox entry without a token",
      "Cursor",
      ({ main }) => ({ args: [main, "--sandbox"], env: {} }),
      ["note: uses the sandbox; needs no token"],
    ],
    [
      "a token that Claude Code fills in",
      "Claude Code",
      token($("KOOK_TOKEN")),
      ["note: the host fills in the environment, so its values were not checked"],
    ],
    [
      "a token that Gemini CLI fills in",
      "Gemini CLI",
      token("$KOOK_TOKEN"),
      ["note: the host fills in the environment, so its values were not checked"],
    ],
    [
      "a token from an environment file",
      "Cursor",
      { env: {}, envFile: ".env" },
      ["note: the host fills in the environment, so its values were not checked"],
    ],
    [
      "a base URL that the host fills in",
      "Claude Code",
      token(SANDBOX_TOKEN, { KOOK_BASE_URL: `https://${$("KOOK_HOST")}/api/v3` }),
      [],
    ],
    [
      "a token file below a folder that the host fills in",
      "VS Code",
      { env: { KOOK_TOKEN_FILE: `${$("userHome")}/token` } },
      ["note: the host fills in the environment, so its values were not checked"],
    ],
    [
      "a script below a folder that the host fills in",
      "Cursor",
      { args: [`${$("workspaceFolder")}/dist/main.js`] },
      [],
    ],
  ])("%s", async (_, host, change, expected) => {
    const pc = computer();
    const key = pc.files.find(({ name }) => name === host)?.key;
    const findings = await findingsOf(pc, pc.fileOf(host), servers(changed(pc, change), key));
    expect(findings.filter(({ status }) => status === "error" || status === "warning")).toEqual([]);
    expect(lines(findings)).toEqual(expect.arrayContaining(expected));
  });
});

test.each([
  [{ kook: { command: "node", args: ["/x/dist/main.js", "--sandbox"] } }, true],
  [{ chats: { command: "node", args: ["/x/kook-chat-mcp/dist/main.js"] } }, true],
  [
    { chats: { command: "node", args: ["--env-file", "/x/.env", "/x/kook-chat-mcp-1/main.js"] } },
    true,
  ],
  [
    { chats: { command: "C:\\nodejs\\node.exe", args: ["C:\\kook-chat-mcp\\dist\\main.js"] } },
    true,
  ],
  [{ chats: { command: "/usr/local/bin/kook-chat-mcp", args: ["--sandbox"] } }, true],
  [{ chats: { command: "npx", args: ["--package=/x/kook-chat-mcp-0.1.0.tgz", "server"] } }, true],
  [{ chats: { command: "node /x/kook-chat-mcp/dist/main.js" } }, true],
  [{ chats: { command: "node '/x/kook-chat-mcp/dist/main.js'" } }, true],
  [{ kook: { command: ["node", "/x/kook-chat-mcp/dist/main.js"] } }, true],
  [{ kook: { command: "node", args: '"/x/kook-chat-mcp/dist/main.js"' } }, true],
  [{ chats: { command: "npx", args: "-y kook-chat-mcp" } }, true],
  [{ kook: "node /x/kook-chat-mcp/dist/main.js" }, true],
  [{ log: "node /x/kook-chat-mcp/dist/main.js" }, false],
  [{ kook: { command: "docker", args: ["run"], env } }, false],
  [{ kook: { command: "python", args: ["bot.py"], env } }, false],
  [{ "kook-bot": { command: "python", args: ["bot.py"] } }, false],
  [{ other: { command: "node", args: ["/x/dist/main.js"], env } }, false],
  [{ kooklogger: { command: "node", args: ["/x/main.js"], env } }, false],
  [{ files: { command: "/usr/bin/mcp-fs", args: ["/home/me/kook-chat-mcp"] } }, false],
  [{ files: { command: "npx", args: ["-y", "@mcp/fs", "/home/me/kook-chat-mcp"] } }, false],
  [{ files: { command: "node", args: ["/x/fs.js", "/x/kook-chat-mcp/dist/main.js"] } }, false],
  [{ log: { command: "node", args: ["/x/kook-chat-mcp-logger.js"] } }, false],
  [{ log: { command: "run --for=x kook-chat-mcp" } }, false],
])("%j counts as an entry for this server: %s", async (mcpServers, isOurs) => {
  const pc = computer();
  const findings = await findingsOf(pc, pc.fileOf("Cursor"), JSON.stringify({ mcpServers }));
  expect(lines(findings).includes("note: found, no entry for this server")).toBe(!isOurs);
});

test("doctor sends no token of a host's entry, and opens no file that an entry names", async () => {
  const pc = computer();
  const secret = pc.write(join(pc.home, "secret"), "1/MTA2Mzk=/ZmlsZQ==");
  const entries = [
    token("1/MTA2Mzk=/b3RoZXI="),
    token(SANDBOX_TOKEN, { KOOK_BASE_URL: "https://thief.example/api/v3" }),
    { env: { KOOK_TOKEN_FILE: secret } },
  ];
  for (const [index, host] of ["Claude Desktop", "Claude Code", "Cursor"].entries()) {
    pc.write(pc.fileOf(host), servers(changed(pc, entries[index] ?? {})));
  }
  const own = await pc.examine({ env });
  expect(new Set(own.sent)).toEqual(new Set([`Bot ${SANDBOX_TOKEN}`]));
  const none = await pc.examine({ env: {} });
  expect(none.sent).toEqual(["Bot none"]);
  expect(told(none.findings, "token")).toEqual([
    "note: not checked: not set in this shell; entries below bring their own",
  ]);
  expect([...own.read, ...none.read]).not.toContain(secret);
  expect(JSON.stringify([own.findings.map(factOf), none.findings.map(factOf)])).not.toMatch(
    /MTA2Mzk/,
  );
});

test("a network path in an entry is not looked at: Windows would log in there", () => {
  const looked: string[] = [];
  const kook = {
    command: "\\\\stranger\\share\\node.exe",
    args: ["\\\\stranger\\share\\main.js"],
    env: { KOOK_TOKEN_FILE: "\\\\stranger\\share\\token" },
  };
  const { findings } = checkHosts({
    platform: "win32",
    home: "C:\\Users\\me",
    folder: "C:\\work",
    env: {},
    readFile: () => JSON.stringify({ mcpServers: { kook } }),
    exists: (path) => looked.push(path) > 0,
  });
  expect(findings.map(factOf).join()).toContain("starts \\\\stranger");
  expect(looked).toEqual([]);
});

test("no argument of an entry is shown but its script", async () => {
  const pc = computer();
  const secrets = ["--password=hush", "--key", "hush"];
  const entries = [
    { command: `SECRET=hush node ${pc.main} --password=hush` },
    { command: "node", args: [pc.main, ...secrets] },
    { command: "/no/bin/node --key=hush", args: [pc.main] },
    { command: "node", args: ["--require", "/x/hush", pc.main, "--sandbox"], env: {} },
  ];
  for (const entry of entries) {
    const findings = await findingsOf(pc, pc.fileOf("Cursor"), servers({ env, ...entry }));
    expect(findings).not.toEqual([]);
    expect(JSON.stringify([findings.map(factOf), findings.map(fixOf)])).not.toContain("hush");
  }
});

test.each([
  [["--read-only", "true"], 'Unexpected argument "true" after --read-only, which takes no value'],
  [
    ["--allow-targets=1", "--allow-targets="],
    "--allow-targets is given twice with different values",
  ],
])("the arguments %j of an entry are an error", async (flags, fact) => {
  const pc = computer();
  const entry = changed(pc, { args: [pc.main, ...flags] });
  const findings = await findingsOf(pc, pc.fileOf("Cursor"), servers(entry));
  expect(lines(findings)).toContain(`error: ${fact}`);
});

describe("a large file", () => {
  test("of Claude Code's history and millions of numbers is searched in seconds", async () => {
    const pc = computer();
    const path = pc.fileOf("Claude Code");
    const mcpServers = JSON.stringify({ kook: right(pc) });
    const numbers = `[${"1,".repeat(5_000_000)}1]`;
    const startedAt = performance.now();
    const found = await findingsOf(pc, path, `{"history":${numbers},"mcpServers":${mcpServers}}`);
    expect(lines(found)).toEqual([`ok: starts node ${pc.main}`]);
    expect(lines(await findingsOf(pc, path, numbers))).toEqual([
      "note: found, no entry for this server",
    ]);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });

  test("of TOML is not checked", async () => {
    const pc = computer();
    const text = `# kook\n${"a = 1\n".repeat(1_500_000)}`;
    expect(lines(await findingsOf(pc, pc.fileOf("Codex"), text))).toEqual([
      "warning: not checked: the file is too large",
    ]);
  });

  test("that is no strict JSON is not checked", async () => {
    const pc = computer();
    const text = `{"kook":[${"1,".repeat(5_000_000)}]}`;
    expect(lines(await findingsOf(pc, pc.fileOf("Claude Code"), text))).toEqual([
      "warning: not checked: the file is too large",
    ]);
  });
});

test("nothing about other servers' entries is reported", async () => {
  const pc = computer();
  const other = {
    other: { command: "x", args: ["hush"], env: { SECRET: "hush" } },
    files: { command: "mcp-fs", args: ["--key=hush", "/home/me/kook-chat-mcp"], env: {} },
    kooklogger: { command: "node", args: ["/x/main.js", "hush"], env: { KOOK_PASSWORD: "hush" } },
    kookbot: { command: "run --password=hush kook-chat-mcp" },
    "my-kook-bot": { command: "python", args: ["bot.py"], env: { KOOK_OUTPUT: "hush" } },
  };
  pc.write(pc.fileOf("Cursor"), JSON.stringify({ mcpServers: { ...other, kook: right(pc) } }));
  pc.write(pc.fileOf("Claude Code"), JSON.stringify({ mcpServers: other, account: "hush" }));
  pc.write(pc.fileOf("Codex"), '# kook\nsecret = "hush" x\n');
  const { findings } = await pc.examine();
  expect(
    JSON.stringify(findings.map((finding) => [factOf(finding), fixOf(finding)])),
  ).not.toContain("hush");
});

test("no content of a file makes doctor fail", async () => {
  const pc = computer();
  const value = fc.jsonValue({ maxDepth: 2 });
  const entry = fc.record(
    {
      command: fc.oneof(value, fc.constant("node")),
      args: fc.oneof(value, fc.array(fc.string())),
      env: fc.oneof(value, fc.record({ KOOK_TOKEN: value, KOOK_TOKEN_FILE: value })),
      name: fc.oneof(value, fc.constant({ toString: 1 })),
    },
    { requiredKeys: [] },
  );
  const file = fc.record(
    {
      inputs: fc.oneof(value, fc.array(fc.record({ id: value }))),
      servers: fc.oneof(value, fc.array(entry), fc.dictionary(fc.constant("kook"), entry)),
      mcpServers: fc.oneof(value, fc.record({ "kook-chat-mcp": entry })),
    },
    { requiredKeys: [] },
  );
  const machine = { ...pc, platform: process.platform, folder: pc.project, env: {} };
  fc.assert(
    fc.property(fc.oneof(file, value), (content) => {
      const readFile = () => JSON.stringify(content);
      const { findings } = checkHosts({ ...machine, readFile, exists: () => false });
      for (const finding of findings) expect(typeof factOf(finding)).toBe("string");
    }),
  );
});

test("a current folder that was deleted is named with its fix", async () => {
  const { findings } = await computer().examine({ folder: undefined });
  expect(told(findings, "host")).toContain(
    "warning: The current folder was deleted, so no project's files were looked at",
  );
});
