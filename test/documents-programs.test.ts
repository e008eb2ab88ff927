// The programs in docs/hosts.md, run as they stand against the built server, with the packages of test/hosts.
import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../src/sandbox/sandbox.ts";
import { serveSandbox } from "../src/sandbox/serve.ts";
import { nodeBinary, projectFile } from "./hosts/nodes.ts";
import { allBlocks } from "./support/documents.ts";

const programs = allBlocks("js");

test("there is a program for each framework, in each language", () => {
  const frameworks = ["@langchain/mcp-adapters", "@openai/agents", "@ai-sdk/mcp"];
  const marks = frameworks.map((name) => `run: ${name}`);
  expect(programs.map(({ mark }) => mark)).toEqual([...marks, ...marks]);
});

test.each(programs)("$path, $mark", async ({ text }) => {
  const { url, close } = await serveSandbox(new Sandbox(), 0);
  onTestFinished(close);
  // Some of the packages need Node 22; the server that they start is then run by it, too.
  const node = nodeBinary(22);
  const program = text.replaceAll(
    "/path/to/kook-chat-mcp/dist/main.js",
    projectFile("dist/main.js"),
  );
  const { stdout } = await promisify(execFile)(node, ["--input-type=module", "-e", program], {
    // Where the packages are found.
    cwd: projectFile("test/hosts"),
    env: {
      PATH: [dirname(node), process.env["PATH"]].join(delimiter),
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_BASE_URL: url,
    },
  });
  for (const name of ["list_chats", "view_chat", "create_chat", "delete_chat"]) {
    expect(stdout).toContain(name);
  }
});
