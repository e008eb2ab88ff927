// The whole client against a limit, on a clock that is not the real one: does KOOK ever have to refuse?
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { callMany, createClient, distantSandbox, simulate } from "./simulation.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), loopLimit: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const circumstances = [
  { limit: 30, windowMs: 2_000, calls: 500 },
  { limit: 30, windowMs: 10_000, calls: 304 },
  { limit: 120, windowMs: 60_000, calls: 500 },
].flatMap((limits) => [1, 100, 300].map((roundTripMs) => ({ ...limits, roundTripMs })));

/** A new window is certain only once its first request has come back, whatever the pacing. */
const unavoidable = (windowMs: number, roundTripMs: number) => 1 + roundTripMs / windowMs;

test.each(circumstances)(
  "$calls calls of one process against $limit in $windowMs ms, $roundTripMs ms away, are never refused",
  async (given) => {
    const { answers, refused, ratio } = await simulate({ ...given, processes: 1 });
    expect({ answers, refused }).toEqual({ answers: { not_found: given.calls }, refused: 0 });
    expect(ratio / unavoidable(given.windowMs, given.roundTripMs)).toBeLessThan(1.1);
  },
);

describe.each([0, 37])("four processes on one token, started %i ms apart", (staggerMs) => {
  test.each(circumstances)(
    "share $limit in $windowMs ms, $roundTripMs ms away, with hardly a refusal",
    async (given) => {
      const { answers, ...outcome } = await simulate({ ...given, processes: 4, staggerMs });
      expect(answers).toEqual({ not_found: given.calls });
      expect(outcome.refused / given.calls).toBeLessThanOrEqual(0.01);
      expect(outcome.ratio / unavoidable(given.windowMs, given.roundTripMs)).toBeLessThan(1.15);
      expect(outcome.refusedInARow).toBeLessThanOrEqual(1);
    },
  );
});

test("calls that are cancelled in the queue hold back none of the others", async () => {
  const { fetch, statuses } = distantSandbox({
    processes: 1,
    calls: 80,
    limit: 30,
    windowMs: 2_000,
    roundTripMs: 16,
  });
  const client = createClient(fetch);
  const kept = callMany(client, 40, "kept");
  const controllers = Array.from({ length: 40 }, () => new AbortController());
  const cancelled = controllers.map(({ signal }, index) =>
    client.viewChat(`cancelled${index}`, { signal }).catch((error) => error),
  );
  await vi.advanceTimersByTimeAsync(100);
  for (const controller of controllers) controller.abort("enough");
  expect(new Set(await Promise.all(cancelled))).toEqual(new Set(["enough"]));
  await vi.runAllTimersAsync();
  expect(new Set(await kept)).toEqual(new Set(["not_found"]));
  expect(statuses).toHaveLength(40);
});
