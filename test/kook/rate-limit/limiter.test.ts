import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RateLimitError } from "../../../src/kook/errors.ts";
import { type RateLimitInfo, readRateLimit } from "../../../src/kook/rate-limit/headers.ts";
import { type Permit, RateLimiter } from "../../../src/kook/rate-limit/limiter.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const said = (info: Partial<RateLimitInfo>): RateLimitInfo => ({
  bucket: undefined,
  limit: undefined,
  remaining: undefined,
  resetMs: undefined,
  global: false,
  ...info,
});

/** Starts acquiring and tells whether, and with what, it has ended. */
function ask(limiter: RateLimiter, route: string, options = {}) {
  const state: { permit?: Permit; error?: unknown } = {};
  limiter.acquire(route, options).then(
    (permit) => (state.permit = permit),
    (error) => (state.error = error),
  );
  return state;
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("before a limit is known", () => {
  test("one request is under way at a time, in the order of asking", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1000 });
    const [first, second, third] = [1, 2, 3].map(() => ask(limiter, "list"));
    await settled();
    expect([first?.permit, second?.permit, third?.permit].map(Boolean)).toEqual([
      true,
      false,
      false,
    ]);
    first?.permit?.release();
    await settled();
    expect([second?.permit, third?.permit].map(Boolean)).toEqual([true, false]);
  });

  test("routes do not wait for one another", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1000 });
    const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
    await settled();
    expect([list.permit, view.permit].map(Boolean)).toEqual([true, true]);
  });

  test("answers without headers, or with a part of them, keep it at one", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1000 });
    const first = ask(limiter, "list");
    const rest = [1, 2].map(() => ask(limiter, "list"));
    await settled();
    first.permit?.release(said({ remaining: 5 }));
    await settled();
    expect(rest.map((state) => Boolean(state.permit))).toEqual([true, false]);
  });
});

describe("behind a request that is not answered", () => {
  test("a wait is told of, without a figure, and ends with the longest wait", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 12_000 });
    ask(limiter, "list");
    const waits: number[] = [];
    const state = ask(limiter, "list", { onWait: (ms: number) => waits.push(ms) });
    await vi.advanceTimersByTimeAsync(11_999);
    expect(state.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.error).toBeInstanceOf(RateLimitError);
    expect(state.error).toMatchObject({
      message: expect.stringContaining("has not answered the requests before this one"),
      retryAfterSeconds: 12,
    });
    expect(waits).toEqual([0, 0, 0]);
  });

  test("the one behind a wait that was given up goes on", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1_000 });
    const first = ask(limiter, "list");
    ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(900);
    const third = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(200);
    first.permit?.release();
    await settled();
    expect(third.permit).toBeDefined();
  });
});

test("a request that is sent again keeps its place before those that came later", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 60_000 });
  const place = limiter.takePlace();
  const first = await limiter.acquire("list", {}, place);
  const order: string[] = [];
  const later = limiter.acquire("list").then(() => order.push("later"));
  first.release(said({ limit: 9, remaining: 0, resetMs: 1_000 }), true);
  const again = limiter.acquire("list", {}, place).then((permit) => {
    order.push("again");
    permit.release(said({ limit: 9, remaining: 8, resetMs: 1_000 }));
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await Promise.all([again, later]);
  expect(order).toEqual(["again", "later"]);
});

