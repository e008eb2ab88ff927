// The floors of src/: the linter refuses each import that goes up, and no files import each other in a circle.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "./support/folder.ts";
import { projectFile } from "./support/paths.ts";

/** The linter's findings about a file with this text at this path of the project. */
function lint(path: string, text: string): string {
  const folder = temporaryFolder();
  copyFileSync(projectFile("biome.json"), join(folder, "biome.json"));
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const biome = projectFile("node_modules/.bin/biome");
  const { stdout, stderr } = spawnSync(biome, ["lint", "--vcs-enabled=false", path], {
    cwd: folder,
    encoding: "utf8",
  });
  return stdout + stderr;
}

describe("the linter refuses", () => {
  test.each([
    ["kook/", "a floor above", 'import "../mcp/server.ts";'],
    ["kook/", "a type of a floor above", 'export type { Services } from "../mcp/services.ts";'],
    ["kook/", "a floor above, when it runs", 'void import("../mcp/server.ts");'],
    ["kook/", "Node", 'import "node:fs";'],
    ["kook/", "Node by a path", 'import "node:timers/promises";'],
    ["text/", "Node by a path", 'import "node:fs/promises";'],
    ["mcp/", "Node by a path", 'import "node:fs/promises";'],
    ["mcp/", "undici by a path", 'import "undici/types/fetch.d.ts";'],
    ["kook/", "the entry", 'export type { Program } from "../program.ts";'],
    ["cli/", "the entry", 'export type { Program } from "../program.ts";'],
  ])("to %s %s", (folder, _, text) => {
    expect(lint(`src/${folder}probe.ts`, `${text}\n`)).toContain("noRestrictedImports");
  });
});

const files = readdirSync(projectFile("src"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => path.replaceAll("\\", "/"));
const textOf = (path: string) => readFileSync(projectFile(`src/${path}`), "utf8");

/** The files that a file imports, types included. */
const importsOf = (path: string) =>
  [...textOf(path).matchAll(/(?:from|import\()\s*"(\.[^"]+\.ts)"/g)].map(([, specifier = ""]) =>
    normalize(join(dirname(path), specifier)).replaceAll("\\", "/"),
  );

test("no files import each other in a circle, types included", () => {
  const graph = new Map(files.map((path) => [path, importsOf(path)]));
  const reachable = (start: string) => {
    const seen = new Set<string>();
    const open = [...(graph.get(start) ?? [])];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      open.push(...(graph.get(path) ?? []));
    }
    return seen;
  };
  expect(files.filter((path) => reachable(path).has(path))).toEqual([]);
});

test("no file in src/ or scripts/ has more than 250 lines", () => {
  const programs = [...files.map((path) => `src/${path}`), ...scripts()];
  const lines = (path: string) => readFileSync(projectFile(path), "utf8").split("\n").length - 1;
  expect(programs.filter((path) => lines(path) > 250)).toEqual([]);
});

const scripts = () =>
  readdirSync(projectFile("scripts"), { encoding: "utf8" })
    .filter((name) => name.endsWith(".mjs"))
    .map((name) => `scripts/${name}`);

test("no exported type has the name of one of TypeScript's own", () => {
  const own =
    /export (?:type|interface) (?:Parameters|ReturnType|Record|Partial|Pick|Omit|Awaited)\b/;
  expect(files.filter((path) => own.test(textOf(path)))).toEqual([]);
});
