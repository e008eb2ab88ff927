// The built file as a host runs it: a process, with KOOK on real sockets behind it.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { type Env, initialize, nextLine, request, runBuilt, startBuilt } from "../support/built.ts";
import { call } from "../support/connect.ts";
import { closedPort, envOf, listen, sandboxEnv, silentKook } from "../support/fake-kook.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MAIN } from "../support/paths.ts";
import { connectBuilt } from "../support/stdio-client.ts";

const listChats = request(1, "tools/call", { name: "list_chats", arguments: {} });

describe("the built server over real sockets", () => {
  test("lists, views, opens and deletes chats", async () => {
    const client = await connectBuilt([], await sandboxEnv());
    const page = await call(client, "list_chats", { page_size: 2 });
    expect(page.structured).toMatchObject({ total: 480, next_page: 2 });
    const opened = await call(client, "create_chat", { target_id: "2418200000" });
    const chat_code = opened.structured?.["chat_code"];
    const viewed = await call(client, "view_chat", { chat_code });
    expect(opened.structured).toEqual({ ...viewed.structured, created: true });
    const deleted = await call(client, "delete_chat", { chat_code });
    expect(deleted.structured).toEqual({ chat_code, deleted: true });
    const { resources } = await client.listResources();
    expect(resources).toContainEqual(expect.objectContaining({ uri: "kook://chats" }));
  });

  test("takes the token from a file", async () => {
    const file = join(temporaryFolder(), "token");
    writeFileSync(file, `Bot ${SANDBOX_TOKEN}\n`);
    const { KOOK_BASE_URL = "" } = await sandboxEnv();
    const client = await connectBuilt(["--token-file", file, "--base-url", KOOK_BASE_URL], {});
    expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });
  });

  test("explains a token that KOOK does not accept", async () => {
    const client = await connectBuilt([], { ...(await sandboxEnv()), KOOK_TOKEN: "wrong" });
    const { text: told, isError } = await call(client, "list_chats");
    expect(isError).toBe(true);
    expect(told).toContain("你的用户凭证不正确");
    expect(told).not.toContain("wrong");
  });

  test("explains a KOOK that cannot be reached", async () => {
    const env = envOf(await closedPort());
    const { text: told } = await call(await connectBuilt([], env), "list_chats");
    expect(told).toContain("ECONNREFUSED");
  });

  test("gives up on a KOOK that never answers", async () => {
    const { env } = await silentKook();
    const client = await connectBuilt(["--timeout-ms", "50"], env);
    const { text: told } = await call(client, "list_chats");
    expect(told).toContain("did not answer within 50 ms");
  });

  test("goes through the proxy of the environment", async () => {
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(request.url ?? "");
      response.end("proxy");
    });
    proxy.on("connect", (request, socket) => {
      proxied.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    const port = await listen(proxy);
    const env = {
      KOOK_BASE_URL: "https://kook.invalid/api/v3",
      KOOK_TOKEN: "x",
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
    };
    const { isError } = await call(await connectBuilt([], env), "list_chats");
    expect(isError).toBe(true);
    // A read has three attempts.
    expect(proxied).toEqual(Array(3).fill("kook.invalid:443"));
  });
});

