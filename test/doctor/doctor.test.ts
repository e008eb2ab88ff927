import { expect, test } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { answering } from "../support/connect.ts";
import { examined, told } from "./examined.ts";

test("a set-up that works has no error and no warning, and asks KOOK three times", async () => {
  const { findings, bot, requests } = await examined();
  expect(findings.filter(({ status }) => status === "error" || status === "warning")).toEqual([]);
  expect(bot).toMatchObject({ id: "1287654321", username: "沙盒机器人" });
  expect(told(findings, "token")).toEqual([
    'ok: accepted; it is that of the bot "沙盒机器人", id 1287654321',
  ]);
  expect(requests).toBe(3);
});

test("each setting is told with where it comes from", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_TIMEOUT_MS: "500", KOOK_OUTPUT: "" };
  const { settings } = await examined({ argv: ["--language", "en-US"], env });
  const sources = Object.fromEntries(
    settings.map(({ name, source, text }) => [name, [source, text]]),
  );
  expect(sources).toMatchObject({
    token: ["environment", SANDBOX_TOKEN],
    tokenFile: ["unset", undefined],
    language: ["flag", "en-US"],
    timeoutMs: ["environment", "500"],
    output: ["default", "both"],
  });
});

test("all settings that cannot be understood are told, and the rest is examined all the same", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_OUTPUT: "txt", KOOK_READ_ONLY: "maybe" };
  const { findings } = await examined({ env });
  expect(told(findings, "settings")).toEqual([
    expect.stringMatching(/^error: KOOK_READ_ONLY must be one of/),
    expect.stringMatching(/^error: KOOK_OUTPUT must be one of .*did you mean text/),
  ]);
  expect(told(findings, "token")[0]).toMatch(/^ok/);
});

test("a base URL that is refused is not repeated, and the token is sent nowhere else", async () => {
  const sent: string[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push(init.headers["Authorization"] ?? "");
    return new Sandbox().fetch(url, init);
  };
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "https://me:hush@kook.example/api" };
  const { findings } = await examined({ env, fetch });
  expect(told(findings, "settings")).toEqual([
    "error: KOOK_BASE_URL must have no credentials, query or fragment",
  ]);
  expect(told(findings, "token")).toEqual([
    "note: not tried, as it is not known where it should go",
  ]);
  expect(sent).toEqual(["Bot none"]);
});

test("a variable that is no setting is told with the one that may be meant", async () => {
  const { findings } = await examined({ env: { KOOK_TOKN: "x", KOOK_ZZZZZZZZZZ: "1" } });
  const remedies = findings
    .filter(({ check }) => check === "settings")
    .map(({ remedy }) => remedy?.en);
  expect(told(findings, "settings")).toEqual([
    "warning: KOOK_TOKN is no setting and has no effect",
    "warning: KOOK_ZZZZZZZZZZ is no setting and has no effect",
  ]);
  expect(remedies[0]).toContain("KOOK_TOKEN");
  expect(remedies[1]).toContain("--help");
});

test.each([
  ["20.18.1", "ok"],
  ["22.0.0", "ok"],
  ["20.9.0", "error"],
  ["18.20.4", "error"],
])("Node %s is %s", async (nodeVersion, status) => {
  const { findings } = await examined({ nodeVersion });
  expect(told(findings, "node")[0]).toMatch(new RegExp(`^${status}`));
});

test("without a token the way to KOOK is examined all the same, and it is told how to get one", async () => {
  const { findings, requests, bot } = await examined({ env: {} });
  expect(told(findings, "connection")).toEqual([
    "ok: https://www.kookapp.cn/api/v3 answers (HTTP 401)",
  ]);
  expect(told(findings, "token")).toEqual(["error: No token is set"]);
  const token = findings.find(({ check }) => check === "token");
  expect(token?.remedy?.en).toContain("https://developer.kookapp.cn/app/index");
  expect(token?.remedy?.zh).toContain("机器人");
  expect({ requests, bot }).toEqual({ requests: 1, bot: undefined });
});

