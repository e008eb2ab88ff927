import { afterEach, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { ApiError } from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatsOver, paging } from "../support/chats.ts";
import { settled } from "../support/clock.ts";

afterEach(() => void vi.useRealTimers());

/** A sandbox whose answers may be lost; `routes` has the routes that were called. */
function losing(lost: (route: string) => boolean) {
  const sandbox = new Sandbox();
  const routes: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const route = new URL(url).pathname.replace("/api/v3/", "");
    routes.push(route);
    const answer = await sandbox.fetch(url, init);
    if (lost(route)) throw new Error("connection reset");
    return answer;
  };
  return { chats: chatsOver(fetch), routes, sandbox };
}

test("480 chats are ten pages of different chats", async () => {
  const chats = chatsOver(new Sandbox().fetch);
  const codes = new Set<string>();
  let page: number | undefined = 1;
  while (page !== undefined) {
    const listed = await chats.list({ page, pageSize: 50 });
    expect(listed).toMatchObject({ page, page_total: 10, total: 480 });
    for (const { row } of listed.chats) codes.add(row.chat_code);
    page = listed.next_page;
  }
  expect(codes.size).toBe(480);
});

test("a page past the end is empty, although KOOK repeats its last one", async () => {
  const listed = await chatsOver(new Sandbox().fetch).list({ page: 99, pageSize: 50 });
  expect(listed).toEqual({ chats: [], page: 99, page_total: 10, total: 480 });
});

test("a bot without chats has one empty page", async () => {
  const listed = await chatsOver(new Sandbox({ chats: 0 }).fetch).list({ page: 1, pageSize: 50 });
  expect(listed).toEqual({ chats: [], page: 1, page_total: 0, total: 0 });
});

test("a page without meta counts its chats", async () => {
  const items = [{ code: "abc", target_info: { id: "1", username: "x" } }];
  const fetch: Fetch = async () => Response.json({ code: 0, message: "", data: { items } });
  expect(await chatsOver(fetch).list({ page: 1, pageSize: 50 })).toMatchObject({
    page_total: 1,
    total: 1,
  });
});

test("a code that was never there cannot be deleted, and KOOK is not asked to", async () => {
  const { chats, routes } = losing(() => false);
  await expect(chats.delete("no-such")).rejects.toBeInstanceOf(ApiError);
  expect(routes).toEqual(["user-chat/view"]);
});

test("a chat that another process has deleted is already gone", async () => {
  const sandbox = new Sandbox();
  const chats = chatsOver(sandbox.fetch);
  const { chat_code } = await chats.create(NEW_USER_ID);
  expect(await chats.delete(chat_code)).toEqual({});
  expect(await chats.delete(chat_code)).toEqual({ already_gone: true });
  await chats.create(NEW_USER_ID);
  await chatsOver(sandbox.fetch).delete(chat_code);
  expect(await chats.delete(chat_code)).toEqual({ already_gone: true });
});

test("a refusal of another kind is not reported as already gone", async () => {
  const sandbox = new Sandbox();
  let refuse = false;
  const chats = chatsOver((url, init) =>
    refuse
      ? Promise.resolve(Response.json({ code: 401, message: "", data: {} }, { status: 401 }))
      : sandbox.fetch(url, init),
  );
  await chats.delete(DOCUMENTED_CHAT.code);
  refuse = true;
  await expect(chats.delete(DOCUMENTED_CHAT.code)).rejects.toMatchObject({ reason: "bad_token" });
});

test("a delete whose answer is lost is not sent again, and is found done by looking", async () => {
  vi.useFakeTimers();
  const { chats, routes } = losing((route) => route === "user-chat/delete");
  await chats.list({ page: 1, pageSize: 50 });
  expect(await settled(chats.delete(DOCUMENTED_CHAT.code))).toEqual({});
  const [listed, sent, ...looked] = routes;
  expect([listed, sent]).toEqual(["user-chat/list", "user-chat/delete"]);
  expect(new Set(looked)).toEqual(new Set(["user-chat/list"]));
});

test("a delete that never arrived is reported as not done", async () => {
  vi.useFakeTimers();
  const sandbox = new Sandbox();
  const chats = chatsOver(async (url, init) => {
    if (url.endsWith("delete")) throw new Error("connection reset");
    return sandbox.fetch(url, init);
  });
  const failed = chats.delete(DOCUMENTED_CHAT.code).catch((caught) => caught);
  await vi.advanceTimersByTimeAsync(10_000);
  const error = await failed;
  expect(error).toBeInstanceOf(LostAnswerError);
  expect(error.outcome).toBe("not_done");
});

