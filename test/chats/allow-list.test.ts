import { expect, test } from "vitest";
import { HiddenChatError, TargetNotAllowedError } from "../../src/chats/errors.ts";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatsOver, paging } from "./kook.ts";

/** The second chat of the sandbox, of a user who is not on the lists here. */
const HIDDEN = "8b4b47fb5cc065182e2049ad3b9243ca";

function allowing(allowTargets: string[], sandbox = new Sandbox()) {
  const requests: string[] = [];
  const fetch: Fetch = (url, init) => {
    requests.push(`${init.method} ${new URL(url).pathname.replace("/api/v3/", "")}`);
    return sandbox.fetch(url, init);
  };
  return { chats: chatsOver(fetch, { allowTargets }), requests, sandbox };
}

test("a list has the allowed chats alone, and counts no others", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259", "404"]);
  const { chats: listed, ...counts } = await chats.list({ page: 1, pageSize: 50 });
  expect(listed.map(({ row }) => row.username)).toEqual(["夏天1", "夏天10"]);
  expect(counts).toEqual({ page: 1, page_total: 1, total: 2 });
});

test("a list of allowed chats has pages of its own", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259"]);
  const first = await chats.list({ page: 1, pageSize: 1 });
  expect(first).toMatchObject({ chats: { length: 1 }, page_total: 2, next_page: 2 });
  const second = await chats.list({ page: 2, pageSize: 1 });
  expect(second.chats[0]?.row.username).toBe("夏天10");
  expect(second).not.toHaveProperty("next_page");
  expect((await chats.list({ page: 3, pageSize: 1 })).chats).toEqual([]);
});

test("KOOK's pages are asked for no longer than until all allowed users are found", async () => {
  const { fetch, pages } = paging(() => {});
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  await chats.list({ page: 1, pageSize: 50 });
  expect(pages).toEqual([1]);
});

test("a filter searches the allowed chats alone, and counts no others", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259"]);
  const found = await chats.find({ query: "夏天" }, { page: 1, enough: 50 });
  expect(found.chats.map(({ row }) => row.username)).toEqual(["夏天1", "夏天10"]);
  expect(found).toMatchObject({ total: 2, page_total: 1, scanned: 2, complete: true });
  const hidden = await chats.find({ query: "工具1" }, { page: 1, enough: 50 });
  expect(hidden.chats).toEqual([]);
});

test("an allowed chat can be viewed, a hidden one looks like one that never was", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId]);
  expect((await chats.view(DOCUMENTED_CHAT.code)).chat.username).toBe("夏天1");
  const [hidden, missing] = await Promise.all(
    [HIDDEN, "no-such"].map((code) => chats.view(code).catch((error) => error)),
  );
  expect(hidden).toBeInstanceOf(HiddenChatError);
  expect(hidden).toEqual(missing);
});

test("a chat whose user KOOK no longer names is hidden", async () => {
  const sandbox = new Sandbox();
  const fetch: Fetch = async (url, init) => {
    const envelope = (await (await sandbox.fetch(url, init)).json()) as {
      data: { target_info?: unknown };
    };
    delete envelope.data.target_info;
    return Response.json(envelope);
  };
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  await expect(chats.view(DOCUMENTED_CHAT.code)).rejects.toBeInstanceOf(HiddenChatError);
});

test("a chat with a user who is not allowed is not opened, and nothing is sent", async () => {
  const { chats, requests } = allowing([DOCUMENTED_CHAT.targetId]);
  await expect(chats.create(NEW_USER_ID)).rejects.toBeInstanceOf(TargetNotAllowedError);
  expect(requests).toEqual([]);
  const allowed = await chats.create(DOCUMENTED_CHAT.targetId);
  expect(allowed.chat_code).toBe(DOCUMENTED_CHAT.code);
});

test("a hidden chat is not deleted, an allowed one is, also a second time", async () => {
  const { chats, requests, sandbox } = allowing([DOCUMENTED_CHAT.targetId]);
  await expect(chats.delete(HIDDEN)).rejects.toBeInstanceOf(HiddenChatError);
  expect(requests).toEqual(["GET user-chat/view"]);
  expect((await chatsOver(sandbox.fetch).view(HIDDEN)).chat.chat_code).toBe(HIDDEN);
  expect(await chats.delete(DOCUMENTED_CHAT.code)).toEqual({});
  expect(await chats.delete(DOCUMENTED_CHAT.code)).toEqual({ already_gone: true });
});

test("a hidden chat is not deleted though a list of KOOK's has shown it to this server", async () => {
  const { chats, sandbox } = allowing([DOCUMENTED_CHAT.targetId, "404"]);
  await chats.list({ page: 1, pageSize: 50 });
  await expect(chats.delete(HIDDEN)).rejects.toBeInstanceOf(HiddenChatError);
  expect((await chatsOver(sandbox.fetch).view(HIDDEN)).chat.chat_code).toBe(HIDDEN);
});

test("a completion knows the allowed chats alone", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId]);
  expect(await chats.complete("")).toEqual([DOCUMENTED_CHAT.code]);
  expect(await chats.complete(HIDDEN.slice(0, 6))).toEqual([]);
  expect(await chats.complete("工具")).toEqual([]);
});
