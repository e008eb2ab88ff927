// Many calls at once, to a KOOK without limits: all are answered, and how fast.
import { bridge, ours, startBackend } from "./contestants.mjs";
import { interleave, summarize } from "./statistics.mjs";

const AT_ONCE = 1_000;

/** @param {{ rounds: number }} options @returns {Promise<import("./table.mjs").Row[]>} */
export async function throughput({ rounds }) {
  const backend = await startBackend({ chats: AT_ONCE });
  const servers = { ours: ours.start(backend), bridge: bridge.start(backend) };
  for (const server of Object.values(servers)) await server.initialize();
  const codes = await chatCodes(servers.ours);
  const series = await interleave(Math.ceil(rounds / 2), {
    [ours.name]: () => rush(servers.ours, "view_chat", codes),
    [bridge.name]: () => rush(servers.bridge, "view-chat", codes),
  });
  for (const server of Object.values(servers)) await server.end();
  backend.end();
  return Object.entries(series).map(([name, rates]) => ({
    what: `${AT_ONCE} view_chat calls at once`,
    name,
    unit: "calls/s",
    ...summarize(rates),
    ...(name === ours.name && { target: { atLeast: 2_000 } }),
  }));
}

/** Different ones, as equal reads at the same time would share a request. @param {import("./mcp-process.mjs").McpProcess} server */
async function chatCodes(server) {
  const codes = [];
  for (let page = 1; page; ) {
    const { structuredContent } = await server.call("list_chats", { page });
    codes.push(...structuredContent.chats.map((/** @type {any} */ chat) => chat.chat_code));
    page = structuredContent.next_page;
  }
  return codes;
}

/**
 * @param {import("./mcp-process.mjs").McpProcess} server @param {string} tool @param {string[]} codes
 * @returns {Promise<number>} calls a second
 */
async function rush(server, tool, codes) {
  const startedAt = performance.now();
  const results = await Promise.all(codes.map((chat_code) => server.call(tool, { chat_code })));
  const seconds = (performance.now() - startedAt) / 1000;
  const failed = results.filter((result) => result.isError);
  if (failed.length > 0) {
    throw new Error(`${failed.length} calls failed, such as ${JSON.stringify(failed[0])}`);
  }
  return codes.length / seconds;
}
