// A rate limit inside an HTTP 200 pauses and is retried like a 429.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { RateLimitError } from "../../src/kook/errors.ts";
import deleted from "../fixtures/delete.json" with { type: "json" };
import viewed from "../fixtures/view.json" with { type: "json" };
import { connectEndpoints } from "../support/endpoints.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A KOOK that refuses this many requests, then answers normally. */
function refusing(refusal: () => Response, times: number) {
  const sentAt: number[] = [];
  const startedAt = performance.now();
  const fetch: Fetch = async (url) => {
    sentAt.push(performance.now() - startedAt);
    if (sentAt.length <= times) return refusal();
    return Response.json(url.includes("delete") ? deleted : viewed);
  };
  const token = { scheme: "Bot", value: "1/MTA2Mzk=/s3cret==" } as const;
  const baseUrl = "https://kook.example/api/v3";
  return {
    kook: connectEndpoints({ fetch, token, baseUrl, timeoutMs: 1_000, maxWaitMs: 60_000 }),
    sentAt,
  };
}

const refusal = (status: number, code: unknown, headers: Record<string, string>) => () =>
  Response.json({ code, message: "请求过于频繁", data: {} }, { status, headers });

const spent = {
  "X-Rate-Limit-Limit": "5",
  "X-Rate-Limit-Remaining": "0",
  "X-Rate-Limit-Reset": "3",
};

describe.each([
  [429, 429],
  [429, 0],
  [200, 429],
  [200, "429"],
  [200, 42_900],
  [200, 40_007],
  [400, 40_007],
])("HTTP %i with code %j", (status, code) => {
  test("is retried after its reset and never before, for reads and deletes", async () => {
    for (const call of ["viewChat", "deleteChat"] as const) {
      const { kook, sentAt } = refusing(refusal(status, code, spent), 1);
      const answer = kook[call]("abc");
      await vi.advanceTimersByTimeAsync(2_999);
      expect(sentAt).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(2_000);
      await expect(answer).resolves.toEqual(call === "viewChat" ? viewed.data : undefined);
      expect(sentAt).toHaveLength(2);
    }
  });

  test("pauses also without a reset", async () => {
    const { kook, sentAt } = refusing(refusal(status, code, {}), 1);
    const answer = kook.viewChat("abc");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await answer).toEqual(viewed.data);
    const [first = 0, second = 0] = sentAt;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });

  test("holds back the calls after it", async () => {
    const { kook, sentAt } = refusing(refusal(status, code, spent), 1);
    const answers = [kook.viewChat("abc"), kook.viewChat("def")];
    await vi.advanceTimersByTimeAsync(2_999);
    expect(sentAt).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10_000);
    await Promise.all(answers);
    expect(sentAt).toHaveLength(3);
  });

  test("fails after three attempts as a rate limit", async () => {
    const { kook, sentAt } = refusing(refusal(status, code, spent), 9);
    const failed = kook.viewChat("abc").catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await failed).toBeInstanceOf(RateLimitError);
    expect(sentAt).toHaveLength(3);
  });
});
