// An stdio server as a host has it: a process, and JSON-RPC on its pipes. Raw, so that no client's own time is measured.
import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class McpProcess {
  /** @type {import("node:child_process").ChildProcessByStdio<import("node:stream").Writable, import("node:stream").Readable, null>} */
  #child;
  /** @type {Map<number, (result: any) => void>} */
  #waiting = new Map();
  #nextId = 0;

  /** @param {string[]} args of Node @param {Record<string, string>} env */
  constructor(args, env = {}) {
    this.spawnedAt = performance.now();
    this.#child = spawn(process.execPath, args, {
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

  /** @param {string} method @param {object} params @returns {Promise<any>} the result; `isError` is set on any failure */
  request(method, params = {}) {
    const id = this.#nextId++;
    const answered = new Promise((resolve) => this.#waiting.set(id, resolve));
    this.#send({ jsonrpc: "2.0", id, method, params });
    return answered;
  }

  /** @param {string} name @param {object} args */
  call(name, args) {
    return this.request("tools/call", { name, arguments: args });
  }

  /** The handshake, as hosts do it. @returns {Promise<number>} milliseconds from spawning to the answer */
  async initialize() {
    await this.request("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "bench", version: "1.0.0" },
    });
    const ms = performance.now() - this.spawnedAt;
    this.#send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return ms;
  }

  /** Resident memory, MiB. */
  residentMiB() {
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(this.#child.pid)])) / 1024;
  }

  /** @returns {Promise<void>} */
  end() {
    return new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.kill("SIGKILL");
    });
  }

  /** @param {object} message */
  #send(message) {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
  }
}
