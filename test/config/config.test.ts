import { describe, expect, test } from "vitest";
import { unknownVariables } from "../../src/config/config.ts";
import { type Setting, settingNames, settings } from "../../src/config/settings.ts";
import { configOf } from "../support/config.ts";

test("without any setting the defaults hold, and the token is missing", () => {
  expect(configOf()).toMatchObject({
    sandbox: false,
    token: { problem: expect.stringContaining("KOOK_TOKEN") },
    baseUrl: "https://www.kookapp.cn/api/v3",
    language: "en",
    timeoutMs: 10_000,
    maxWaitMs: 20_000,
    readOnly: false,
    confirmDelete: "ask",
    output: "both",
    allowTargets: undefined,
    logLevel: "info",
    problem: undefined,
    warnings: [],
  });
});

test("each setting is reported with where its value comes from", () => {
  const { settings: inForce } = configOf(["--output", "text"], { KOOK_READ_ONLY: "1" });
  expect(inForce.map(({ name }) => name)).toEqual(settingNames);
  const sourceOf = (wanted: string) => inForce.find(({ name }) => name === wanted)?.source;
  expect(["output", "readOnly", "timeoutMs", "token"].map(sourceOf)).toEqual([
    "flag",
    "environment",
    "default",
    "unset",
  ]);
});

test.each([
  [
    "KOOK_BASE_URL",
    "--base-url",
    "https://kook.example/v3",
    { baseUrl: "https://kook.example/v3" },
  ],
  ["KOOK_LANGUAGE", "--language", "zh-CN", { language: "zh" }],
  ["KOOK_TIMEOUT_MS", "--timeout-ms", "500", { timeoutMs: 500 }],
  ["KOOK_MAX_WAIT_MS", "--max-wait-ms", "700", { maxWaitMs: 700 }],
  ["KOOK_CONFIRM_DELETE", "--confirm-delete", "always", { confirmDelete: "always" }],
  ["KOOK_OUTPUT", "--output", "text", { output: "text" }],
  ["KOOK_ALLOW_TARGETS", "--allow-targets", "1,22", { allowTargets: ["1", "22"] }],
  ["KOOK_LOG_LEVEL", "--log-level", "debug", { logLevel: "debug" }],
])("%s and %s set the same, and the flag wins", (env, flag, value, set) => {
  const problem = undefined;
  expect(configOf([], { [env]: value })).toMatchObject({ ...set, problem });
  expect(configOf([flag, value])).toMatchObject({ ...set, problem });
  expect(configOf([`${flag}=${value}`], { [env]: "wrong" })).toMatchObject({ ...set, problem });
});

test.each([
  ["1", true],
  ["TRUE", true],
  ["yes", true],
  ["y", true],
  ["N", false],
  ["off", false],
  ["0", false],
])("KOOK_READ_ONLY may be %j", (value, readOnly) => {
  expect(configOf([], { KOOK_READ_ONLY: value }).readOnly).toBe(readOnly);
  expect(configOf(["--read-only"], { KOOK_READ_ONLY: value }).readOnly).toBe(true);
});

test.each([
  ["KOOK_CONFIRM_DELETE", "ALWAYS", { confirmDelete: "always" }],
  ["KOOK_OUTPUT", "Text", { output: "text" }],
  ["KOOK_LOG_LEVEL", "DEBUG", { logLevel: "debug" }],
])("%s may be written %s: case does not count", (env, value, set) => {
  expect(configOf([], { [env]: value })).toMatchObject({ ...set, problem: undefined });
});

test.each(["1,22,", " 1 , 22 ", "1，22", "1 22", "1、22"])(
  "KOOK_ALLOW_TARGETS may be written %j",
  (value) => {
    expect(configOf([], { KOOK_ALLOW_TARGETS: value }).allowTargets).toEqual(["1", "22"]);
  },
);

