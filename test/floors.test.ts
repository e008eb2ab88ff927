// The floors of src/: the linter refuses each import that goes up. Circles are the linter's own rule.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { projectFile } from "./support/paths.ts";

/** The linter's findings about a file with this text at this path of the project. */
function lint(path: string, text: string): string {
  const folder = temporaryFolder();
  copyFileSync(projectFile("biome.json"), join(folder, "biome.json"));
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const biome = projectFile("node_modules/@biomejs/biome/bin/biome");
  const args = [biome, "lint", "--vcs-enabled=false", path];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return stdout + stderr;
}

describe("the linter refuses", () => {
  test.each([
    ["kook/", "a floor above", 'import "../mcp/server.ts";'],
    ["kook/", "a type of a floor above", 'export type { Services } from "../mcp/services.ts";'],
    ["kook/", "a floor above, when it runs", 'void import("../mcp/server.ts");'],
    ["kook/", "Node by a path", 'import "node:timers/promises";'],
    ["mcp/", "undici by a path", 'import "undici/types/fetch.d.ts";'],
    ["cli/", "the entry", 'export type { Program } from "../program.ts";'],
    ["sandbox/", "another name of kook/", 'export { KookClient } from "../kook/client.ts";'],
    ["config/", "another name of kook/", 'export { KookClient } from "../kook/client.ts";'],
  ])("to %s %s", (folder, _, text) => {
    expect(lint(`src/${folder}probe.ts`, `${text}\n`)).toContain("noRestrictedImports");
  });
});

test.each([
  ["sandbox/", 'export type { Fetch, FetchInit } from "../kook/client.ts";'],
  ["config/", 'export type { Token } from "../kook/client.ts";'],
])("the linter lets %s know a type of kook/", (folder, text) => {
  expect(lint(`src/${folder}probe.ts`, `${text}\n`)).not.toContain("noRestrictedImports");
});

test("every folder of src/ has rules of its own for its imports", () => {
  const { overrides } = JSON.parse(readFileSync(projectFile("biome.json"), "utf8"));
  const ruled = overrides
    .filter((override: object) => JSON.stringify(override).includes("noRestrictedImports"))
    .flatMap(({ includes }: { includes: string[] }) => includes);
  const folders = readdirSync(projectFile("src"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `src/${name}/**`);
  expect(ruled).toEqual(expect.arrayContaining([...folders, "src/*.ts"]));
});

test("no file in src/ or scripts/ has more than 250 lines", () => {
  const programs = ["src", "scripts"].flatMap((folder) =>
    readdirSync(projectFile(folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /\.m?[jt]s$/.test(path))
      .map((path) => `${folder}/${path}`),
  );
  const lines = (path: string) => readFileSync(projectFile(path), "utf8").split("\n").length - 1;
  expect(programs.filter((path) => lines(path) > 250)).toEqual([]);
});
