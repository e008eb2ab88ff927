// The built server as a process.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { MAIN } from "./paths.ts";

export type Env = Record<string, string>;

/** PATH, UTC and English, and nothing else of the developer's environment: no KOOK_ variable, time zone or language. */
export const basicEnv = (env: Env = {}): Env => ({
  PATH: process.env["PATH"] ?? "",
  TZ: "UTC",
  // Without it Windows tells its own language.
  LANG: "C",
  ...env,
});

interface StartOptions {
  /** The script, for a server that is installed elsewhere. */
  main?: string;
  cwd?: string;
}

/** Starts the server; it is killed when the test ends. */
export function startBuilt(
  args: readonly string[] = [],
  env: Env = {},
  { main = MAIN, cwd }: StartOptions = {},
): ChildProcessWithoutNullStreams {
  const options = { env: basicEnv(env), ...(cwd !== undefined && { cwd }) };
  const child = spawn(process.execPath, [main, ...args], options);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Runs the server with an empty stdin until it exits. */
export async function runBuilt(args: readonly string[], env: Env = {}, options: StartOptions = {}) {
  const child = startBuilt(args, env, options);
  child.stdin.end();
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code: code as number | null };
}

/** The next line of a stream. Lines that arrive in the same chunk after it are lost. */
export async function nextLine(stream: Readable): Promise<string> {
  const [line] = await once(createInterface(stream), "line");
  return line;
}

/** A JSON-RPC request as one line of stdin. */
export const request = (id: number, method: string, params: object = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;

/** The handshake's request, with id 0. */
export const initialize = request(0, "initialize", {
  protocolVersion: "2025-06-18",
  capabilities: {},
  clientInfo: { name: "test", version: "1.0.0" },
});
