import { join } from "node:path";
import { expect, test } from "vitest";
import { settings } from "../../src/config/settings.ts";
import { jsonReport, plainReport, works } from "../../src/doctor/report.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { computer, examined } from "./examined.ts";

const options = { version: "1.2.3", language: "en", coloured: false } as const;

type Computer = ReturnType<typeof computer>;

/** Milliseconds differ from run to run, and the home folder from test to test. */
const steady = (report: string, { home }: Computer) =>
  report.replace(/\d+ (ms|毫秒)(?=[ （])/g, "N $1").replaceAll(home, "~");

/** A computer with a wrong setting, and an entry whose script does not exist. */
function broken() {
  const pc = computer();
  const args = [join(pc.home, "no", "main.js")];
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, HTTPS_PROXY: "http://127.0.0.1:7890" };
  const mcpServers = { kook: { command: "node", args, env } };
  pc.write(pc.fileOf("Cursor"), JSON.stringify({ mcpServers }));
  pc.write(pc.fileOf("Claude Code"), "{}");
  return { pc, examine: () => pc.examine({ env: { ...env, KOOK_OUTPUT: "txt" } }) };
}

/** Doctor's findings for a host's entry with this change. */
function examinedEntry(change: object) {
  const pc = computer();
  const kook = { command: "node", args: [pc.main, "kook-chat-mcp"], ...change };
  pc.write(pc.fileOf("Claude Desktop"), JSON.stringify({ mcpServers: { kook } }));
  return pc.examine();
}

test.skipIf(process.platform !== "linux")(
  "a person reads settings, checks and hosts in English (with the paths of Linux)",
  async () => {
    const { pc, examine } = broken();
    expect(steady(plainReport(await examine(), options), pc)).toMatchInlineSnapshot(`
      "kook-chat-mcp 1.2.3 doctor

      Settings
        KOOK_TOKEN   set, not shown  (environment)
        KOOK_OUTPUT  ✗  (environment)
        All others have their default; --verbose shows them.

      Checks
      ✓ Node: 20.20.2 (needs 20.18.1 or later)
      ✗ settings: KOOK_OUTPUT must be one of both, text, structured, not "txt"; did you mean text?
        → Correct it, or remove it to use the default. Until then every call fails.
      · proxy: requests use http://127.0.0.1:7890 (HTTPS_PROXY)
      ✓ KOOK: https://www.kookapp.cn/api/v3 answers (HTTP 200)
      ✓ TLS: KOOK's certificate is valid
      · clock: not checked: the response has no date
      ✓ latency: N ms (median of 3 requests)
      ✓ rate limit: 117 of 120 requests left, full again within 60 s (for user/me; each endpoint has its own limit)
      ✓ token: accepted: bot "沙盒机器人", id 1287654321

      Hosts
      · Claude Desktop, ~/.config/Claude/claude_desktop_config.json: not found
      · Claude Code, ~/.claude.json: found, no entry for this server
      · Claude Code, ~/project/.mcp.json: not found
      · VS Code, ~/.config/Code/User/mcp.json: not found
      · VS Code, ~/.config/Code - Insiders/User/mcp.json: not found
      · VS Code, ~/project/.vscode/mcp.json: not found
      Cursor, ~/.cursor/mcp.json, "kook"
        ✗ The file ~/no/main.js does not exist
          → Build the server with \`npm ci && npm run build\`, and write the full path of dist/main.js.
        · requests use http://127.0.0.1:7890 (HTTPS_PROXY)
      · Cursor, ~/project/.cursor/mcp.json: not found
      · Codex, ~/.codex/config.toml: not found
      · Codex, ~/project/.codex/config.toml: not found
      · Gemini CLI, ~/.gemini/settings.json: not found
      · Gemini CLI, ~/project/.gemini/settings.json: not found

      2 problems.
      After a change in a host's file, quit the host and start it again.
      "
    `);
  },
);

