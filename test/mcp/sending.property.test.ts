// Random sends, cancellations, repetitions and faults, under a fake clock: each message at most once, and no false result.
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { markdownToKMarkdown } from "../../src/messages/markdown.ts";
import { codeOf } from "../../src/sandbox/seed.ts";
import type { Mishap, SendResult } from "../support/sending.ts";
import { recordingKook, sending, USERS } from "../support/sending.ts";

const RUNS = 1_000;
const users = [USERS.summer, USERS.tool, USERS.ming];
const texts = ["好的", "已经修好了，请再试一次", "**马上** https://a.example/x"];
const contents = texts.map((text) => markdownToKMarkdown(text).content);

afterEach(() => void vi.useRealTimers());

const dropped = () => Promise.reject(new ConnectionError("reset", { sent: true }));
const serverError = () =>
  Response.json({ code: 500, message: "系统错误", data: {} }, { status: 500 });
const tooMany = () =>
  Response.json(
    { code: 429, message: "请求过于频繁", data: {} },
    { status: 429, headers: { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "1" } },
  );
const refusal = () =>
  Response.json({ code: 40_000, message: "你已被对方屏蔽", data: {} }, { status: 400 });

/** Mishaps of a post. Those named `done` are carried out. */
const mishaps: Record<string, Mishap> = {
  fine: (next) => next(),
  "slow and done": async (next) => {
    const response = await next();
    await new Promise((resolve) => setTimeout(resolve, 700));
    return response;
  },
  "dropped, done": async (next) => {
    await next();
    return dropped();
  },
  "dropped, not done": dropped,
  "not connected": () => Promise.reject(new ConnectionError("refused", { sent: false })),
  "500, done": async (next) => {
    await next();
    return serverError();
  },
  "500, not done": serverError,
  "half a body, done": async (next) => {
    const body = await (await next()).text();
    return new Response(body.slice(0, body.length / 2));
  },
  "too many": tooMany,
  refused: refusal,
};

const item = fc.record({
  user: fc.nat({ max: users.length - 1 }),
  text: fc.nat({ max: texts.length - 1 }),
});
const calls = fc.array(
  fc.record({
    items: fc.uniqueArray(item, {
      minLength: 1,
      maxLength: 3,
      selector: ({ user, text }) => `${user} ${text}`,
    }),
    atMs: fc.nat({ max: 3_000 }),
    cancelAfterMs: fc.option(fc.nat({ max: 2_000 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6 },
);
const faults = fc.array(fc.constantFrom(...Object.keys(mishaps)), { maxLength: 12 });
const lateMs = fc.constantFrom(0, 0, 1_200, 2_500, 20_000);

const counted: Record<string, number> = {};

test(`after each of ${RUNS} interleavings every message is there at most once, and the results are true`, async () => {
  await fc.assert(
    fc.asyncProperty(calls, faults, lateMs, async (planned, struck, late) => {
      vi.useFakeTimers();
      const kook = recordingKook({ chats: 3, lateMs: late });
      for (const name of struck) kook.next("direct-message/create", mishaps[name] as Mishap);
      const client = await sending({
        fetch: kook.fetch,
        confirmSend: "never",
        send: { to: "*", limit: 1_000 },
      });
      const made = planned.map(async ({ items, atMs, cancelAfterMs }) => {
        await new Promise((resolve) => setTimeout(resolve, atMs));
        const controller = new AbortController();
        if (cancelAfterMs !== undefined) setTimeout(() => controller.abort("no"), cancelAfterMs);
        const messages = items.map(({ user, text }) => ({
          target_id: users[user]?.target_id,
          text: texts[text],
        }));
        const { signal } = controller;
        const result = await client
          .callTool({ name: "send_messages", arguments: { messages } }, undefined, { signal })
          .catch(() => undefined);
        if (result) expect(result.isError ?? false).toBe(false);
        return { items, results: (result?.structuredContent as SendResult | undefined)?.results };
      });
      const settling = Promise.all(made);
      await vi.advanceTimersByTimeAsync(120_000);
      await check(kook, await settling);
      await client.close();
    }),
    { numRuns: RUNS, endOnFailure: false },
  );
  // Every kind of result was met, so that the checks above were of use.
  for (const status of ["sent", "already_sent", "not_sent", "unknown", "cancelled"]) {
    expect(counted[status], status).toBeGreaterThan(50);
  }
}, 120_000);

interface Made {
  items: { user: number; text: number }[];
  results: SendResult["results"];
}

async function check(kook: ReturnType<typeof recordingKook>, all: Made[]): Promise<void> {
  for (const [user, { target_id }] of users.entries()) {
    const code = user === 0 ? USERS.summer.chat_code : codeOf(target_id);
    const stored = await kook.stored(code);
    const mine = stored.filter(({ author_id }) => author_id !== target_id);
    for (const text of texts.keys()) {
      const there = mine.filter(({ content }) => content === contents[text]);
      expect(there.length).toBeLessThanOrEqual(1);
      const results = all.flatMap(({ items, results: rows }) => {
        const index = items.findIndex((one) => one.user === user && one.text === text);
        if (index < 0) return [];
        const row = rows?.[index];
        const status = row?.status ?? "cancelled";
        counted[status] = (counted[status] ?? 0) + 1;
        return { status, id: row?.msg_id };
      });
      const statuses = results.map(({ status }) => status);
      expect(statuses.filter((status) => status === "sent").length).toBeLessThanOrEqual(1);
      for (const { status, id } of results) {
        if (status === "sent" || status === "already_sent") {
          expect(there.map((message) => message.id.slice(0, 8))).toEqual([id]);
        }
      }
      if (statuses.length > 0 && statuses.every((status) => status === "not_sent")) {
        expect(there).toEqual([]);
      }
    }
  }
}
