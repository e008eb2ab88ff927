// Packs the built server into an MCPB bundle, which Claude Desktop installs on a double click.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const { name, version, license, type } = JSON.parse(readFileSync("package.json", "utf8"));
const folder = ".mcpb";
const staging = `${folder}/bundle`;
const bundle = `${folder}/${name}-${version}.mcpb`;

rmSync(folder, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
cpSync("mcpb/manifest.json", `${staging}/manifest.json`);
/** @param {string} source the compile cache is for this machine's Node only */
const filter = (source) => !source.endsWith("compile-cache");
for (const part of ["dist", "LICENSE", "README.md"]) {
  cpSync(part, `${staging}/${part}`, { recursive: true, filter });
}
writeFileSync(`${staging}/package.json`, `${JSON.stringify({ name, version, license, type })}\n`);

/** @param {string[]} args */
const mcpb = (...args) =>
  execFileSync(process.execPath, ["node_modules/@anthropic-ai/mcpb/dist/cli/cli.js", ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
mcpb("validate", `${staging}/manifest.json`);
mcpb("pack", staging, bundle);
console.log(bundle);
