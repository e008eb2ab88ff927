// The programs in docs/hosts.md, run unchanged against the built server, with the packages of test/hosts.
import { execFile } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { allBlocks } from "../support/documents.ts";
import { sandboxEnv } from "../support/fake-kook.ts";
import { MAIN, projectFile } from "../support/paths.ts";
import { needsNode22, node22 } from "./nodes.ts";
import { chatTools } from "./server.ts";

const programs = allBlocks("js");

test("there is a program for each framework, in each language", () => {
  const frameworks = ["@langchain/mcp-adapters", "@openai/agents", "@ai-sdk/mcp"];
  const marks = frameworks.map((name) => `run: ${name}`);
  expect(programs.map(({ mark }) => mark)).toEqual([...marks, ...marks]);
});

describe("the programs in docs/hosts.md", () => {
  beforeEach(needsNode22);

  test.each(programs)("$path, $mark", async ({ text }) => {
    const env = await sandboxEnv();
    // Some of the packages need Node 22; the server that they start runs on it too.
    const node = node22();
    const program = text.replaceAll("/path/to/kook-chat-mcp/dist/main.js", MAIN);
    const { stdout } = await promisify(execFile)(node, ["--input-type=module", "-e", program], {
      // The packages are resolved from here.
      cwd: projectFile("test/hosts"),
      env: { ...env, PATH: [dirname(node), process.env["PATH"]].join(delimiter) },
    });
    for (const name of chatTools) {
      expect(stdout).toContain(name);
    }
  });
});
