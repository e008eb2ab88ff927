// Serves MCP on stdin and stdout, until the host is gone.
import type { Writable } from "node:stream";
import type { Config } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { KookClient } from "../kook/client.ts";
import { createNetworkFetch } from "../kook/network/network.ts";
import { Audit } from "../mcp/audit.ts";
import { createServer } from "../mcp/server.ts";
import { createServices } from "../mcp/services.ts";
import { CALL_DEADLINE_MS } from "../mcp/session.ts";
import { StdioTransport } from "../mcp/transport.ts";
import { TimeZone } from "../text/time.ts";
import { auditFile } from "./audit-log.ts";
import { waitingText } from "./help.ts";
import { kindOf, type Log, logged } from "./log.ts";
import {
  allowManyListeners,
  drainBeforeExit,
  exitAfter,
  exitOnSignals,
  exitWithParent,
  guardStdout,
} from "./process.ts";

/** At an exit, on top of a deadline: the look for a lost answer, the audit line, the last answer. */
const GRACE_MS = 5_000;

interface ServeOptions {
  config: Config;
  log: Log;
  env: Environment;
  version: string;
}

export async function serve({ config, log, env, version }: ServeOptions): Promise<void> {
  const stdout = guardStdout();
  allowManyListeners();
  const { auditLog } = config;
  const audit = new Audit(auditLog === undefined ? undefined : auditFile(auditLog));
  drainBeforeExit(() => audit.end(config.timeoutMs + GRACE_MS));
  exitOnSignals();
  exitWithParent();
  const { allowTargets, maxWaitMs, messages, readOnly, language, output } = config;
  const { confirmDelete, confirmSend } = config;
  const problem = problemForHost(config);
  const services = createServices(await createClient(config, log, env), {
    allowTargets,
    scanBudgetMs: maxWaitMs,
    readMessages: messages?.includes("read"),
    send: maySend(config) ? { to: config.sendTo, limit: config.sendLimit } : undefined,
  });
  const timeZone = new TimeZone(config.timeZone);
  const server = createServer(services, {
    version,
    readOnly,
    confirmDelete,
    confirmSend,
    audit,
    language,
    timeZone,
    output,
    problem,
  });
  server.onerror = (error) => log.warn(kindOf(error));
  const transport = new StdioTransport(process.stdin, stdout);
  // Exit with 2 for a wrong setting, so that a script notices it.
  transport.onend = () => exitOnceIdle({ transport, audit }, stdout, problem === undefined ? 0 : 2);
  await server.connect(transport);
  for (const warning of config.warnings) log.warn(warning);
  if (problem !== undefined) return log.error(problem);
  log.info(startLine(config, version));
  if ("problem" in config.token && !config.sandbox) log.warn(config.token.problem);
  if (process.stdin.isTTY) {
    process.stderr.write(waitingText(language, config.sandbox || !("problem" in config.token)));
  }
}

/** `echo '{…}' | kook-chat-mcp` gets its answers after the end of stdin. */
function exitOnceIdle(
  { transport, audit }: { transport: StdioTransport; audit: Audit },
  stdout: Writable,
  code: number,
): void {
  // Every call that is in flight at the end of stdin has ended by then. A last line without a newline begins only now.
  setTimeout(() => process.exit(code), CALL_DEADLINE_MS + GRACE_MS);
  // A change whose call was cancelled goes on, and gets its line.
  const ended = transport.idle().then(() => audit.end(CALL_DEADLINE_MS));
  void ended.then(() => exitAfter(stdout, "", code));
}

/** The text of each call and of the log while a setting is wrong. */
function problemForHost({ problem }: Config): string | undefined {
  if (problem === undefined) return undefined;
  const sentence = /[.?]$/.test(problem) ? problem : `${problem}.`;
  return `${sentence} Every call fails until the person who runs this server corrects this and restarts it.`;
}

/** Logs which guards are on, to reveal one that the host did not pass on. */
function startLine(config: Config, version: string): string {
  const { sandbox, baseUrl, readOnly, allowTargets, confirmDelete, messages, auditLog } = config;
  const users = allowTargets?.length;
  const guards = [
    `read-only ${readOnly ? "on" : "off"}`,
    `allow-list ${users === undefined ? "off" : `of ${users} ${users === 1 ? "user" : "users"}`}`,
    `confirm-delete ${confirmDelete}`,
    `messages ${messages?.join("+") ?? "off"}`,
    ...(maySend(config) ? sendGuards(config) : []),
    `audit log ${auditLog === undefined ? "off" : "on"}`,
  ];
  const backend = sandbox ? "the sandbox" : baseUrl;
  return `${version} serving MCP on stdio, with ${backend}; ${guards.join(", ")}`;
}

const maySend = ({ readOnly, messages }: Config) =>
  !readOnly && messages?.includes("send") === true;

function sendGuards({ sendTo, confirmSend, sendLimit }: Config): string[] {
  const users =
    typeof sendTo === "string"
      ? sendTo
      : `${sendTo.length} ${sendTo.length === 1 ? "user" : "users"}`;
  return [`send-to ${users}`, `confirm-send ${confirmSend}`, `send-limit ${sendLimit}`];
}

async function createClient(config: Config, log: Log, env: Environment): Promise<KookClient> {
  const { token, baseUrl, timeoutMs, maxWaitMs, logLevel, messages } = config;
  const sandbox = config.sandbox && (await import("../sandbox/sandbox.ts"));
  // The inbox leaves out what is older than seven days, as the sandbox's fixed times will be.
  const times = messages ? { anchor: Date.now() } : {};
  const fetch = sandbox ? new sandbox.Sandbox(times).fetch : createNetworkFetch(env);
  return new KookClient({
    fetch: logLevel === "debug" ? logged(fetch, log) : fetch,
    token: sandbox ? { scheme: "Bot", value: sandbox.SANDBOX_TOKEN } : token,
    baseUrl,
    timeoutMs,
    maxWaitMs,
    onDelay: log.debug,
  });
}
