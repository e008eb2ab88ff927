// Makes dist/main.js, the one file that is shipped, and the licences of what it contains.
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { nodeGuard } from "./node-guard.mjs";

const { version, engines } = JSON.parse(await readFile("package.json", "utf8"));
const nodeNeeded = engines.node.replace(">=", "");
await rm("dist", { recursive: true, force: true });
await mkdir("dist");

const { metafile } = await build({
  entryPoints: ["src/main.ts"],
  outfile: "dist/main.js",
  bundle: true,
  minify: true,
  // Without names, stack traces in an issue would say nothing, and error classes would lose theirs.
  keepNames: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
  metafile: true,
  define: {
    VERSION: JSON.stringify(version),
    NODE_NEEDED: JSON.stringify(nodeNeeded),
  },
  // Its CommonJS form requires its parts by names that a bundler cannot see.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" },
  banner: {
    // CommonJS packages inside an ES module need a require of their own.
    js: `#!/usr/bin/env node\n${nodeGuard(nodeNeeded)}import{createRequire as $require}from"node:module";const require=$require(import.meta.url);`,
  },
});
await chmod("dist/main.js", 0o755);

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  ),
);
const notices = await Promise.all([...packages].sort().map(notice));
await writeFile("dist/THIRD-PARTY-LICENSES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));

/** @param {string} name */
async function notice(name) {
  const folder = `node_modules/${name}`;
  const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const texts = await Promise.all(
    ["LICENSE", "license", "LICENSE.md", "LICENSE.txt"].map((file) =>
      readFile(`${folder}/${file}`, "utf8").catch(() => undefined),
    ),
  );
  const text = texts.find((found) => found !== undefined);
  if (text === undefined) throw new Error(`${name} ships no licence text`);
  return `${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`;
}
