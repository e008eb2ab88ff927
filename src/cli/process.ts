// Process handling: stdout guard, signals, exit with the host.
import { setMaxListeners } from "node:events";
import type { Writable } from "node:stream";

/** Poll interval. Needed if the host died while another process keeps our stdin open. */
const PARENT_CHECK_MS = 2_000;

let drain = async () => {};

/** @param run every exit waits for it; it must end */
export function drainBeforeExit(run: () => Promise<void>): void {
  drain = run;
}

function exitOnceDrained(): void {
  void drain().then(() => process.exit(0));
}

/**
 * Ignore EPIPE on stderr: a host that does not read the log must not kill the server. On stdout it means the host is
 * gone.
 */
export function handleBrokenPipes(): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", () => exitOnceDrained());
}

/** Keeps stdout for JSON-RPC: what a dependency prints goes to stderr. @returns the real stdout */
export function guardStdout(): Writable {
  const { stdout, stderr } = process;
  const guarded = { write: stdout.write.bind(stdout), once: stdout.once.bind(stdout) };
  stdout.write = stderr.write.bind(stderr);
  return guarded as unknown as Writable;
}

/** A call's signal has listeners of each of its requests. Node would warn about a leak on stderr from the eleventh on. */
export function allowManyListeners(): void {
  setMaxListeners(0);
}

export function exitOnSignals(): void {
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () => exitOnceDrained());
  }
}

/** A process whose parent died gets another parent. Skipped on Windows: process.ppid never changes there. */
export function exitWithParent(): void {
  if (process.platform === "win32") return;
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || exitOnceDrained(), PARENT_CHECK_MS).unref();
}

/** Exits once the text is written: on Windows pipes are asynchronous, and exit() would cut it. */
export function exitAfter(stream: Writable, text: string, code: number): void {
  stream.write(text, () => process.exit(code));
}