const refused = answering(401, {
  code: 401,
  message: "你的用户凭证不正确",
  data: { name: "Unauthorized", status: 401 },
});

test.each([
  ["1/MTA2Mzk=/s3cretS3cret==", "KOOK does not accept the token: 401, 你的用户凭证不正确"],
  [
    "AbCdEf123456",
    "KOOK does not accept the token (401, 你的用户凭证不正确), and it does not look like one",
  ],
])("a token that KOOK refuses, %s, is told without being shown", async (token, text) => {
  const { findings } = await examined({ env: { KOOK_TOKEN: token }, fetch: refused });
  expect(told(findings, "token")[0]).toContain(`error: ${text}`);
  expect(JSON.stringify(findings)).not.toContain(token);
});

test.each([
  "paste the bot's token here",
  "<your token>",
  "YOUR_TOKEN",
  "在此填入令牌",
  "1/xxxxxxxx=/xxxxxxxxxxxx==",
])("the placeholder %j is told as one and not sent", async (KOOK_TOKEN) => {
  const sent: string[] = [];
  const fetch: Fetch = async (url, init) => {
    sent.push(init.headers["Authorization"] ?? "");
    return new Sandbox().fetch(url, init);
  };
  const { findings } = await examined({ env: { KOOK_TOKEN }, fetch });
  expect(told(findings, "token")).toEqual([
    "error: KOOK_TOKEN still holds a placeholder, not a token",
  ]);
  expect(sent).toEqual(["Bot none"]);
});

test.each([
  [{ KOOK_TOKEN: "abc\ndef" }, "line break"],
  [{ KOOK_TOKEN_FILE: "/no/such/file" }, "cannot be read (ENOENT)"],
])("a token that cannot be used, %j, is told with the reason", async (env, reason) => {
  const { findings } = await examined({ env: env as Record<string, string> });
  expect(told(findings, "token")[0]).toMatch(/^error/);
  expect(told(findings, "token")[0]).toContain(reason);
});

test("a token file is read, also when a flag names it", async () => {
  const files = { "/secret": `Bot ${SANDBOX_TOKEN}\n` };
  const { findings } = await examined({ argv: ["--token-file", "/secret"], env: {}, files });
  expect(told(findings, "token")[0]).toMatch(/^ok: accepted/);
});

test("the token of a person is told, and the name made harmless", async () => {
  const me = { id: "1", username: "a\u202eb\n", bot: false };
  const fetch = answering(200, { code: 0, message: "", data: me });
  const { findings } = await examined({ fetch });
  expect(told(findings, "token")).toEqual([
    'warning: The token belongs to the user "a b", id 1, not to a bot',
  ]);
});

test("with --sandbox nothing but the sandbox is asked, and no token is needed", async () => {
  const { findings, bot } = await examined({ argv: ["--sandbox"], env: {} });
  expect(findings.filter(({ status }) => status === "error")).toEqual([]);
  expect(told(findings, "connection")).toEqual([
    "ok: the built-in sandbox answers; no network is used",
  ]);
  expect(bot?.username).toBe("沙盒机器人");
});

test("every warning and error says what to do, in both languages", async () => {
  const fetch = answering(500, { code: 500, message: "系统错误" });
  const { findings } = await examined({
    env: { KOOK_TOKEN: "1/MTA2Mzk=/x==", KOOK_TOKN: "1", KOOK_OUTPUT: "x" },
    fetch,
  });
  for (const { status, text, remedy } of findings) {
    expect(text.zh).toMatch(/\p{Script=Han}|^[\d.]+/u);
    if (status === "ok" || status === "note") continue;
    expect(remedy?.en).toMatch(/\w/);
    expect(remedy?.zh).toMatch(/\p{Script=Han}/u);
  }
});
