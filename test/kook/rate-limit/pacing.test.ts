// Whole processes against a limit, on a fake clock: how often does KOOK answer 429, and how much of the limit is used?
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { regimes, simulate } from "./simulation.ts";

beforeEach(() => void vi.useFakeTimers({ loopLimit: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const limits = [
  { limit: 30, windowMs: 2_000, calls: 500 },
  { limit: 60, windowMs: 60_000, calls: 500 },
  { limit: 120, windowMs: 60_000, calls: 500 },
];

describe.each(limits)("$calls calls against $limit in $windowMs ms", (given) => {
  test.each([1, 50, 300])("of one process, %i ms away, are never refused", async (roundTripMs) => {
    const { served, refused, ratio } = await simulate({ ...given, roundTripMs, processes: 1 });
    expect({ served, refused }).toEqual({ served: given.calls, refused: 0 });
    if (roundTripMs <= 50) expect(ratio).toBeLessThan(1.3);
  });

  test.each(
    [1, 50, 300].flatMap((roundTripMs) => [
      { roundTripMs, staggerMs: 0, decimals: true },
      { roundTripMs, staggerMs: 37, decimals: false },
    ]),
  )(
    "of four processes, $roundTripMs ms away, started $staggerMs ms apart, are refused in 1 % of the requests at most",
    async (conditions) => {
      const outcome = await simulate({ ...given, ...conditions, processes: 4 });
      expect(outcome.served).toBe(given.calls);
      expect(outcome.refused / given.calls).toBeLessThanOrEqual(0.01);
      expect(outcome.refusedInARow).toBeLessThanOrEqual(1);
      if (conditions.roundTripMs <= 50) expect(outcome.ratio).toBeLessThan(1.3);
    },
  );
});

describe.each(Object.keys(regimes) as (keyof typeof regimes)[])(
  "if KOOK counts by %s",
  (regime) => {
    test.each(
      [1, 4].flatMap((processes) =>
        [2, 100, 300].map((roundTripMs) => ({ processes, roundTripMs })),
      ),
    )("$processes processes, $roundTripMs ms away, keep to the limit", async (conditions) => {
      const outcome = await simulate({
        ...conditions,
        regime,
        limit: 30,
        windowMs: 2_000,
        calls: 200,
      });
      expect(outcome.served).toBe(200);
      expect(outcome.refused).toBeLessThanOrEqual(conditions.processes === 1 ? 0 : 2);
    });
  },
);
