// Settings fail closed: with a wrong setting the server starts under a host, and every call fails.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import { text } from "node:stream/consumers";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { basicEnv, type Env, initialize, request, runBuilt, startBuilt } from "../support/built.ts";
import { fakeKook, sandboxEnv } from "../support/fake-kook.ts";
import { MAIN } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

const wrong: [string[], Env, string][] = [
  [[], { KOOK_READONLY: "1" }, "KOOK_READONLY is not a setting; did you mean KOOK_READ_ONLY?"],
  [[], { KOOK_ALOW_TARGETS: "5" }, "did you mean KOOK_ALLOW_TARGETS?"],
  [[], { KOOK_CONFIRM_DELETE: "yes" }, "KOOK_CONFIRM_DELETE must be one of ask, always, never"],
  [[], { KOOK_LANGUAGE: "Klingon" }, "KOOK_LANGUAGE must be one of zh, en"],
  [[], { KOOK_ALLOW_TARGETS: "everyone" }, "KOOK_ALLOW_TARGETS must be user ids"],
  [[], { KOOK_TOKEN: "two words" }, "KOOK_TOKEN holds white space"],
  [
    [],
    { KOOK_TOKEN_FILE: "/no/such/file" },
    'KOOK_TOKEN_FILE: the file "/no/such/file" cannot be read (ENOENT)',
  ],
  [["--sandbxo"], {}, "Unknown flag --sandbxo; did you mean --sandbox?"],
  [["--port", "8080"], {}, "--port is not an option of the server, but of sandbox"],
  [["--fault", "html-200"], {}, "--fault is not an option of the server, but of sandbox"],
  [["--json"], {}, "--json is not an option of the server, but of doctor"],
  [["--read-only", "false"], {}, 'Unexpected argument "false" after --read-only'],
  [["--allow-targets", "1001", "1002"], {}, 'Unexpected argument "1002" after --allow-targets'],
  [["--allow-targets=1001", "--allow-targets=1002"], {}, "--allow-targets is given twice"],
  [[""], {}, 'Unexpected argument ""'],
  [["\u2014read-only"], {}, "did you mean --read-only?"],
  [["--", "--read-only"], {}, "remove the -- before it"],
  [["serve"], {}, 'Unknown command "serve"; leave it out to serve MCP'],
  [["docter"], {}, 'Unknown command "docter"; did you mean doctor?'],
  [[], { KOK_READ_ONLY: "1" }, "did you mean KOOK_READ_ONLY?"],
];

