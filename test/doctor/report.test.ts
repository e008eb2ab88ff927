import { expect, test } from "vitest";
import { jsonReport, languageOf, plainReport, works } from "../../src/doctor/report.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { examined } from "./examined.ts";

const options = { version: "1.2.3", language: "en", coloured: false } as const;

/** Milliseconds differ from run to run. */
const steady = (report: string) => report.replace(/\d+ (ms|毫秒)([,（])/g, "N $1$2");

const broken = {
  env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_OUTPUT: "txt" },
  files: {
    "/home/me/.cursor/mcp.json": JSON.stringify({
      mcpServers: {
        kook: { command: "node", args: ["/no/main.js"], env: { KOOK_TOKEN: SANDBOX_TOKEN } },
      },
    }),
  },
};

function entryOf(change: object) {
  const kook = { command: "node", args: ["kook-chat-mcp"], ...change };
  const path = "/home/me/.config/Claude/claude_desktop_config.json";
  return { files: { [path]: JSON.stringify({ mcpServers: { kook } }) } };
}

test("a person reads settings, checks and hosts, a sign a line, in English", async () => {
  expect(steady(plainReport(await examined(broken), options))).toMatchInlineSnapshot(`
    "kook-chat-mcp 1.2.3 doctor

    Settings
      KOOK_TOKEN           set, not shown  (environment)
      KOOK_TOKEN_FILE      not set
      KOOK_BASE_URL        https://www.kookapp.cn/api/v3  (default)
      KOOK_LANGUAGE        zh-CN  (default)
      KOOK_TIMEOUT_MS      10000  (default)
      KOOK_MAX_WAIT_MS     20000  (default)
      KOOK_READ_ONLY       off  (default)
      KOOK_CONFIRM_DELETE  ask  (default)
      KOOK_OUTPUT          ✗  (environment)
      KOOK_ALLOW_TARGETS   not set
      KOOK_LOG_LEVEL       info  (default)

    Checks
    ✓ Node: 20.20.2; 20.18.1 or later is needed
    ✗ settings: KOOK_OUTPUT must be one of both, text, structured, not "txt"; did you mean text?
      → Correct it, or remove it for the default; as it is, the server does not start.
    ✓ proxy: no proxy
    ✓ KOOK: https://www.kookapp.cn/api/v3 answers (HTTP 200)
    ✓ TLS: KOOK's certificate is valid
    · clock: the answer carries no date to compare with
    ✓ latency: N ms, the median of 3 requests
    ✓ rate limit: 117 of 120 requests left, full again within 60 s (the limit of user/me; each endpoint has its own)
    ✓ token: accepted; it is that of the bot "沙盒机器人", id 1287654321

    Hosts
    Cursor, /home/me/.cursor/mcp.json, "kook"
      ✗ there is no file /no/main.js
        → Build it with \`npm ci && npm run build\` and write the whole path of dist/main.js. Then quit the host and start it again.
      ✓ token: accepted; it is that of the bot "沙盒机器人", id 1287654321
    · no configuration file found: Claude Desktop, Claude Code, VS Code

    2 problems keep it from working; what to do stands below each.
    "
  `);
});

