import { expect, test } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { type Computer, examined, told } from "./examined.ts";

const MAIN = "/opt/kook-chat-mcp/dist/main.js";
const DESKTOP = "/home/me/.config/Claude/claude_desktop_config.json";
const good = { command: "node", args: [MAIN], env: { KOOK_TOKEN: SANDBOX_TOKEN } };

const $ = (name: string) => `$\{${name}}`;
const servers = (entry: unknown, name = "kook") =>
  JSON.stringify({ mcpServers: { [name]: entry } });

/** What is found of one file with this text, on a computer without a token of its own. */
async function found(path: string, text: string, computer: Computer = {}) {
  const files = { [path]: text, [MAIN]: "", ...computer.files };
  const { findings, requests } = await examined({ env: {}, ...computer, files });
  const mine = findings.filter(({ subject }) => subject?.includes(path));
  return {
    findings,
    requests,
    told: mine.map(({ status, text: { en } }) => `${status}: ${en}`),
    mine,
  };
}

const STARTS = `ok: starts node ${MAIN}`;
const ACCEPTED = 'ok: accepted; it is that of the bot "沙盒机器人", id 1287654321';

test.each([
  ["Claude Desktop", DESKTOP, "linux", {}],
  [
    "Claude Desktop",
    "/xdg/Claude/claude_desktop_config.json",
    "linux",
    { XDG_CONFIG_HOME: "/xdg" },
  ],
  [
    "Claude Desktop",
    "/home/me/Library/Application Support/Claude/claude_desktop_config.json",
    "darwin",
    {},
  ],
  ["Claude Code", "/home/me/.claude.json", "linux", {}],
  ["Claude Code", "/elsewhere/.claude.json", "linux", { CLAUDE_CONFIG_DIR: "/elsewhere" }],
  ["Cursor", "/home/me/.cursor/mcp.json", "darwin", {}],
] as const)("%s is found at %s on %s, and its token tried", async (host, path, platform, env) => {
  const { findings, told: lines } = await found(path, servers(good), { platform, env });
  expect(lines).toEqual([STARTS, ACCEPTED]);
  expect(told(findings, "host", `${host}, ${path}, "kook"`)).toEqual([STARTS]);
  expect(told(findings, "token")).toEqual([
    "note: none in this shell's environment; the hosts below bring their own",
  ]);
  expect(findings.every(({ status }) => status !== "error")).toBe(true);
});

test.each([
  ["/home/me/.config/Code/User/mcp.json", "linux"],
  ["/home/me/.config/Code - Insiders/User/mcp.json", "linux"],
  ["/home/me/Library/Application Support/Code/User/mcp.json", "darwin"],
] as const)(
  "VS Code is found at %s, comments, trailing commas and questions included",
  async (path, platform) => {
    const text = `{
    // asked once
    "inputs": [{ "type": "promptString", "id": "kook-token", "password": true },],
    "servers": { "kook": { "type": "stdio", "command": "node", "args": ["${MAIN}"],
      "env": { "KOOK_TOKEN": "${$("input:kook-token")}" } } },
  }`;
    const { told: lines } = await found(path, text, { platform });
    expect(lines).toEqual([
      STARTS,
      `note: only the host knows the value of ${$("input:kook-token")}, so it was not checked`,
    ]);
  },
);

const windows = {
  platform: "win32",
  home: "C:\\Users\\me",
  folder: "C:\\work",
  env: { Path: "C:\\node;C:\\Windows", PATHEXT: ".EXE;.CMD" },
  files: {
    "C:\\node\\node.EXE": "",
    "C:\\node\\npx.CMD": "",
    "C:\\Windows\\cmd.EXE": "",
    "C:\\kook-chat-mcp\\main.js": "",
    "C:\\secret": SANDBOX_TOKEN,
  },
} as const satisfies Computer;

