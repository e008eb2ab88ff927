import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch, FetchResponse, KookClient } from "../../src/kook/client.ts";
import { TimeoutError } from "../../src/kook/errors.ts";
import { answering, BASE_URL, fixture, kook, rejection, TOKEN } from "./kook.ts";

interface DocumentedRequest {
  method: "GET" | "POST";
  path: string;
  query?: string[];
  body?: string[];
}

const documented = fixture<Record<string, DocumentedRequest>>("requests");
const answer = (name: string) => fixture<{ data: Record<string, unknown> }>(name);
const { items, meta } = answer("list").data;

interface Call {
  name: string;
  call(client: KookClient, signal?: AbortSignal): Promise<unknown>;
  sent: Record<string, string>;
  parsed: unknown;
}

const calls: Call[] = [
  {
    name: "list",
    call: (client, signal) => client.listChats({ page: 3, page_size: 20 }, signal),
    sent: { page: "3", page_size: "20" },
    parsed: { items, meta, skipped: 0 },
  },
  {
    name: "view",
    call: (client, signal) => client.viewChat("5c7ec6d021216c136c9198285c15ed47", signal),
    sent: { chat_code: "5c7ec6d021216c136c9198285c15ed47" },
    parsed: answer("view").data,
  },
  {
    name: "create",
    call: (client, signal) => client.createChat("2418200000", signal),
    sent: { target_id: "2418200000" },
    parsed: answer("create").data,
  },
  {
    name: "delete",
    call: (client, signal) => client.deleteChat("sderwrw**", signal),
    sent: { chat_code: "sderwrw**" },
    parsed: undefined,
  },
];

describe.each(calls)("user-chat/$name", ({ name, call, sent, parsed }) => {
  test("is requested as documented", async () => {
    const { fetch, requests } = answering(200, answer(name));
    await call(kook(fetch));
    expect(requests).toHaveLength(1);
    const { url, init } = requests[0] ?? expect.fail("nothing was sent");
    const { method, path, query = [], body = [] } = documented[name] ?? expect.fail(name);
    expect(init.method).toBe(method);
    expect(url.origin + url.pathname).toBe(`https://kook.invalid${path}`);
    expect([...url.searchParams.keys()]).toEqual(query);
    if (method === "GET") {
      expect(Object.fromEntries(url.searchParams)).toEqual(sent);
      expect(init.body).toBeUndefined();
    } else {
      expect(JSON.parse(init.body ?? "")).toEqual(sent);
      expect(Object.keys(sent)).toEqual(body);
    }
  });

  test("carries the token, the language and nothing else of note", async () => {
    const { fetch, requests } = answering(200, answer(name));
    await call(kook(fetch, { language: "en-US" }));
    expect(requests[0]?.init.headers).toEqual({
      Authorization: `Bot ${TOKEN}`,
      Accept: "application/json",
      "Accept-Language": "en-US",
      ...(documented[name]?.method === "POST" && { "Content-Type": "application/json" }),
    });
    expect(requests[0]?.init.redirect).toBe("manual");
  });

  test("reads the documented answer", async () => {
    const { fetch } = answering(200, answer(name));
    expect(await call(kook(fetch))).toEqual(parsed);
  });

  test("sends nothing once the caller has aborted", async () => {
    const { fetch, requests } = answering(200, answer(name));
    const reason = new Error("no longer wanted");
    expect(await rejection(call(kook(fetch), AbortSignal.abort(reason)))).toBe(reason);
    expect(requests).toEqual([]);
  });
});

test("an OAuth token is sent as Bearer", async () => {
  const { fetch, requests } = answering(200, answer("view"));
  await kook(fetch, { token: { scheme: "Bearer", value: "oauth" } }).viewChat("abc");
  expect(requests[0]?.init.headers).toMatchObject({ Authorization: "Bearer oauth" });
});

test.each(["", "/", "//"])("a base URL ending in %j leads to the same address", async (end) => {
  const { fetch, requests } = answering(200, answer("delete"));
  await kook(fetch, { baseUrl: BASE_URL + end }).deleteChat("abc");
  expect(requests[0]?.url.href).toBe(`${BASE_URL}/user-chat/delete`);
});

test("a chat code of any form reaches KOOK unchanged", async () => {
  const { fetch, requests } = answering(200, answer("view"));
  await kook(fetch).viewChat("a&b=c/../%2e +#?");
  expect(requests[0]?.url.searchParams.get("chat_code")).toBe("a&b=c/../%2e +#?");
  expect(requests[0]?.url.pathname).toBe("/api/v3/user-chat/view");
});

test.each([true, [], null, "gone"])("a delete succeeds whatever its data: %j", async (data) => {
  const { fetch } = answering(200, { code: 0, message: "操作成功", data });
  expect(await kook(fetch).deleteChat("abc")).toBeUndefined();
});

test("a character that is split between two chunks is read whole", async () => {
  const bytes = new TextEncoder().encode(JSON.stringify(answer("view")));
  async function* single() {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const headers = new Headers();
  const chat = await kook(async () => ({ status: 200, headers, body: single() })).viewChat("abc");
  expect(chat.target_info?.username).toBe("夏天1");
});

describe("an answer that does not come", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const untilAborted = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const silent: Fetch = (_url, { signal }) => untilAborted(signal);
  const endless: Fetch = async (_url, { signal }): Promise<FetchResponse> => {
    async function* body() {
      yield new TextEncoder().encode('{"code":0,');
      await untilAborted(signal);
    }
    return { status: 200, headers: new Headers(), body: body() };
  };

  test.each([
    ["is never begun", silent],
    ["never ends", endless],
  ])("times out when it %s", async (_, fetch) => {
    const settled = vi.fn();
    const outcome = rejection(kook(fetch, { timeoutMs: 10_000 }).viewChat("abc")).finally(settled);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    const error = await outcome;
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain("10000 ms");
  });

  test.each([
    ["before it begins", silent],
    ["in its middle", endless],
  ])("rejects with the caller's reason when aborted %s", async (_, fetch) => {
    const controller = new AbortController();
    const outcome = rejection(kook(fetch).createChat("1", controller.signal));
    await vi.advanceTimersByTimeAsync(500);
    const reason = new Error("no longer wanted");
    controller.abort(reason);
    expect(await outcome).toBe(reason);
  });

  test("leaves no timer behind once it has come", async () => {
    const { fetch } = answering(200, answer("view"));
    await kook(fetch).viewChat("abc");
    await rejection(kook(answering(500, "").fetch).viewChat("abc"));
    expect(vi.getTimerCount()).toBe(0);
  });
});
