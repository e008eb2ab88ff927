import { join } from "node:path";
import { expect, test } from "vitest";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { answering } from "../support/connect.ts";
import { computer, examined, factOf, fixOf, told } from "./examined.ts";

test("a set-up that works has no error and no warning, and asks KOOK three times", async () => {
  const { findings, bot, sent } = await examined();
  expect(findings.filter(({ status }) => status === "error" || status === "warning")).toEqual([]);
  expect(bot).toMatchObject({ id: "1287654321", username: "沙盒机器人" });
  expect(told(findings, "token")).toEqual(['ok: accepted: bot "沙盒机器人", id 1287654321']);
  expect(sent).toHaveLength(3);
});

test("each setting has its source", async () => {
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

test("every wrong setting is an error, and the rest is checked all the same", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_OUTPUT: "txt", KOOK_READ_ONLY: "maybe" };
  const { findings } = await examined({ env });
  expect(told(findings, "settings")).toEqual([
    expect.stringMatching(/^error: KOOK_READ_ONLY must be one of/),
    expect.stringMatching(/^error: KOOK_OUTPUT must be one of .*did you mean text/),
  ]);
  expect(told(findings, "token")[0]).toMatch(/^ok/);
});

test("a wrong base URL is one problem: it is not quoted, nothing is sent, the rest is not checked", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "https://me:hush@kook.example/api" };
  const { findings, sent, bot } = await examined({ env });
  expect(findings.filter(({ status }) => status === "error")).toHaveLength(1);
  expect(told(findings, "settings")).toEqual([
    "error: KOOK_BASE_URL must have no credentials, query or fragment",
  ]);
  const unchecked = ["note: not checked: KOOK_BASE_URL is invalid"];
  expect(told(findings, "connection")).toEqual(unchecked);
  expect(told(findings, "token")).toEqual(unchecked);
  expect(told(findings, "proxy")).toEqual([]);
  expect({ sent, bot }).toEqual({ sent: [], bot: undefined });
});

test("a base URL that does not end in /api/v3 is a warning, with or without a slash at its end", async () => {
  const warningsOf = async (KOOK_BASE_URL: string) => {
    const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL };
    return told((await examined({ env })).findings, "settings");
  };
  expect(await warningsOf("https://www.kookapp.cn/api")).toEqual([
    "warning: KOOK_BASE_URL does not end in /api/v3",
  ]);
  expect(await warningsOf("https://www.kookapp.cn/api/v3/")).toEqual([]);
});

test.each(["", `$\{user_config.allow_targets}`])(
  "a guard that was passed as %j is a warning that it is off",
  async (value) => {
    const { findings } = await examined({
      env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_ALLOW_TARGETS: value },
    });
    expect(told(findings, "settings")).toEqual([
      `warning: KOOK_ALLOW_TARGETS is ${JSON.stringify(value)}, which counts as not set: this guard is off`,
    ]);
  },
);