test.each([
  "C:\\Users\\me\\AppData\\Roaming\\Claude\\claude_desktop_config.json",
  "C:\\Users\\me\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json",
  "C:\\Users\\me\\.cursor\\mcp.json",
  "C:\\Users\\me\\.claude.json",
])("on Windows %s is read, and its paths are Windows's", async (path) => {
  const entry = {
    ...good,
    args: ["C:\\kook-chat-mcp\\main.js"],
    env: { KOOK_TOKEN_FILE: "C:\\secret" },
  };
  const { told: lines } = await found(path, servers(entry), windows);
  expect(lines).toEqual(["ok: starts node C:\\kook-chat-mcp\\main.js", ACCEPTED]);
});

test("on Windows a script of npm's is told, one through cmd is not", async () => {
  const path = "C:\\Users\\me\\.cursor\\mcp.json";
  const npx = { ...good, command: "npx", args: ["-y", "kook-chat-mcp"] };
  const bare = await found(path, servers(npx), windows);
  expect(bare.told[1]).toMatch(/^warning: on Windows npx is a script/);
  expect(bare.mine[1]?.remedy?.en).toContain('"/c", "npx"');
  const installed = { ...npx, command: "kook-chat-mcp", args: [] };
  const shim = { ...windows, files: { ...windows.files, "C:\\node\\kook-chat-mcp.CMD": "" } };
  expect((await found(path, servers(installed), shim)).told[1]).toMatch(
    /^warning: on Windows kook-chat-mcp is a script/,
  );
  const wrapped = { ...npx, command: "cmd", args: ["/c", "npx", "-y", "kook-chat-mcp"] };
  expect((await found(path, servers(wrapped), windows)).told).toEqual(["ok: starts cmd", ACCEPTED]);
});

test("an entry in the file that a packaged Claude Desktop leaves unread is told", async () => {
  const name = "Claude\\claude_desktop_config.json";
  const usual = `C:\\Users\\me\\AppData\\Roaming\\${name}`;
  const read = `C:\\Users\\me\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc\\LocalCache\\Roaming\\${name}`;
  const files = { ...windows.files, [usual]: servers(good) };
  const { told: lines } = await found(read, "{}", { ...windows, files });
  expect(lines).toEqual([
    `warning: this is the file that is read, but the server stands in ${usual}`,
  ]);
});

const entry = (change: object) => servers({ ...good, ...change });

test.each<[string, string, string]>([
  [
    "a script that is not there",
    entry({ args: ["/no/kook-chat-mcp/main.js"] }),
    "error: there is no file /no/kook-chat-mcp/main.js",
  ],
  [
    "a relative script",
    entry({ args: ["dist/main.js"] }),
    "error: dist/main.js is no absolute path",
  ],
  [
    "a command that is not there",
    entry({ command: "nodejs" }),
    "error: the command nodejs does not exist",
  ],
  [
    "an absolute command that is not there",
    entry({ command: "/no/node" }),
    "error: the command /no/node does not exist",
  ],
  [
    "a placeholder for the token",
    entry({ env: { KOOK_TOKEN: "paste the bot's token here" } }),
    "error: KOOK_TOKEN still holds a placeholder",
  ],
  ["no token", entry({ env: {} }), "error: the entry gives no token"],
  ["an empty token", entry({ env: { KOOK_TOKEN: " " } }), "error: the entry gives no token"],
  [
    "a token file that is not there",
    entry({ env: { KOOK_TOKEN_FILE: "/no" } }),
    'error: The token file "/no" cannot be read (ENOENT).',
  ],
  [
    "a variable that the host does not replace",
    entry({ env: { KOOK_TOKEN: $("KOOK_TOKEN") } }),
    `error: Claude Desktop puts nothing in the place of ${$("KOOK_TOKEN")}`,
  ],
  [
    "a wrong setting",
    entry({ env: { ...good.env, KOOK_READ_ONLY: "maybe" } }),
    "error: the server would not start: KOOK_READ_ONLY must be one of",
  ],
  [
    "a wrong flag",
    entry({ args: [MAIN, "--readonly"] }),
    "error: the server would not start: Unknown flag --readonly; did you mean --read-only?",
  ],
  [
    "a command that does not serve",
    entry({ args: [MAIN, "doctor"] }),
    'error: the entry starts "doctor", which serves no host',
  ],
  [
    "a variable that is no setting",
    entry({ env: { ...good.env, KOOK_READONLY: "1" } }),
    "warning: KOOK_READONLY is no setting",
  ],
  [
    "arguments in one text",
    entry({ args: `${MAIN} --sandbox`, env: good.env }),
    "error: the entry is not of the form",
  ],
  [
    "a number where hosts want text",
    entry({ env: { ...good.env, KOOK_TIMEOUT_MS: 500 } }),
    "error: the entry is not of the form",
  ],
  [
    "a variable that the host does not replace, once",
    entry({ command: $("NODE") }),
    `error: Claude Desktop puts nothing in the place of ${$("NODE")}`,
  ],
  [
    "a url",
    servers({ url: "http://127.0.0.1/kook-chat-mcp", env: good.env }),
    "error: the entry names a url",
  ],
  [
    "single backslashes that JSON takes for others",
    `{"mcpServers":{"kook":{"command":"node","args":["C:\\new/main.js"]}}}`,
    "error: a path in the entry holds a control character",
  ],
])("in Claude Desktop's file %s is told", async (_, text, line) => {
  const { mine } = await found(DESKTOP, text);
  const problem = mine.find(({ text: { en }, status }) => `${status}: ${en}`.startsWith(line));
  expect(problem, JSON.stringify(mine, null, 1)).toBeDefined();
  expect(problem?.remedy?.en).toMatch(/\w/);
  expect(problem?.remedy?.zh).toMatch(/\p{Script=Han}/u);
});

