// The results as a table: medians with quartiles, and each target beside what was measured.

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} name of who or what was measured
 * @property {string} unit
 * @property {number} median
 * @property {number} low
 * @property {number} high
 * @property {number} [ratio] of the median to the reference's
 * @property {number} [difference] of the median from the reference's
 * @property {{ ratio?: number, difference?: number, atLeast?: number }} [target]
 */

/** @param {Row} row @returns {boolean | undefined} undefined where there is no target */
export function isMet({ median, ratio = 0, difference = 0, target }) {
  if (!target) return undefined;
  if (target.atLeast !== undefined) return median >= target.atLeast;
  if (target.difference !== undefined) return difference <= target.difference;
  return ratio <= (target.ratio ?? 0);
}

/** @param {Row[]} rows */
export function format(rows) {
  const head = ["", "median", "quartiles", "", "measured", "target"];
  const lines = rows.flatMap((row, index) => [
    ...(row.what === rows[index - 1]?.what ? [] : [[row.what]]),
    [
      `  ${row.name}`,
      digits(row.median),
      `${digits(row.low)} – ${digits(row.high)}`,
      row.unit,
      measured(row),
      verdict(row),
    ],
  ]);
  const widths = head.map((_, column) =>
    Math.max(
      ...[head, ...lines.filter((line) => line.length > 1)].map(
        (line) => (line[column] ?? "").length,
      ),
    ),
  );
  return [head, ...lines]
    .map((line) => line.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** @param {string} cell @param {number} column @param {number} width */
function pad(cell, column, width) {
  return column === 1 || column === 4 ? cell.padStart(width) : cell.padEnd(width);
}

/** @param {Row} row */
function measured({ ratio, difference }) {
  if (ratio !== undefined) return `× ${ratio.toFixed(2)}`;
  if (difference !== undefined) return `+ ${difference.toFixed(2)} ms`;
  return "";
}

/** @param {Row} row */
function verdict(row) {
  const { target } = row;
  if (!target) return "";
  const bound =
    target.atLeast !== undefined
      ? `≥ ${target.atLeast}`
      : target.difference !== undefined
        ? `≤ + ${target.difference} ms`
        : `≤ × ${target.ratio}`;
  return `${bound}  ${isMet(row) ? "met" : "MISSED"}`;
}

/** @param {number} value three significant digits, or all before the point */
function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
