// KOOK documents `Reset` as the time to wait to return to the maximum, which need not mean fixed windows. Whatever it
// counts by, the client must not run into a refusal.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fetch } from "../../../src/kook/client.ts";
import { callMany, createClient } from "./simulation.ts";

beforeEach(() => void vi.useFakeTimers({ loopLimit: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

const LIMIT = 30;
const FULL_AFTER_MS = 2_000;

/** Takes one request, if it may; tells how many more it would, and in how many milliseconds it is back to its maximum. */
type Regime = (now: number) => { taken: boolean; remaining: number; resetMs: number };

const regimes: Record<string, () => Regime> = {
  "a bucket that refills steadily": () => {
    const perMs = LIMIT / FULL_AFTER_MS;
    let tokens = LIMIT;
    let last = 0;
    return (now) => {
      tokens = Math.min(LIMIT, tokens + (now - last) * perMs);
      last = now;
      const taken = tokens >= 1;
      if (taken) tokens--;
      return { taken, remaining: Math.floor(tokens), resetMs: (LIMIT - tokens) / perMs };
    };
  },
  "a window that slides": () => {
    let times: number[] = [];
    return (now) => {
      times = times.filter((time) => time > now - FULL_AFTER_MS);
      const taken = times.length < LIMIT;
      if (taken) times.push(now);
      const resetMs = (times.at(-1) ?? now) + FULL_AFTER_MS - now;
      return { taken, remaining: LIMIT - times.length, resetMs };
    };
  },
  "windows by the clock": () => {
    let window = 0;
    let used = 0;
    return (now) => {
      const current = Math.floor(now / FULL_AFTER_MS);
      if (current !== window) used = 0;
      window = current;
      const taken = used < LIMIT;
      if (taken) used++;
      return { taken, remaining: LIMIT - used, resetMs: (window + 1) * FULL_AFTER_MS - now };
    };
  },
};

const cases = Object.keys(regimes).flatMap((regime) =>
  [1, 4].flatMap((processes) =>
    [2, 100, 300].map((roundTripMs) => ({ regime, processes, roundTripMs })),
  ),
);

test.each(cases)(
  "$processes processes, $roundTripMs ms away, keep to $regime",
  async ({ regime, processes, roundTripMs }) => {
    const ask = regimes[regime]?.() as Regime;
    const counted = { taken: 0, refused: 0 };
    const travel = () => new Promise((resolve) => setTimeout(resolve, roundTripMs / 2));
    const fetch: Fetch = async () => {
      await travel();
      const { taken, remaining, resetMs } = ask(performance.now());
      counted[taken ? "taken" : "refused"]++;
      const status = taken ? 404 : 429;
      const headers = {
        "X-Rate-Limit-Limit": String(LIMIT),
        "X-Rate-Limit-Remaining": String(remaining),
        "X-Rate-Limit-Reset": String(Math.ceil(resetMs / 1000)),
      };
      await travel();
      return Response.json({ code: status, message: "", data: {} }, { status, headers });
    };
    const calls = Array.from({ length: processes }, (_, index) =>
      callMany(createClient(fetch), 200 / processes, `${index}-`),
    );
    await vi.runAllTimersAsync();
    expect(new Set((await Promise.all(calls)).flat())).toEqual(new Set(["not_found"]));
    expect(counted.taken).toBe(200);
    expect(counted.refused).toBeLessThanOrEqual(processes === 1 ? 0 : 2);
  },
);
