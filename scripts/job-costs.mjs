// Runs one job on the built server and a sandbox, and counts what it costs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const DAY_MS = 86_400_000;

/**
 * `text` and `structured`: tokens of arguments and results, as a host gives one or the other to a model. `first` and `second`:
 * requests of the job, and of the same job at once again.
 * @typedef {{ calls: number, text: number, structured: number, first: number, second: number, seconds: number }} Cost
 * @typedef {(name: string, args?: object) => Promise<Record<string, any>>} Call
 * @typedef {object} Job
 * @property {string} job
 * @property {Partial<Cost>} budget
 * @property {(code: string) => boolean} [hasNews] whether a chat has messages of the last seven days; by default as seeded
 * @property {boolean} [sends] messages may be sent; a person is asked by preview and token
 * @property {boolean} [asks] the host can show a form, and the person agrees
 * @property {(call: Call) => Promise<any>} [before] what has happened before, not counted
 * @property {(call: Call, before: any) => Promise<unknown>} run
 */

/**
 * @param {{ call: Call, requests: () => number, tokens: () => { calls: number, text: number, structured: number } }} kook
 * @param {Pick<Job, "before" | "run">} steps
 * @returns {Promise<Cost>}
 */
export async function costOf({ call, requests, tokens }, { before, run }) {
  const known = await before?.(call);
  tokens();
  requests();
  const startedAt = performance.now();
  await run(call, known);
  const seconds = (performance.now() - startedAt) / 1000;
  const cost = { ...tokens(), first: requests(), seconds };
  await run(call, known);
  return { ...cost, second: requests() };
}

/**
 * Runs the built server on a sandbox.
 * @template Result
 * @param {{ limit?: number, hasNews?: Job["hasNews"] | undefined, sends?: boolean | undefined, asks?: boolean | undefined }} world
 *   `limit`: requests in 60 s
 * @param {(kook: Parameters<typeof costOf>[0]) => Promise<Result>} use
 */
export async function withSandbox({ limit = 120, hasNews = () => true, sends, asks }, use) {
  const sandbox = spawn(process.execPath, [MAIN, "sandbox", "--limit", String(limit)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(sandbox.stdout), "line");
  const { url, token } = JSON.parse(String(line));
  const kook = await serveCounted(url, hasNews);
  const capabilities = asks ? { elicitation: { form: {} } } : {};
  const client = new Client({ name: "jobs", version: "1.0.0" }, { capabilities });
  if (asks) {
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: {} }));
  }
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "--log-level", "error"],
      env: {
        KOOK_BASE_URL: kook.url,
        KOOK_TOKEN: token,
        KOOK_MESSAGES: sends ? "read,send" : "read",
        KOOK_TIME_ZONE: "Asia/Shanghai",
      },
    }),
  );
  const spent = { calls: 0, text: 0, structured: 0 };
  /** @type {Call} */
  const call = async (name, args = {}) => {
    const result = await client.callTool({ name, arguments: { ...args } });
    const [{ text }] = /** @type {[{ text: string }]} */ (result.content);
    if (result.isError) throw new Error(`${name}: ${text}`);
    const sent = countTokens(JSON.stringify(args));
    spent.calls++;
    spent.text += sent + countTokens(text);
    spent.structured += sent + countTokens(JSON.stringify(result.structuredContent));
    return /** @type {Record<string, any>} */ (result.structuredContent);
  };
  const tokens = () => {
    const taken = { ...spent };
    Object.assign(spent, { calls: 0, text: 0, structured: 0 });
    return taken;
  };
  try {
    return await use({ call, tokens, requests: kook.requests });
  } finally {
    await client.close();
    kook.server.close();
    sandbox.kill();
  }
}

/**
 * The sandbox, whose chats without news are eight days older; `requests` counts since its last call.
 * @param {string} url @param {(code: string) => boolean} hasNews
 */
async function serveCounted(url, hasNews) {
  let count = 0;
  const server = createServer(async (request, response) => {
    count++;
    const { method = "GET" } = request;
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${url}${request.url}`, {
      method,
      headers: { Authorization: authorization, "Content-Type": "application/json" },
      ...(method === "POST" && { body: await text(request) }),
    });
    const body = JSON.parse(await answer.text());
    if (request.url?.startsWith("/user-chat/list")) {
      for (const chat of body.data.items) {
        if (!hasNews(chat.code)) chat.latest_msg_time -= 8 * DAY_MS;
      }
    }
    for (const [name, value] of answer.headers) {
      if (name.startsWith("x-rate-limit")) response.setHeader(name, value);
    }
    response.writeHead(answer.status).end(JSON.stringify(body));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const requests = () => {
    const counted = count;
    count = 0;
    return counted;
  };
  return { url: `http://127.0.0.1:${port}`, server, requests };
}