describe("once a limit is known", () => {
  async function learnt(info: Partial<RateLimitInfo>, maxWaitMs = 60_000) {
    const limiter = new RateLimiter({ maxWaitMs });
    const first = ask(limiter, "list");
    await settled();
    first.permit?.release(said(info));
    return limiter;
  }

  test("its share of what remains goes out at once", async () => {
    const limiter = await learnt({ limit: 120, remaining: 83, resetMs: 60_000 });
    const states = Array.from({ length: 30 }, () => ask(limiter, "list"));
    await settled();
    expect(states.filter((state) => state.permit)).toHaveLength(10);
  });

  test("nothing goes out while nothing but the reserve remains, and one request asks after the reset", async () => {
    const limiter = await learnt({ limit: 30, remaining: 3, resetMs: 2_000 });
    const states = [1, 2].map(() => ask(limiter, "list"));
    await vi.advanceTimersByTimeAsync(1_999);
    expect(states.filter((state) => state.permit)).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(states.filter((state) => state.permit)).toHaveLength(1);
  });

  test.each([
    ["no reset", undefined, 5_000],
    ["a reset of 0 s, rounded down", 0, 1_000],
    ["a reset in decimals", 250, 250],
  ])("nothing left and %s means a pause", async (_, resetMs, pauseMs) => {
    const limiter = await learnt({ limit: 2, remaining: 0, resetMs });
    const state = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(pauseMs - 1);
    expect(state.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.permit).toBeDefined();
  });

  test("a request that was given up may have been counted, and is", async () => {
    const limiter = await learnt({ limit: 2, remaining: 1, resetMs: 2_000 });
    const lost = ask(limiter, "list");
    await settled();
    lost.permit?.release();
    const state = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(1_999);
    expect(state.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.permit).toBeDefined();
  });

  test("a request that hangs holds back the others for a second at most", async () => {
    const limiter = await learnt({ limit: 5, remaining: 4, resetMs: 60_000 });
    expect(await goneAfter(limiter, [999, 1, 999, 1])).toEqual([1, 2, 2, 3]);
  });

  test("the last of a window is kept for a second, to see whether others have come in", async () => {
    const limiter = await learnt({ limit: 10, remaining: 9, resetMs: 4_000 });
    for (let left = 8; left > 1; left--) {
      const next = ask(limiter, "list");
      await settled();
      next.permit?.release(said({ limit: 10, remaining: left, resetMs: 4_000 }));
    }
    expect(await goneAfter(limiter, [999, 1])).toEqual([0, 1]);
  });

  test("a small limit has no reserve, so that it can be used at all", async () => {
    const limiter = await learnt({ limit: 2, remaining: 1, resetMs: 2_000 });
    const state = ask(limiter, "list");
    await settled();
    expect(state.permit).toBeDefined();
  });

  test("a wait that would be too long fails at once and names the seconds", async () => {
    const limiter = await learnt({ limit: 30, remaining: 0, resetMs: 14_500 }, 10_000);
    const state = ask(limiter, "list");
    await settled();
    expect(state.error).toBeInstanceOf(RateLimitError);
    expect(state.error).toMatchObject({ retryAfterSeconds: 15 });
  });

  test("a place too far back in the queue fails at once, those before it go on", async () => {
    const limiter = await learnt({ limit: 10, remaining: 0, resetMs: 4_000 }, 10_000);
    const states = Array.from({ length: 30 }, () => ask(limiter, "list"));
    await settled();
    // Others have used nine, so three are theirs: seven in 4 s, seven in 8 s, the rest would come after 12 s.
    expect(states.filter((state) => state.error)).toHaveLength(16);
    expect(states.findIndex((state) => state.error)).toBe(14);
  });

  test("a cancelled request leaves the queue at once and holds nobody back", async () => {
    const limiter = await learnt({ limit: 2, remaining: 0, resetMs: 1_000 });
    const controller = new AbortController();
    const cancelled = ask(limiter, "list", { signal: controller.signal });
    const next = ask(limiter, "list");
    controller.abort("enough");
    await settled();
    expect(cancelled.error).toBe("enough");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(next.permit).toBeDefined();
  });

  test("a waiting request is reported at once and every five seconds", async () => {
    const limiter = await learnt({ limit: 2, remaining: 0, resetMs: 12_000 });
    const waits: number[] = [];
    const state = ask(limiter, "list", { onWait: (ms: number) => waits.push(ms) });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(waits).toEqual([12_000, 7_000, 2_000]);
    expect(state.permit).toBeDefined();
  });

  test("an answer to a request of an earlier window does not hide what the present one has left", async () => {
    const limiter = await learnt({ limit: 120, remaining: 100, resetMs: 1_000 });
    const straggler = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(1_000);
    const probe = ask(limiter, "list");
    await settled();
    probe.permit?.release(said({ limit: 120, remaining: 119, resetMs: 1_000 }));
    straggler.permit?.release(said({ limit: 120, remaining: 0, resetMs: 900 }));
    const state = ask(limiter, "list");
    await settled();
    expect(state.permit).toBeDefined();
  });
});