describe("KOOK_MESSAGES", () => {
  test.each(["read", "READ", " read, ", "read，read"])(
    "may be %j, which lets messages be read",
    (value) => {
      const { messages, problem } = configOf([], { KOOK_MESSAGES: value });
      expect({ reads: messages?.includes("read"), problem }).toEqual({
        reads: true,
        problem: undefined,
      });
      expect(configOf(["--messages", value]).messages).toEqual(messages);
    },
  );

  test("is off where it is not set", () => {
    expect(configOf().messages).toBeUndefined();
    expect(configOf([], { KOOK_MESSAGES: "" })).toMatchObject({
      messages: undefined,
      problem: undefined,
    });
  });

  test.each([
    ["raed", 'KOOK_MESSAGES must be one of read, send, not "raed"; did you mean read?'],
    ["read,delete", 'KOOK_MESSAGES must be one of read, send, not "read,delete"'],
    ["on", 'KOOK_MESSAGES must be one of read, send, not "on"'],
    [",", 'KOOK_MESSAGES must name at least one of read, send, not ","'],
  ])("%j is a problem that names the valid words, and nothing may be read", (value, problem) => {
    expect(configOf([], { KOOK_MESSAGES: value })).toMatchObject({ messages: undefined, problem });
  });

  test("is off beside any other wrong setting: a guard may be missing", () => {
    const env = { KOOK_MESSAGES: "read", KOOK_ALLOWTARGET: "5" };
    expect(configOf([], env)).toMatchObject({
      messages: undefined,
      problem: "KOOK_ALLOWTARGET is not a setting; did you mean KOOK_ALLOW_TARGETS?",
    });
  });
});

describe("KOOK_TIME_ZONE", () => {
  test.each(["Asia/Shanghai", "asia/shanghai", "UTC", "utc"])("may be %s", (value) => {
    const set = { timeZone: value, problem: undefined };
    expect(configOf([], { KOOK_TIME_ZONE: value })).toMatchObject(set);
    expect(configOf(["--time-zone", value])).toMatchObject(set);
  });

  test("that no zone has is a problem with an example", () => {
    expect(configOf([], { KOOK_TIME_ZONE: "Beijing" })).toMatchObject({
      timeZone: undefined,
      problem:
        'KOOK_TIME_ZONE must be the IANA name of a time zone, such as Asia/Shanghai, not "Beijing"',
    });
  });
});

describe("the language", () => {
  test.each([
    ["zh", "zh"],
    ["ZH-cn", "zh"],
    ["zh_Hans", "zh"],
    ["中文", "zh"],
    ["en", "en"],
    ["en-US", "en"],
    ["ENGLISH", "en"],
  ])("KOOK_LANGUAGE may be %s", (value, language) => {
    expect(configOf([], { KOOK_LANGUAGE: value, LANG: "fr_FR.UTF-8" })).toMatchObject({
      language,
      problem: undefined,
    });
  });

  test.each([
    [{ LANG: "zh_CN.UTF-8" }, "en-US", "zh"],
    [{ LANG: "en_US.UTF-8" }, "zh-CN", "en"],
    [{ LANG: "en_US.UTF-8", LC_ALL: "zh_TW.UTF-8" }, "en-US", "zh"],
    [{ LANG: "zh_CN.UTF-8", LC_ALL: "C" }, "zh-CN", "en"],
    [{ LC_MESSAGES: "zh_TW" }, "en-US", "zh"],
    [{ LANG: "de_DE.UTF-8" }, "de-DE", "en"],
    [{}, "zh-Hans-CN", "zh"],
    [{}, "en-GB", "en"],
  ])(
    "without the setting it follows the locale: %j on a %s system is %s",
    (env, locale, language) => {
      expect(configOf([], env as Record<string, string>, {}, locale).language).toBe(language);
    },
  );
});

const unsubstituted = ["KOOK_LANGUAGE", "user_config.language"].map((name) => `$\{${name}}`);

