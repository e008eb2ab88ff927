// The published tarball, installed elsewhere, on each supported version of Node.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DIST, projectFile } from "../support/paths.ts";
import { connectBuilt } from "../support/stdio-client.ts";
import { findNode } from "./nodes.ts";

const folder = temporaryFolder(afterAll);
const installed = join(folder, "node_modules/kook-chat-mcp/dist");

beforeAll(() => {
  // npm is a script on Windows, which only a shell can start.
  const options = { cwd: folder, encoding: "utf8", shell: process.platform === "win32" } as const;
  const npm = (...args: string[]) => execFileSync("npm", [...args, "--silent"], options);
  // --ignore-scripts: a second build would delete dist while other tests use it.
  const tarball = npm("pack", projectFile("."), "--ignore-scripts").trim();
  npm("install", "--no-audit", "--no-fund", `./${tarball}`);
});

test("the tarball installs as one package, with all of dist but the compile cache", () => {
  const packages = readdirSync(join(folder, "node_modules")).filter((name) => name[0] !== ".");
  expect(packages).toEqual(["kook-chat-mcp"]);
  const built = readdirSync(DIST).filter((name) => name !== "compile-cache");
  expect(readdirSync(installed).sort()).toEqual(built.sort());
  expect(built).toContain("THIRD-PARTY-LICENSES.txt");
});

test.skipIf(process.platform === "win32")(
  "the installed command runs by its name (a script of a shell on Windows)",
  () => {
    const bin = join(folder, "node_modules/.bin/kook-chat-mcp");
    expect(execFileSync(bin, ["--version"], { encoding: "utf8" })).toMatch(/^\d+\.\d+\.\d+\n$/);
  },
);

/** Starts the server, calls it once and ends it. */
async function listChats(command: string, main: string) {
  const client = await connectBuilt(["--sandbox"], {}, { command, main });
  const { structured } = await call(client, "list_chats", { page_size: 5 });
  await client.close();
  return structured?.["chats"];
}

test.for([20, 22, 24] as const)(
  "the installed server works on Node %i",
  async (major, { skip }) => {
    const node = findNode(major) ?? skip(`npm brings no Node ${major} for this platform`);
    expect(await listChats(node, join(installed, "main.js"))).toHaveLength(5);
  },
);

describe.each([22, 24] as const)("the compile cache of Node %i", (major) => {
  /** A copy of the installation, and its cache file of the program. */
  function copy() {
    const dist = temporaryFolder();
    cpSync(installed, dist, { recursive: true });
    const cache = join(dist, "compile-cache");
    rmSync(cache, { recursive: true, force: true });
    return { main: join(dist, "main.js"), cache };
  }

  test("is written beside the program, and a damaged one is ignored", async ({ skip }) => {
    const node = findNode(major) ?? skip(`npm brings no Node ${major} for this platform`);
    const { main, cache } = copy();
    await listChats(node, main);
    const files = readdirSync(cache, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const bytes = readFileSync(file);
      writeFileSync(file, bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 64));
    }
    expect(await listChats(node, main)).toHaveLength(5);
  });

  test("is not written to a read-only place", async ({ skip }) => {
    const node = findNode(major) ?? skip(`npm brings no Node ${major} for this platform`);
    const { main, cache } = copy();
    // A file instead of the folder: root can write to a read-only folder.
    writeFileSync(cache, "");
    expect(await listChats(node, main)).toHaveLength(5);
  });
});
