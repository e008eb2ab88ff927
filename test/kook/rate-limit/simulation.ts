// Several processes with one token against one limit of KOOK's, on a fake clock.
import { vi } from "vitest";
import { RateLimiter } from "../../../src/kook/rate-limit/limiter.ts";

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Limit {
  limit: number;
  windowMs: number;
}

/** Counts one request if the limit allows it, and returns the figures of the answer. */
type Counter = (now: number) => { taken: boolean; remaining: number; resetMs: number };

/** KOOK documents `Reset` as the time until the maximum is back, which leaves open how it counts. */
export const regimes = {
  "windows that open with a request"({ limit, windowMs }: Limit): Counter {
    let used = 0;
    let resetAt = 0;
    return (now) => {
      if (resetAt <= now) {
        resetAt = now + windowMs;
        used = 0;
      }
      const taken = used < limit;
      if (taken) used++;
      return { taken, remaining: limit - used, resetMs: resetAt - now };
    };
  },
  "windows by the clock"({ limit, windowMs }: Limit): Counter {
    let window = 0;
    let used = 0;
    return (now) => {
      const current = Math.floor(now / windowMs);
      if (current !== window) used = 0;
      window = current;
      const taken = used < limit;
      if (taken) used++;
      return { taken, remaining: limit - used, resetMs: (window + 1) * windowMs - now };
    };
  },
  "a sliding window"({ limit, windowMs }: Limit): Counter {
    let times: number[] = [];
    return (now) => {
      times = times.filter((time) => time > now - windowMs);
      const taken = times.length < limit;
      if (taken) times.push(now);
      const resetMs = (times.at(-1) ?? now) + windowMs - now;
      return { taken, remaining: limit - times.length, resetMs };
    };
  },
  "a bucket that refills steadily"({ limit, windowMs }: Limit): Counter {
    const perMs = limit / windowMs;
    let tokens = limit;
    let last = 0;
    return (now) => {
      tokens = Math.min(limit, tokens + (now - last) * perMs);
      last = now;
      const taken = tokens >= 1;
      if (taken) tokens--;
      return { taken, remaining: Math.floor(tokens), resetMs: (limit - tokens) / perMs };
    };
  },
};

export interface Circumstances extends Limit {
  processes: number;
  /** All processes together. */
  calls: number;
  /** Mean time from request to answer. Single requests take between half and one and a half times as long. */
  roundTripMs: number;
  regime?: keyof typeof regimes;
  /** `Reset` has decimals; otherwise it is rounded up to whole seconds. */
  decimals?: boolean;
  /** Time between the start of one process and the next. */
  staggerMs?: number;
}

export interface Outcome {
  served: number;
  /** Answers with 429, and the longest run of them in KOOK's order. */
  refused: number;
  refusedInARow: number;
  /** Time taken, divided by the time that the limit alone dictates. */
  ratio: number;
}

/** Needs fake timers. */
export async function simulate(circumstances: Circumstances): Promise<Outcome> {
  const { processes, calls, limit, windowMs, roundTripMs, decimals, staggerMs = 0 } = circumstances;
  const count = regimes[circumstances.regime ?? "windows that open with a request"](circumstances);
  const outcome: Outcome = { served: 0, refused: 0, refusedInARow: 0, ratio: 0 };
  let inARow = 0;
  let legs = 0;
  // Answers overtake one another. Multiples of the golden ratio spread the delays evenly.
  const travel = () => sleep((roundTripMs / 2) * (0.5 + ((legs++ * 0.618_034) % 1)));

  async function request() {
    await travel();
    const { taken, remaining, resetMs } = count(performance.now());
    if (taken) inARow = 0;
    else outcome.refused++;
    if (!taken) outcome.refusedInARow = Math.max(outcome.refusedInARow, ++inARow);
    const reset = decimals ? resetMs : Math.ceil(resetMs / 1000) * 1000;
    await travel();
    return { taken, info: { bucket: "route", limit, remaining, resetMs: reset, global: false } };
  }

  async function call(limiter: RateLimiter) {
    const place = limiter.takePlace();
    for (;;) {
      const permit = await limiter.acquire("route", {}, place);
      const { taken, info } = await request();
      permit.release(info, !taken);
      if (!taken) continue;
      outcome.served++;
      return;
    }
  }

  async function run(index: number) {
    await sleep(index * staggerMs);
    const limiter = new RateLimiter({ maxWaitMs: 86_400_000 });
    await Promise.all(Array.from({ length: calls / processes }, () => call(limiter)));
  }

  const startedAt = performance.now();
  const running = Promise.all(Array.from({ length: processes }, (_, index) => run(index)));
  await vi.runAllTimersAsync();
  await running;
  outcome.ratio = (performance.now() - startedAt) / ((Math.ceil(calls / limit) - 1) * windowMs);
  return outcome;
}