test.each(["", "  ", ...unsubstituted])("%j counts as unset", (value) => {
  expect(configOf([`--language=${value}`], { KOOK_LANGUAGE: "zh" }).language).toBe("zh");
  expect(configOf([], { KOOK_LANGUAGE: value, KOOK_TOKEN: value })).toMatchObject({
    language: "en",
    problem: undefined,
    warnings: [],
    token: { problem: expect.stringContaining("No KOOK token is set") },
  });
});

const guards = settingNames.map((name) => settings[name]).filter((setting) => "isGuard" in setting);

test.each(guards.map(({ env }) => env))(
  "%s left empty or unsubstituted by a host is a warning: the guard is off",
  (env) => {
    for (const value of ["", `$\{user_config.${env}}`]) {
      const { warnings, problem } = configOf([], { [env]: value });
      expect(warnings).toEqual([expect.stringContaining(`${env} is ${JSON.stringify(value)}`)]);
      expect(problem).toBeUndefined();
    }
  },
);

test("a guard whose flag is empty is a warning that names the flag", () => {
  const { warnings } = configOf(["--send-to="], {});
  expect(warnings).toEqual(['--send-to is "", which counts as not set: this guard is replies']);
});

test("a guard that a flag sets needs no warning about its empty variable", () => {
  expect(configOf(["--allow-targets=1"], { KOOK_ALLOW_TARGETS: "" }).warnings).toEqual([]);
});

