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

/** Starts a call; its state holds the permit or the error once there is one. */
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
  test("one request is in flight at a time, in the order of the calls", async () => {
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

  test("answers with missing headers keep it at one in flight", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1000 });
    const first = ask(limiter, "list");
    const rest = [1, 2].map(() => ask(limiter, "list"));
    await settled();
    first.permit?.release(said({ remaining: 5 }));
    await settled();
    expect(rest.map((state) => Boolean(state.permit))).toEqual([true, false]);
  });
});

describe("behind a request without an answer", () => {
  test("a call reports a wait of unknown length and fails after the maximum wait", async () => {
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

  test("a call is sent once the call before it has failed", async () => {
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

test("a retry goes before the calls that came after its first attempt", async () => {
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

  test("nothing is sent while only the reserve remains, and one request probes after the reset", async () => {
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

  test("a request without an answer counts as used", async () => {
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

  test("a request that hangs holds back one other per second, not all until its timeout", async () => {
    const limiter = await learnt({ limit: 5, remaining: 4, resetMs: 60_000 });
    expect(await goneAfter(limiter, [999, 1, 999, 1])).toEqual([1, 2, 2, 3]);
  });

  test("after a second without an answer, one request probes before others follow", async () => {
    const limiter = await learnt({ limit: 120, remaining: 119, resetMs: 60_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    const states = Array.from({ length: 30 }, () => ask(limiter, "list"));
    const gone = () => states.filter((state) => state.permit);
    await settled();
    expect(gone()).toHaveLength(1);
    gone()[0]?.permit?.release(said({ limit: 120, remaining: 118, resetMs: 59_000 }));
    await settled();
    expect(gone().length).toBeGreaterThan(2);
  });

  test("a small limit has no reserve: a reserve would block every request", async () => {
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

  test("a call too far back in the queue fails at once, those before it go in time", async () => {
    const limiter = await learnt({ limit: 10, remaining: 0, resetMs: 4_000 }, 10_000);
    const states = Array.from({ length: 30 }, () => ask(limiter, "list"));
    await settled();
    // 10 s hold two resets, so no more than 20 calls can go in time.
    const failed = states.filter((state) => state.error);
    expect(failed.length).toBeGreaterThanOrEqual(10);
    const waiting = states.filter((state) => !state.error);
    expect(waiting).toEqual(states.slice(0, waiting.length));
    expect(waiting.length).toBeGreaterThanOrEqual(10);
    for (const { error } of failed) expect(error).toMatchObject({ retryAfterSeconds: 12 });
  });

  test("a cancelled call leaves the queue at once, and the next one goes in its turn", async () => {
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

  test("a wait is reported at once and every five seconds", async () => {
    const limiter = await learnt({ limit: 2, remaining: 0, resetMs: 12_000 });
    const waits: number[] = [];
    const state = ask(limiter, "list", { onWait: (ms: number) => waits.push(ms) });
    await vi.advanceTimersByTimeAsync(30_000);
    expect(waits).toEqual([12_000, 7_000, 2_000]);
    expect(state.permit).toBeDefined();
  });

  test("a late answer to a request of the previous window does not block the current one", async () => {
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

/** How many of three requests have gone after each of these steps. */
async function goneAfter(limiter: RateLimiter, times: number[]) {
  const states = Array.from({ length: 3 }, () => ask(limiter, "list"));
  const gone: number[] = [];
  for (const ms of times) {
    await vi.advanceTimersByTimeAsync(ms);
    gone.push(states.filter((state) => state.permit).length);
  }
  return gone;
}

describe("a call of a person", () => {
  const used = said({ limit: 2, remaining: 0, resetMs: 1_000 });

  test("goes before background calls that queued earlier", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = await limiter.acquire("list");
    const order: string[] = [];
    const note = (name: string) => (permit: Permit) => {
      order.push(name);
      permit.release(used);
    };
    const calls = [
      limiter.acquire("list", { priority: "background" }).then(note("background 1")),
      limiter.acquire("list", { priority: "background" }).then(note("background 2")),
      limiter.acquire("list", { priority: "person" }).then(note("person 1")),
      limiter.acquire("list").then(note("person 2")),
    ];
    first.release(used);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(calls);
    expect(order).toEqual(["person 1", "person 2", "background 1", "background 2"]);
  });

  test("goes before the retry of a background call", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const place = limiter.takePlace();
    const first = await limiter.acquire("list", { priority: "background" }, place);
    const person = ask(limiter, "list");
    first.release(said({}), true);
    const retry = limiter.acquire("list", { priority: "background" }, place);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(person.permit).toBeDefined();
    person.permit?.release();
    await expect(retry).resolves.toBeDefined();
  });
});

describe("a deadline", () => {
  test("fails a call at once if its turn comes later, and names the seconds until its turn", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    (await limiter.acquire("list")).release(said({ limit: 30, remaining: 0, resetMs: 14_500 }));
    const state = ask(limiter, "list", { deadline: performance.now() + 14_000 });
    const patient = ask(limiter, "list", { deadline: performance.now() + 15_000 });
    await settled();
    expect(state.error).toBeInstanceOf(RateLimitError);
    expect(state.error).toMatchObject({ retryAfterSeconds: 15 });
    await vi.advanceTimersByTimeAsync(14_500);
    expect(patient.permit).toBeDefined();
  });

  test("ends the wait for an answer that does not come", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    ask(limiter, "list");
    const state = ask(limiter, "list", { deadline: performance.now() + 3_000 });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(state.error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(state.error).toBeInstanceOf(RateLimitError);
  });

  test("never extends the maximum wait", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 1_000 });
    ask(limiter, "list");
    const state = ask(limiter, "list", { deadline: performance.now() + 60_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state.error).toBeInstanceOf(RateLimitError);
  });
});

describe("a 429", () => {
  test.each([
    ["of 3 s, though the headers say that some remain", { remaining: 9, resetMs: 3_000 }, 3_000],
    ["of 0 s, rounded down", { remaining: 0, resetMs: 0 }, 1_000],
    ["that is unknown", {}, 5_000],
  ])("with a reset %s pauses its bucket for as long as it says", async (_, info, pauseMs) => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = await limiter.acquire("list");
    expect(first.release(said(info), true)).toBe(pauseMs);
    const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
    await vi.advanceTimersByTimeAsync(pauseMs - 1);
    expect([list.permit, view.permit].map(Boolean)).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1);
    expect(list.permit).toBeDefined();
  });

  test("does not shorten the pause of an earlier one", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const probe = await limiter.acquire("list");
    probe.release(said({ limit: 120, remaining: 100, resetMs: 60_000 }));
    const [one, two] = [await limiter.acquire("list"), await limiter.acquire("list")];
    expect(one.release(said({ resetMs: 9_000 }), true)).toBe(9_000);
    expect(two.release(said({ resetMs: 2_000 }), true)).toBe(9_000);
  });

  test("of the global limit pauses every bucket", async () => {
    const limiter = new RateLimiter({ maxWaitMs: 60_000 });
    const first = await limiter.acquire("list");
    expect(first.release(said({ resetMs: 3_000, global: true }), true)).toBe(3_000);
    const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
    await vi.advanceTimersByTimeAsync(2_999);
    expect([list.permit, view.permit].map(Boolean)).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect([list.permit, view.permit].map(Boolean)).toEqual([true, true]);
  });
});

test("an answer that is no 429 reports no pause", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 60_000 });
  const first = await limiter.acquire("list");
  expect(first.release(said({ limit: 5, remaining: 0, resetMs: 9_000 }))).toBe(0);
});

test("a wait report that cancels a later call leaves the bucket usable", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 60_000 });
  const first = await limiter.acquire("list");
  const controller = new AbortController();
  let reports = 0;
  const onWait = () => ++reports === 2 && controller.abort("enough");
  const reporting = ask(limiter, "list", { onWait });
  const cancelled = ask(limiter, "list", { signal: controller.signal });
  const last = ask(limiter, "list");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(cancelled.error).toBe("enough");
  first.release();
  await settled();
  reporting.permit?.release();
  await settled();
  expect(last.permit).toBeDefined();
});

test("a long global pause fails the calls that wait for other buckets at once", async () => {
  const limiter = new RateLimiter({ maxWaitMs: 10_000 });
  const [list, view] = [ask(limiter, "list"), ask(limiter, "view")];
  const waiting = ask(limiter, "view");
  await settled();
  list.permit?.release(said({ resetMs: 30_000, global: true }), true);
  await settled();
  expect(view.permit).toBeDefined();
  expect(waiting.error).toMatchObject({ retryAfterSeconds: 30 });
});

test("routes whose answers name the same bucket share its limit", async () => {
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

  test("are read as documented", () => {
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
