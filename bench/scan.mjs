// Looking for chats by filter: how much faster than page by page, and what a very long list costs.
import { ours, startBackend } from "./contestants.mjs";
import { interleave, summarize } from "./statistics.mjs";

/** Fits no name of the sandbox's, so that every chat is looked at. */
const query = "nobody is called so";

/** @param {{ rounds: number }} options @returns {Promise<import("./table.mjs").Row[]>} */
export async function scan({ rounds }) {
  return [...(await scanOf480(Math.ceil(rounds / 4))), ...(await scanOf50000())];
}

/** @param {number} rounds */
async function scanOf480(rounds) {
  const series = await interleave(rounds, { scans: measure });
  const times = (/** @type {"page" | "scan"} */ key) => series.scans.map((taken) => taken[key]);
  const page = summarize(times("page"));
  const whole = summarize(times("scan"));
  const what = "filtered scan of 480 chats, 50 ms backend";
  return [
    { what, name: "one page", unit: "ms", ...page },
    {
      what,
      name: ours.name,
      unit: "ms",
      ...whole,
      ratio: whole.median / page.median,
      target: { ratio: 4 },
    },
  ];

  /** Each with a backend and a server of its own, whose limits nobody else has used. */
  async function measure() {
    const backend = await startBackend({ limit: 120, delayMs: 50 });
    const server = ours.start(backend);
    await server.initialize();
    // What the first call loads and compiles is no part of a round trip.
    await server.call("list_chats", {});
    const page = await time(() => server.call("list_chats", { page: 2 }));
    const scan = await time(async () => {
      const { structuredContent } = await server.call("list_chats", { query });
      if (structuredContent.scanned !== 480) throw new Error(JSON.stringify(structuredContent));
    });
    await server.end();
    backend.end();
    return { page, scan };
  }
}

/**
 * Page by page time would be linear by itself; what could grow is what the server holds. The heap takes its working size in
 * the first scan, so a second one tells whether memory depends on how many chats were looked at.
 */
async function scanOf50000() {
  const CHATS = 50_000;
  const backend = await startBackend({ chats: CHATS });
  const server = ours.start(backend);
  await server.initialize();
  const first = await walk(server, CHATS);
  const firstMiB = server.residentMiB();
  await walk(server, CHATS);
  const secondMiB = server.residentMiB();
  await server.end();
  backend.end();
  const what = `filtered scan of ${CHATS} chats`;
  // The first step warms up: V8 compiles.
  const [, ...warm] = first;
  const half = Math.floor(warm.length / 2);
  const early = summarize(warm.slice(0, half));
  const late = summarize(warm.slice(half));
  return [
    { what, name: "a page, first half", unit: "ms", ...early },
    {
      what,
      name: "a page, second half",
      unit: "ms",
      ...late,
      ratio: late.median / early.median,
      target: { ratio: 1.2 },
    },
    { what, name: "resident after it", unit: "MiB", ...summarize([firstMiB]) },
    {
      what,
      name: "resident after a second one",
      unit: "MiB",
      ...summarize([secondMiB]),
      ratio: secondMiB / firstMiB,
      target: { ratio: 1.1 },
    },
  ];
}

/** @param {import("./mcp-process.mjs").McpProcess} server @param {number} chats @returns {Promise<number[]>} ms a page, by call */
async function walk(server, chats) {
  const perPage = [];
  let looked = 0;
  for (let page = 1; page; ) {
    const startedAt = performance.now();
    const { structuredContent, ...rest } = await server.call("list_chats", { query, page });
    if (!structuredContent) throw new Error(JSON.stringify(rest));
    const { next_page, scanned } = structuredContent;
    perPage.push((performance.now() - startedAt) / (scanned / 50));
    looked += scanned;
    page = next_page;
  }
  if (looked !== chats) throw new Error(`looked at ${looked} chats`);
  return perPage;
}

/** @param {() => Promise<unknown>} action */
async function time(action) {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}
