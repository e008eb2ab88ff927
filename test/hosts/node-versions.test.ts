// What is published: the tarball, installed elsewhere, on each supported version of Node.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeBinary, projectFile } from "./nodes.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  const npm = (...args: string[]) =>
    execFileSync("npm", [...args, "--silent"], { cwd: folder, encoding: "utf8" });
  // The build is there; building anew would pull it from under the tests that run beside this one.
  const tarball = npm("pack", projectFile("."), "--ignore-scripts").trim();
  npm("install", "--no-audit", "--no-fund", `./${tarball}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball installs as one package, with the licences of what is in it", () => {
  const installed = readdirSync(join(folder, "node_modules")).filter((name) => name[0] !== ".");
  expect(installed).toEqual(["kook-chat-mcp"]);
  expect(readdirSync(join(folder, "node_modules/kook-chat-mcp/dist")).sort()).toEqual([
    "THIRD-PARTY-LICENSES.txt",
    "doctor.js",
    "faults.js",
    "main.js",
    "network.js",
    "package.json",
    "program.js",
    "sandbox.js",
    "schema-validator.js",
  ]);
});

test("the installed command runs by its name", () => {
  const bin = join(folder, "node_modules/.bin/kook-chat-mcp");
  expect(execFileSync(bin, ["--version"], { encoding: "utf8" })).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  ["20 or the one that runs the tests", () => process.execPath],
  ["22", () => nodeBinary(22)],
  ["24", () => nodeBinary(24)],
])("the installed server works on Node %s", async (_, node) => {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({
      command: node(),
      args: [join(folder, "node_modules/kook-chat-mcp/dist/main.js"), "--sandbox"],
      stderr: "ignore",
    }),
  );
  expect((await client.listTools()).tools).toHaveLength(4);
  const { structuredContent } = await client.callTool({ name: "list_chats" });
  expect(structuredContent).toMatchObject({ chats: expect.objectContaining({ length: 50 }) });
  await client.close();
});
