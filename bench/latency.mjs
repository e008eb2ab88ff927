// What a call costs beyond the request to KOOK that it makes: the same request with undici directly, turn by turn.
import { EnvHttpProxyAgent, request } from "undici";
import { bridge, ours, startBackend } from "./contestants.mjs";
import { interleave, summarize } from "./statistics.mjs";

/** Calls before any is counted: V8 compiles what runs often, here and in the servers. */
const WARM_UP = 1_000;

/** @param {{ rounds: number }} options @returns {Promise<import("./table.mjs").Row[]>} */
export async function latency({ rounds }) {
  const backend = await startBackend();
  const servers = { ours: ours.start(backend), bridge: bridge.start(backend) };
  for (const server of Object.values(servers)) await server.initialize();
  const dispatcher = new EnvHttpProxyAgent();
  const headers = { Authorization: `Bot ${backend.token}` };
  const direct = async (/** @type {string} */ query) => {
    const { body } = await request(`${backend.url}/user-chat/${query}`, { headers, dispatcher });
    return body.text();
  };
  const { structuredContent } = await servers.ours.call("list_chats", { page_size: 1 });
  const chat_code = structuredContent.chats[0].chat_code;

  const rows = [
    await compare("list_chats of 50", 0.5, {
      undici: () => direct("list?page=1&page_size=50"),
      ours: () => servers.ours.call("list_chats", { page_size: 50 }),
      bridge: () => servers.bridge.call("list-chats", { page_size: 50 }),
    }),
    await compare("view_chat", 0.25, {
      undici: () => direct(`view?chat_code=${chat_code}`),
      ours: () => servers.ours.call("view_chat", { chat_code }),
      bridge: () => servers.bridge.call("view-chat", { chat_code }),
    }),
  ];
  for (const server of Object.values(servers)) await server.end();
  backend.end();
  return rows.flat();

  /** @param {string} what @param {number} target @param {Record<string, () => Promise<any>>} ways */
  async function compare(what, target, ways) {
    const timed = Object.entries(ways).map(([name, call]) => [name, () => time(call)]);
    const measures = Object.fromEntries(timed);
    await interleave(WARM_UP, measures);
    const series = await interleave(40 * rounds, measures);
    const reference = summarize(series["undici"] ?? []);
    return [
      { what, name: "undici directly", unit: "ms", ...reference },
      { what, name: ours.name, ...beyond(series["ours"] ?? []), target: { difference: target } },
      { what, name: bridge.name, ...beyond(series["bridge"] ?? []) },
    ];

    /** @param {number[]} times */
    function beyond(times) {
      const summary = summarize(times);
      return { unit: "ms", ...summary, difference: summary.median - reference.median };
    }
  }
}

/** @param {() => Promise<any>} call */
async function time(call) {
  const startedAt = performance.now();
  const result = await call();
  const ms = performance.now() - startedAt;
  if (result.isError) throw new Error(`a call failed: ${JSON.stringify(result)}`);
  return ms;
}