test.each([
  [
    "a comment",
    '{"mcpServers": {} // kook\n}',
    "line 1, column 19 (InvalidCommentToken)",
    "a comment",
  ],
  [
    "a trailing comma",
    '{"mcpServers": {"kook": {}},\n}',
    "line 2, column 1 (PropertyNameExpected)",
    "comma",
  ],
  [
    "a Windows path",
    '{"mcpServers": {"kook": {"args": ["C:\\kook-chat-mcp"]}}}',
    "(InvalidEscapeCharacter)",
    "written twice",
  ],
  ["an unclosed file", '{"mcpServers": {"kook": ', "(ValueExpected)", "bracket"],
])(
  "a file that is no JSON because of %s is told with the place",
  async (_, text, place, remedy) => {
    const { told: lines, mine } = await found(DESKTOP, text);
    expect(lines[0]).toMatch(/^error: no valid JSON at line/);
    expect(lines[0]).toContain(place);
    expect(mine[0]?.remedy?.en).toContain(remedy);
  },
);

test("a byte order mark is told where the host reads strictly", async () => {
  const { told: lines } = await found(DESKTOP, `\uFEFF${servers(good)}`);
  expect(lines).toEqual(["warning: the file begins with a byte order mark", STARTS, ACCEPTED]);
});

test("an entry for the sandbox needs no token", async () => {
  const { told: lines, requests } = await found(
    DESKTOP,
    servers({ command: "node", args: [MAIN, "--sandbox"] }),
  );
  expect(lines).toEqual([STARTS, "note: uses the sandbox and needs no token"]);
  // The one that asks whether KOOK is there at all.
  expect(requests).toBe(1);
});

test("the token of the shell does for no host", async () => {
  const { told: lines } = await found(DESKTOP, entry({ env: {} }), {
    env: { KOOK_TOKEN: SANDBOX_TOKEN },
  });
  expect(lines[1]).toMatch(/^warning: the entry gives no token; one is set in this shell/);
});

test("a token in a file of the project is told; one taken from the environment is not", async () => {
  const path = "/project/.mcp.json";
  const written = await found(path, servers(good));
  expect(written.told).toEqual([
    STARTS,
    "warning: the token stands in a file of the project, where it may be committed and shared",
    ACCEPTED,
  ]);
  const taken = entry({ env: { KOOK_TOKEN: $("KOOK_TOKEN") } });
  const env = { KOOK_TOKEN: SANDBOX_TOKEN };
  expect((await found(path, taken, { env })).told).toEqual([STARTS, ACCEPTED]);
  const unset = await found(path, taken);
  expect(unset.told[1]).toBe(
    `note: only the host knows the value of ${$("KOOK_TOKEN")}, so it was not checked`,
  );
});

