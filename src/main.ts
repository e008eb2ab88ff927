// The program: reads the settings, puts the parts together and serves MCP on stdin and stdout. The only file that knows
// the process and signals. What a start does not need is imported where it is used.

// KOOK's answers are many, and worth compiled schemas; what comes after the next import is read once or twice.
import { type Fetch, KookClient } from "./kook/client.ts";
import "./jitless.ts";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { Writable } from "node:stream";
import { createLog, type Log } from "./cli/log.ts";
import { readRegularFile } from "./cli/read-regular-file.ts";
import { sandboxHelpText } from "./cli/sandbox-flags.ts";
import { type Config, ConfigError, helpText, parseConfig } from "./config/config.ts";
import { createNetworkFetch } from "./kook/network/network.ts";
import { createServer } from "./mcp/server.ts";
import { createServices } from "./mcp/services.ts";
import { StdioTransport } from "./mcp/transport.ts";
import { chooseByChance } from "./sandbox/faults/choice.ts";
import { readdress } from "./sandbox/faults.ts";

/** package.json's, put in at build time: the version, and the lowest of Node's that will do. */
declare const VERSION: string;
declare const NODE_NEEDED: string;

/** Answers that are being made when stdin ends may still go out: `echo '{…}' | kook-chat-mcp` is a fair use. */
const LAST_ANSWERS_MS = 50;
/** How often to look whether the host is still there, for hosts whose end of stdin some other process keeps open. */
const PARENT_CHECK_MS = 2_000;

const TOKEN_FILE_MAX_BYTES = 64 * 1024;
/** Claude Code keeps its history next to the servers. */
const HOST_FILE_MAX_BYTES = 64 * 1024 * 1024;

async function main(): Promise<void> {
  // Whoever does not read the log shall have the service all the same; whoever does not read stdout wants nothing more.
  process.stderr.on("error", () => {});
  process.stdout.on("error", () => process.exit());
  const config = parseConfig({
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (path) => readRegularFile(path, TOKEN_FILE_MAX_BYTES),
  });
  const log = createLog(config.logLevel, (line) => process.stderr.write(line));
  switch (config.command) {
    case "help":
      process.stdout.write(helpText());
      return;
    case "sandbox help":
      process.stdout.write(sandboxHelpText());
      return;
    case "version":
      process.stdout.write(`${VERSION}\n`);
      return;
    case "sandbox":
      return runSandbox(config, log);
    case "doctor":
      return runDoctor(config);
    case "serve":
      return serve(config, log);
  }
}

async function serve(config: Config, log: Log): Promise<void> {
  const stdout = guardStdout();
  exitWithHost();
  const { allowTargets, maxWaitMs, readOnly, confirmDelete, language, output } = config;
  // A scan that goes on for longer than one wait may take would outlast the host's patience.
  const services = createServices(await createClient(config, log), {
    allowTargets,
    scanBudgetMs: maxWaitMs,
  });
  const options = {
    version: VERSION,
    readOnly,
    confirmDelete,
    language: /^zh\b/i.test(language) ? ("zh" as const) : ("en" as const),
    output,
  };
  const server = createServer(services, options);
  server.onerror = (error) => log.warn(error.message);
  // The transport gives up on a message that is too long to be one; what follows it could not be told apart.
  server.onclose = () => process.exit(1);
  await server.connect(new StdioTransport(process.stdin, stdout));
  const backend = config.sandbox ? "the sandbox" : config.baseUrl;
  log.info(`${VERSION} serving MCP on stdio, with ${backend}`);
  if ("problem" in config.token && !config.sandbox) log.warn(config.token.problem);
}

