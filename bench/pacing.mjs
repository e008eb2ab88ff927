// Paces real processes against a limit of 30 requests in 2 s: one process with 500 calls, then four with 125 each on the
// same token, then eight with 60 each. Exits with 1 if one process meets a 429, four more than 1 %, or their calls take too
// long. Eight are too many for one token: their figures are for docs/scale.md, and have no bound.
import { paceServers } from "./pacing-actors.mjs";

const loads = [
  { servers: 1, calls: 500, limit: 30, windowSeconds: 2, flags: [] },
  { servers: 1, calls: 500, limit: 30, windowSeconds: 2, flags: ["--decimal-reset"] },
  { servers: 4, calls: 500, limit: 30, windowSeconds: 2, flags: [] },
  { servers: 4, calls: 500, limit: 30, windowSeconds: 2, flags: ["--decimal-reset"] },
  { servers: 8, calls: 480, limit: 30, windowSeconds: 2, flags: [] },
];

/** @type {Record<string, unknown>[]} */
const rows = [];
for (const load of loads) {
  const { served, refused, refusedInARow, ratio } = await paceServers(load);
  const allowed = load.servers === 1 ? 0 : load.calls / 100;
  const isBound = load.servers <= 4;
  const good = served === load.calls && refused <= allowed && refusedInARow <= 1 && ratio <= 1.3;
  if (isBound && !good) process.exitCode = 1;
  rows.push({
    processes: load.servers,
    reset: load.flags.length > 0 ? "decimals" : "seconds",
    calls: load.calls,
    served,
    429: refused,
    "429 in a row": refusedInARow,
    "x dictated": Number(ratio.toFixed(3)),
    ...(isBound && { good }),
  });
}
console.table(rows);
