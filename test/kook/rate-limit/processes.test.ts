// Real processes of the built server on one token, against a real limit on loopback. bench/pacing.mjs is the long form.
import { expect, test } from "vitest";
import { paceServers } from "../../../bench/pacing-actors.mjs";

test.each([
  { servers: 1, calls: 90, flags: [] },
  { servers: 4, calls: 120, flags: ["--decimal-reset"] },
])(
  "$servers processes with $calls calls against 30 in a second are hardly ever refused",
  async (load) => {
    const paced = await paceServers({ ...load, limit: 30, windowSeconds: 1 });
    expect(paced.served).toBe(load.calls);
    expect(paced.refused).toBeLessThanOrEqual(load.servers === 1 ? 0 : Math.ceil(load.calls / 100));
    expect(paced.refusedInARow).toBeLessThanOrEqual(1);
    // A busy machine can only add to this; the bench holds it to 1.15.
    expect(paced.ratio).toBeLessThan(2);
  },
);