test.skipIf(process.platform !== "linux")(
  "and the same in Chinese (with the paths of Linux)",
  async () => {
    const { pc, examine } = broken();
    const report = plainReport(await examine(), { ...options, language: "zh" });
    expect(steady(report, pc)).toMatchInlineSnapshot(`
      "kook-chat-mcp 1.2.3 doctor

      设置
        KOOK_TOKEN   已设置（不显示）  （环境变量）
        KOOK_OUTPUT  ✗  （环境变量）
        其余均为默认值；--verbose 显示全部。

      检查
      ✓ Node：20.20.2（要求 20.18.1 或更高）
      ✗ 设置：KOOK_OUTPUT 的值无效：txt
        → 请改正，或删除它以使用默认值；在此之前所有调用都会失败。KOOK_OUTPUT：工具结果的形式：both（两者）、text（文本）、structured（结构化）。
      · 代理：请求经由 http://127.0.0.1:7890（HTTPS_PROXY）
      ✓ KOOK：https://www.kookapp.cn/api/v3 有响应（HTTP 200）
      ✓ TLS：KOOK 的证书有效
      · 时钟：未检查：响应中没有日期
      ✓ 延迟：N 毫秒（3 次请求的中位数）
      ✓ 限速：剩余 117/120 次请求，60 秒内恢复（这是 user/me 的限额，各接口分别计算）
      ✓ Token：有效：机器人 "沙盒机器人"，id 1287654321

      客户端
      · Claude Desktop, ~/.config/Claude/claude_desktop_config.json：没有这个文件
      · Claude Code, ~/.claude.json：有这个文件，其中没有本程序的条目
      · Claude Code, ~/project/.mcp.json：没有这个文件
      · VS Code, ~/.config/Code/User/mcp.json：没有这个文件
      · VS Code, ~/.config/Code - Insiders/User/mcp.json：没有这个文件
      · VS Code, ~/project/.vscode/mcp.json：没有这个文件
      Cursor, ~/.cursor/mcp.json, "kook"
        ✗ 文件 ~/no/main.js 不存在
          → 请用 \`npm ci && npm run build\` 构建，然后写 dist/main.js 的完整路径。
        · 请求经由 http://127.0.0.1:7890（HTTPS_PROXY）
      · Cursor, ~/project/.cursor/mcp.json：没有这个文件
      · Codex, ~/.codex/config.toml：没有这个文件
      · Codex, ~/project/.codex/config.toml：没有这个文件
      · Gemini CLI, ~/.gemini/settings.json：没有这个文件
      · Gemini CLI, ~/project/.gemini/settings.json：没有这个文件

      有 2 个问题。
      修改客户端的文件后，请退出客户端再重新打开。
      "
    `);
  },
);

/** The settings that a report shows. */
const settingsOf = (report: string) =>
  [...report.matchAll(/^ {2}(KOOK_\w+) /gm)].map(([, name]) => name);

test("only settings that differ from their default are shown, with verbose all", async () => {
  const examination = await examined({
    argv: ["--output", "text", "--timeout-ms", "10000"],
    env: {
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_READ_ONLY: "1",
      KOOK_CONFIRM_DELETE: "ASK",
      KOOK_LOG_LEVEL: "info",
      KOOK_ALLOW_TARGETS: "",
    },
  });
  expect(settingsOf(plainReport(examination, options))).toEqual([
    "KOOK_TOKEN",
    "KOOK_READ_ONLY",
    "KOOK_OUTPUT",
  ]);
  const all = settingsOf(plainReport(examination, { ...options, verbose: true }));
  expect(all).toEqual(Object.values(settings).map(({ env }) => env));
});

test("a switch that a form passes as false is as by default, and a wrong value is shown", async () => {
  const env = { KOOK_READ_ONLY: "false", KOOK_OUTPUT: "txt" };
  expect(settingsOf(plainReport(await examined({ env }), options))).toEqual(["KOOK_OUTPUT"]);
});

