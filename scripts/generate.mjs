// Generates the MCPB manifest, server.json and the marked parts of the READMEs from the settings table. With
// --check it writes nothing and fails if a file is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { build } from "esbuild";
import {
  installBlock,
  mcpbManifest,
  registryEntry,
  replaceBlock,
  settingsTable,
} from "./packages.mjs";

/** @param {string} path */
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

const manifest = readJson("package.json");
const settings = await loadSettings();
// Held against the running server by its own test.
const tools = readJson("test/mcp/tools.snapshot.json");

/** @type {Record<string, string>} */
const files = {
  "mcpb/manifest.json": toJson(mcpbManifest(manifest, settings, tools)),
  "server.json": toJson(registryEntry(manifest, settings)),
  ...readme("README.md", "en"),
  ...readme("README.zh-CN.md", "zh"),
};

const stale = Object.keys(files).filter((path) => textOf(path) !== files[path]);
if (process.argv.includes("--check")) {
  for (const path of stale) console.error(`${path} is out of date: run npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const path of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, files[path] ?? "");
    console.log(path);
  }
}

/**
 * Node 20 runs no TypeScript, so the table is bundled and loaded from memory.
 * @returns {Promise<import("../src/config/settings.ts").Setting[]>}
 */
async function loadSettings() {
  const { outputFiles } = await build({
    entryPoints: ["src/config/settings.ts"],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  const code = outputFiles[0]?.text ?? "";
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return Object.values(module.settings);
}

/** @param {string} path @param {import("./packages.mjs").Language} language */
function readme(path, language) {
  const text = textOf(path);
  if (text === undefined) return {};
  const withSettings = replaceBlock(text, "settings", settingsTable(settings, language));
  return { [path]: replaceBlock(withSettings, "install", installBlock(language)) };
}

/** @param {string} path */
function textOf(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** @param {unknown} value */
function toJson(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
