// Any interleaving of calls, cancellations and failures, against a KOOK that counts requests.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RateLimitError } from "../../../src/kook/errors.ts";
import { RateLimiter } from "../../../src/kook/rate-limit/limiter.ts";
import { sleep } from "./simulation.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

/** The current window of one of KOOK's buckets. */
interface Window {
  used: number;
  resetAt: number;
  /** When the client received its first answer to a request that it sent in this window. */
  knownAt: number;
  /** Counted a request before the client could know that it belongs to this bucket. */
  blind: boolean;
}

interface Kook {
  limit: number;
  windowMs: number;
  decimals: boolean;
  /** Whether `a` and `b` share a bucket. */
  shared: boolean;
}

/** Counts requests in fixed windows; `surplus` counts those sent although the client could know that nothing was left. */
function createKook({ limit, windowMs, decimals, shared }: Kook) {
  const windows = new Map<string, Window>();
  const answeredAt = new Map<string, number>();
  const counted = { requests: 0, surplus: 0 };
  function handle(route: string, sentAt: number) {
    const name = shared && route !== "c" ? "ab" : `bucket ${route}`;
    const now = performance.now();
    let window = windows.get(name);
    if (!window || window.resetAt <= now) {
      window = {
        used: 0,
        resetAt: now + windowMs,
        knownAt: Number.POSITIVE_INFINITY,
        blind: false,
      };
      windows.set(name, window);
    }
    const refused = window.used >= limit;
    counted.requests++;
    // The client knows that two routes share a bucket once both have an answer.
    const mergedAt = Math.max(...["a", "b"].map((one) => answeredAt.get(one) ?? now));
    if (name === "ab") window.blind ||= mergedAt >= sentAt;
    if (refused && !window.blind && window.knownAt < sentAt) counted.surplus++;
    if (!refused) window.used++;
    const seconds = (window.resetAt - now) / 1000;
    const resetMs = (decimals ? seconds : Math.ceil(seconds)) * 1000;
    const info = { bucket: name, limit, remaining: limit - window.used, resetMs, global: false };
    const counting = window;
    return {
      info,
      refused,
      /** Call when the answer reaches the client. */
      arrived: () => {
        const arrivedAt = performance.now();
        const openedAt = counting.resetAt - windowMs;
        if (sentAt >= openedAt) counting.knownAt = Math.min(counting.knownAt, arrivedAt);
        if (!answeredAt.has(route)) answeredAt.set(route, arrivedAt);
      },
    };
  }
  return { handle, counted };
}

const call = fc.record({
  route: fc.constantFrom("a", "b", "c"),
  at: fc.integer({ min: 0, max: 4_000 }),
  outMs: fc.integer({ min: 0, max: 300 }),
  backMs: fc.integer({ min: 0, max: 300 }),
  fate: fc.constantFrom("answered", "answered", "answered", "answered", "bare", "lost", "unsent"),
  cancelAfterMs: fc.option(fc.integer({ min: 0, max: 6_000 })),
  deadlineAfterMs: fc.option(fc.integer({ min: 0, max: 6_000 }), { nil: Number.POSITIVE_INFINITY }),
  priority: fc.constantFrom("person", "person", "background"),
});
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

type End = "served" | "cancelled" | "too long";

/** Makes one call; `granted` records the order of the permits. */
async function make(
  limiter: RateLimiter,
  kook: ReturnType<typeof createKook>,
  given: Call,
  granted: (place: number) => void,
): Promise<End> {
  await sleep(given.at);
  const controller = new AbortController();
  if (given.cancelAfterMs !== null)
    setTimeout(() => controller.abort("cancelled"), given.cancelAfterMs);
  const place = limiter.takePlace();
  const deadline = performance.now() + given.deadlineAfterMs;
  const permit = await limiter
    .acquire(given.route, { signal: controller.signal, deadline, priority: given.priority }, place)
    .catch((error) => {
      if (error === "cancelled") return error as "cancelled";
      expect(error).toBeInstanceOf(RateLimitError);
      return "too long" as const;
    });
  if (typeof permit === "string") return permit;
  granted(place);
  if (given.fate === "unsent") permit.release();
  else {
    const sentAt = performance.now();
    await sleep(given.outMs);
    const { info, refused, arrived } = kook.handle(given.route, sentAt);
    await sleep(given.backMs);
    if (given.fate === "answered") {
      arrived();
      permit.release(info, refused);
      return "served";
    }
    if (given.fate === "bare") {
      permit.release(
        { ...info, limit: undefined, remaining: undefined, resetMs: undefined, bucket: undefined },
        false,
      );
    } else permit.release();
  }
  return "served";
}

const kooks = fc.record({
  limit: fc.integer({ min: 1, max: 15 }),
  windowMs: fc.integer({ min: 300, max: 4_000 }),
  decimals: fc.boolean(),
  shared: fc.boolean(),
});

test("every call ends, none is sent while its bucket is known to be empty, and equal calls go in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      kooks,
      fc.integer({ min: 500, max: 60_000 }),
      fc.array(call, { maxLength: 60 }),
      async (given, maxWaitMs, calls) => {
        const limiter = new RateLimiter({ maxWaitMs });
        const kook = createKook(given);
        const order = new Map<string, number[]>();
        const ends: End[] = [];
        for (const one of calls) {
          const queue = `${one.route} ${one.priority}`;
          const granted = (place: number) => order.set(queue, [...(order.get(queue) ?? []), place]);
          void make(limiter, kook, one, granted).then((end) => ends.push(end));
        }
        await vi.runAllTimersAsync();
        expect(ends).toHaveLength(calls.length);
        expect(kook.counted.surplus).toBe(0);
        for (const places of order.values()) {
          expect(places).toEqual([...places].sort((a, b) => a - b));
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

const anyInfo = fc.record({
  bucket: fc.option(fc.constantFrom("a", "b", "x", "y"), { nil: undefined }),
  limit: fc.option(fc.nat(40), { nil: undefined }),
  remaining: fc.option(fc.nat(60), { nil: undefined }),
  resetMs: fc.option(fc.nat(9_000), { nil: undefined }),
  global: fc.boolean(),
});

test("every call ends, also if the answers contradict one another", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ call, info: anyInfo, refused: fc.boolean() }), { maxLength: 60 }),
      async (calls) => {
        const limiter = new RateLimiter({ maxWaitMs: 20_000 });
        const ends: unknown[] = [];
        for (const { call: given, info, refused } of calls) {
          const run = async () => {
            await sleep(given.at);
            const permit = await limiter.acquire(given.route);
            await sleep(given.outMs);
            permit.release(info, refused);
          };
          void run().then(
            () => ends.push("served"),
            (error) => ends.push(error),
          );
        }
        await vi.runAllTimersAsync();
        expect(ends).toHaveLength(calls.length);
        for (const end of ends) if (end !== "served") expect(end).toBeInstanceOf(RateLimitError);
      },
    ),
    { seed: 1, numRuns: 100 },
  );
});
