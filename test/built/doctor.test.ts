// The built file's `doctor`, as a person and a script run it.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function doctor(args: string[], env: Record<string, string> = {}, home = emptyHome()) {
  const child = spawn(process.execPath, [MAIN, "doctor", ...args], {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, USERPROFILE: home, LANG: "C", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code };
}

async function serve() {
  const { url, close } = await serveSandbox(new Sandbox(), 0);
  onTestFinished(close);
  return url;
}

test("with --sandbox exits with 0, in English or in Chinese, without colour in a pipe", async () => {
  const [english, chinese] = await Promise.all([
    doctor(["--sandbox"]),
    doctor(["--sandbox"], { LANG: "zh_CN.UTF-8" }),
  ]);
  expect(english).toMatchObject({ code: 0, stderr: "" });
  expect(english.stdout).toContain('✓ token: accepted; it is that of the bot "沙盒机器人"');
  expect(english.stdout).not.toContain("\u001b");
  expect(chinese.code).toBe(0);
  expect(chinese.stdout).toContain('✓ 令牌：有效：机器人 "沙盒机器人"');
});

test("finds a host's file, tries its token over the network, and exits with 0", async () => {
  const home = emptyHome();
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: await serve() };
  mkdirSync(join(home, ".cursor"));
  const mcpServers = { kook: { command: process.execPath, args: [MAIN], env } };
  writeFileSync(join(home, ".cursor", "mcp.json"), JSON.stringify({ mcpServers }));
  const { stdout, code } = await doctor(["--json"], {}, home);
  const report = JSON.parse(stdout);
  expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  expect(report.findings).toContainEqual(
    expect.objectContaining({
      check: "token",
      status: "ok",
      subject: expect.stringContaining("Cursor"),
    }),
  );
  expect(stdout).not.toContain(SANDBOX_TOKEN);
});

test("exits with 1 where something would keep the server from working, also for a wrong setting", async () => {
  const KOOK_BASE_URL = await serve();
  const [missing, wrong] = await Promise.all([
    doctor([], { KOOK_BASE_URL }),
    doctor([], { KOOK_BASE_URL, KOOK_TOKEN: SANDBOX_TOKEN, KOOK_OUTPUT: "txt" }),
  ]);
  expect(missing.code).toBe(1);
  expect(missing.stdout).toContain("✗ token: No token is set");
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toContain("✗ settings: KOOK_OUTPUT must be one of");
});

test.skipIf(process.platform === "win32")(
  "a pipe, a device and a file that is no token's size are told, not waited for",
  async () => {
    const home = emptyHome();
    const pipe = join(home, "pipe");
    execFileSync("mkfifo", [pipe, join(home, ".claude.json")]);
    writeFileSync(join(home, "large"), "x".repeat(64 * 1024 + 1));
    const servers = (file: string) =>
      JSON.stringify({
        mcpServers: {
          kook: { command: process.execPath, args: [MAIN], env: { KOOK_TOKEN_FILE: file } },
        },
      });
    mkdirSync(join(home, ".cursor"));
    writeFileSync(join(home, ".cursor", "mcp.json"), servers("/dev/zero"));
    writeFileSync(join(home, ".mcp.json"), servers(pipe));
    const KOOK_BASE_URL = await serve();
    const [own, large] = await Promise.all(
      [pipe, "large"].map((file) => doctor([], { KOOK_BASE_URL, KOOK_TOKEN_FILE: file }, home)),
    );
    expect(own?.stdout).toContain(`"${pipe}" cannot be read (not a regular file)`);
    expect(own?.stdout).toContain('"/dev/zero" cannot be read (not a regular file)');
    expect(own?.stdout).toContain("the file cannot be read (not a regular file)");
    expect(own?.stdout).toContain("the project's file takes the token from elsewhere");
    expect(large?.stdout).toContain('"large" cannot be read (larger than 64 KiB)');
  },
);

test("a flag that does not exist still stops it with one line", async () => {
  const { stdout, stderr, code } = await doctor(["--jsn"]);
  expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
  expect(stderr).toBe("kook-chat-mcp: Unknown flag --jsn; did you mean --json?\n");
});