describe("starting", () => {
  test("without a token answers every request that needs no network, and the first call explains", async () => {
    const client = await connectBuilt([], {});
    expect((await client.listTools()).tools).not.toEqual([]);
    expect((await client.listResourceTemplates()).resourceTemplates).not.toEqual([]);
    expect((await call(client, "list_chats")).text).toContain("KOOK_TOKEN");
  });

  test.each([
    ["a token with a line break in it", { KOOK_TOKEN: "abc\ndef" }, "line break"],
    ["a token file that cannot be read", { KOOK_TOKEN_FILE: "/no/such/file" }, "ENOENT"],
  ])("with %s still answers, and the first call explains", async (_, env, told) => {
    const { text: message, isError } = await call(await connectBuilt([], env), "list_chats");
    expect(isError).toBe(true);
    expect(message).toContain(told);
    expect(message).not.toContain("abc");
  });

  test.each([
    [["--sandbxo"], {}, "Unknown flag --sandbxo; did you mean --sandbox?"],
    [[], { KOOK_LOG_LEVEL: "loud" }, "KOOK_LOG_LEVEL must be one of error, warn, info, debug"],
    [[], { KOOK_BASE_URL: "http://kook.example/api" }, "KOOK_BASE_URL must begin with https:"],
  ])(
    "with the mistake %j %j and no host says so in one line, exit code 2",
    async (args, env, told) => {
      const { stdout, stderr, code } = await runBuilt(args, env as Env);
      expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
      expect(stderr).toContain(told);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );

  test("--version prints package.json's, --help the settings", async () => {
    expect(await runBuilt(["--version"])).toMatchObject({
      stdout: `${manifest.version}\n`,
      code: 0,
    });
    const { stdout, code } = await runBuilt(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("KOOK_TOKEN_FILE");
  });

  test("sandbox prints where it is and what token it takes, and logs requests to stderr", async () => {
    const child = startBuilt(["sandbox"]);
    const { url, token } = JSON.parse(await nextLine(child.stdout));
    const [logged, answer] = await Promise.all([
      nextLine(child.stderr),
      fetch(`${url}/user/me`, { headers: { Authorization: `Bot ${token}` } }),
    ]);
    expect(await answer.json()).toMatchObject({ code: 0, data: { bot: true } });
    expect(logged).toContain("GET /api/v3/user/me 200");
  });

  test("sandbox says so when its port is taken", async () => {
    const { KOOK_BASE_URL = "" } = await sandboxEnv();
    const { code, stderr } = await runBuilt(["sandbox", "--port", new URL(KOOK_BASE_URL).port]);
    expect(code).toBe(2);
    expect(stderr).toContain("EADDRINUSE");
  });
});

describe("stdout", () => {
  test("carries only JSON-RPC, also after input that is not", async () => {
    const child = startBuilt(["--sandbox", "--log-level", "debug"]);
    const output = text(child.stdout);
    child.stdin.end(`nonsense\n{"jsonrpc":"2.0"}\n${initialize}${listChats}${request(2, "ping")}`);
    const messages = (await output)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    for (const { jsonrpc } of messages) expect(jsonrpc).toBe("2.0");
    expect(messages.map(({ id }) => id)).toEqual(expect.arrayContaining([null, null, 0, 1, 2]));
  });
});

test("a host that closes stderr is still served", async () => {
  const child = startBuilt(["--sandbox", "--log-level", "debug"]);
  child.stderr.destroy();
  child.stdin.write(initialize + listChats);
  const lines = createInterface(child.stdout);
  const answers: string[] = [];
  for await (const line of lines) {
    answers.push(line);
    if (answers.length === 2) break;
  }
  expect(answers.map((line) => JSON.parse(line).id)).toEqual([0, 1]);
});

describe("ending", () => {
  /** Less than what would keep the process: keep-alive of 4 s, the timeout of a call of 10 s. Generous for a busy machine. */
  const AT_ONCE_MS = 3_000;

  async function expectExitAtOnce(child: ChildProcessWithoutNullStreams, end: () => void) {
    const exited = once(child, "exit");
    const startedAt = performance.now();
    end();
    expect(await exited).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(AT_ONCE_MS);
  }

  async function startAndInitialize(env: Env) {
    const child = startBuilt([], env);
    child.stderr.resume();
    child.stdin.write(initialize);
    await nextLine(child.stdout);
    return child;
  }

  // Windows has no signals that a process can handle.
  const signals = process.platform === "win32" ? [] : (["SIGTERM", "SIGINT", "SIGHUP"] as const);
  const ends = ["stdin" as const, ...signals];
  const endBy = (child: ChildProcessWithoutNullStreams, how: (typeof ends)[number]) => () =>
    how === "stdin" ? child.stdin.end() : child.kill(how);

  test.each(ends)("by %s is clean and at once when idle", async (how) => {
    const child = await startAndInitialize({ KOOK_TOKEN: "x" });
    await expectExitAtOnce(child, endBy(child, how));
  });

  // At the end of stdin, calls in flight are answered first: test/built/piped.test.ts.
  test.each(signals)("by %s is clean and at once with a call in flight", async (how) => {
    const silence = await silentKook();
    const child = await startAndInitialize(silence.env);
    child.stdin.write(listChats);
    await silence.requested;
    await expectExitAtOnce(child, endBy(child, how));
  });

  test.each(ends)("by %s is clean and at once with idle keep-alive sockets", async (how) => {
    const child = await startAndInitialize(await sandboxEnv());
    child.stdin.write(listChats);
    await nextLine(child.stdout);
    await expectExitAtOnce(child, endBy(child, how));
  });

  test.skipIf(process.platform === "win32")(
    "comes when the host has died, though another process keeps its stdin open (needs sh)",
    async () => {
      // A shell starts the server in the background with a pipe of this test as stdin, and ends when its own stdin does.
      const script = `"${process.execPath}" "${MAIN}" --sandbox <&3 & echo $!; read _`;
      const host = spawn("sh", ["-c", script], { stdio: ["pipe", "pipe", "ignore", "pipe"] });
      const lines = createInterface(host.stdout as Readable)[Symbol.asyncIterator]();
      const pid = Number((await lines.next()).value);
      onTestFinished(() => {
        if (isAlive(pid)) process.kill(pid, "SIGKILL");
      });
      (host.stdio[3] as Writable).write(initialize);
      expect(JSON.parse((await lines.next()).value)).toMatchObject({ id: 0 });
      host.stdin?.end();
      await once(host, "exit");
      await expect.poll(() => isAlive(pid), { timeout: 30_000, interval: 50 }).toBe(false);
    },
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