describe("a misspelt variable", () => {
  test.each([
    ["KOOK_READONLY", "KOOK_READ_ONLY"],
    ["KOOK_ALOW_TARGETS", "KOOK_ALLOW_TARGETS"],
    ["KOOK_ALLOWED_TARGETS", "KOOK_ALLOW_TARGETS"],
    ["KOOK_CONFIRM_DELTE", "KOOK_CONFIRM_DELETE"],
    ["KOOK_TIMEOUT", "KOOK_TIMEOUT_MS"],
    ["KOOK__TOKEN", "KOOK_TOKEN"],
    ["kook_read_only", "KOOK_READ_ONLY"],
    ["KOOK-READ-ONLY", "KOOK_READ_ONLY"],
    ["KOOK.READ_ONLY", "KOOK_READ_ONLY"],
    ["KOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["KOOOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["KKOOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["KOOKREAD_ONLY", "KOOK_READ_ONLY"],
    ["KOKO_ALLOW_TARGETS", "KOOK_ALLOW_TARGETS"],
    ["KOOK_READ_ONLY ", "KOOK_READ_ONLY"],
    [" KOOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["K00K_READ_ONLY", "KOOK_READ_ONLY"],
    ["KKOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["OOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["$KOOK_READ_ONLY", "KOOK_READ_ONLY"],
    ["export KOOK_READ_ONLY", "KOOK_READ_ONLY"],
  ])("%s is a problem that names %s", (name, meant) => {
    const { problem, readOnly } = configOf([], { [name]: "1" });
    expect(problem).toBe(`${name} is not a setting; did you mean ${meant}?`);
    // The intended guard is unknown.
    expect(readOnly).toBe(true);
  });

  test("more than two edits away is a warning, and other prefixes are not ours", () => {
    const others = {
      KOOKABURRA: "x",
      KUBECONFIG: "x",
      KDE_FULL_SESSION: "true",
      BOOK_TOKEN: "x",
      KONSOLE_VERSION: "1",
    };
    expect(configOf([], { KOOK_BOT_NAME: "x", KOTLIN_HOME: "x", ...others })).toMatchObject({
      problem: undefined,
      warnings: ["KOOK_BOT_NAME is not a setting and has no effect"],
    });
  });

  test("in other case is the variable itself where both have one value, as on Windows", () => {
    expect(unknownVariables({ KOOK_TOKEN: "a", kook_token: "a" })).toEqual([]);
  });
});

test.each([
  [["--sandbxo"], {}, "Unknown flag --sandbxo; did you mean --sandbox?"],
  [["--READ-ONLY"], {}, "Unknown flag --READ-ONLY; did you mean --read-only?"],
  [["-x"], {}, "Unknown flag -x"],
  [["--constructor"], {}, "Unknown flag --constructor"],
  [["--token=abc"], {}, "There is no --token: it would show in ps. Set KOOK_TOKEN instead"],
  [["--language"], {}, "--language needs a value"],
  [["--language", "--sandbox"], {}, "--language needs a value"],
  [["--read-only=no"], {}, "--read-only takes no value"],
  [["--timeout-ms", "soon"], {}, "--timeout-ms must be a whole number of milliseconds"],
  [[], { KOOK_TIMEOUT_MS: "0" }, "KOOK_TIMEOUT_MS must be 1 or more"],
  [[], { KOOK_TIMEOUT_MS: "99999999" }, "KOOK_TIMEOUT_MS must be a day or less"],
  [[], { KOOK_SEND_LIMIT: "1000000" }, "KOOK_SEND_LIMIT must be 999999 or less"],
  [[], { KOOK_LOG_LEVEL: "wran" }, 'not "wran"; did you mean warn?'],
  [[], { KOOK_ALLOW_TARGETS: "1,summer" }, "must be user ids, digits with commas between them"],
  [[], { KOOK_ALLOW_TARGETS: " , " }, "KOOK_ALLOW_TARGETS must name at least one user id"],
  [["--allow-targets=-1"], {}, "--allow-targets must be user ids"],
  [[], { KOOK_CONFIRM_DELETE: "alway" }, 'not "alway"; did you mean always?'],
  [[], { KOOK_CONFIRM_DELETE: "yes" }, "KOOK_CONFIRM_DELETE must be one of ask, always, never"],
  [[], { KOOK_OUTPUT: "json" }, "KOOK_OUTPUT must be one of both, text, structured"],
  [[], { KOOK_READ_ONLY: "maybe" }, "KOOK_READ_ONLY must be one of"],
  [[], { KOOK_LANGUAGE: "fr" }, "KOOK_LANGUAGE must be one of zh, en"],
  [[], { KOOK_BASE_URL: "kookapp.cn" }, "KOOK_BASE_URL must be a web address"],
  [[], { KOOK_BASE_URL: "http://kook.example/api" }, "must begin with https:"],
  [[], { KOOK_BASE_URL: "ftp://127.0.0.1" }, "must begin with https:"],
  [[], { KOOK_BASE_URL: "https://kook.example/?a=b" }, "no credentials, query or fragment"],
  [[], { KOOK_BASE_URL: "https://kook.example/api?" }, "no credentials, query or fragment"],
])("%j %j is a problem of one line, and only read-only tools are offered", (argv, env, line) => {
  const { problem, readOnly } = configOf(argv, env as Record<string, string>);
  expect(problem).toContain(line);
  expect(problem).not.toContain("\n");
  expect(readOnly).toBe(true);
});

test.each([
  ["KOOK_READ_ONLY", "2"],
  ["KOOK_READ_ONLY", "开"],
  ["KOOK_READ_ONLY", "ofr"],
  ["KOOK_CONFIRM_DELETE", "nver"],
])("no hint for %s=%s offers a value that turns the guard off", (env, value) => {
  const { problem } = configOf([], { [env]: value });
  expect(problem).toContain(`${env} must be one of`);
  expect(problem).not.toContain("did you mean");
});

test("a mistake in the command line comes before one in the environment", () => {
  const env = { KOOK_READONLY: "1", KOOK_OUTPUT: "x" };
  expect(configOf(["--sandbxo"], env).problem).toContain("--sandbxo");
  expect(configOf([], env).problem).toContain("KOOK_READONLY");
});

test("a password in the base URL is not repeated", () => {
  const config = configOf([], { KOOK_BASE_URL: "https://me:hunter2@kook.example" });
  expect(config.problem).toContain("credentials");
  expect(config.problem).not.toContain("hunter2");
});

test.each(["http://localhost:1/api", "http://127.0.0.1:1", "http://[::1]:1"])(
  "%s may go without https: it stays on this machine",
  (baseUrl) => {
    expect(configOf([], { KOOK_BASE_URL: baseUrl })).toMatchObject({ baseUrl, problem: undefined });
  },
);

const misplaced = "1/MTk4NzY=/AbCdEfGhIjKlMnOpQrStUv==";
/** Base64 without slashes. */
const older = "MTk4NzY5MDEyMzQ1Njc4AbCdEfGhIjKlMnOpQrStUv==";

test.each<[string[], Record<string, string>]>([
  [["--1/MTk4NzY5/AbCdEfGhIjKlMnOpQrStUv=="], {}],
  [["--log-level", misplaced], {}],
  [[], { KOOK_LANGUAGE: misplaced }],
  [[], { KOOK_ALLOW_TARGETS: `Bot ${misplaced}` }],
  [[], { KOOK_TOKEN_FILE: misplaced }],
  [[`--${misplaced}`], {}],
  [[`--${older}`], {}],
  [[`--read-only`, older], {}],
  [[], { KOOK_READ_ONLY: older }],
  [[], { KOOK_READ_ONLY: older.replaceAll("=", "/") }],
  [[], { KOOK_READ_ONLY: `Bot ${older}` }],
  [[], { KOOK_ALLOW_TARGETS: `5,${older}` }],
  [[], { KOOK_TOKEN_FILE: older }],
  [[], { KOOK_TOKEN_FILE: older.replace("==", "+A") }],
])("a token in the wrong place is a problem that does not repeat it: %j %j", (argv, env) => {
  const { problem } = configOf(argv, env);
  expect(problem).toContain("[token]");
  expect(problem).not.toMatch(/MTk4NzY|AbCdEf/);
});

describe("what is wrong is told in Chinese too", () => {
  test.each<[string[], Record<string, string>, string]>([
    [[], { KOOK_READONLY: "1" }, "没有 KOOK_READONLY 这个设置；是不是想写 KOOK_READ_ONLY？"],
    [
      [],
      { KOOK_OUTPUT: "txt" },
      'KOOK_OUTPUT 的值 "txt" 无效，可用的值：both、text、structured；是不是想写 text？',
    ],
    [
      ["--timeout-ms", "1s"],
      {},
      '--timeout-ms 的值 "1s" 无效。--timeout-ms：单次 HTTP 请求的超时时间（毫秒）',
    ],
    [[], { KOOK_TOKEN: "a b" }, "KOOK_TOKEN 的中间含有空格、换行等 Token 里没有的字符。"],
    [[], { KOOK_TOKEN: '""' }, "KOOK_TOKEN 里没有 Token。"],
    [[], { KOOK_TOKEN: "a\0b" }, "KOOK_TOKEN 是 UTF-16 编码，请另存为 UTF-8。"],
    [
      [],
      { KOOK_TOKEN_FILE: "~/token" },
      'KOOK_TOKEN_FILE：无法读取文件 "~/token"（ENOENT）。请写完整路径：这里不会展开 ~。',
    ],
  ])("%j with %j", (argv, env, line) => {
    const { problem, problemText } = configOf(argv, env);
    expect(problemText).toEqual({ en: problem, zh: line });
  });

  test("a password in the base URL is not repeated there either", () => {
    const { problemText } = configOf([], { KOOK_BASE_URL: "https://me:hush@kook.example" });
    expect(problemText?.zh).toContain("KOOK_BASE_URL 的值无效");
    expect(problemText?.zh).not.toContain("hush");
  });

  test("a value of every setting that cannot be understood", () => {
    for (const name of settingNames) {
      const { env } = settings[name];
      const { problemText } = configOf([], { KOOK_TOKEN: "token", [env]: "\u{7f}?" });
      const { format = "" } = settings[name] as Setting;
      if (format !== "filepath") expect(problemText?.zh, env).toMatch(/\p{Script=Han}{2}/u);
      if (problemText) expect(problemText.zh, env).toContain(env);
    }
  });
});
