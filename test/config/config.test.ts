import { describe, expect, test } from "vitest";
import { createLog } from "../../src/cli/log.ts";
import { ConfigError, helpText, parseConfig } from "../../src/config/config.ts";

const parse = (argv: string[] = [], env: Record<string, string> = {}, files = {}) =>
  parseConfig({
    argv,
    env,
    readFile: (path) => {
      const text = (files as Record<string, string>)[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    },
  });

test("without any setting the defaults hold, and the token is missing", () => {
  expect(parse()).toEqual({
    command: "serve",
    sandbox: false,
    served: {
      port: 0,
      limit: 120,
      windowSeconds: 60,
      decimalReset: false,
      faults: [],
      seed: 1,
    },
    json: false,
    token: { problem: expect.stringContaining("KOOK_TOKEN") },
    baseUrl: "https://www.kookapp.cn/api/v3",
    language: "zh-CN",
    timeoutMs: 10_000,
    maxWaitMs: 20_000,
    readOnly: false,
    confirmDelete: "ask",
    output: "both",
    logLevel: "info",
  });
});

test.each([
  [
    "KOOK_BASE_URL",
    "--base-url",
    "https://kook.example/v3",
    { baseUrl: "https://kook.example/v3" },
  ],
  ["KOOK_LANGUAGE", "--language", "en-US", { language: "en-US" }],
  ["KOOK_TIMEOUT_MS", "--timeout-ms", "500", { timeoutMs: 500 }],
  ["KOOK_MAX_WAIT_MS", "--max-wait-ms", "700", { maxWaitMs: 700 }],
  ["KOOK_CONFIRM_DELETE", "--confirm-delete", "always", { confirmDelete: "always" }],
  ["KOOK_OUTPUT", "--output", "text", { output: "text" }],
  ["KOOK_ALLOW_TARGETS", "--allow-targets", "1,22", { allowTargets: ["1", "22"] }],
  ["KOOK_LOG_LEVEL", "--log-level", "debug", { logLevel: "debug" }],
])("%s and %s set the same", (env, flag, value, set) => {
  expect(parse([], { [env]: value })).toMatchObject(set);
  expect(parse([flag, value])).toMatchObject(set);
  expect(parse([`${flag}=${value}`], { [env]: "ignored, even if wrong" })).toMatchObject(set);
});

test.each([
  ["1", true],
  ["TRUE", true],
  ["yes", true],
  ["off", false],
  ["0", false],
])("KOOK_READ_ONLY may be %j", (value, readOnly) => {
  expect(parse([], { KOOK_READ_ONLY: value }).readOnly).toBe(readOnly);
  expect(parse(["--read-only"], { KOOK_READ_ONLY: value }).readOnly).toBe(true);
});

test.each(["1,22,", " 1 , 22 ", "1，22", "1 22", "1、22"])(
  "KOOK_ALLOW_TARGETS may be written %j",
  (value) => {
    expect(parse([], { KOOK_ALLOW_TARGETS: value }).allowTargets).toEqual(["1", "22"]);
  },
);

const unsubstituted = ["KOOK_LANGUAGE", "user_config.language"].map((name) => `$\{${name}}`);
test.each(["", "  ", ...unsubstituted])("%j counts as unset", (value) => {
  expect(parse([`--language=${value}`]).language).toBe("zh-CN");
  expect(parse([`--language=${value}`], { KOOK_LANGUAGE: "en-US" }).language).toBe("en-US");
  expect(parse([], { KOOK_LANGUAGE: value, KOOK_TOKEN: value })).toMatchObject({
    language: "zh-CN",
    token: { problem: expect.stringContaining("No KOOK token is set") },
  });
});

test.each([
  [["sandbox"], { command: "sandbox" }],
  [["sandbox", "--port", "8080"], { command: "sandbox", served: { port: 8080 } }],
  [["--sandbox"], { command: "serve", sandbox: true }],
  [["--help"], { command: "help" }],
  [["-v"], { command: "version" }],
])("%j is understood", (argv, meant) => {
  expect(parse(argv)).toMatchObject(meant);
});

test.each([
  [["--sandbxo"], {}, "Unknown flag --sandbxo; did you mean --sandbox?"],
  [["-x"], {}, "Unknown flag -x"],
  [["--token=abc"], {}, "There is no --token, as it would show in ps; set KOOK_TOKEN instead"],
  [["--port", "0x50"], {}, "--port must be a number from 0 to 65535"],
  [["--port="], {}, "--port must be a number from 0 to 65535"],
  [[], { KOOK_BASE_URL: "https://kook.example/api?" }, "no credentials, query or fragment"],
  [["sandbux"], {}, 'Unknown command "sandbux"; did you mean sandbox?'],
  [["sandbox", "8080"], {}, 'Unexpected argument "8080"'],
  [["--language"], {}, "--language needs a value"],
  [["--language", "--sandbox"], {}, "--language needs a value"],
  [["--read-only=no"], {}, "--read-only takes no value"],
  [["--port", "70000"], {}, "--port must be a number from 0 to 65535"],
  [["--timeout-ms", "soon"], {}, "--timeout-ms must be a whole number of milliseconds"],
  [[], { KOOK_TIMEOUT_MS: "0" }, "KOOK_TIMEOUT_MS must be 1 or more"],
  [[], { KOOK_TIMEOUT_MS: "99999999" }, "KOOK_TIMEOUT_MS must be a day or less"],
  [[], { KOOK_LOG_LEVEL: "wran" }, 'not "wran"; did you mean warn?'],
  [
    [],
    { KOOK_ALLOW_TARGETS: "1,summer" },
    'must be user ids, digits with commas between them, not "',
  ],
  [[], { KOOK_ALLOW_TARGETS: " , " }, "KOOK_ALLOW_TARGETS must name at least one user id"],
  [["--allow-targets=-1"], {}, "--allow-targets must be user ids"],
  [[], { KOOK_CONFIRM_DELETE: "alway" }, 'not "alway"; did you mean always?'],
  [[], { KOOK_OUTPUT: "json" }, "KOOK_OUTPUT must be one of both, text, structured"],
  [[], { KOOK_READ_ONLY: "maybe" }, "KOOK_READ_ONLY must be one of"],
  [[], { KOOK_LANGUAGE: "中文" }, "KOOK_LANGUAGE must be a language tag such as zh-CN"],
  [[], { KOOK_BASE_URL: "kookapp.cn" }, "KOOK_BASE_URL must be a web address"],
  [[], { KOOK_BASE_URL: "http://kook.example/api" }, "must begin with https:"],
  [[], { KOOK_BASE_URL: "ftp://127.0.0.1" }, "must begin with https:"],
  [[], { KOOK_BASE_URL: "https://kook.example/?a=b" }, "no credentials, query or fragment"],
])("%j %j stops the start with one line: %s", (argv, env, line) => {
  const attempt = () => parse(argv, env as Record<string, string>);
  expect(attempt).toThrow(ConfigError);
  expect(attempt).toThrow(line);
  expect(attempt).not.toThrow("\n");
});

test("a password in the base URL is refused and not repeated", () => {
  const attempt = () => parse([], { KOOK_BASE_URL: "https://me:hunter2@kook.example" });
  expect(attempt).toThrow("credentials");
  expect(attempt).not.toThrow("hunter2");
});

test.each(["http://localhost:1/api", "http://127.0.0.1:1", "http://[::1]:1"])(
  "%s may go without https, as it stays on this machine",
  (baseUrl) => {
    expect(parse([], { KOOK_BASE_URL: baseUrl }).baseUrl).toBe(baseUrl);
  },
);

describe("the token", () => {
  test.each([
    ["abc=/=", { scheme: "Bot", value: "abc=/=" }],
    ["  abc\n", { scheme: "Bot", value: "abc" }],
    ["Bot abc", { scheme: "Bot", value: "abc" }],
    ["bearer  abc", { scheme: "Bearer", value: "abc" }],
  ])("may be pasted as %j", (pasted, token) => {
    expect(parse([], { KOOK_TOKEN: pasted }).token).toEqual(token);
    expect(parse(["--token-file", "t"], {}, { t: pasted }).token).toEqual(token);
  });

  test("of the file wins over the one of the environment", () => {
    const { token } = parse([], { KOOK_TOKEN: "a", KOOK_TOKEN_FILE: "t" }, { t: "b" });
    expect(token).toEqual({ scheme: "Bot", value: "b" });
  });

  test.each([
    ["a line break in its middle", { KOOK_TOKEN: "s3cret\nmore" }, "line break"],
    ["a space in its middle", { KOOK_TOKEN: "s3cret more" }, "white space"],
    ["a Chinese character", { KOOK_TOKEN: "s3cret码" }, "another character"],
    ["nothing but its prefix", { KOOK_TOKEN: "Bot " }, "holds no token"],
    ["a file that is not there", { KOOK_TOKEN_FILE: "gone" }, '"gone" cannot be read (ENOENT)'],
    ["an empty file", { KOOK_TOKEN_FILE: "empty" }, "holds no token"],
  ])("with %s starts all the same, and its problem never quotes it", (_, env, problem) => {
    const { token } = parse([], env as Record<string, string>, { empty: "\n" });
    expect(token).toEqual({ problem: expect.stringContaining(problem) });
    expect(JSON.stringify(token)).not.toContain("s3cret");
  });
});

const misplaced = "1/MTk4NzY=/AbCdEfGhIjKlMnOpQrStUv==";
test.each<[string[], Record<string, string>]>([
  [[misplaced], {}],
  [["sandbox", misplaced], {}],
  [["--1/MTk4NzY5/AbCdEfGhIjKlMnOpQrStUv=="], {}],
  [["--log-level", misplaced], {}],
  [["--fault", misplaced], {}],
  [[], { KOOK_LANGUAGE: misplaced }],
  [[], { KOOK_ALLOW_TARGETS: `Bot ${misplaced}` }],
])("a token in the wrong place is refused and not repeated: %j %j", (argv, env) => {
  const attempt = () => parse(argv, env);
  expect(attempt).toThrow("[token]");
  expect(attempt).not.toThrow(/MTk4NzY|AbCdEf/);
});

test("a token in place of its file's name is not repeated", () => {
  expect(parse([], { KOOK_TOKEN_FILE: misplaced }).token).toEqual({
    problem: 'The token file "[token]" cannot be read (ENOENT).',
  });
});

test("--help names every setting", () => {
  for (const name of [
    "TOKEN",
    "TOKEN_FILE",
    "BASE_URL",
    "LANGUAGE",
    "TIMEOUT_MS",
    "READ_ONLY",
    "OUTPUT",
  ]) {
    expect(helpText()).toContain(`KOOK_${name}`);
  }
});

describe("the log", () => {
  test("drops what is less important than its level and keeps each message on a line", () => {
    const lines: string[] = [];
    const log = createLog("warn", (line) => lines.push(line));
    log.error("a\nb\u2028c");
    log.warn("d");
    log.info("e");
    log.debug("f");
    expect(lines).toEqual(["kook-chat-mcp error: a b c\n", "kook-chat-mcp warn: d\n"]);
  });
});