async function runSandbox({ served }: Config, log: Log): Promise<void> {
  exitOnSignals();
  const { SANDBOX_TOKEN, Sandbox } = await import("./sandbox/sandbox.ts");
  const { serveSandbox } = await import("./sandbox/serve.ts");
  const { port, faults, seed } = served;
  const options = { onRequest: log.info, fault: chooseByChance(faults, seed) };
  try {
    const { url } = await serveSandbox(new Sandbox(served), port, options);
    const given = faults.reduce((address, { fault }) => readdress(fault, address), url);
    process.stdout.write(`${JSON.stringify({ url: given, token: SANDBOX_TOKEN })}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`--port ${port} cannot be served (${code}); leave it out for a free one`);
  }
}

/** Exits with 1 where something would keep the server from working. */
async function runDoctor(config: Config): Promise<void> {
  exitOnSignals();
  const { examine } = await import("./doctor/doctor.ts");
  const { jsonReport, languageOf, plainReport, works } = await import("./doctor/report.ts");
  const { env, platform, stdout } = process;
  const sandbox = config.sandbox && (await import("./sandbox/sandbox.ts"));
  const examination = await examine({
    config: sandbox
      ? { ...config, token: { scheme: "Bot", value: sandbox.SANDBOX_TOKEN } }
      : config,
    argv: process.argv.slice(2),
    env,
    platform,
    home: homedir(),
    folder: currentFolder(),
    node: { version: process.versions.node, needed: NODE_NEEDED },
    readFile: (path) => readRegularFile(path, HOST_FILE_MAX_BYTES),
    exists: existsSync,
    fetch: sandbox ? new sandbox.Sandbox().fetch : createNetworkFetch(env),
  });
  const { locale } = Intl.DateTimeFormat().resolvedOptions();
  const language = languageOf(examination.settings, env, locale);
  const coloured = stdout.isTTY === true && !env["NO_COLOR"];
  const report = config.json ? jsonReport : plainReport;
  process.exitCode = works(examination) ? 0 : 1;
  stdout.write(report(examination, { version: VERSION, language, coloured }), () => process.exit());
}

/** Undefined if the folder was deleted: process.cwd() throws then. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

async function createClient(config: Config, log: Log): Promise<KookClient> {
  const { token, baseUrl, timeoutMs, maxWaitMs } = config;
  const sandbox = config.sandbox && (await import("./sandbox/sandbox.ts"));
  const fetch = sandbox ? new sandbox.Sandbox().fetch : createNetworkFetch(process.env);
  return new KookClient({
    fetch: config.logLevel === "debug" ? logged(fetch, log) : fetch,
    token: sandbox ? { scheme: "Bot", value: sandbox.SANDBOX_TOKEN } : token,
    baseUrl,
    timeoutMs,
    maxWaitMs,
  });
}

/** Paths without their queries: chat codes are nobody else's business. */
function logged(fetch: Fetch, log: Log): Fetch {
  return async (url, init) => {
    const startedAt = performance.now();
    const took = () => `${Math.round(performance.now() - startedAt)} ms`;
    const request = `${init.method} ${new URL(url).pathname}`;
    try {
      const response = await fetch(url, init);
      log.debug(`${request} ${response.status} ${took()}`);
      return response;
    } catch (error) {
      log.debug(`${request} failed ${took()}`);
      throw error;
    }
  };
}

/** Keeps stdout for JSON-RPC: whatever else is printed, by a dependency too, goes to stderr. */
function guardStdout(): Writable {
  const { stdout, stderr } = process;
  const guarded = { write: stdout.write.bind(stdout), once: stdout.once.bind(stdout) };
  stdout.write = stderr.write.bind(stderr);
  return guarded as unknown as Writable;
}

/** A server without its host is of no use: calls in flight and open sockets are dropped with the process. */
function exitWithHost(): void {
  exitOnSignals();
  process.stdin.once("end", () => setTimeout(() => process.exit(0), LAST_ANSWERS_MS));
  process.stdin.once("error", () => process.exit(0));
  const host = process.ppid;
  setInterval(() => process.ppid === host || process.exit(0), PARENT_CHECK_MS).unref();
}

function exitOnSignals(): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(0));
  }
}

main().catch((error: unknown) => {
  const known = error instanceof ConfigError;
  process.stderr.write(`kook-chat-mcp: ${known ? error.message : failureOf(error)}\n`);
  process.exit(known ? 2 : 1);
});

function failureOf(error: unknown): string | undefined {
  const { code, stack } = error as NodeJS.ErrnoException;
  // import() of a part of dist.
  if (code !== "MODULE_NOT_FOUND") return stack;
  return "The installation is incomplete: a file is missing in dist. Install or build it again.";
}
