// What is measured side by side, and the backend behind those that have one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { McpProcess } from "./mcp-process.mjs";

/** @param {string} path */
const local = (path) => fileURLToPath(new URL(path, import.meta.url));
/** @param {string} name */
const built = (name) => local(`../.reports/bench/${name}`);

/**
 * @typedef {object} Backend a KOOK on loopback
 * @property {string} url
 * @property {string} token
 * @property {() => void} end
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(backend?: Backend) => McpProcess} start
 */

/** Bundles what has to be: the backend is TypeScript, and the minimal server is measured in both forms. */
export async function prepare() {
  await build({
    entryPoints: [local("backend-process.ts"), local("minimal-server.mjs")],
    outdir: local("../.reports/bench"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
}

/**
 * Starts a KOOK.
 * @param {{ limit?: number, chats?: number, delayMs?: number }} options a limit of requests a minute, for each endpoint
 * @returns {Promise<Backend>}
 */
export async function startBackend({ limit = 1e9, chats = 480, delayMs = 0 } = {}) {
  const args = [built("backend-process.mjs"), ...[limit, chats, delayMs].map(String)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  return { ...JSON.parse(line), end: () => child.stdin.end() };
}

const nowhere = { url: "http://127.0.0.1:9/api/v3", token: "x", end: () => {} };

/** @type {Contestant} */
export const bareNode = {
  name: "bare Node, echoing",
  start: () => new McpProcess([local("bare-node.mjs")]),
};

/** @type {Contestant} */
export const ours = {
  name: "kook-chat-mcp",
  start: ({ url, token } = nowhere) =>
    new McpProcess([local("../dist/main.js")], { KOOK_BASE_URL: url, KOOK_TOKEN: token }),
};

/** The same without the code that the build keeps for its own Node: as from the tarball. @type {Contestant} */
export const oursAnew = {
  name: "kook-chat-mcp, no kept code",
  start: ({ url, token } = nowhere) =>
    new McpProcess([local("../dist/program.js")], { KOOK_BASE_URL: url, KOOK_TOKEN: token }),
};

/** @type {Contestant} */
export const minimal = {
  name: "minimal SDK server",
  start: () => new McpProcess([local("minimal-server.mjs")]),
};

/** @type {Contestant} */
export const minimalBundled = {
  name: "minimal SDK server, bundled",
  start: () => new McpProcess([built("minimal-server.mjs")]),
};

/** @type {Contestant} */
export const slack = {
  name: "server-slack",
  start: () =>
    new McpProcess([local("node_modules/@modelcontextprotocol/server-slack/dist/index.js")], {
      SLACK_BOT_TOKEN: "x",
      SLACK_TEAM_ID: "x",
    }),
};

/** A generic bridge from OpenAPI to MCP, with a description of the same four endpoints. @type {Contestant} */
export const bridge = {
  name: "openapi-mcp-server",
  start: ({ url, token } = nowhere) =>
    new McpProcess([local("node_modules/@ivotoby/openapi-mcp-server/bin/mcp-server.js")], {
      API_BASE_URL: url,
      API_HEADERS: `Authorization:Bot ${token}`,
      OPENAPI_SPEC_PATH: local("kook-openapi.json"),
      DISABLE_ABBREVIATION: "true",
      VERBOSE: "false",
    }),
};