/** How many of a few requests have gone after each of these times. */
async function goneAfter(limiter: RateLimiter, times: number[]) {
  const states = Array.from({ length: 3 }, () => ask(limiter, "list"));
  const gone: number[] = [];
  for (const ms of times) {
    await vi.advanceTimersByTimeAsync(ms);
    gone.push(states.filter((state) => state.permit).length);
  }
  return gone;
}

describe("a refusal", () => {
  test("stops the bucket until its reset, though the headers said that some remain", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = ask(limiter, "list");
    await settled();
    first.permit?.release(said({ limit: 30, remaining: 9, resetMs: 3_000 }), true);
    const state = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(2_999);
    expect(state.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.permit).toBeDefined();
  });

  test("without a reset stops it for five seconds", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = ask(limiter, "list");
    await settled();
    first.permit?.release(said({}), true);
    const state = ask(limiter, "list");
    await vi.advanceTimersByTimeAsync(4_999);
    expect(state.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.permit).toBeDefined();
  });

  test("of the global limit stops every bucket", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = ask(limiter, "list");
    await settled();
    first.permit?.release(said({ resetMs: 3_000, global: true }), true);
    const state = ask(limiter, "view");
    await vi.advanceTimersByTimeAsync(2_999);
    expect(state.permit).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.permit).toBeDefined();
  });
});

test("a global refusal that is too long fails those who wait for other buckets at once", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 10_000 });
  const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
  const waiting = ask(limiter, "view");
  await settled();
  list.permit?.release(said({ resetMs: 30_000, global: true }), true);
  await settled();
  expect(view.permit).toBeDefined();
  expect(waiting.error).toMatchObject({ retryAfterSeconds: 30 });
});

test("routes that turn out to share a bucket share its limit from then on", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 60_000 });
  const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
  const waitingView = ask(limiter, "view");
  await settled();
  list.permit?.release(said({ bucket: "chat", limit: 5, remaining: 1, resetMs: 2_000 }));
  view.permit?.release(said({ bucket: "chat", limit: 5, remaining: 0, resetMs: 2_000 }));
  const states = [waitingView, ask(limiter, "list")];
  await vi.advanceTimersByTimeAsync(1_999);
  expect(states.filter((state) => state.permit)).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(states.map((state) => Boolean(state.permit))).toEqual([true, false]);
});

describe("the headers", () => {
  const read = (headers: Record<string, string>) => readRateLimit(new Headers(headers));

  test("are read as they are documented", () => {
    expect(
      read({
        "X-Rate-Limit-Limit": "5",
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Reset": "14",
        "X-Rate-Limit-Bucket": "user/info",
        "X-Rate-Limit-Global": "",
      }),
    ).toEqual({ bucket: "user/info", limit: 5, remaining: 0, resetMs: 14_000, global: true });
  });

  test.each([
    ["a decimal", "0.25", 250],
    ["an epoch", String(Date.UTC(2026, 0, 1) / 1000 + 9), 9_000],
    ["an epoch in milliseconds", String(Date.UTC(2026, 0, 1) + 9_000), 9_000],
    ["an epoch that has passed", "1500000000", 0],
    ["more than an hour", "999999999", 3_600_000],
    ["a negative number", "-3", undefined],
    ["no number", "soon", undefined],
    ["a number with a unit", "5 minutes", undefined],
    ["nothing", "", undefined],
  ])("may have %s for the reset", (_, reset, resetMs) => {
    expect(read({ "X-Rate-Limit-Reset": reset }).resetMs).toBe(resetMs);
  });

  test("may be missing", () => {
    expect(read({})).toEqual(said({}));
  });
});
