// Resident memory of an idle server, and of one that has worked.
import { bareNode, bridge, minimalBundled, ours, startBackend } from "./contestants.mjs";
import { interleave, pairedRatio, summarize } from "./statistics.mjs";

const CALLS = 1_000;
/** Long enough for what a server does after its first answers. */
const SETTLE_MS = 1_000;

/** One call in turn, by contestant: what reads a page of 50 where there is a backend. */
/** @type {[import("./contestants.mjs").Contestant, string, object][]} */
const contestants = [
  [bareNode, "echo", {}],
  [ours, "list_chats", {}],
  [minimalBundled, "echo", { text: "x" }],
  [bridge, "list-chats", {}],
];

/** @param {{ rounds: number }} options @returns {Promise<import("./table.mjs").Row[]>} */
export async function memory({ rounds }) {
  const backend = await startBackend();
  const measures = contestants.map(([{ name, start }, tool, args]) => [
    name,
    async () => {
      const server = start(backend);
      await server.initialize();
      await server.request("tools/list");
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      const idle = server.residentMiB();
      for (let call = 0; call < CALLS; call++) await server.call(tool, args);
      const worked = server.residentMiB();
      await server.end();
      return { idle, worked };
    },
  ]);
  /** @type {Record<string, { idle: number, worked: number }[]>} */
  const series = await interleave(Math.ceil(rounds / 4), Object.fromEntries(measures));
  backend.end();
  return [
    rowsOf("resident after tools/list", "idle", 1.3),
    rowsOf(`resident after ${CALLS} calls`, "worked", 1.6),
  ].flat();

  /** @param {string} what @param {"idle" | "worked"} key @param {number} target */
  function rowsOf(what, key, target) {
    const sizes = (/** @type {string} */ name) => (series[name] ?? []).map((size) => size[key]);
    return contestants.map(([{ name }]) => ({
      what,
      name,
      unit: "MiB",
      ...summarize(sizes(name)),
      ratio: pairedRatio(sizes(name), sizes(bareNode.name)),
      ...(name === ours.name && { target: { ratio: target } }),
    }));
  }
}
