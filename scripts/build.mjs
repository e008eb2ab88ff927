// Makes dist/: main.js, the program that it starts, the parts that are loaded on first use, and the licences of all
// packages in them.
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { build } from "esbuild";

/** Parts of dist that the program loads with import(): a file's name → the sources in it. */
const parts = {
  network: ["src/kook/network/transport.ts"],
  sandbox: ["src/sandbox/sandbox.ts", "src/sandbox/serve.ts"],
  faults: ["src/sandbox/faults/all.ts", "src/sandbox/faults/choice.ts"],
  markdown: ["src/messages/markdown.ts"],
  doctor: ["src/doctor/doctor.ts", "src/doctor/report.ts"],
};

const { version, engines } = JSON.parse(await readFile("package.json", "utf8"));
await rm("dist", { recursive: true, force: true });
await mkdir("dist");

/** @type {import("esbuild").BuildOptions} */
const options = {
  outdir: "dist",
  minify: true,
  platform: "node",
  // Node starts CommonJS faster than ES modules (5 to 10 % of a start).
  format: "cjs",
  charset: "ascii",
  legalComments: "none",
  define: {
    VERSION: JSON.stringify(version),
    NODE_NEEDED: JSON.stringify(engines.node.replace(">=", "")),
  },
};
await build({
  ...options,
  entryPoints: { main: "src/main.ts" },
  target: "es2015",
  banner: { js: "#!/usr/bin/env node" },
});
await chmod("dist/main.js", 0o755);
const { metafile } = await build({
  ...options,
  bundle: true,
  metafile: true,
  target: "node20",
  // import() of a part becomes require().
  supported: { "dynamic-import": false },
  entryPoints: {
    program: "src/program.ts",
    ...Object.fromEntries(Object.keys(parts).map((name) => [name, `part:${name}`])),
  },
  alias: {
    // The agents without mocks, caches and interceptors.
    undici: "undici/index-fetch.js",
    // The CommonJS form requires its files by computed names, which esbuild cannot follow.
    "jsonc-parser": "jsonc-parser/lib/esm/main.js",
    ajv: "./scripts/no-validator.mjs",
    "ajv-formats": "./scripts/no-validator.mjs",
  },
  plugins: [lazyParts(), onlyUsedSchemas()],
});
// The package's own sources are ES modules.
await writeFile("dist/package.json", '{ "type": "commonjs" }\n');
await checkClasses();
await writeLicences();

/**
 * Makes each part an entry point `part:NAME`, and import() of its sources a load of that file.
 * @returns {import("esbuild").Plugin}
 */
function lazyParts() {
  /** @type {Map<string, string>} */
  const partOf = new Map();
  for (const [name, sources] of Object.entries(parts)) {
    for (const source of sources) partOf.set(resolve(source), name);
  }
  return {
    name: "lazy-parts",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^part:/ }, ({ path }) => ({ path, namespace: "part" }));
      onLoad({ filter: /.*/, namespace: "part" }, ({ path }) => {
        const [, sources = []] =
          Object.entries(parts).find(([name]) => path === `part:${name}`) ?? [];
        const contents = sources.map((source) => `export * from "./${source}";`).join("\n");
        return { contents, resolveDir: "." };
      });
      onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
        const name = kind === "dynamic-import" && partOf.get(resolve(resolveDir, path));
        return name ? { path: `./${name}.js`, external: true } : undefined;
      });
    },
  };
}

/**
 * Marks the SDK's schemas as free of side effects, so that esbuild drops the unused ones: 0.6 MiB and 6 % of a start.
 * @returns {import("esbuild").Plugin}
 */
function onlyUsedSchemas() {
  // A declaration ends where the next line starts at the margin with no bracket.
  const declaration = /^((?:export )?const \w+Schema = )([\s\S]*?);\n(?![\s})\]])/gm;
  return {
    name: "only-used-schemas",
    setup({ onLoad }) {
      onLoad({ filter: /sdk[\\/]dist[\\/]esm[\\/]types\.js$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const contents = source.replace(declaration, "$1/* @__PURE__ */ (() => $2)();\n");
        if (contents === source) throw new Error("the SDK's schemas have another form now");
        return { contents };
      });
    },
  };
}

/**
 * A class in two files exists twice, and instanceof fails across the copies. Only the doctor may have copies: it takes and
 * gives plain data.
 */
async function checkClasses() {
  const outputs = Object.entries(metafile.outputs).filter(([file]) => file !== "dist/doctor.js");
  const inputs = outputs.flatMap(([, output]) => Object.keys(output.inputs));
  for (const input of inputs.filter((input, index) => inputs.indexOf(input) !== index)) {
    if (/^(export )?(abstract )?class /m.test(await readFile(input, "utf8"))) {
      throw new Error(`${input} has a class and is in more than one file of dist`);
    }
  }
}

async function writeLicences() {
  const packages = Object.keys(metafile.inputs).flatMap(
    (input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? [],
  );
  const notices = await Promise.all([...new Set(packages)].sort().map(notice));
  if (Object.keys(metafile.inputs).some((input) => input.includes("/undici/lib/llhttp/"))) {
    notices.push(await llhttpNotice());
  }
  await writeFile("dist/THIRD-PARTY-LICENSES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
}

/** undici holds llhttp as WebAssembly, without its licence. */
async function llhttpNotice() {
  const { version } = JSON.parse(await readFile("node_modules/undici/package.json", "utf8"));
  const text = await readFile("scripts/licences/llhttp.txt", "utf8");
  return `llhttp, as WebAssembly in undici ${version} (MIT)\n\n${text.trim()}\n`;
}

/** @param {string} name */
async function notice(name) {
  const folder = `node_modules/${name}`;
  const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  for (const file of ["LICENSE", "license", "LICENSE.md", "LICENSE.txt"]) {
    const text = await readFile(`${folder}/${file}`, "utf8").catch(() => undefined);
    if (text) return `${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`;
  }
  throw new Error(`${name} ships no licence text`);
}
