// Measures the packed tarball beside a minimal server on the same SDK and a bare Node, turn by turn.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { McpProcess } from "./mcp-process.mjs";

const WARM_UP_CALLS = 500;
const CALLS_PER_ROUND = 40;
/** Longer than a server works on after its first answers. */
const SETTLE_MS = 1_000;
/** A KOOK that nobody listens as: a start makes no request. */
const nowhere = { KOOK_BASE_URL: "http://127.0.0.1:9/api/v3", KOOK_TOKEN: "x" };

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "25" },
    node: { type: "string", default: process.execPath },
    /** dist/main.js of another build, measured in the same turns. */
    against: { type: "string" },
  },
});
const rounds = Number(values.rounds);
const { node } = values;
const folder = resolve(".reports/bench");
const main = await prepare();

/** @type {Record<string, string>} name → script */
const builds = {
  "this server": main,
  ...(values.against && { "other build": resolve(values.against) }),
};
const scripts = {
  "minimal server": join(folder, "minimal-server.mjs"),
  ...builds,
  "bare Node": resolve("bench/bare-node.mjs"),
};

const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
console.log(`Node ${version}, ${cpus().length} × ${cpus()[0]?.model}, ${rounds} rounds`);

const starts = await interleave(rounds, scripts, async (script) => {
  const server = new McpProcess(node, script, nowhere);
  const times = await server.start();
  await new Promise((done) => setTimeout(done, SETTLE_MS));
  const memory = server.residentMiB();
  await server.end();
  return { ...times, memory };
});
print("spawn → initialize answered, ms", starts, ({ initialized }) => initialized);
print("spawn → tools/list answered, ms", starts, ({ listed }) => listed);
print("resident a second after tools/list, MiB", starts, ({ memory }) => memory);
const installs = {
  "second start": false,
  "first start, without compile cache": true,
};
const cached = await interleave(rounds, installs, async (isFirst) => {
  if (isFirst) rmSync(join(dirname(main), "compile-cache"), { recursive: true, force: true });
  const server = new McpProcess(node, main, nowhere);
  const times = await server.start();
  await server.end();
  return times;
});
print("spawn → tools/list answered by this server, ms", cached, ({ listed }) => listed);
await measureCalls();

/** Packs, installs the tarball, and bundles the reference. @returns {Promise<string>} the installed dist/main.js */
async function prepare() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // npm is a script on Windows, which only a shell can start.
  const options = /** @type {const} */ ({ encoding: "utf8", shell: process.platform === "win32" });
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const tarball = execFileSync("npm", pack, options).trim();
  const install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder];
  execFileSync("npm", [...install, join(folder, tarball)], options);
  await build({
    entryPoints: ["bench/minimal-server.mjs"],
    outfile: join(folder, "minimal-server.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return join(folder, "node_modules/kook-chat-mcp/dist/main.js");
}

/** Times calls on the loopback sandbox, which has no limit here. */
async function measureCalls() {
  const sandbox = spawn(node, [main, "sandbox", "--limit", "1000000000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(sandbox.stdout), "line");
  const { url, token } = JSON.parse(line);
  /** @type {Record<string, McpProcess>} */
  const servers = {};
  for (const [name, script] of Object.entries(builds)) {
    servers[name] = new McpProcess(node, script, { KOOK_BASE_URL: url, KOOK_TOKEN: token });
    await servers[name].start();
  }
  /** @param {McpProcess} server */
  const listChats = async (server) => {
    const startedAt = performance.now();
    const result = await server.request("tools/call", { name: "list_chats", arguments: {} });
    if (result.isError) throw new Error(JSON.stringify(result));
    return performance.now() - startedAt;
  };
  await interleave(WARM_UP_CALLS, servers, listChats);
  const calls = await interleave(CALLS_PER_ROUND * rounds, servers, listChats);
  print("list_chats of 50 on loopback, ms", calls, (ms) => ms);
  for (const server of Object.values(servers)) await server.end();
  sandbox.kill();
}

/**
 * One measurement of each, round after round, so that other load on the machine strikes all alike. The first round is
 * dropped: it warms the file cache.
 * @template Subject, Measured
 * @param {number} rounds
 * @param {Record<string, Subject>} subjects
 * @param {(subject: Subject) => Promise<Measured>} measure
 */
async function interleave(rounds, subjects, measure) {
  /** @type {Map<string, Measured[]>} */
  const series = new Map(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const entries = Object.entries(subjects);
    // Every other round backwards, so that no subject always comes after the same one.
    for (const [name, subject] of round % 2 === 0 ? entries : entries.reverse()) {
      const measured = await measure(subject);
      if (round > 0) series.get(name)?.push(measured);
    }
  }
  return series;
}

/**
 * Prints medians, quartiles, and the median of each round's ratio to the first subject.
 * @template Measured
 * @param {string} title
 * @param {Map<string, Measured[]>} series
 * @param {(measured: Measured) => number} pick
 */
function print(title, series, pick) {
  const [[, reference = []] = []] = series;
  const rows = [...series].map(([name, measured]) => {
    const values = measured.map(pick);
    const ratios = values.map(
      (value, round) => value / pick(/** @type {Measured} */ (reference[round])),
    );
    const row = { median: at(values, 0.5), low: at(values, 0.25), high: at(values, 0.75) };
    return [name, { ...row, ratio: at(ratios, 0.5) }];
  });
  console.log(`\n${title}`);
  console.table(Object.fromEntries(rows));
}

/** @param {number[]} values @param {number} share */
function at(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.round(share * (sorted.length - 1))]?.toFixed(2));
}
