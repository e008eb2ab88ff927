// Measures the server's cost in a model's context, in o200k tokens: tools, instructions and a page of 50 chats, beside
// KOOK's raw answer. `npm run tokens` prints it; the budgets are held by test/built/tokens.test.ts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { hostileNames } from "../test/fixtures/hostile-names.mjs";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** @param {unknown} value */
const tokens = (value) => countTokens(typeof value === "string" ? value : JSON.stringify(value));

/**
 * A page of 50 chats in each form, in tokens a chat.
 * @typedef {{ raw: number, text: number, structured: number }} PageCost
 * Tools that exist at a setting and not below it, and the instructions with it.
 * @typedef {{ tools: Tool[], instructions: number }} Offer
 * @typedef {import("@modelcontextprotocol/sdk/types.js").Tool} Tool
 * @typedef {Offer & { reading: Offer, sending: Offer, pages: Record<string, PageCost> }} Report
 */

/** Hosts give a model these members only. @param {Tool[]} tools */
export const tokensSeen = (tools) =>
  tokens(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })));

/** The whole answer, output schemas included. @param {Tool[]} tools */
export const tokensOnWire = (tools) => tokens({ result: { tools }, jsonrpc: "2.0", id: 1 });

/** Measures the built server over stdio. @returns {Promise<Report>} */
export async function measure() {
  const sandbox = spawn(process.execPath, [MAIN, "sandbox"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(sandbox.stdout), "line");
  const { url, token } = JSON.parse(String(line));
  const renamed = await serveRenamed(url, hostileNames);
  try {
    const seeded = await measureServer(url, token);
    const reading = await measureServer(url, token, { KOOK_MESSAGES: "read" });
    const sending = await measureServer(url, token, { KOOK_MESSAGES: "read,send" });
    const hostile = await measureServer(renamed.url, token);
    return {
      ...seeded,
      reading: { ...reading, tools: reading.tools.slice(seeded.tools.length) },
      sending: { ...sending, tools: sending.tools.slice(reading.tools.length) },
      pages: { sandbox: seeded.page, hostile: hostile.page },
    };
  } finally {
    renamed.server.close();
    sandbox.kill();
  }
}

/** @param {string} url @param {string} token @param {Record<string, string>} settings */
async function measureServer(url, token, settings = {}) {
  const client = new Client({ name: "tokens", version: "1.0.0" });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, "--log-level", "error"],
      env: { KOOK_BASE_URL: url, KOOK_TOKEN: token, ...settings },
    }),
  );
  const { tools } = await client.listTools();
  const { content, structuredContent } = await client.callTool({ name: "list_chats" });
  const [{ text }] = /** @type {[{ text: string }]} */ (content);
  const instructions = client.getInstructions() ?? "";
  await client.close();
  const headers = { Authorization: `Bot ${token}` };
  const answer = await fetch(`${url}/user-chat/list?page=1&page_size=50`, { headers });
  return {
    tools,
    instructions: tokens(instructions),
    page: {
      raw: tokens(await answer.text()) / 50,
      text: tokens(text) / 50,
      structured: tokens(structuredContent) / 50,
    },
  };
}

/**
 * The KOOK at a URL, but with users of these names, over and over.
 * @param {string} url @param {string[]} names
 */
async function serveRenamed(url, names) {
  const server = createServer(async (request, response) => {
    const { authorization = "" } = request.headers;
    const answer = await fetch(`${url}${request.url}`, {
      headers: { Authorization: authorization },
    });
    const envelope =
      /** @type {{ data: { items: { target_info: { username: string | undefined } }[] } }} */ (
        await answer.json()
      );
    for (const [index, { target_info }] of envelope.data.items.entries()) {
      target_info.username = names[index % names.length];
    }
    response.end(JSON.stringify(envelope));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, server };
}

/** @param {Report} report */
function print({ tools, instructions, reading, sending, pages }) {
  /** @param {string} what @param {(number | string)[]} figures */
  const row = (what, ...figures) =>
    console.log(
      what.padEnd(40) +
        figures
          .map((figure) => (typeof figure === "number" ? figure.toFixed(1) : figure).padStart(12))
          .join(""),
    );
  row("tokens (o200k)", "seen", "on the wire");
  for (const tool of [...tools, ...reading.tools, ...sending.tools]) {
    row(`  ${tool.name}`, String(tokensSeen([tool])), String(tokensOnWire([tool])));
  }
  row("tools that always exist", String(tokensSeen(tools)), String(tokensOnWire(tools)));
  row("instructions", String(instructions));
  row("with KOOK_MESSAGES=read, more tools", String(tokensSeen(reading.tools)));
  row("with KOOK_MESSAGES=read, instructions", String(reading.instructions));
  row("with read,send, more tools again", String(tokensSeen(sending.tools)));
  row("with read,send, instructions", String(sending.instructions));
  row("a chat of a page of 50", "raw KOOK", "text", "structured");
  for (const [name, cost] of Object.entries(pages)) {
    row(`  ${name}`, cost.raw, cost.text, cost.structured);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(await measure());
