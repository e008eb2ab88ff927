// Not in test/documents.test.ts, because it starts python3.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { allBlocks } from "../support/documents.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(!hasPython)("every Python block of the documents compiles (needs python3)", () => {
  const blocks = allBlocks("python");
  expect(blocks).not.toEqual([]);
  const program = "import json, sys\nfor text in json.load(sys.stdin): compile(text, text, 'exec')";
  const input = JSON.stringify(blocks.map(({ text }) => text));
  const { status, stderr } = spawnSync("python3", ["-c", program], { input, encoding: "utf8" });
  expect(status, stderr).toBe(0);
});
