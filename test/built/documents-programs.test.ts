// Runs the TypeScript programs in the documents unchanged against the built server.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { expect, test } from "vitest";
import { allBlocks, chineseOf } from "../support/documents.ts";
import { MAIN, projectFile } from "../support/paths.ts";

const programs = allBlocks("ts");

test("there is a program for the plain SDK, in each language", () => {
  const page = "docs/clients.md";
  const mark = "run: @modelcontextprotocol/sdk";
  const found = programs.map(({ path, mark }) => ({ path, mark }));
  expect(found).toEqual([page, chineseOf(page)].map((path) => ({ path, mark })));
});

test.each(programs)("$path, $mark", async ({ text }) => {
  const { code } = await transform(text, { loader: "ts" });
  const program = code.replaceAll("/path/to/kook-chat-mcp/dist/main.js", MAIN);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", program],
    // The folder with the SDK.
    { cwd: projectFile(".") },
  );
  for (const name of ["list_chats", "view_chat", "create_chat", "delete_chat", "小明12"]) {
    expect(stdout).toContain(name);
  }
});
