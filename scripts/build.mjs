// Makes dist/: main.js and the program that it starts, the parts that are loaded on use, and the licences of what is in
// them. Where start-up time goes, and what each choice here saves of it, is in bench/README.md.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import {
  lazyParts,
  lazySchemaValidator,
  onlyUsedSchemas,
  shortForeignNames,
} from "./build-plugins.mjs";
import { nodeGuard } from "./node-guard.mjs";

const { version, engines } = JSON.parse(await readFile("package.json", "utf8"));
const nodeNeeded = engines.node.replace(">=", "");
await rm("dist", { recursive: true, force: true });
await mkdir("dist");

/** Loaded by the program when they are needed. */
const parts = {
  network: ["src/kook/network/transport.ts"],
  sandbox: ["src/sandbox/sandbox.ts", "src/sandbox/serve.ts"],
  faults: ["src/sandbox/faults.ts", "src/sandbox/faults/choice.ts"],
  doctor: ["src/doctor/doctor.ts", "src/doctor/report.ts"],
  "schema-validator": [
    "node_modules/@modelcontextprotocol/sdk/dist/esm/validation/ajv-provider.js",
  ],
};

/** @type {import("esbuild").BuildOptions & { metafile: true }} */
const options = {
  outdir: "dist",
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: "node",
  // Node loads CommonJS in less time than ES modules: it needs neither the asynchronous loader nor facades of builtins.
  format: "cjs",
  supported: { "dynamic-import": false },
  target: "node20",
  charset: "ascii",
  legalComments: "none",
  metafile: true,
};

const { metafile } = await build({
  ...options,
  entryPoints: {
    program: "src/main.ts",
    ...Object.fromEntries(Object.keys(parts).map((name) => [name, `part:${name}`])),
  },
  define: {
    VERSION: JSON.stringify(version),
    NODE_NEEDED: JSON.stringify(nodeNeeded),
  },
  alias: {
    // undici's own bundle entry, the one inside Node: the agents without mocks, caches and interceptors.
    undici: "undici/index-fetch.js",
    // Its CommonJS form requires its parts by names that a bundler cannot see.
    "jsonc-parser": "jsonc-parser/lib/esm/main.js",
  },
  plugins: [
    lazyParts(parts),
    lazySchemaValidator("schema-validator"),
    onlyUsedSchemas(),
    shortForeignNames(),
  ],
});
const digest = createHash("sha256")
  .update(await readFile("dist/program.js"))
  .digest("hex")
  .slice(0, 12);
await build({
  ...options,
  entryPoints: { main: "src/start.ts" },
  define: { PROGRAM_DIGEST: JSON.stringify(digest) },
  // Old ones have to be able to read it, to say that they are too old.
  target: "es2015",
  banner: { js: `#!/usr/bin/env node\n${nodeGuard(nodeNeeded)}` },
});
await chmod("dist/main.js", 0o755);
// The package's own sources are ES modules.
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await keepCode();

// A module that is in two files is there twice, and instanceof tells its classes apart. Doctor and faults may have copies:
// they take and give plain data.
const withCopies = ["dist/doctor.js", "dist/faults.js"];
const outputs = Object.entries(metafile.outputs).filter(([file]) => !withCopies.includes(file));
const shared = outputs.flatMap(([, output]) => Object.keys(output.inputs));
const twice = shared.find((input, index) => shared.indexOf(input) !== index);
if (twice) throw new Error(`${twice} is in more than one file of dist`);

const inputs = Object.keys(metafile.inputs);
const packages = new Set(
  inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
);
const notices = await Promise.all([...packages].sort().map(notice));
await writeFile("dist/THIRD-PARTY-LICENSES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));

/** Leaves V8's code for the program beside it, as it is once the program has answered what a host asks first. */
async function keepCode() {
  const keeper = "dist/keep-code.js";
  await build({ ...options, entryPoints: ["scripts/keep-code.mjs"] });
  const child = spawn(process.execPath, [keeper, "--log-level", "error"], {
    // No setting of whoever builds may keep it from starting.
    env: { ...withoutSettings(process.env), PROGRAM_DIGEST: digest },
    stdio: ["pipe", "pipe", "inherit", "ipc"],
  });
  const answers = createInterface({ input: /** @type {NodeJS.ReadableStream} */ (child.stdout) });
  /** @param {object} message */
  const send = (message) =>
    child.stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const clientInfo = { name: "build", version };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo };
  const exited = once(child, "exit");
  for (const request of [{ method: "initialize", params }, { method: "tools/list" }]) {
    send({ id: 0, ...request });
    await Promise.race([once(answers, "line"), exited]);
  }
  if (child.connected) child.send("keep");
  const [code] = await exited;
  await rm(keeper);
  if (code !== 0) throw new Error(`the program did not start: it ended with ${code}`);
}

/** @param {NodeJS.ProcessEnv} env */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("KOOK_")));
}

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