test("a delete whose looking fails too is reported as unknown", async () => {
  vi.useFakeTimers();
  let lost = false;
  const { chats } = losing(() => lost);
  await chats.view(DOCUMENTED_CHAT.code);
  lost = true;
  const failed = chats.delete(DOCUMENTED_CHAT.code).catch((caught) => caught);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ outcome: "unknown" });
});

test("a create whose answers are lost is found by looking for its user", async () => {
  vi.useFakeTimers();
  const { chats, routes } = losing((route) => route === "user-chat/create");
  const created = chats.create(NEW_USER_ID);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await created).toMatchObject({ target_id: NEW_USER_ID });
  expect(routes.filter((route) => route === "user-chat/create")).toHaveLength(3);
});

test("a create that never arrived is reported as not done", async () => {
  vi.useFakeTimers();
  const sandbox = new Sandbox();
  const chats = chatsOver(async (url, init) => {
    if (url.endsWith("create")) throw new Error("connection reset");
    return sandbox.fetch(url, init);
  });
  const failed = chats.create(NEW_USER_ID).catch((caught) => caught);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ outcome: "not_done" });
});

test("a delete is not reported as done when the look fails with maintenance, in any language", async () => {
  vi.useFakeTimers();
  const sandbox = new Sandbox();
  let maintained = false;
  const chats = chatsOver(async (url, init) => {
    if (url.endsWith("delete")) throw new Error("connection reset");
    const body = { code: 40000, message: "Under maintenance", data: {} };
    return maintained ? Response.json(body, { status: 400 }) : sandbox.fetch(url, init);
  });
  await chats.view(DOCUMENTED_CHAT.code);
  maintained = true;
  const deleting = settled(chats.delete(DOCUMENTED_CHAT.code));
  await expect(deleting).rejects.toMatchObject({ outcome: "unknown" });
});

test("a create is not reported as not done when not all chats could be looked at", async () => {
  vi.useFakeTimers();
  const sandbox = new Sandbox({ chats: 1_100 });
  const chats = chatsOver(async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    if (url.endsWith("create")) throw new Error("connection reset");
    return answer;
  });
  const failed = chats.create(NEW_USER_ID).catch((caught) => caught);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ outcome: "unknown" });
});

test("a create is not reported as not done when a chat could not be read", async () => {
  vi.useFakeTimers();
  const { fetch } = paging((page, asked) => {
    if (asked === 3) page.items[0] = {} as (typeof page.items)[0];
  });
  const chats = chatsOver(async (url, init) => {
    if (url.endsWith("create")) throw new Error("connection reset");
    return fetch(url, init);
  });
  const failed = chats.create(NEW_USER_ID).catch((caught) => caught);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ outcome: "unknown" });
});

test("a chat that was just opened is deleted without another look, and completed at once", async () => {
  const { chats, routes } = losing(() => false);
  expect(await chats.complete("新朋友")).toEqual([]);
  const { chat_code } = await chats.create(NEW_USER_ID);
  expect(await chats.complete("新朋友")).toEqual([chat_code]);
  await chats.delete(chat_code);
  expect(routes).not.toContain("user-chat/view");
});

test("invisible characters complete to nothing", async () => {
  expect(await chatsOver(new Sandbox().fetch).complete("\u200b")).toEqual([]);
});

test("letters typed within half a minute read the list once, and a change reads it again", async () => {
  const { chats, routes } = losing(() => false);
  for (const typed of ["5", "5c", "5c7"]) await chats.complete(typed);
  expect(routes).toHaveLength(10);
  expect(await chats.complete("5c7ec6")).toEqual([DOCUMENTED_CHAT.code]);
  await chats.delete(DOCUMENTED_CHAT.code);
  expect(await chats.complete("5c7ec6")).toEqual([]);
});

test("a completion reads 10 pages, none ahead of them", async () => {
  const { fetch, pages } = paging(() => {}, new Sandbox({ chats: 900, limit: 10_000 }));
  await chatsOver(fetch).complete("5c");
  expect(pages).toHaveLength(10);
});

test("a failed read for a completion is not cached", async () => {
  let broken = true;
  const sandbox = new Sandbox();
  const chats = chatsOver((url, init) =>
    broken
      ? Promise.resolve(Response.json({ code: 403, message: "", data: {} }, { status: 403 }))
      : sandbox.fetch(url, init),
  );
  await expect(chats.complete("5c7ec6")).rejects.toBeInstanceOf(ApiError);
  broken = false;
  expect(await chats.complete("5c7ec6")).toEqual([DOCUMENTED_CHAT.code]);
});
