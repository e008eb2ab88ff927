// An stdio server as a host has it: a process, and JSON-RPC on its pipes. No client library, so that none is measured.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Resident memory of a process, MiB. @param {number} pid */
export const residentMiB = (pid) =>
  Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)])) / 1024;

export class McpProcess {
  /** @type {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} */
  #child;
  /** @type {Map<number, (result: any) => void>} */
  #waiting = new Map();
  #nextId = 0;
  #spawnedAt = performance.now();

  /** @param {string} node path of the binary @param {string} script @param {Record<string, string>} [env] */
  constructor(node, script, env = {}) {
    this.#child = spawn(node, [script], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const { id, result, error } = JSON.parse(line);
      const resolve = this.#waiting.get(id);
      this.#waiting.delete(id);
      resolve?.(error ? { isError: true, error } : result);
    });
  }

  /** @param {string} method @param {object} [params] @returns {Promise<any>} the result; `isError` is set on any failure */
  request(method, params = {}) {
    const id = this.#nextId++;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#send({ jsonrpc: "2.0", id, method, params });
    return answered;
  }

  /**
   * The first requests of a host.
   * @returns {Promise<{ initialized: number, listed: number }>} milliseconds from spawn to each answer
   */
  async start() {
    await this.request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "bench", version: "1.0.0" },
    });
    const initialized = performance.now() - this.#spawnedAt;
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    await this.request("tools/list");
    return { initialized, listed: performance.now() - this.#spawnedAt };
  }

  /** Resident memory, MiB. */
  residentMiB() {
    return residentMiB(this.#child.pid ?? 0);
  }

  /** Closes stdin, as a host does. @returns {Promise<void>} */
  end() {
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.stdin.end();
    });
  }

  /** @param {object} message */
  #send(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
