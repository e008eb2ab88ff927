import { expect, onTestFinished, test, vi } from "vitest";
import { HiddenChatError, TargetNotAllowedError } from "../../src/access/errors.ts";
import { UnfinishedSearchError } from "../../src/chats/errors.ts";
import type { Fetch } from "../../src/kook/client.ts";
import { listChats } from "../../src/kook/endpoints/user-chat.ts";
import { RateLimitError } from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { createServices } from "../../src/mcp/services.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatsOver, clientOver, paging } from "../support/chats.ts";
import { settled } from "../support/clock.ts";

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

test("a list has only the allowed chats, and counts no others", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259", "404"]);
  const { chats: listed, ...counts } = await chats.list({ page: 1, pageSize: 50 });
  expect(listed.map(({ row }) => row.username)).toEqual(["夏天1", "夏天10"]);
  expect(counts).toEqual({ page: 1, page_total: 1, total: 2 });
});

test("a list of allowed chats is divided into pages", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259"]);
  const first = await chats.list({ page: 1, pageSize: 1 });
  expect(first).toMatchObject({ chats: { length: 1 }, page_total: 2, next_page: 2 });
  const second = await chats.list({ page: 2, pageSize: 1 });
  expect(second.chats[0]?.row.username).toBe("夏天10");
  expect(second).not.toHaveProperty("next_page");
  expect((await chats.list({ page: 3, pageSize: 1 })).chats).toEqual([]);
});

test("no more pages are read once all allowed users are found", async () => {
  const { fetch, pages } = paging(() => {});
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  await chats.list({ page: 1, pageSize: 50 });
  expect(pages).toEqual([1]);
});

test("repeated lists do not use up the rate limit, also if an allowed user has no chat yet", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, NEW_USER_ID]);
  for (let times = 0; times < 20; times++) {
    expect(await chats.list({ page: 1, pageSize: 50 })).toMatchObject({ total: 1 });
  }
  await chats.create(NEW_USER_ID);
  expect(await chats.list({ page: 1, pageSize: 50 })).toMatchObject({ total: 2 });
});

test("a list is cached for 15 s, also when the clock is set back", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const { fetch, pages } = paging(() => {});
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  const list = () => chats.list({ page: 1, pageSize: 50 });
  await list();
  await list();
  expect(pages).toEqual([1]);
  vi.advanceTimersByTime(15_000);
  vi.setSystemTime(Date.now() - 8 * 3_600_000);
  await list();
  expect(pages).toEqual([1, 1]);
});

test("a search that the rate limit ends returns its matches, says so, and continues in the next call", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  // The last request of a window is kept back for a second.
  const inTime = async <T>(answer: Promise<T>): Promise<T> => {
    await vi.advanceTimersByTimeAsync(1_000);
    return answer;
  };
  const sandbox = new Sandbox({ chats: 600, limit: 8, windowSeconds: 60 });
  const last = await lastChatOf(new Sandbox({ chats: 600 }));
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, last], sandbox);
  const first = await inTime(chats.list({ page: 1, pageSize: 50 }));
  expect(first).toMatchObject({ total: 1, complete: false });
  expect(first.stoppedBy).toBeInstanceOf(RateLimitError);
  const searched = await inTime(chats.find({ query: last }, { page: 1, enough: 50 }));
  expect(searched).toMatchObject({ chats: [], complete: false });
  await vi.advanceTimersByTimeAsync(60_000);
  const second = await inTime(chats.list({ page: 1, pageSize: 50 }));
  expect(second).toMatchObject({ total: 2 });
  expect(second).not.toHaveProperty("complete");
});

test("a search that reaches its page limit says so, and continues in the next call", async () => {
  const sandbox = new Sandbox({ chats: 1_200, limit: 10_000 });
  const last = await lastChatOf(sandbox);
  const { chats } = allowing([last], sandbox);
  const first = await chats.find({ query: last }, { page: 1, enough: 50 });
  expect(first).toMatchObject({ chats: [], complete: false });
  expect(first).not.toHaveProperty("only_match");
  expect(first.stoppedBy).toBeInstanceOf(UnfinishedSearchError);
  const second = await chats.find({ query: last }, { page: 1, enough: 50 });
  expect(second).toMatchObject({ chats: { length: 1 }, complete: true });
});

test("an allowed chat that cannot be read is not reported as missing", async () => {
  const { fetch } = paging((page) => {
    page.items[0] = {} as (typeof page.items)[0];
  });
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  expect(await chats.list({ page: 1, pageSize: 50 })).toMatchObject({ chats: [], complete: false });
});

async function lastChatOf(sandbox: Sandbox): Promise<string> {
  const { chats, page_total } = await chatsOver(sandbox.fetch).list({ page: 1, pageSize: 50 });
  expect(chats.length).toBeGreaterThan(0);
  const last = await chatsOver(sandbox.fetch).list({ page: page_total, pageSize: 50 });
  return last.chats.at(-1)?.row.target_id as string;
}

test("a filter searches only the allowed chats, and counts no others", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId, "1000855259"]);
  const found = await chats.find({ query: "夏天" }, { page: 1, enough: 50 });
  expect(found.chats.map(({ row }) => row.username)).toEqual(["夏天1", "夏天10"]);
  expect(found).toMatchObject({ total: 2, page_total: 1, scanned: 2, complete: true });
  const hidden = await chats.find({ query: "工具1" }, { page: 1, enough: 50 });
  expect(hidden.chats).toEqual([]);
});

