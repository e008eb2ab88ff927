// For any response the client returns the documented form or throws a KookError.
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import {
  ApiError,
  ConnectionError,
  MalformedAnswerError,
  RateLimitError,
  TimeoutError,
} from "../../src/kook/errors.ts";
import { readRateLimit } from "../../src/kook/rate-limit/headers.ts";
import { createRedaction } from "../../src/kook/redaction.ts";
import { character } from "../support/character.ts";
import { connectEndpoints } from "../support/endpoints.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) }));
afterEach(() => void vi.useRealTimers());

const TOKEN = "1/MTA2Mzk=/s3cret==";

/** A field: usually as documented, sometimes any value. */
const mostly = <T>(usual: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() });

const digits = fc.stringMatching(/^\d{1,19}$/);
const count = fc.oneof(fc.integer(), digits);
const target = fc.record(
  {
    id: mostly(fc.oneof(digits, fc.maxSafeInteger())),
    username: mostly(fc.string({ unit: character })),
    online: mostly(fc.boolean()),
    avatar: mostly(fc.webUrl()),
  },
  { requiredKeys: [] },
);
const chat = fc.record(
  {
    code: mostly(fc.stringMatching(/^[0-9a-f]{32}$/)),
    last_read_time: mostly(count),
    latest_msg_time: mostly(count),
    unread_count: mostly(count),
    is_friend: mostly(fc.boolean()),
    target_info: mostly(target),
  },
  { requiredKeys: [] },
);
const page = fc.record(
  {
    items: mostly(fc.array(mostly(chat), { maxLength: 8 })),
    meta: mostly(
      fc.record(
        { page: count, page_total: count, page_size: count, total: count },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
);
const envelope = fc.record(
  {
    code: mostly(fc.oneof(fc.constant(0), fc.constant("0"), fc.integer())),
    message: mostly(fc.oneof(fc.string(), fc.constant(`bad ${TOKEN}`))),
    data: mostly(fc.oneof(chat, page)),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 6, arbitrary: mostly(envelope).map((value) => Buffer.from(JSON.stringify(value))) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
);
const status = fc.oneof(fc.constant(200), fc.integer({ min: 200, max: 599 }));
const headerText = fc.oneof(fc.string(), fc.double().map(String), fc.nat().map(String));
const headerNames = ["Limit", "Remaining", "Reset", "Bucket", "Global"] as const;
const headers = fc
  .record(Object.fromEntries(headerNames.map((name) => [name, fc.option(headerText)])))
  .map((texts) => ({ get: (name: string) => texts[name.replace("X-Rate-Limit-", "")] ?? null }));

async function outcomesOf(fetch: Fetch): Promise<PromiseSettledResult<unknown>[]> {
  const client = connectEndpoints({
    fetch,
    token: { scheme: "Bot", value: TOKEN },
    baseUrl: "https://kook.example/api/v3",
    timeoutMs: 1_000,
    maxWaitMs: 60_000,
  });
  const calls = Promise.allSettled([
    client.listChats({ page: 1, page_size: 50 }),
    client.viewChat("abc"),
    client.createChat("1"),
    client.deleteChat("abc"),
  ]);
  await vi.runAllTimersAsync();
  return calls;
}

const ownErrors = [ApiError, ConnectionError, MalformedAnswerError, RateLimitError, TimeoutError];
const printable = expect.stringMatching(/^[\x21-\x7e]+$/);

function expectDocumented(outcomes: PromiseSettledResult<unknown>[]) {
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") continue;
    const { reason } = outcome;
    expect(
      ownErrors.some((own) => reason instanceof own),
      String(reason),
    ).toBe(true);
    expect(reason.message).not.toContain(TOKEN);
  }
  const [listed, viewed] = outcomes;
  if (listed?.status === "fulfilled") {
    const { items, skipped } = listed.value as { items: object[]; skipped: number };
    expect(skipped).toBeGreaterThanOrEqual(0);
    for (const item of items) expect(item).toMatchObject({ code: printable });
  }
  if (viewed?.status === "fulfilled") expect(viewed.value).toMatchObject({ code: printable });
}

test("any response is parsed as documented, or refused with a KookError", async () => {
  await fc.assert(
    fc.asyncProperty(status, headers, body, async (code, heads, bytes) => {
      const answer = async function* () {
        yield bytes;
      };
      expectDocumented(
        await outcomesOf(async () => ({ status: code, headers: heads, body: answer() })),
      );
    }),
    { seed: 1, numRuns: 200 },
  );
});

test("any error of the network becomes a KookError", async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), fc.boolean(), async (thrown, wrapped) => {
      const cause = wrapped ? new TypeError("fetch failed", { cause: thrown }) : thrown;
      const outcomes = await outcomesOf(() => Promise.reject(cause));
      for (const outcome of outcomes) expect(outcome).toMatchObject({ status: "rejected" });
      expectDocumented(outcomes);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("any headers give finite numbers, or none", () => {
  fc.assert(
    fc.property(headers, (heads) => {
      const { limit = 0, remaining = 0, resetMs = 0 } = readRateLimit(heads);
      for (const number of [limit, remaining, resetMs]) {
        expect(number).toBeGreaterThanOrEqual(0);
        expect(number).toBeLessThan(Number.POSITIVE_INFINITY);
      }
      expect(resetMs).toBeLessThanOrEqual(3_600_000);
    }),
    { seed: 1 },
  );
});

test("every encoding of a token is redacted, and nothing else is changed", () => {
  const token = fc.stringMatching(/^[\x21-\x7e]{8,60}$/);
  fc.assert(
    fc.property(token, fc.string(), fc.string(), (secret, before, after) => {
      const redact = createRedaction(secret);
      const forms = [
        secret,
        encodeURIComponent(secret),
        encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
        secret.replaceAll("/", "\\/"),
        btoa(secret),
        btoa(secret).replace(/=+$/, ""),
        btoa(`Bot ${secret}`),
      ];
      for (const form of forms) {
        fc.pre(!`${before}${after}`.includes(secret));
        expect(redact(`(${form})`)).toBe("([token])");
        expect(redact(`${before} ${form} ${after}`)).not.toContain(form);
      }
    }),
    { seed: 1 },
  );
});