describe("under a host", () => {
  test.each(wrong)(
    "%j %j: every call fails with one line, which the log has too",
    async (args, env, line) => {
      const asked: string[] = [];
      const kook = await fakeKook(({ url = "" }, response) => {
        asked.push(url);
        response.end();
      });
      const { client, end } = await attach({ args: [MAIN, ...args], env: { ...kook, ...env } });
      const { tools } = await client.listTools();
      expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint)).toEqual([]);
      expect((await client.listResources()).resources).toEqual([]);
      const told: string[] = [];
      for (const name of [...tools.map((tool) => tool.name), "delete_chat", "no_such_tool"]) {
        const result = CallToolResultSchema.parse(await client.callTool({ name, arguments: {} }));
        expect(result.isError).toBe(true);
        told.push(...result.content.map((part) => ("text" in part ? part.text : "")));
      }
      const failure = (answer: Promise<unknown>) =>
        answer.then(
          () => "",
          (error: Error) => error.message,
        );
      told.push(await failure(client.readResource({ uri: "kook://chats" })));
      told.push(await failure(client.readResource({ uri: "kook://chats/0123" })));
      const ref = { type: "ref/resource", uri: "kook://chats/{chat_code}" } as const;
      const argument = { name: "chat_code", value: "" };
      told.push(await failure(client.complete({ ref, argument })));
      const log = await end();
      const [, logged = ""] = /^kook-chat-mcp error: (.+)\n$/.exec(log) ?? [];
      expect(logged).toContain(line);
      for (const text of told) expect(text).toContain(logged);
      expect(asked).toEqual([]);
    },
  );

  test("a value in another case, and a language by its name, are understood", async () => {
    const env = { ...(await sandboxEnv()), KOOK_CONFIRM_DELETE: "ALWAYS", KOOK_LANGUAGE: "中文" };
    const { client, end } = await attach({ env });
    expect((await client.callTool({ name: "list_chats" })).isError).toBeFalsy();
    expect(await end()).toContain("confirm-delete always");
  });

  test("a guard whose variable the host did not fill in is a warning, and the start-up line shows the guards", async () => {
    const literal = `$\{user_config.allow_targets}`;
    const off = await attach({
      env: { KOOK_TOKEN: "x", KOOK_ALLOW_TARGETS: literal, KOOK_MOOD: "x" },
    });
    const log = await off.end();
    expect(log).toContain(`warn: KOOK_ALLOW_TARGETS is "${literal}", which counts as not set`);
    expect(log).toContain("warn: KOOK_MOOD is not a setting and has no effect");
    const guardsOff = ["read-only off", "allow-list off", "messages off", "audit log off"];
    for (const guard of guardsOff) expect(log).toContain(guard);
    const set = { KOOK_READ_ONLY: "1", KOOK_ALLOW_TARGETS: "5,6", KOOK_MESSAGES: "read" };
    const on = await attach({ env: { KOOK_TOKEN: "x", ...set } });
    const started = await on.end();
    const guardsOn = ["read-only on", "allow-list of 2 users", "confirm-delete ask"];
    for (const guard of [...guardsOn, "messages read"]) expect(started).toContain(guard);
  });
});

test("a token in the base URL stands neither in the log nor in an answer", async () => {
  const { KOOK_BASE_URL = "" } = await fakeKook((_, response) => response.end());
  const env = { KOOK_TOKEN: "x", KOOK_BASE_URL: `${KOOK_BASE_URL}/${SANDBOX_TOKEN}` };
  const { client, end } = await attach({ args: [MAIN, "--log-level", "debug"], env });
  const result = await client.callTool({ name: "list_chats" });
  const secret = SANDBOX_TOKEN.split("/").at(-1);
  expect(JSON.stringify(result)).not.toContain(secret);
  const log = await end();
  expect(log).toContain("[token]");
  expect(log).not.toContain(secret);
});

describe("without a host", () => {
  test("a server whose stdin is empty exits with 2 and the line", async () => {
    const { stdout, stderr, code } = await runBuilt([], { KOOK_READONLY: "1" });
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toContain("KOOK_READONLY is not a setting; did you mean KOOK_READ_ONLY?");
  });

  test.each([
    ["doctor", "--port", "1"],
    ["sandbox", "--read-only"],
    ["sandbox", "8080"],
  ])("the command line %j %j exits with 2 and one line, though stdin is open", async (...args) => {
    const child = startBuilt(args.filter((arg) => arg !== undefined));
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, "close");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^kook-chat-mcp: .+\n$/);
  });

  test.each(["doctor", "sandbox"])("%s exits with 2 for a misspelt variable", async (command) => {
    const args = command === "doctor" ? [command, "--sandbox"] : [command];
    const { stderr, code } = await runBuilt(args, { KOOK_READONLY: "1" });
    expect(code).toBe(2);
    expect(stderr).toContain("did you mean KOOK_READ_ONLY?");
  });
});

/** Runs the server with a terminal as stdin, by util-linux's `script`, and presses Ctrl-C once `seen` is printed. */
async function runInTerminal(env: Env, seen = "", args = "") {
  const server = `exec '${process.execPath}' '${MAIN}' ${args}`;
  const child = spawn("script", ["-qec", server, devNull], { env: basicEnv(env) });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdin.on("error", () => {});
  child.stdout.on("data", (chunk) => {
    output += chunk;
    if (seen !== "" && output.includes(seen)) child.stdin.end("\x03");
  });
  const [code] = await once(child, "close");
  return { code, output: output.replaceAll("\r\n", "\n") };
}

