// The code that V8 made of the program, kept beside it: used when it is whole, never needed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";

/** Longer than a server waits before it keeps its code. */
const KEPT_BY_MS = 1_000;
const DIST = new URL("../dist", import.meta.url).pathname;

/** A copy of what is shipped, without the code kept by other tests' servers. */
function install(): string {
  const folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(DIST, folder, { recursive: true, filter: (source) => !source.includes("code-cache") });
  return folder;
}

/** Starts a server that lives until the test ends, and gives its first answer. */
async function start(folder: string): Promise<unknown> {
  const child = spawn(process.execPath, [join(folder, "main.js"), "--sandbox"], {
    env: { PATH: process.env["PATH"] },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.write('{"jsonrpc":"2.0","id":7,"method":"ping"}\n');
  const [line] = await once(createInterface(child.stdout), "line");
  return JSON.parse(line as string);
}

const pong = { jsonrpc: "2.0", id: 7, result: {} };
const keptIn = (folder: string) => {
  try {
    return readdirSync(join(folder, "code-cache"));
  } catch {
    return [];
  }
};
const eventually = (read: () => unknown) => expect.poll(read, { timeout: 20_000, interval: 50 });

async function installAndKeep() {
  const folder = install();
  await start(folder);
  await eventually(() => keptIn(folder)).toEqual([expect.stringMatching(/^[\w.-]+-[0-9a-f]{16}$/)]);
  const file = join(folder, "code-cache", keptIn(folder)[0] as string);
  return { folder, file, whole: readFileSync(file) };
}

test("the first start keeps the code, the next one uses it and writes nothing", async () => {
  const { folder, file } = await installAndKeep();
  const { mtimeMs, ino } = statSync(file);
  expect(await start(folder)).toEqual(pong);
  await new Promise((resolve) => setTimeout(resolve, KEPT_BY_MS));
  expect(statSync(file)).toMatchObject({ mtimeMs, ino });
});

test.each([
  ["with one bit changed", (whole: Buffer) => whole.fill((whole[9000] ?? 0) ^ 1, 9000, 9001)],
  ["cut short", (whole: Buffer) => whole.subarray(0, 100_000)],
  ["with zeros in its second half", (whole: Buffer) => whole.fill(0, whole.length / 2)],
  ["of nothing but zeros", (whole: Buffer) => whole.fill(0)],
  ["that is empty", () => Buffer.alloc(0)],
])("code %s is not used, and is replaced", async (_, damage) => {
  const { folder, file, whole } = await installAndKeep();
  const damaged = damage(Buffer.from(whole));
  writeFileSync(file, damaged);
  expect(await start(folder)).toEqual(pong);
  await eventually(() => readFileSync(file).equals(damaged)).toBe(false);
  expect(await start(folder)).toEqual(pong);
});

test("an installation that cannot be written to starts all the same", async () => {
  const folder = install();
  // A file where the folder would be: permissions do not stop a test that runs as root.
  writeFileSync(join(folder, "code-cache"), "");
  expect(await start(folder)).toEqual(pong);
  await new Promise((resolve) => setTimeout(resolve, KEPT_BY_MS));
  expect(await start(folder)).toEqual(pong);
});

test("copies that start at the same time leave one whole file", async () => {
  const folder = install();
  const answers = await Promise.all([start(folder), start(folder), start(folder)]);
  expect(answers).toEqual([pong, pong, pong]);
  await new Promise((resolve) => setTimeout(resolve, 2 * KEPT_BY_MS));
  const files = keptIn(folder);
  expect(files).toHaveLength(1);
  const kept = readFileSync(join(folder, "code-cache", files[0] as string));
  expect(kept.subarray(0, kept.length / 2).equals(kept.subarray(kept.length / 2))).toBe(true);
});
