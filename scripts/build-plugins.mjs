// What esbuild is told beyond its options, so that a start loads and runs only what it needs. Each fails the build when
// what it expects of a package is no longer there.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { transform } from "esbuild";

/**
 * Makes each part a file of its own, which is loaded where the program imports one of the part's sources with `import()`.
 * Its entry point is `part:` and its name.
 * @param {Record<string, string[]>} parts name in dist, without extension → sources
 * @returns {import("esbuild").Plugin}
 */
export function lazyParts(parts) {
  const partOf = new Map(
    Object.entries(parts).flatMap(([name, sources]) =>
      sources.map((source) => [resolve(source), name]),
    ),
  );
  return {
    name: "lazy-parts",
    setup(build) {
      build.onResolve({ filter: /^part:/ }, ({ path }) => ({
        path: path.slice("part:".length),
        namespace: "part",
      }));
      build.onLoad({ filter: /.*/, namespace: "part" }, ({ path }) => ({
        contents: (parts[path] ?? []).map((source) => `export * from "./${source}";`).join("\n"),
        resolveDir: ".",
      }));
      build.onResolve({ filter: /^\.\.?\// }, ({ kind, path, resolveDir }) => {
        const name = kind === "dynamic-import" && partOf.get(resolve(resolveDir, path));
        return name ? { path: `./${name}.js`, external: true } : undefined;
      });
    },
  };
}

/**
 * Loads the SDK's JSON Schema validator, Ajv, when a first schema is to be compiled. The SDK makes one for every server
 * and uses it for answers to elicitations alone.
 * @param {string} part file in dist, without extension
 * @returns {import("esbuild").Plugin}
 */
export function lazySchemaValidator(part) {
  const contents = `
    let validator;
    export class AjvJsonSchemaValidator {
      getValidator(schema) {
        validator ??= new (require("./${part}.js").AjvJsonSchemaValidator)();
        return validator.getValidator(schema);
      }
    }`;
  let replaced = 0;
  return {
    name: "lazy-schema-validator",
    setup(build) {
      build.onResolve({ filter: /\/validation\/ajv-provider\.js$/ }, ({ namespace }) => {
        if (namespace === "part") return undefined;
        replaced++;
        return { path: "lazy-ajv-provider", namespace: "lazy" };
      });
      build.onResolve({ filter: /^\.\//, namespace: "lazy" }, ({ path }) => ({
        path,
        external: true,
      }));
      build.onLoad({ filter: /.*/, namespace: "lazy" }, () => ({ contents }));
      build.onEnd(() => {
        if (replaced !== 1) throw new Error("the SDK's server no longer imports its validator");
      });
    },
  };
}

/**
 * Marks the SDK's schemas as free of side effects, so that those nobody uses are left out: it has 160, all built when
 * the module is loaded. A bundler cannot know that z.object() and its like may be dropped.
 * @returns {import("esbuild").Plugin}
 */
export function onlyUsedSchemas() {
  // tsc's output: a statement ends where the next line begins at the margin with something other than a bracket.
  const declaration = /^((?:export )?const \w+Schema = )([\s\S]*?);\n(?![\s})\]])/gm;
  let marked = 0;
  return {
    name: "only-used-schemas",
    setup(build) {
      build.onLoad({ filter: /sdk\/dist\/esm\/types\.js$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const contents = source.replace(declaration, (_, head, schema) => {
          marked++;
          return `${head}/* @__PURE__ */ (() => ${schema})();\n`;
        });
        return { contents: await withShortNames(contents) };
      });
      build.onEnd(() => {
        if (marked < 100) throw new Error("the SDK's schemas are no longer where they were");
      });
    },
  };
}

/**
 * Shortens the names inside other people's modules, so that there is less to read. This server's own stay as they are:
 * stack traces and error classes keep them, at no cost when the file runs.
 * @returns {import("esbuild").Plugin}
 */
export function shortForeignNames() {
  return {
    name: "short-foreign-names",
    setup(build) {
      build.onLoad({ filter: /node_modules.*\.js$/ }, async ({ path }) => ({
        contents: await withShortNames(await readFile(path, "utf8")),
      }));
    },
  };
}

/** @param {string} source */
async function withShortNames(source) {
  return (await transform(source, { minifyIdentifiers: true })).code;
}
