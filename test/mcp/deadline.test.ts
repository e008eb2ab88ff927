// Every tool call ends within 45 s, because hosts give up after 60 s.
import type { ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { call, connect, silent } from "../support/connect.ts";

const DEADLINE_MS = 45_000;
const { code: chat_code } = DOCUMENTED_CHAT;
const accept: ElicitResult = { action: "accept", content: {} };
/** The defaults of the settings, but for a timeout that three attempts multiply beyond the deadline. */
const patient = { timeoutMs: 20_000, maxWaitMs: 20_000, scanBudgetMs: 20_000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sandbox that goes silent when `stops` says so, this request included. */
function stopping(stops: (route: string) => boolean, sandbox = new Sandbox()) {
  let stopped = false;
  const fetch: Fetch = (url, init) => {
    stopped ||= stops(new URL(url).pathname.replace(/.*\//, ""));
    return stopped ? silent(url, init) : sandbox.fetch(url, init);
  };
  return fetch;
}

/** A call's result, which must come before the deadline. */
async function inTime(calling: ReturnType<typeof call>) {
  const startedAt = performance.now();
  let tookMs = Number.POSITIVE_INFINITY;
  const result = calling.finally(() => {
    tookMs = performance.now() - startedAt;
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(tookMs).toBeLessThanOrEqual(DEADLINE_MS);
  return result;
}

test.each([
  ["list_chats", {}],
  ["list_chats", { query: "x" }],
  ["view_chat", { chat_code }],
  ["create_chat", { target_id: NEW_USER_ID }],
  ["delete_chat", { chat_code }],
])("%s with %j ends within 45 s if KOOK never answers", async (name, args) => {
  const client = await connect({ fetch: silent, ...patient });
  const { text, isError } = await inTime(call(client, name, args));
  expect(isError).toBe(true);
  expect(text).toContain("Try again later.");
});

test.each([
  ["create_chat", { target_id: NEW_USER_ID }, "create"],
  ["delete_chat", { chat_code }, "delete"],
])(
  "%s ends within 45 s if KOOK goes silent at the change, and says that the outcome is unknown",
  async (name, args, route) => {
    for (const timeoutMs of [10_000, 20_000]) {
      const client = await connect({
        fetch: stopping((asked) => asked === route),
        ...patient,
        timeoutMs,
      });
      const { text, isError } = await inTime(call(client, name, args));
      expect(isError).toBe(true);
      expect(text).toContain("It is unknown whether the change was made. Check with list_chats");
    }
  },
);

test("a search ends within 45 s if KOOK goes silent, and keeps what it found", async () => {
  let lists = 0;
  const fetch = stopping(() => ++lists > 2);
  const client = await connect({ fetch, ...patient });
  const { structured } = await inTime(call(client, "list_chats", { query: "夏天" }));
  expect(structured).toMatchObject({ scanned: 100, complete: false, next_page: 3 });
});

test("an inbox ends within 45 s if no chat can be read, and says to go on with the cursor", async () => {
  const sandbox = new Sandbox({ chats: 3, anchor: Date.now() });
  const fetch: Fetch = (url, init) =>
    url.includes("direct-message") ? silent(url, init) : sandbox.fetch(url, init);
  const client = await connect({ fetch, ...patient, maxWaitMs: 60_000, readMessages: true });
  const { text, structured } = await inTime(call(client, "list_inbox"));
  expect(structured).toMatchObject({ complete: false, next_cursor: expect.any(String) });
  expect(text).toContain("The call's time for reading chats was up. Go on with the cursor.");
});

test("a change that waits for the rate limit ends within 45 s", async () => {
  const sandbox = new Sandbox();
  const limits = { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "19" };
  let requests = 0;
  const fetch: Fetch = async (url, init) => {
    const refused = { code: 429, message: "请求过于频繁", data: {} };
    // The second request, for the list, is let through.
    if (++requests !== 2) return Response.json(refused, { status: 429, headers: limits });
    return sandbox.fetch(url, init);
  };
  const client = await connect({ fetch, ...patient });
  const { isError } = await inTime(call(client, "create_chat", { target_id: NEW_USER_ID }));
  expect(isError).toBe(true);
});

describe("the time that a person takes", () => {
  const elicit = () =>
    new Promise<ElicitResult>((resolve) => setTimeout(() => resolve(accept), 600_000));

  test("does not count: the delete has time left after ten minutes", async () => {
    const sandbox = new Sandbox();
    const fetch: Fetch = async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      return sandbox.fetch(url, init);
    };
    const client = await connect({ fetch, elicit, ...patient });
    const deleting = client.callTool({ name: "delete_chat", arguments: { chat_code } }, undefined, {
      timeout: 3_600_000,
    });
    await vi.advanceTimersByTimeAsync(631_000);
    expect((await deleting).structuredContent).toEqual({ chat_code, deleted: true });
  });

  test("is followed by the rest of the 45 s", async () => {
    const client = await connect({
      fetch: stopping((route) => route === "delete"),
      elicit,
      ...patient,
    });
    const deleting = client.callTool({ name: "delete_chat", arguments: { chat_code } }, undefined, {
      timeout: 3_600_000,
    });
    let ended = false;
    void deleting.then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(ended).toBe(false);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(ended).toBe(true);
    const [{ text }] = (await deleting).content as [{ text: string }];
    expect(text).toContain("It is unknown whether the change was made.");
  });
});

test.each([
  ["view_chat", { chat_code }],
  ["list_chats", { query: "nobody" }],
  ["create_chat", { target_id: NEW_USER_ID }],
])("a host is told when %s is tried again", async (name, args) => {
  const sandbox = new Sandbox();
  let failures = 1;
  const fetch: Fetch = async (url, init) =>
    failures-- > 0 ? new Response("<html>", { status: 502 }) : sandbox.fetch(url, init);
  const client = await connect({ fetch });
  const told: unknown[] = [];
  const calling = client.callTool({ name, arguments: args }, undefined, {
    onprogress: ({ message }) => told.push(message),
  });
  await vi.advanceTimersByTimeAsync(2_000);
  expect((await calling).isError).toBeUndefined();
  expect(told).toContain("KOOK: attempt 2");
});