test.each([
  ["en", "All have their default; --verbose shows them."],
  ["zh", "均为默认值；--verbose 显示全部。"],
] as const)("with defaults only it says so, in %s", async (language, line) => {
  const report = plainReport(await examined({ env: {} }), { ...options, language });
  expect(settingsOf(report)).toEqual([]);
  expect(report).toContain(`\n  ${line}\n`);
});

test("as JSON all settings are listed, with their default or without", async () => {
  const examination = await examined();
  for (const verbose of [false, true]) {
    const { settings: listed } = JSON.parse(jsonReport(examination, { ...options, verbose }));
    expect(listed).toHaveLength(Object.keys(settings).length);
  }
});

test("signs are coloured only if the caller asks for it", async () => {
  const examination = await examined();
  const coloured = plainReport(examination, { ...options, coloured: true });
  expect(coloured).toContain("\u001b[32m✓\u001b[39m");
  expect(plainReport(examination, options)).not.toContain("\u001b");
});

test("a program reads the same as JSON", async () => {
  const { pc, examine } = broken();
  const report = JSON.parse(jsonReport(await examine(), options));
  expect(report).toMatchObject({
    version: "1.2.3",
    ok: false,
    bot: { id: "1287654321", username: "沙盒机器人" },
  });
  expect(report.settings[0]).toEqual({ env: "KOOK_TOKEN", source: "environment", present: true });
  expect(report.settings).toContainEqual({
    env: "KOOK_TIMEOUT_MS",
    flag: "timeout-ms",
    source: "default",
    value: "10000",
  });
  expect(report.findings).toContainEqual({
    check: "host",
    subject: `Cursor, ${pc.fileOf("Cursor")}, "kook"`,
    status: "error",
    text: `The file ${join(pc.home, "no", "main.js")} does not exist`,
    remedy: expect.stringContaining("npm run build"),
  });
});

test("neither form has a token or a wrong base URL in it", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "https://me:hush@kook.example" };
  const examination = await examined({ env });
  for (const report of [plainReport(examination, options), jsonReport(examination, options)]) {
    expect(report).not.toContain(SANDBOX_TOKEN);
    expect(report).not.toContain("hush");
  }
});

test.each([
  ["as the name of its file", { env: { KOOK_TOKEN_FILE: SANDBOX_TOKEN } }],
  ["in a setting", { env: { KOOK_LANGUAGE: SANDBOX_TOKEN } }],
  ["in the base URL", { env: { KOOK_BASE_URL: `https://kook.example/${SANDBOX_TOKEN}` } }],
])("a token in the wrong place is not shown either: %s", async (_, circumstances) => {
  const examination = await examined(circumstances);
  for (const report of [plainReport(examination, options), jsonReport(examination, options)]) {
    expect(report).not.toContain(SANDBOX_TOKEN);
    expect(report).toContain("[token]");
  }
});

test.each([
  ["command", { command: `/opt/${SANDBOX_TOKEN}` }],
  ["arguments", { args: ["kook-chat-mcp", SANDBOX_TOKEN] }],
  ["variables", { env: { KOOK_TOKEN: `$\{A:-${SANDBOX_TOKEN}}` } }],
  ["settings", { env: { KOOK_OUTPUT: SANDBOX_TOKEN } }],
])("a token in an entry's %s is not shown", async (_, change) => {
  const examination = await examinedEntry(change);
  for (const report of [plainReport(examination, options), jsonReport(examination, options)]) {
    expect(report).not.toContain(SANDBOX_TOKEN);
  }
});

test("a path with a number in it is not taken for a token", async () => {
  const script = "/opt/node-v20/lib/kook/1/chats/main.js";
  const examination = await examinedEntry({ args: [script] });
  expect(plainReport(examination, options)).toContain(`The file ${script} does not exist`);
});

test("only an error keeps it from working", async () => {
  expect(works(await examined({ env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_ZZZZZZZZZZ: "" } }))).toBe(
    true,
  );
  expect(works(await examined({ env: {} }))).toBe(false);
});