test("and the same in Chinese", async () => {
  const report = plainReport(await examined(broken), { ...options, language: "zh" });
  expect(steady(report)).toMatchInlineSnapshot(`
    "kook-chat-mcp 1.2.3 doctor

    设置
      KOOK_TOKEN           已设置（不显示）  （环境变量）
      KOOK_TOKEN_FILE      未设置
      KOOK_BASE_URL        https://www.kookapp.cn/api/v3  （默认）
      KOOK_LANGUAGE        zh-CN  （默认）
      KOOK_TIMEOUT_MS      10000  （默认）
      KOOK_MAX_WAIT_MS     20000  （默认）
      KOOK_READ_ONLY       off  （默认）
      KOOK_CONFIRM_DELETE  ask  （默认）
      KOOK_OUTPUT          ✗  （环境变量）
      KOOK_ALLOW_TARGETS   未设置
      KOOK_LOG_LEVEL       info  （默认）

    检查
    ✓ Node：20.20.2，要求 20.18.1 或更高
    ✗ 设置：有误：KOOK_OUTPUT must be one of both, text, structured, not "txt"; did you mean text?
      → 请改正，或删除它以使用默认值；否则服务器无法启动。
    ✓ 代理：没有使用代理
    ✓ KOOK：https://www.kookapp.cn/api/v3 有应答（HTTP 200）
    ✓ TLS：KOOK 的证书有效
    · 时钟：应答中没有可供比较的日期
    ✓ 延迟：N 毫秒（3 次请求的中位数）
    ✓ 限速：剩余 117/120 次请求，60 秒内恢复（这是 user/me 的限额，各接口分别计算）
    ✓ 令牌：有效：机器人 "沙盒机器人"，id 1287654321

    客户端
    Cursor, /home/me/.cursor/mcp.json, "kook"
      ✗ 文件 /no/main.js 不存在
        → 请用 \`npm ci && npm run build\` 构建，并写上 dist/main.js 的完整路径。改好后请退出客户端再重新打开。
      ✓ 令牌：有效：机器人 "沙盒机器人"，id 1287654321
    · 未找到配置文件：Claude Desktop、Claude Code、VS Code

    有 2 个问题会妨碍运行，解决办法写在各条下面。
    "
  `);
});

test("signs are coloured only when that is wanted", async () => {
  const examination = await examined();
  expect(plainReport(examination, { ...options, coloured: true })).toContain(
    "\u001b[32m✓\u001b[0m",
  );
  expect(plainReport(examination, options)).not.toContain("\u001b");
});

test("a program reads the same as JSON", async () => {
  const report = JSON.parse(jsonReport(await examined(broken), options));
  expect(report).toMatchObject({
    version: "1.2.3",
    ok: false,
    bot: { id: "1287654321", username: "沙盒机器人" },
  });
  expect(report.settings[0]).toEqual({ env: "KOOK_TOKEN", source: "environment", present: true });
  expect(report.settings).toContainEqual({
    env: "KOOK_LANGUAGE",
    flag: "language",
    source: "default",
    value: "zh-CN",
  });
  expect(report.findings).toContainEqual({
    check: "host",
    subject: 'Cursor, /home/me/.cursor/mcp.json, "kook"',
    status: "error",
    text: "there is no file /no/main.js",
    remedy: expect.stringContaining("npm run build"),
  });
});

test("neither form ever holds a token or a refused base URL", async () => {
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
  ["in a host's command", entryOf({ command: `/opt/${SANDBOX_TOKEN}` })],
  ["as a fallback nobody reads", entryOf({ env: { KOOK_TOKEN: `$\{A:-${SANDBOX_TOKEN}}` } })],
  ["in a host's setting", entryOf({ env: { KOOK_OUTPUT: SANDBOX_TOKEN } })],
])("a token in the wrong place is not shown either: %s", async (_, computer) => {
  const examination = await examined(computer);
  for (const report of [plainReport(examination, options), jsonReport(examination, options)]) {
    expect(report).not.toContain(SANDBOX_TOKEN);
    expect(report).toContain("[token]");
  }
});

test("a path with a number in it is no token", async () => {
  const script = "/opt/node-v20/lib/kook/1/chats/main.js";
  const examination = await examined(entryOf({ args: [script] }));
  expect(plainReport(examination, options)).toContain(`there is no file ${script}`);
});

test("only an error keeps it from working", async () => {
  expect(works(await examined({ env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_TOKN: "" } }))).toBe(true);
  expect(works(await examined({ env: {} }))).toBe(false);
});

test.each([
  [{}, "en-US", "en"],
  [{}, "zh-CN", "zh"],
  [{ LANG: "zh_CN.UTF-8" }, "en-US", "zh"],
  [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, "zh-CN", "en"],
  [{ LC_MESSAGES: "zh_TW" }, "en-US", "zh"],
  [{ KOOK_LANGUAGE: "zh-CN" }, "en-US", "zh"],
  [{ KOOK_LANGUAGE: "en-US", LANG: "zh_CN.UTF-8" }, "zh-CN", "en"],
])("with %j on a system of %s it speaks %s", async (env, locale, language) => {
  const { settings } = await examined({ env: env as Record<string, string> });
  expect(languageOf(settings, env, locale)).toBe(language);
});
