// The whole client against a limit, on a clock that is not the real one: does KOOK ever have to refuse?
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Fetch, KookClient } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const LIMIT = 30;
const WINDOW_MS = 2_000;
const LATENCY_MS = 8;

/** A sandbox some way off; `statuses` notes what it answered, in order. */
function distantSandbox() {
  const sandbox = new Sandbox({ limit: LIMIT, windowSeconds: WINDOW_MS / 1000 });
  const statuses: number[] = [];
  const travel = () =>
    // Not all requests take the same way: answers overtake one another.
    new Promise((resolve) => setTimeout(resolve, LATENCY_MS + (statuses.length % 3)));
  const fetch: Fetch = async (url, init) => {
    await travel();
    const answer = await sandbox.fetch(url, init);
    statuses.push(answer.status);
    await travel();
    return answer;
  };
  return { fetch, statuses };
}

const createClient = (fetch: Fetch) =>
  new KookClient({
    fetch,
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    language: "zh-CN",
    timeoutMs: 10_000,
    maxWaitMs: 600_000,
  });

/** Different codes, as identical reads would be made one. The sandbox knows none of them, and answers 404. */
const callMany = (client: KookClient, count: number, name = "") =>
  Array.from({ length: count }, (_, index) =>
    client.viewChat(`${name}${index}`).catch((error) => error.reason),
  );

async function timeToFinish(calls: Promise<unknown>[]): Promise<number> {
  const startedAt = Date.now();
  let ms = 0;
  const done = Promise.all(calls).then((results) => {
    ms = Date.now() - startedAt;
    return results;
  });
  await vi.runAllTimersAsync();
  expect(new Set(await done)).toEqual(new Set(["not_found"]));
  return ms;
}

/** What the limit alone makes of this many requests. */
const dictatedMs = (count: number) => (Math.ceil(count / LIMIT) - 1) * WINDOW_MS;

test("500 calls of one process against 30 in 2 s are never refused", async () => {
  const { fetch, statuses } = distantSandbox();
  const ms = await timeToFinish(callMany(createClient(fetch), 500));
  expect(statuses).toHaveLength(500);
  expect(statuses).not.toContain(429);
  expect(ms / dictatedMs(500)).toBeLessThan(1.2);
});

test("four processes on one token share the limit with hardly a refusal, none twice in a row", async () => {
  const { fetch, statuses } = distantSandbox();
  const clients = ["a", "b", "c", "d"].map((name) => ({ name, client: createClient(fetch) }));
  const ms = await timeToFinish(clients.flatMap(({ name, client }) => callMany(client, 125, name)));
  const refused = statuses.filter((status) => status === 429).length;
  expect(refused / statuses.length).toBeLessThanOrEqual(0.01);
  expect(statuses.join(" ")).not.toContain("429 429");
  expect(ms / dictatedMs(500)).toBeLessThan(1.15);
});

test("calls that are cancelled in the queue hold back none of the others", async () => {
  const { fetch, statuses } = distantSandbox();
  const client = createClient(fetch);
  const kept = callMany(client, 40, "kept");
  const controllers = Array.from({ length: 40 }, () => new AbortController());
  const cancelled = controllers.map(({ signal }, index) =>
    client.viewChat(`cancelled${index}`, { signal }).catch((error) => error),
  );
  await vi.advanceTimersByTimeAsync(100);
  for (const controller of controllers) controller.abort("enough");
  expect(new Set(await Promise.all(cancelled))).toEqual(new Set(["enough"]));
  await timeToFinish(kept);
  expect(statuses).toHaveLength(40);
});