test("an allowed chat can be viewed, a hidden one has the error of a missing one", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId]);
  expect((await chats.view(DOCUMENTED_CHAT.code)).chat.username).toBe("夏天1");
  const [hidden, missing] = await Promise.all(
    [HIDDEN, "no-such"].map((code) => chats.view(code).catch((error) => error)),
  );
  expect(hidden).toBeInstanceOf(HiddenChatError);
  expect(hidden).toEqual(missing);
});

test("a hidden chat has the error of a missing one, also where KOOK refuses that with 40000", async () => {
  const sandbox = new Sandbox();
  const fetch: Fetch = async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    const missing = { code: 40000, message: "失败", data: {} };
    return answer.status === 404 ? Response.json(missing, { status: 400 }) : answer;
  };
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  for (const code of [HIDDEN, "no-such"]) {
    await expect(chats.view(code)).rejects.toBeInstanceOf(HiddenChatError);
  }
});

test.each([
  ["a wrong token", 401, 401, "bad_token"],
  ["maintenance", 400, 40000, "maintenance"],
])("%s is not reported as a hidden chat", async (_, status, code, reason) => {
  const body = { code, message: reason === "maintenance" ? "服务器维护" : "", data: {} };
  const fetch: Fetch = async () => Response.json(body, { status });
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  await expect(chats.view(DOCUMENTED_CHAT.code)).rejects.toMatchObject({ reason });
});

test("a chat of another user that KOOK answers with is not shown", async () => {
  const sandbox = new Sandbox();
  const fetch: Fetch = (url, init) =>
    sandbox.fetch(url, { ...init, body: JSON.stringify({ target_id: "1000007926" }) });
  const chats = chatsOver(fetch, { allowTargets: [NEW_USER_ID] });
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const failed = chats.create(NEW_USER_ID).catch((error) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toBeInstanceOf(LostAnswerError);
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

test("a hidden chat is not deleted, also after KOOK has listed it to this server", async () => {
  const { chats, sandbox } = allowing([DOCUMENTED_CHAT.targetId, "404"]);
  await chats.list({ page: 1, pageSize: 50 });
  await expect(chats.delete(HIDDEN)).rejects.toBeInstanceOf(HiddenChatError);
  expect((await chatsOver(sandbox.fetch).view(HIDDEN)).chat.chat_code).toBe(HIDDEN);
});

test("a search that a host started is no background work: a person's call may join it", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { fetch, pages } = paging(() => {}, new Sandbox({ limit: 1, windowSeconds: 1 }));
  const client = clientOver(fetch, { maxWaitMs: 20_000 });
  const { chats } = createServices(client, { scanBudgetMs: 10_000, allowTargets: ["404"] });
  const list = (page: number) => client.call(listChats, { page, page_size: 50 });
  await settled(list(9));
  const searching = chats.list({ page: 1, pageSize: 50 }, { priority: "background" });
  await vi.advanceTimersByTimeAsync(0);
  await settled(Promise.all([searching, list(8)]));
  expect(pages.slice(0, 3)).toEqual([9, 1, 8]);
});

test("a completion offers only the allowed chats", async () => {
  const { chats } = allowing([DOCUMENTED_CHAT.targetId]);
  expect(await chats.complete("")).toEqual([DOCUMENTED_CHAT.code]);
  expect(await chats.complete(HIDDEN.slice(0, 6))).toEqual([]);
  expect(await chats.complete("工具")).toEqual([]);
});

test("a search in flight does not put a chat that is deleted meanwhile back into the cache", async () => {
  const sandbox = new Sandbox();
  let held: (() => void) | undefined;
  const fetch: Fetch = async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    if (url.includes("/list") && held === undefined) {
      await new Promise<void>((resolve) => {
        held = resolve;
      });
    }
    return answer;
  };
  const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
  const listing = chats.list({ page: 1, pageSize: 50 });
  await expect.poll(() => held).toBeDefined();
  await chats.delete(DOCUMENTED_CHAT.code);
  held?.();
  await listing;
  expect(await chats.list({ page: 1, pageSize: 50 })).toMatchObject({ chats: [], total: 0 });
});

test("a continued search is not complete if a chat moved to a page that was read before", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sandbox = new Sandbox({ chats: 200 });
  const target = await lastChatOf(sandbox);
  let failing = true;
  const moved: unknown[] = [];
  const { fetch } = paging((page, asked) => {
    if (asked === 3 && failing) throw Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    // The wanted chat has moved from the last page to the first, which has been read.
    if (asked > 2) page.items = page.items.filter(({ target_info }) => target_info.id !== target);
    if (asked === 3) page.items.unshift(moved[0] as (typeof page.items)[0]);
    if (asked === 2) moved[0] = page.items.at(-1);
  }, sandbox);
  const chats = chatsOver(fetch, { allowTargets: [target] });
  const list = () => settled(chats.list({ page: 1, pageSize: 50 }));
  expect(await list()).toMatchObject({ chats: [], complete: false });
  failing = false;
  expect(await list()).toMatchObject({ chats: [], complete: false });
});