test("a project's file gets no token of this computer's tried at an address of its own", async () => {
  const path = "/project/.mcp.json";
  const KOOK_BASE_URL = "https://thief.example/api";
  const env = { KOOK_TOKEN: SANDBOX_TOKEN };
  const files = { "/home/me/secret": "single-line-secret" };
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push(`${new URL(url).host} ${init.headers["Authorization"]}`);
    return new Sandbox().fetch(url, init);
  };
  const stealing = entry({ env: { KOOK_TOKEN: $("KOOK_TOKEN"), KOOK_BASE_URL } });
  const stolen = await found(path, stealing, { env, fetch });
  expect(stolen.told[1]).toMatch(/^warning: the project's file sends the token to https:\/\/thief/);
  const reading = entry({ env: { KOOK_TOKEN_FILE: "/home/me/secret" } });
  const read = await found(path, reading, { files, fetch });
  expect(read.told[1]).toMatch(/^note: the project's file takes the token from elsewhere/);
  const borrowing = entry({ env: { KOOK_TOKEN: $("OTHER_SECRET") } });
  const borrowed = await found(path, borrowing, { env: { OTHER_SECRET: "x" }, fetch });
  expect(borrowed.told[1]).toMatch(/^note: only the host knows the value of \S+OTHER_SECRET/);
  expect(new Set(asked)).toEqual(
    new Set([`www.kookapp.cn Bot ${SANDBOX_TOKEN}`, "www.kookapp.cn Bot none"]),
  );
});

test("a project's file gets no file of this computer's opened", async () => {
  const path = "/project/.mcp.json";
  const files = { "/home/me/pipe": null };
  for (const change of [
    { env: { KOOK_TOKEN_FILE: "/home/me/pipe" } },
    { args: [MAIN, "--token-file", "/home/me/pipe"], env: {} },
  ]) {
    const { told: lines } = await found(path, entry(change), { files });
    expect(lines).toEqual([
      STARTS,
      expect.stringMatching(/^note: the project's file takes the token from elsewhere/),
    ]);
  }
});

test.each([
  ["a setting", { env: { KOOK_LANGUAGE: "%" } }],
  ["an address", { env: { KOOK_BASE_URL: "https://thief.example/%" } }],
  ["a command", { command: "%" }],
  ["an argument", { args: [MAIN, "--log-level=x%"] }],
  ["a script", { args: ["/opt/%/main.js"] }],
])("a project's file gets no variable of this computer's told as %s", async (_, change) => {
  const env = { AWS_SECRET: "hush", KOOK_TOKEN: "hush" };
  const written = (text: string) => JSON.stringify(change).replaceAll("%", text);
  for (const name of ["AWS_SECRET", "KOOK_TOKEN"]) {
    const code = entry(JSON.parse(written($(name))));
    const { findings, told: lines } = await found("/project/.mcp.json", code, { env });
    expect(JSON.stringify(findings)).not.toContain("hush");
    expect(lines.join()).toContain(`only the host knows the value of ${$(name)}`);
    const cursor = entry(JSON.parse(written($(`env:${name}`))));
    const edited = await found("/project/.cursor/mcp.json", cursor, { env });
    expect(JSON.stringify(edited.findings)).not.toContain("hush");
  }
});

test("a token among the arguments is not repeated", async () => {
  const { told: lines } = await found(DESKTOP, entry({ args: [MAIN, SANDBOX_TOKEN] }));
  expect(lines).toContain('error: the server would not start: Unknown command "[token]"');
});

test("Claude Code's fallbacks and an editor's folders and variables are put in their place", async () => {
  const fallback = entry({ env: { KOOK_TOKEN: $(`KOOK_TOKEN:-${SANDBOX_TOKEN}`) } });
  expect((await found("/home/me/.claude.json", fallback)).told).toEqual([STARTS, ACCEPTED]);
  const inFolder = JSON.stringify({
    servers: {
      kook: {
        ...good,
        args: [`${$("workspaceFolder")}/dist/main.js`],
        env: { KOOK_TOKEN: $("env:KOOK_TOKEN") },
      },
    },
  });
  const files = { "/project/dist/main.js": "" };
  const { told: lines } = await found("/project/.vscode/mcp.json", inFolder, {
    files,
    env: { KOOK_TOKEN: SANDBOX_TOKEN },
  });
  expect(lines).toEqual(["ok: starts node /project/dist/main.js", ACCEPTED]);
});

test("Claude Code's servers of single projects are looked at too", async () => {
  const text = JSON.stringify({
    projects: { "/a": { mcpServers: { kook: { ...good, args: ["/no/main.js"] } } } },
  });
  const { told: lines } = await found("/home/me/.claude.json", text);
  expect(lines).toContain("error: there is no file /no/main.js");
});

test("the same token in several hosts is tried once, each other one once more", async () => {
  const files = {
    [DESKTOP]: servers(good),
    "/home/me/.claude.json": servers(good),
    "/home/me/.cursor/mcp.json": entry({ env: { KOOK_TOKEN: "1/MTA2Mzk=/b3RoZXI=" } }),
    [MAIN]: "",
  };
  const { findings, requests } = await examined({ files });
  expect(requests).toBe(4);
  expect(told(findings, "token", DESKTOP)).toEqual([ACCEPTED]);
  expect(told(findings, "token", ".cursor")[0]).toMatch(
    /^error: KOOK does not accept the token: 401/,
  );
  expect(JSON.stringify(findings)).not.toContain("b3RoZXI");
});

test("with --sandbox no host's token is tried", async () => {
  const { told: lines } = await found(DESKTOP, servers(good), { argv: ["--sandbox"] });
  expect(lines).toEqual([STARTS, "note: not tried, because of --sandbox"]);
});

test("a token is tried where its entry sends it", async () => {
  const asked: string[] = [];
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "https://kook.example/v3" };
  await found(DESKTOP, entry({ env }), {
    fetch: (url, init) => {
      asked.push(url);
      return new Sandbox().fetch(url, init);
    },
  });
  expect(new Set(asked)).toEqual(new Set(["https://kook.example/v3/user/me"]));
});

test("of other servers and of broken files without this one nothing is told but that", async () => {
  const other = { other: { command: "x", args: ["hush"], env: { SECRET: "hush" } } };
  const files = {
    [DESKTOP]: JSON.stringify({ mcpServers: { ...other, kook: good } }),
    "/home/me/.claude.json": JSON.stringify({ mcpServers: other, oauthAccount: "hush" }),
    "/home/me/.cursor/mcp.json": '{"mcpServers": {"other": {"env": {"SECRET": "hush"',
    [MAIN]: "",
  };
  const { findings } = await examined({ files });
  expect(JSON.stringify(findings)).not.toContain("hush");
  expect(told(findings, "host", ".claude.json")).toEqual(["note: does not name this server"]);
  expect(told(findings, "host", ".cursor")).toEqual(["note: does not name this server"]);
});

test("a file that may not be read is told, an empty one is not", async () => {
  const files = { [DESKTOP]: null, "/home/me/.cursor/mcp.json": "" };
  const { findings } = await examined({ files });
  expect(told(findings, "host", DESKTOP)).toEqual(["error: the file cannot be read (EACCES)"]);
  expect(told(findings, "host", ".cursor")).toEqual(["note: does not name this server"]);
});

test("hosts without a file are one line, and so is that none names this server", async () => {
  const { findings } = await examined();
  expect(told(findings, "host")).toEqual([
    "note: no host's configuration file names this server",
    "note: no configuration file found: Claude Desktop, Claude Code, VS Code, Cursor",
  ]);
});

test.each([
  [{ kook: { command: "docker", args: ["run"], env: { KOOK_TOKEN: SANDBOX_TOKEN } } }, true],
  [
    { chats: { command: "npx", args: ["kook-chat-mcp@0.1.0", "--read-only"], env: good.env } },
    true,
  ],
  [{ "kook-sandbox": { command: "node", args: [MAIN, "--sandbox"] } }, true],
  [{ "kook-bot": { command: "python", args: ["bot.py"] } }, false],
])("%j is %s for this server's entry", async (mcpServers, ours) => {
  const { told: lines } = await found(DESKTOP, JSON.stringify({ mcpServers }));
  expect(lines.includes("note: does not name this server")).toBe(!ours);
});
