// `doctor` of the built file, as a person and a script run it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { basicEnv } from "../support/built.ts";
import { listen, sandboxEnv } from "../support/fake-kook.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MAIN } from "../support/paths.ts";

/** Base64 without slashes. */
const OLDER_TOKEN = "MTk4NzY5MDEyMzQ1Njc4AbCdEfGhIjKlMnOpQrStUv==";

async function doctor(args: string[], env: Record<string, string> = {}, home = temporaryFolder()) {
  const child = spawn(process.execPath, [MAIN, "doctor", ...args], {
    cwd: home,
    env: basicEnv({ HOME: home, USERPROFILE: home, ...env }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code };
}

test("with --sandbox exits with 0, in English or in Chinese, without colour in a pipe", async () => {
  const [english, chinese] = await Promise.all([
    doctor(["--sandbox"]),
    doctor(["--sandbox"], { LANG: "zh_CN.UTF-8" }),
  ]);
  expect(english).toMatchObject({ code: 0, stderr: "" });
  expect(english.stdout).toContain('✓ token: accepted: bot "沙盒机器人"');
  expect(english.stdout).not.toContain("\u001b");
  expect(chinese.code).toBe(0);
  expect(chinese.stdout).toContain('✓ Token：有效：机器人 "沙盒机器人"');
});

test("checks the token in force over the network, finds a host's file, and exits with 0", async () => {
  const home = temporaryFolder();
  const env = await sandboxEnv();
  mkdirSync(join(home, ".cursor"));
  const mcpServers = { kook: { command: process.execPath, args: [MAIN], env } };
  writeFileSync(join(home, ".cursor", "mcp.json"), JSON.stringify({ mcpServers }));
  const { stdout, code } = await doctor(["--json"], env, home);
  const report = JSON.parse(stdout);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(report.findings).toContainEqual(expect.objectContaining({ check: "token", status: "ok" }));
  expect(report.findings).toContainEqual(
    expect.objectContaining({
      check: "host",
      status: "ok",
      subject: expect.stringContaining("Cursor"),
    }),
  );
  expect(stdout).not.toContain(SANDBOX_TOKEN);
});

test("exits with 1 if the server cannot work, with 2 for a wrong setting", async () => {
  const { KOOK_BASE_URL } = await sandboxEnv();
  const [missing, wrong] = await Promise.all([
    doctor([], { KOOK_BASE_URL }),
    doctor([], { KOOK_BASE_URL, KOOK_TOKEN: SANDBOX_TOKEN, KOOK_OUTPUT: "txt" }),
  ]);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toContain("✗ token: No token is set");
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/^kook-chat-mcp: KOOK_OUTPUT must be one of .+\n$/);
  expect(wrong.stdout).toContain("✗ settings: KOOK_OUTPUT must be one of");
});

test.skipIf(process.platform === "win32")(
  "names a pipe, a device and a file that is too large for a token, and does not wait for them (needs mkfifo)",
  async () => {
    const home = temporaryFolder();
    const pipe = join(home, "pipe");
    execFileSync("mkfifo", [pipe, join(home, ".claude.json")]);
    writeFileSync(join(home, "large"), "x".repeat(64 * 1024 + 1));
    const { KOOK_BASE_URL } = await sandboxEnv();
    const [fromPipe, fromDevice, large] = await Promise.all(
      [pipe, "/dev/zero", "large"].map((file) =>
        doctor([], { KOOK_BASE_URL, KOOK_TOKEN_FILE: file }, home),
      ),
    );
    expect(fromPipe?.stdout).toContain(`"${pipe}" cannot be read (not a regular file)`);
    expect(fromDevice?.stdout).toContain('"/dev/zero" cannot be read (not a regular file)');
    expect(fromPipe?.stdout).toContain("This is a folder or a device, but the host needs a file");
    expect(large?.stdout).toContain('"large" cannot be read (larger than 64 KiB)');
  },
);

test("names --jitless, with which Node has no WebAssembly", async () => {
  const home = temporaryFolder();
  const { stdout, code } = await doctor(["--sandbox"], { NODE_OPTIONS: "--jitless" }, home);
  expect(code).toBe(1);
  expect(stdout).toContain("✗ Node: Node runs without WebAssembly (--jitless)");
});

test.skipIf(process.platform === "win32")(
  "in a folder that was deleted names the problem instead of printing a stack (needs sh)",
  async () => {
    const home = temporaryFolder();
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" doctor --sandbox';
    const child = spawn("sh", ["-c", script, process.execPath, MAIN], {
      cwd: home,
      env: basicEnv({ HOME: home }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "exit"),
    ]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(stdout).toContain("! The current folder was deleted");
  },
);

test("a flag that does not exist stops it with one line", async () => {
  const { stdout, stderr, code } = await doctor(["--jsn"]);
  expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
  expect(stderr).toBe("kook-chat-mcp: Unknown flag --jsn; did you mean --json?\n");
});

test.each(["127.0.0.1:PORT", '"http://me:hush@localhost:PORT"'])(
  "names the proxy %s, written as the server reads it, that refuses the connection",
  async (written) => {
    const proxy = createServer();
    proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"));
    const HTTPS_PROXY = written.replace("PORT", String(await listen(proxy)));
    const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "https://kook.invalid/api/v3" };
    const { stdout, code } = await doctor([], { ...env, https_proxy: "", HTTPS_PROXY });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ KOOK: The proxy \S+ refuses the request \(HTTP 403\)/);
    expect(stdout).not.toContain("hush");
  },
);

test.each<[string, Record<string, string>]>([
  ["a setting with choices", { KOOK_READ_ONLY: OLDER_TOKEN }],
  ["the token's file", { KOOK_TOKEN_FILE: OLDER_TOKEN }],
  ["the base URL", { KOOK_BASE_URL: `http://127.0.0.1:9/${SANDBOX_TOKEN}` }],
  ["a setting with choices, in Chinese", { KOOK_READ_ONLY: OLDER_TOKEN, LANG: "zh_CN.UTF-8" }],
])("does not print a token that was set as %s", async (_, env) => {
  for (const args of [[], ["--json"]]) {
    const { stdout, stderr } = await doctor(args, { KOOK_BASE_URL: "http://127.0.0.1:9", ...env });
    expect(stdout + stderr).toContain("[token]");
    expect(stdout + stderr).not.toMatch(/MTk4NzY5MDEy|c2FuZGJveC10b2tlbg/);
  }
});
