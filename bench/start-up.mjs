// From spawning a server to its first answers, against a bare Node that echoes.
import {
  bareNode,
  bridge,
  minimal,
  minimalBundled,
  ours,
  oursAnew,
  slack,
} from "./contestants.mjs";
import { interleave, pairedRatio, summarize } from "./statistics.mjs";

const contestants = [bareNode, ours, oursAnew, minimalBundled, minimal, slack, bridge];

/** @param {import("./contestants.mjs").Contestant} contestant */
async function measure({ start }) {
  const server = start();
  const initialized = await server.initialize();
  await server.request("tools/list");
  const listed = performance.now() - server.spawnedAt;
  await server.end();
  return { initialized, listed };
}

/** @param {{ rounds: number }} options @returns {Promise<import("./table.mjs").Row[]>} */
export async function startUp({ rounds }) {
  const series = await interleave(
    rounds,
    Object.fromEntries(contestants.map((one) => [one.name, () => measure(one)])),
  );
  return [
    rowsOf("spawn → initialize answered", "initialized", 1.5),
    rowsOf("spawn → tools/list answered", "listed", 1.6),
  ].flat();

  /** @param {string} what @param {"initialized" | "listed"} key @param {number} target */
  function rowsOf(what, key, target) {
    const times = (/** @type {string} */ name) => (series[name] ?? []).map((taken) => taken[key]);
    return contestants.map(({ name }) => ({
      what,
      name,
      unit: "ms",
      ...summarize(times(name)),
      ratio: pairedRatio(times(name), times(bareNode.name)),
      ...(name === ours.name && { target: { ratio: target } }),
    }));
  }
}
