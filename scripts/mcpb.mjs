// Packs the built server into an MCPB bundle, which Claude Desktop installs on a double click. Prints its path.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { iconPng } from "./icon.mjs";

/** Claude Desktop asks for it. */
const ICON_SIZE = 512;

const { name, version, license, type } = JSON.parse(readFileSync("package.json", "utf8"));
// Not a dot folder: macOS would hide it.
const bundle = resolve("bundle", `${name}-${version}.mcpb`);
const staging = mkdtempSync(join(tmpdir(), "kook-chat-mcp-bundle-"));

/** @param {string} source the compile cache is for this machine's Node only */
const filter = (source) => !source.endsWith("compile-cache");
for (const part of ["dist", "LICENSE"]) {
  cpSync(part, join(staging, part), { recursive: true, filter });
}
for (const file of ["manifest.json", "README.md", "README.zh-CN.md"]) {
  cpSync(join("mcpb", file), join(staging, file));
}
writeFileSync(join(staging, "icon.png"), iconPng(ICON_SIZE));
writeFileSync(
  join(staging, "package.json"),
  `${JSON.stringify({ name, version, license, type })}\n`,
);

/** @param {string[]} args */
const mcpb = (...args) =>
  execFileSync(process.execPath, ["node_modules/@anthropic-ai/mcpb/dist/cli/cli.js", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
rmSync("bundle", { recursive: true, force: true });
mkdirSync("bundle");
try {
  mcpb("validate", join(staging, "manifest.json"));
  mcpb("pack", staging, bundle);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
console.log(bundle);
