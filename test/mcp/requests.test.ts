// How many requests to KOOK one call of a host makes, and what becomes of them when it is cancelled.
import { describe, expect, test } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { paging } from "../support/chats.ts";
import { call, connect } from "../support/connect.ts";

const { code: chat_code, targetId } = DOCUMENTED_CHAT;
const MANY = { chats: 2_500, limit: 10_000 };
const MAX_PAGES = 20;

describe("one tool call reads at most 20 list pages", () => {
  test.each([
    ["list_chats", { query: "nobody" }, {}],
    ["list_chats", { unread_only: true, query: "nobody" }, {}],
    ["list_chats", {}, { allowTargets: [targetId, "404"] }],
    ["list_chats", { query: "nobody" }, { allowTargets: ["404"] }],
    ["create_chat", { target_id: NEW_USER_ID }, {}],
    ["create_chat", { target_id: NEW_USER_ID }, { allowTargets: [NEW_USER_ID] }],
    ["delete_chat", { chat_code }, {}],
    ["view_chat", { chat_code }, {}],
  ])("%s with %j and the set-up %j", async (name, args, options) => {
    const { fetch, pages } = paging(() => {}, new Sandbox(MANY));
    await call(await connect({ fetch, ...options }), name, args);
    expect(pages.length).toBeLessThanOrEqual(MAX_PAGES);
  });

  test("delete_chat that KOOK refuses", async () => {
    const { fetch, pages } = paging(() => {}, new Sandbox(MANY));
    const client = await connect({
      fetch: async (url, init) =>
        url.endsWith("delete")
          ? Response.json({ code: 40_000, message: "操作失败", data: {} }, { status: 400 })
          : fetch(url, init),
    });
    const { text } = await call(client, "delete_chat", { chat_code });
    expect(text).toContain("操作失败");
    expect(pages.length).toBeLessThanOrEqual(MAX_PAGES);
  });
});

describe("a completion", () => {
  const ref = { type: "ref/resource", uri: "kook://chats/{chat_code}" } as const;
  const argument = { name: "chat_code", value: chat_code.slice(0, 6) };

  /** A sandbox that holds back its list while `holding`; `aborted` counts the requests that ended so. */
  function holding() {
    const sandbox = new Sandbox();
    const world = { holding: true, waiting: 0, aborted: 0 };
    const fetch: Fetch = (url, init) => {
      // The first page is let through, so that others are in flight with it.
      if (!world.holding || url.includes("page=1&")) return sandbox.fetch(url, init);
      world.waiting++;
      return new Promise((_, reject) => {
        init.signal.addEventListener("abort", () => {
          world.aborted++;
          reject(init.signal.reason);
        });
      });
    };
    return { world, fetch };
  }

  test("that is cancelled aborts its requests to KOOK", async () => {
    const { world, fetch } = holding();
    const client = await connect({ fetch, timeoutMs: 30_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const completing = client.complete({ ref, argument }, { signal }).catch((error) => error);
    await expect.poll(() => world.waiting).toBeGreaterThan(1);
    controller.abort("typed on");
    await completing;
    await expect.poll(() => world.aborted).toBe(world.waiting);
  });

  test("that waits for another's reading gets its values when the other is cancelled", async () => {
    const { world, fetch } = holding();
    const client = await connect({ fetch, timeoutMs: 30_000 });
    const controller = new AbortController();
    const { signal } = controller;
    const first = client.complete({ ref, argument }, { signal }).catch((error) => error);
    await expect.poll(() => world.waiting).toBeGreaterThan(1);
    const second = client.complete({ ref, argument });
    await client.ping();
    world.holding = false;
    controller.abort("typed on");
    await first;
    expect((await second).completion.values).toEqual([chat_code]);
  });

  test("that is cancelled while it waits for another's reading does not abort that", async () => {
    const sandbox = new Sandbox();
    const held: (() => void)[] = [];
    let aborted = 0;
    const fetch: Fetch = async (url, init) => {
      init.signal.addEventListener("abort", () => aborted++);
      await new Promise<void>((resolve) => held.push(resolve));
      return sandbox.fetch(url, init);
    };
    const client = await connect({ fetch });
    const first = client.complete({ ref, argument });
    await expect.poll(() => held.length).toBe(1);
    const controller = new AbortController();
    const { signal } = controller;
    const second = client.complete({ ref, argument }, { signal }).catch((error) => error);
    await client.ping();
    controller.abort("typed on");
    await second;
    await client.ping();
    expect(aborted).toBe(0);
    const letGo = setInterval(() => held.splice(0).forEach((release) => void release()), 1);
    expect((await first).completion.values).toEqual([chat_code]);
    clearInterval(letGo);
  });
});
