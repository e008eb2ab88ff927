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

/** Page by page time would be linear by itself; what could grow is what the server holds. */
async function scanOf50000() {
  const CHATS = 50_000;
  const backend = await startBackend({ chats: CHATS });
  const server = ours.start(backend);
  await server.initialize();
  const steps = [];
  for (let page = 1; page; ) {
    const startedAt = performance.now();
    const { structuredContent, ...rest } = await server.call("list_chats", { query, page });
    if (!structuredContent) throw new Error(JSON.stringify(rest));
    const ms = performance.now() - startedAt;
    const { next_page, scanned } = structuredContent;
    steps.push({ ms, scanned, mib: server.residentMiB() });
    page = next_page;
  }
  await server.end();
  backend.end();
  const scanned = steps.reduce((sum, step) => sum + step.scanned, 0);
  if (scanned !== CHATS) throw new Error(`looked at ${scanned} chats`);
  // The first step warms up: V8 compiles, the heap takes its working size.
  const [, ...warm] = steps;
  const half = Math.floor(warm.length / 2);
  const perPage = warm.map(({ ms, scanned }) => ms / (scanned / 50));
  const what = `filtered scan of ${CHATS} chats`;
  const first = summarize(perPage.slice(0, half));
  const last = summarize(perPage.slice(half));
  const early = summarize(warm.slice(0, half).map(({ mib }) => mib));
  const late = summarize(warm.slice(half).map(({ mib }) => mib));
  return [
    { what, name: "a page, first half", unit: "ms", ...first },
    {
      what,
      name: "a page, second half",
      unit: "ms",
      ...last,
      ratio: last.median / first.median,
      target: { ratio: 1.2 },
    },
    { what, name: "resident, first half", unit: "MiB", ...early },
    {
      what,
      name: "resident, second half",
      unit: "MiB",
      ...late,
      ratio: late.median / early.median,
      target: { ratio: 1.1 },
    },
  ];
}

/** @param {() => Promise<unknown>} action */
async function time(action) {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}