const hasScript = spawnSync("script", ["--version"]).stdout?.includes("util-linux") === true;

describe.skipIf(!hasScript)("in a terminal (needs util-linux's script)", () => {
  test("a wrong setting exits with 2 and one line", async () => {
    const output = "kook-chat-mcp: KOOK_READONLY is not a setting; did you mean KOOK_READ_ONLY?\n";
    expect(await runInTerminal({ KOOK_READONLY: "1" })).toEqual({ code: 2, output });
  });

  test.each([
    ["docter", 'Unknown command "docter"; did you mean doctor?'],
    ["--read-only true", 'Unexpected argument "true" after --read-only, which takes no value'],
  ])("the command line %s exits with 2 and one line", async (args, line) => {
    const output = `kook-chat-mcp: ${line}\n`;
    expect(await runInTerminal({}, "", args)).toEqual({ code: 2, output });
  });

  test.each<[Env, string, string]>([
    [{ LANG: "zh_CN.UTF-8" }, "docter", '没有 "docter" 这个命令；是不是想写 doctor？'],
    [{ KOOK_LANGUAGE: "zh" }, "--hlep", "没有 --hlep 这个参数；是不是想写 --help？"],
    [{}, "--language zh --read-only true", '多余的参数 "true"：--read-only 后面不能写值'],
    [
      { LANG: "zh_CN.UTF-8", KOOK_TOKEN: "a b" },
      "",
      "KOOK_TOKEN 的中间含有空格、换行等 Token 里没有的字符。",
    ],
  ])("with %j, %j is told in Chinese", async (env, args, line) => {
    const output = `kook-chat-mcp: ${line}\n`;
    expect(await runInTerminal(env, "", args)).toEqual({ code: 2, output });
  });

  test("without a mistake it says that it waits for a host, and Ctrl-C ends it", async () => {
    const line = "Waiting for an MCP host on stdin. Ctrl-C ends, --help lists options.";
    const { code, output } = await runInTerminal({ KOOK_TOKEN: "x" }, line);
    expect(code).toBe(0);
    expect(output).toContain(line);
    expect(output).not.toContain("No token is set");
  });

  test("and in Chinese the same, with what to do without a token", async () => {
    const line = "正在等待 MCP 客户端（从标准输入）。按 Ctrl-C 结束；--help 列出参数。";
    const { code, output } = await runInTerminal({ LANG: "zh_CN.UTF-8" }, line);
    expect(code).toBe(0);
    expect(output).toContain(line);
    expect(output).toContain("想不用 Token 试用，请加上 --sandbox");
  });
});

test("a model reads a wrong setting in English on a Chinese system, and so does the log", async () => {
  const child = startBuilt(["--hlep"], { LANG: "zh_CN.UTF-8" });
  child.stdin.end(initialize + request(1, "tools/call", { name: "list_chats", arguments: {} }));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  for (const output of [stdout, stderr]) {
    expect(output).toContain("Unknown flag --hlep; did you mean --help?");
    expect(output).not.toContain("没有 --hlep");
  }
});

test.each([
  [["help"], "MCP 服务"],
  [["help", "doctor"], "退出码"],
  [["sandbox", "help"], "限速窗口"],
])("%j prints the help in the person's language", async (args, told) => {
  const { stdout, stderr, code } = await runBuilt(args, { LANG: "zh_CN.UTF-8" });
  expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  expect(stdout).toContain(told);
});

test("a call sent before the host closes stdin still gets the line", async () => {
  const child = startBuilt(["--sandbxo"]);
  child.stdin.end(initialize + request(1, "tools/call", { name: "list_chats", arguments: {} }));
  const lines = (await text(child.stdout)).trim().split("\n");
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ id: 1, result: { isError: true } });
});
