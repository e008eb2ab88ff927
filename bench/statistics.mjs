// What is said of a series of measurements.

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} low  first quartile
 * @property {number} high third quartile
 */

/** @param {number[]} values at least one @returns {Summary} */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/**
 * The ratio of two series taken turn by turn, as the median of each turn's own: what else the machine did in a turn was
 * done to both.
 * @param {number[]} values @param {number[]} references
 */
export function pairedRatio(values, references) {
  return summarize(values.map((value, turn) => value / /** @type {number} */ (references[turn])))
    .median;
}

/**
 * Takes turns: one measurement of each, round after round. The first round warms the machine and is dropped.
 * @template {string} Name
 * @template Measured
 * @param {number} rounds
 * @param {Record<Name, () => Promise<Measured>>} measures
 * @returns {Promise<Record<Name, Measured[]>>}
 */
export async function interleave(rounds, measures) {
  const names = /** @type {Name[]} */ (Object.keys(measures));
  const series = /** @type {Record<Name, Measured[]>} */ ({});
  for (const name of names) series[name] = [];
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const measured = await measures[name]();
      if (round > 0) series[name].push(measured);
    }
  }
  return series;
}
