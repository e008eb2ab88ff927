// dist/main.js: says in words that Node is too old or the installation is incomplete, then starts the program.
// Compiled to ES2015 and without imports, so that old versions of Node can parse it.
/** From package.json, set by the build. */
declare const NODE_NEEDED: string;

const { versions, execPath } = process;

/** No part of a version has more than three digits. */
const toNumber = (version: string) =>
  version.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0);

function start(): string | undefined {
  if (toNumber(versions.node) < toNumber(NODE_NEEDED)) {
    return `kook-chat-mcp needs Node ${NODE_NEEDED} or later, and this is Node ${versions.node} (${execPath}). Install a newer one from https://nodejs.org, or write its path into the host's configuration.`;
  }
  enableCompileCache();
  try {
    require("./program.js");
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    return "kook-chat-mcp: the installation is incomplete: program.js is missing beside main.js. Install or build it again.";
  }
}

/**
 * Lets Node 22.8 and later keep V8's compiled code, which saves a tenth of a start. The folder lies beside the program, because
 * a cache in the shared temporary folder could be planted by another user. Without write access Node goes on without it.
 */
function enableCompileCache(): void {
  const { enableCompileCache: enable } = require("node:module") as {
    enableCompileCache?: (folder: string) => unknown;
  };
  enable?.(`${__dirname}/compile-cache`);
}

const problem = start();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
