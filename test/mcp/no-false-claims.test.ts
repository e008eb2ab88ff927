// Results of a change say what KOOK's answers and its list show, also where KOOK is odd.
import { describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { settled } from "../support/clock.ts";
import { call, connect, countListChanges } from "../support/connect.ts";

const { code: chat_code, targetId } = DOCUMENTED_CHAT;

type Answer = (real: Response, count: number) => Response | Promise<Response>;

/** A sandbox whose answers to some routes are changed after the request was carried out; `sent` notes the routes. */
function odd(answers: Record<string, Answer>, sandbox = new Sandbox()) {
  const sent: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const route = new URL(url).pathname.replace(/.*\//, "");
    sent.push(route);
    const answer = await sandbox.fetch(url, init);
    const count = sent.filter((one) => one === route).length;
    return answers[route] ? answers[route](answer, count) : answer;
  };
  return { fetch, sent, sandbox };
}

const refusal = (code: number, message: string, status = 400) =>
  Response.json({ code, message, data: {} }, { status });

/** The answer with its data changed. */
const changed =
  (change: (data: Record<string, unknown>) => void): Answer =>
  async (real) => {
    const envelope = (await real.json()) as { data: Record<string, unknown> };
    change(envelope.data);
    return Response.json(envelope, { headers: real.headers });
  };

const lost: Answer = () => Promise.reject(new TypeError("fetch failed"));

async function callSettled(...[client, name, args]: Parameters<typeof call>) {
  vi.useFakeTimers();
  try {
    return await settled(call(client, name, args));
  } finally {
    vi.useRealTimers();
  }
}

describe("a delete", () => {
  test("of a chat that was deleted and that KOOK calls missing sends nothing, and asks nobody", async () => {
    let missing = false;
    const world = odd({ view: (real) => (missing ? refusal(40_000, "会话不存在") : real) });
    const client = await connect({ fetch: world.fetch, confirmDelete: "always" });
    const { structured } = await call(client, "delete_chat", { chat_code });
    const confirm_token = structured?.["confirm_token"];
    await call(client, "delete_chat", { chat_code, confirm_token });
    missing = true;
    world.sent.length = 0;
    const again = await call(client, "delete_chat", { chat_code });
    expect(again.structured).toMatchObject({ deleted: true, already_gone: true });
    expect(world.sent).toEqual(["view"]);
  });

  test("uses the code as KOOK spells it, so that the look afterwards finds the chat", async () => {
    const view = changed((data) => {
      data["code"] = chat_code;
    });
    const sandbox = new Sandbox();
    const { fetch, sent } = odd({ view }, sandbox);
    const insensitive: Fetch = (url, init) =>
      fetch(url.replace(chat_code.toUpperCase(), chat_code), init);
    const client = await connect({ fetch: insensitive, confirmDelete: "always" });
    const sentCode = chat_code.toUpperCase();
    const { structured } = await call(client, "delete_chat", { chat_code: sentCode });
    expect(structured).toMatchObject({ chat_code, deleted: false });
    const confirm_token = structured?.["confirm_token"];
    const deleted = await call(client, "delete_chat", { chat_code: sentCode, confirm_token });
    expect(deleted.structured).toEqual({ chat_code, deleted: true });
    expect(sent.filter((route) => route === "delete")).toHaveLength(1);
  });

  test("with an unknown outcome uses its token up", async () => {
    const { fetch } = odd({
      delete: lost,
      list: (real, count) => (count > 1 ? lost(real, count) : real),
    });
    const client = await connect({ fetch, confirmDelete: "always" });
    await call(client, "list_chats");
    const { structured } = await call(client, "delete_chat", { chat_code });
    const args = { chat_code, confirm_token: structured?.["confirm_token"] };
    expect((await callSettled(client, "delete_chat", args)).text).toContain("It is unknown");
    const again = await call(client, "delete_chat", args);
    expect(again.structured?.["deleted"] ?? false).toBe(false);
    expect(again.text).not.toContain("Deleted");
  });

  test("that an HTTP error answers with code 0 is not called done", async () => {
    const world = odd({
      delete: () => Response.json({ code: 0, message: "", data: {} }, { status: 500 }),
    });
    const never: Fetch = (url, init) =>
      url.endsWith("delete")
        ? Promise.resolve(Response.json({ code: 0, message: "", data: {} }, { status: 500 }))
        : world.fetch(url, init);
    const client = await connect({ fetch: never });
    await call(client, "list_chats");
    const { text, isError } = await callSettled(client, "delete_chat", { chat_code });
    expect(isError).toBe(true);
    expect(text).toContain("not made");
  });
});

describe("a create whose first answer was lost", () => {
  test.each<[string, () => Response]>([
    ["redirected", () => new Response("", { status: 302, headers: { Location: "/" } })],
    ["refused", () => refusal(40_000, "无法发起私信")],
    ["refused for its token", () => refusal(401, "你的用户凭证不正确", 401)],
  ])("and whose second attempt is %s, is found done by KOOK's list", async (_, second) => {
    const create: Answer = (real, count) => (count === 1 ? lost(real, count) : second());
    const { fetch } = odd({ create });
    const client = await connect({ fetch });
    const { structured } = await callSettled(client, "create_chat", { target_id: NEW_USER_ID });
    expect(structured).toMatchObject({ target_id: NEW_USER_ID, created: true });
  });
});

test.each<[string, () => Promise<Response>, string, string]>([
  [
    "lost",
    async () => Promise.reject(new Error("reset")),
    "无法发起私信",
    "write to the bot first",
  ],
  ["a 502", async () => new Response("", { status: 502 }), "你已被对方屏蔽", "Do not try again"],
])(
  "a create that was not made, whose first answer was %s, tells the later refusal",
  async (_, first, words, advice) => {
    const sandbox = new Sandbox();
    let count = 0;
    const fetch: Fetch = async (url, init) => {
      if (!url.endsWith("create")) return sandbox.fetch(url, init);
      count++;
      return count === 1 ? first() : refusal(40_000, words);
    };
    const client = await connect({ fetch });
    const { text, isError } = await callSettled(client, "create_chat", { target_id: NEW_USER_ID });
    expect(isError).toBe(true);
    expect(text).toContain(words);
    expect(text).toContain(advice);
  },
);

describe("a create that KOOK answers with", () => {
  test.each<[string, unknown]>([
    ["no user", undefined],
    ["null for the user", null],
    ["another user", { id: "1000007926", username: "x" }],
  ])("%s is found by KOOK's list, and the list of resources has changed", async (_, user) => {
    const create = changed((data) => {
      data["target_info"] = user;
    });
    const { fetch } = odd({ create });
    const client = await connect({ fetch, allowTargets: [targetId, NEW_USER_ID] });
    const changes = countListChanges(client);
    const { structured } = await callSettled(client, "create_chat", { target_id: NEW_USER_ID });
    expect(structured).toMatchObject({ target_id: NEW_USER_ID, created: true });
    await expect.poll(() => changes.count).toBe(1);
  });
});

test("a create does not say that it created a chat while the list has a chat without a user", async () => {
  const list = changed((data) => {
    const [first] = data["items"] as { target_info: unknown }[];
    if (first) first.target_info = null;
  });
  const client = await connect({ fetch: odd({ list }).fetch });
  const { structured } = await call(client, "create_chat", { target_id: targetId });
  expect(structured).toMatchObject({ chat_code });
  expect(structured).not.toHaveProperty("created");
});

describe("with an allow-list", () => {
  test("a chat that KOOK answers without data looks like a hidden one", async () => {
    const view: Answer = (real) =>
      real.status === 404 ? Response.json({ code: 0, message: "", data: [] }) : real;
    const client = await connect({ fetch: odd({ view }).fetch, allowTargets: [targetId] });
    const hidden = await call(client, "view_chat", {
      chat_code: "8b4b47fb5cc065182e2049ad3b9243ca",
    });
    const missing = await call(client, "view_chat", {
      chat_code: "0123456789abcdef0123456789abcdef",
    });
    expect(hidden).toEqual(missing);
    expect(hidden.text).toContain("KOOK_ALLOW_TARGETS");
  });

  test("progress does not tell how many chats KOOK has", async () => {
    const client = await connect({ fetch: new Sandbox().fetch, allowTargets: [targetId, "404"] });
    const told: unknown[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => void told.push(message);
    await client.callTool({ name: "list_chats", arguments: {} }, undefined, { onprogress });
    expect(told).toEqual(["searching the chats"]);
  });

  test("a user who is listed twice does not end the search for another", async () => {
    const list = changed((data) => {
      const { items, meta } = data as {
        items: { target_info: { id: string } }[];
        meta: { page: number };
      };
      const [first, second] = items;
      if (meta.page === 1 && first && second) second.target_info = first.target_info;
    });
    const last = "1003793208";
    const client = await connect({ fetch: odd({ list }).fetch, allowTargets: [targetId, last] });
    const first = await call(client, "list_chats", { query: last });
    expect(first.structured).toMatchObject({ chats: [], complete: false });
    const second = await call(client, "list_chats", { query: last });
    expect(second.structured).toMatchObject({ chats: [{ target_id: last }], complete: true });
  });

  test("a chat that cannot be read is the reason why a search stays open, not a call to repeat", async () => {
    const list = changed((data) => {
      const { items, meta } = data as { items: object[]; meta: { page: number } };
      if (meta.page === 1) items[3] = {};
    });
    const client = await connect({ fetch: odd({ list }).fetch, allowTargets: [targetId, "404"] });
    const { text } = await call(client, "list_chats");
    expect(text).toContain("cannot be read");
    expect(text).not.toContain("Repeat the call");
  });
});