test("a misspelt setting is an error with the right name; another KOOK_ variable is a warning", async () => {
  const { findings } = await examined({ env: { KOOK_TOKN: "x", KOOK_ZZZZZZZZZZ: "1" } });
  expect(told(findings, "settings")).toEqual([
    "error: KOOK_TOKN is not a setting",
    "warning: KOOK_ZZZZZZZZZZ is not a setting and has no effect",
  ]);
  const fixes = findings.filter(({ check }) => check === "settings").map(fixOf);
  expect(fixes[0]).toContain("Rename it to KOOK_TOKEN");
  expect(fixes[1]).toContain("--help");
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

test("without a token the connection is checked all the same, and the fix says how to get one", async () => {
  const { findings, sent, bot } = await examined({ env: {} });
  expect(told(findings, "connection")).toEqual([
    "ok: https://www.kookapp.cn/api/v3 answers (HTTP 401)",
  ]);
  expect(told(findings, "token")).toEqual(["error: No token is set"]);
  const token = findings.find(({ check }) => check === "token");
  expect(fixOf(token)).toContain("https://developer.kookapp.cn/app/index");
  expect({ sent, bot }).toEqual({ sent: ["Bot none"], bot: undefined });
});

const refused = answering(401, {
  code: 401,
  message: "你的用户凭证不正确",
  data: { name: "Unauthorized", status: 401 },
});

test.each([
  ["cut short", "1/MTA2Mzk=/s3cretS3", "error: KOOK refuses the token: 401, 你的用户凭证不正确"],
  [
    "letters and digits only",
    "AbCdEf123456",
    "error: KOOK refuses the token (401, 你的用户凭证不正确), and it does not have the form of a bot token",
  ],
])("a refused token, %s, is named without being shown", async (_, token, fact) => {
  const { findings } = await examined({ env: { KOOK_TOKEN: token }, fetch: refused });
  expect(told(findings, "token")[0]).toContain(fact);
  // Client Id, Client Secret and Verify Token have none of the characters / + =.
  const fix = fixOf(findings.find(({ check }) => check === "token"));
  expect(fix.includes("Client Id")).toBe(!token.includes("/"));
  expect(JSON.stringify(findings.map(factOf))).not.toContain(token);
});

test.each([
  "paste the bot's token here",
  "<your token>",
  "YOUR_TOKEN",
  "在此填入令牌",
  "1/xxxxxxxx=/xxxxxxxxxxxx==",
])("the placeholder %j is named and not sent", async (KOOK_TOKEN) => {
  const { findings, sent } = await examined({ env: { KOOK_TOKEN } });
  expect(told(findings, "token")).toEqual(["error: KOOK_TOKEN is a placeholder, not a token"]);
  expect(sent).toEqual(["Bot none"]);
});

test("a token in quotation marks is a warning with its fix", async () => {
  const { findings } = await examined({ env: { KOOK_TOKEN: `"${SANDBOX_TOKEN}"` } });
  expect(told(findings, "token")).toContain(
    "warning: KOOK_TOKEN has quotation marks inside its value",
  );
});

test("a token with a line break in it is an error", async () => {
  const { findings, sent } = await examined({ env: { KOOK_TOKEN: "abc\ndef" } });
  expect(told(findings, "token")).toEqual([
    "error: KOOK_TOKEN holds white space, a line break or another character that no token has in its middle.",
  ]);
  expect(sent).toEqual(["Bot none"]);
});

test("a token file is read, also if a flag names it", async () => {
  const pc = computer();
  const file = pc.write(join(pc.home, "secret"), `Bot ${SANDBOX_TOKEN}\n`);
  const { findings } = await pc.examine({ argv: ["--token-file", file], env: {} });
  expect(told(findings, "token")[0]).toMatch(/^ok: accepted/);
});

test.each([
  ["~/token", "error: The token file ~/token is not found: ~ is not expanded here", "full path"],
  ["none", "error: The token file none does not exist", "create the file"],
  [".", "error: The token file . is a folder", "path of the file"],
])("the token file %s is one problem with its fix", async (KOOK_TOKEN_FILE, fact, fix) => {
  const { findings } = await examined({ env: { KOOK_TOKEN_FILE } });
  expect(told(findings, "token")).toEqual([fact]);
  expect(fixOf(findings.find(({ check }) => check === "token"))).toContain(fix);
});

test("a person's token is a warning, and the name is quoted without invisible characters", async () => {
  const me = { id: "1", username: "a\u202eb\n", bot: false };
  const fetch = answering(200, { code: 0, message: "", data: me });
  const { findings } = await examined({ fetch });
  expect(told(findings, "token")).toEqual([
    'warning: The token belongs to the user "ab", id 1, not to a bot',
  ]);
});

test("with --sandbox only the sandbox is asked, and no token is needed", async () => {
  const { findings, bot } = await examined({ argv: ["--sandbox"], env: {} });
  expect(findings.filter(({ status }) => status === "error")).toEqual([]);
  expect(told(findings, "connection")).toEqual([
    "ok: the built-in sandbox answers; the network is not used",
  ]);
  expect(bot?.username).toBe("沙盒机器人");
});

test("an error from KOOK is shown with its code and message", async () => {
  const fetch = answering(500, { code: 500, message: "系统错误" });
  const { findings } = await examined({ fetch });
  expect(told(findings, "token")).toEqual(["error: KOOK answers with an error: 500, 系统错误"]);
});
