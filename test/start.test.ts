// The code that V8 made of the program at build time: used where it fits, never needed, and nothing is written at a start.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { readProgram } from "../src/kept-code.ts";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/** The digest of the program, by the name of the file that the build has left for this Node. */
function digestIn(folder: string): string {
  const end = `-${process.version}-${process.platform}-${process.arch}.code`;
  const file = readdirSync(folder).find((name) => name.endsWith(end)) ?? "";
  return file.slice("program-".length, -end.length);
}

const DIGEST = digestIn(DIST);

function install(): string {
  const folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(DIST, folder, { recursive: true });
  return folder;
}

/** Starts a server and gives its first answer. */
async function start(folder: string): Promise<unknown> {
  const child = spawn(process.execPath, [join(folder, "main.js"), "--sandbox"], {
    env: { PATH: process.env["PATH"] },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.write('{"jsonrpc":"2.0","id":7,"method":"ping"}\n');
  const [line] = await once(createInterface(child.stdout), "line");
  child.stdin.end();
  await once(child, "exit");
  return JSON.parse(line as string);
}

const pong = { jsonrpc: "2.0", id: 7, result: {} };

test("the build leaves the code for the Node that made it, and V8 takes it", () => {
  const { script, codeFile } = readProgram(DIST, DIGEST);
  expect(statSync(codeFile).size).toBeGreaterThan(100_000);
  expect(script.cachedDataRejected).toBe(false);
});

test("a start writes nothing", async () => {
  const folder = install();
  const files = () =>
    readdirSync(folder).map((file) => ({
      file,
      ...statSync(join(folder, file)),
      atimeMs: 0,
      atime: 0,
    }));
  const before = files();
  expect(await start(folder)).toEqual(pong);
  expect(files()).toEqual(before);
});

test.each([
  ["is not there", undefined],
  ["is cut short", (code: Buffer) => code.subarray(0, 100_000)],
  ["is empty", () => Buffer.alloc(0)],
  ["is something else", (code: Buffer) => code.fill(0)],
])("the program starts without code that %s", async (_, damage) => {
  const folder = install();
  const { codeFile } = readProgram(folder, DIGEST);
  if (damage) writeFileSync(codeFile, damage(readFileSync(codeFile)));
  else rmSync(codeFile);
  expect(readProgram(folder, DIGEST).script.cachedDataRejected).not.toBe(false);
  expect(await start(folder)).toEqual(pong);
});

test("the code of another program is not taken for this one's, though it has the same length", async () => {
  const folder = install();
  const { codeFile } = readProgram(folder, DIGEST);
  const other = DIGEST.replaceAll(/./g, "0");
  renameSync(codeFile, codeFile.replace(DIGEST, other));
  expect(readProgram(folder, DIGEST).script.cachedDataRejected).toBeUndefined();
  expect(await start(folder)).toEqual(pong);
});

test("main.js without the program beside it says so in one line", async () => {
  const folder = install();
  rmSync(join(folder, "program.js"));
  const child = spawn(process.execPath, [join(folder, "main.js")], { stdio: "pipe" });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^kook-chat-mcp: program\.js, .* cannot be read \(ENOENT\)\. .*\n$/);
});
