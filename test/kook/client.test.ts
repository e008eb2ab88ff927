import { afterEach, expect, test, vi } from "vitest";
import type { Fetch, FetchInit, Token } from "../../src/kook/client.ts";
import {
  ApiError,
  ConnectionError,
  MalformedAnswerError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../../src/kook/errors.ts";
import created from "../fixtures/create.json" with { type: "json" };
import deleted from "../fixtures/delete.json" with { type: "json" };
import listed from "../fixtures/list.json" with { type: "json" };
import viewed from "../fixtures/view.json" with { type: "json" };
import { connectEndpoints } from "../support/endpoints.ts";

afterEach(() => void vi.useRealTimers());

const TOKEN = "1/MTA2Mzk=/s3cret==";

function client(fetch: Fetch, options: { token?: Token; baseUrl?: string } = {}) {
  return connectEndpoints({
    fetch,
    token: { scheme: "Bot", value: TOKEN },
    baseUrl: "https://kook.example/api/v3",
    timeoutMs: 1_000,
    maxWaitMs: 60_000,
    ...options,
  });
}

interface Sent extends Omit<FetchInit, "signal"> {
  url: string;
}

/** A KOOK that gives these answers in turn and repeats the last one; records the requests. */
function kook(...answers: (() => Response | Promise<Response>)[]) {
  const sent: Sent[] = [];
  const fetch: Fetch = async (url, { signal: _, ...init }) => {
    sent.push({ url, ...init });
    const answer = answers[Math.min(sent.length, answers.length) - 1] as () => Response;
    return answer();
  };
  return { fetch, sent };
}

const json =
  (body: unknown, status = 200, headers = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers });

const headers = {
  Authorization: `Bot ${TOKEN}`,
  Accept: "application/json",
  "Accept-Language": "zh-CN",
};
const postHeaders = { ...headers, "Content-Type": "application/json" };

test("list is asked and read as documented", async () => {
  const { fetch, sent } = kook(json(listed));
  const page = await client(fetch).listChats({ page: 1, page_size: 50 });
  expect(sent).toEqual([
    {
      url: "https://kook.example/api/v3/user-chat/list?page=1&page_size=50",
      method: "GET",
      headers,
    },
  ]);
  expect(page).toEqual({ items: listed.data.items, skipped: 0, meta: listed.data.meta });
});

test("view is asked and read as documented", async () => {
  const { fetch, sent } = kook(json(viewed));
  expect(await client(fetch).viewChat("a b&c")).toEqual(viewed.data);
  expect(sent).toEqual([
    {
      url: "https://kook.example/api/v3/user-chat/view?chat_code=a+b%26c",
      method: "GET",
      headers,
    },
  ]);
});

test("create is asked and read as documented", async () => {
  const { fetch, sent } = kook(json(created));
  expect(await client(fetch).createChat("325")).toEqual(created.data);
  expect(sent).toEqual([
    {
      url: "https://kook.example/api/v3/user-chat/create",
      method: "POST",
      headers: postHeaders,
      body: '{"target_id":"325"}',
    },
  ]);
});

test.each([
  ["the documented map", deleted],
  ["a list", { ...deleted, data: [] }],
  ["no data", { code: 0, message: "操作成功" }],
])("delete is asked as documented and read with %s", async (_, answer) => {
  const { fetch, sent } = kook(json(answer));
  await client(fetch).deleteChat("abc");
  expect(sent).toEqual([
    {
      url: "https://kook.example/api/v3/user-chat/delete",
      method: "POST",
      headers: postHeaders,
      body: '{"chat_code":"abc"}',
    },
  ]);
});

test("the token's own account is asked and read as documented", async () => {
  const me = { id: "1287654321", username: "机器人", identify_num: "0001", bot: true, roles: [] };
  const { fetch, sent } = kook(json({ code: 0, message: "操作成功", data: me }));
  expect(await client(fetch).viewMe()).toEqual({ id: me.id, username: me.username, bot: true });
  expect(sent).toEqual([{ url: "https://kook.example/api/v3/user/me", method: "GET", headers }]);
});

test("a base URL may end in a slash, and a token may be a Bearer's", async () => {
  const { fetch, sent } = kook(json(viewed));
  const token = { scheme: "Bearer", value: "x" } as const;
  await client(fetch, { baseUrl: "https://kook.example/v3/", token }).viewChat("abc");
  expect(sent[0]?.url).toBe("https://kook.example/v3/user-chat/view?chat_code=abc");
  expect(sent[0]?.headers["Authorization"]).toBe("Bearer x");
});

test("without a token nothing is sent", async () => {
  const { fetch, sent } = kook(json(viewed));
  const call = client(fetch, { token: { problem: "No token is set." } }).viewChat("abc");
  await expect(call).rejects.toThrow(new TokenError("No token is set."));
  expect(sent).toEqual([]);
});

test.each([
  [200, { code: 40000, message: "失败", data: [] }, "other"],
  [400, { code: 40000, message: "无法发起私信", data: { name: "Bad Request" } }, "cannot_message"],
  [401, { code: 401, message: "你的用户凭证不正确", data: {} }, "bad_token"],
  [200, { code: 401, message: "请重新登录", data: [] }, "bad_token"],
  [403, { code: 403, message: "你没有权限进行此操作", data: {} }, "no_permission"],
  [200, { code: 40300, message: "", data: null }, "no_permission"],
  [404, { code: 404, message: "该数据不存在或者你没有权限操作", data: {} }, "not_found"],
  [200, { code: 40000, message: "你已被对方屏蔽", data: {} }, "blocked"],
  [200, { code: 40000, message: "由于服务器维护", data: {} }, "maintenance"],
  [200, { code: 99, message: "?", data: {} }, "other"],
])("HTTP %i with %j has the reason %s", async (status, body, reason) => {
  const { fetch, sent } = kook(json(body, status));
  const error = await client(fetch)
    .viewChat("abc")
    .catch((caught) => caught);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status, code: body.code, kookMessage: body.message, reason });
  expect(sent).toHaveLength(1);
});

test.each([
  ["HTML", () => new Response("<html>", { status: 200 }), "HTML page"],
  ["nothing", () => new Response("", { status: 200 }), ": empty."],
  ["half an answer", () => new Response('{"code":0', { status: 200 }), "not valid JSON"],
  ["no envelope", json({ hello: 1 }), "`code` is missing"],
  ["a list", json([]), "Unexpected response (HTTP 200): `data` is missing or malformed"],
  ["an envelope whose code is null", json({ code: null, message: "x" }), "`code` is missing"],
  ["an envelope whose code is empty", json({ code: "", message: "x" }), "`code` is missing"],
  ["a chat without a code", json({ code: 0, data: { unread_count: 1 } }), "`code` is missing"],
  ["no data", json({ code: 0, message: "" }), "`data` is missing or malformed"],
  [
    "a redirect",
    () => new Response("", { status: 302, headers: { Location: "/" } }),
    "a redirect, which is not followed; nothing was done",
  ],
])("%s instead of an answer is refused and named", async (_, answer, problem) => {
  const { fetch, sent } = kook(answer);
  const error = await client(fetch)
    .viewChat("abc")
    .catch((caught) => caught);
  expect(error).toBeInstanceOf(MalformedAnswerError);
  expect(error.message).toContain(problem);
  expect(sent).toHaveLength(1);
});

test("an endless body is cut off at 4 MiB and cancelled", async () => {
  let chunks = 0;
  let cancelled = false;
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          chunks++;
          controller.enqueue(new Uint8Array(1024 * 1024));
        },
        cancel: () => {
          cancelled = true;
        },
      }),
    );
  const { fetch } = kook(endless);
  await expect(client(fetch).viewChat("abc")).rejects.toThrow("longer than 4 MiB");
  expect(cancelled).toBe(true);
  expect(chunks).toBeLessThan(8);
});

test("invalid UTF-8 in a name replaces one character and keeps the chat", async () => {
  const bytes = Buffer.from(JSON.stringify(viewed).replace("夏天1", "A?B"));
  bytes[bytes.indexOf("A?B") + 1] = 0xff;
  const { fetch } = kook(() => new Response(bytes));
  const { target_info } = await client(fetch).viewChat("abc");
  expect(target_info?.username).toBe("A\ufffdB");
});

test("an id that is sent as a number keeps its digits, however many, and digits inside a text are unchanged", async () => {
  const answer = JSON.stringify({
    ...viewed,
    data: {
      ...viewed.data,
      target_info: { ...viewed.data.target_info, id: 0, username: 'a "18446744073709551615" b' },
    },
  });
  const { fetch } = kook(
    () => new Response(answer.replace('"id":0', '"id": 18446744073709551615')),
  );
  expect((await client(fetch).viewChat("abc")).target_info).toMatchObject({
    id: "18446744073709551615",
    username: 'a "18446744073709551615" b',
  });
});

test.each([
  ["escapes in a text that does not end", `{"code":0,"message":"${'\\"'.repeat(2_000_000)}`],
  ["opening brackets", "[".repeat(4_000_000)],
  ["digits", "1".repeat(4_000_000)],
  ["texts", `{"code":0,"data":[${'"x",'.repeat(900_000)}""]}`],
])("4 MB of %s are refused in linear time", async (_, answer) => {
  const { fetch } = kook(() => new Response(answer));
  const startedAt = performance.now();
  await expect(client(fetch).viewChat("abc")).rejects.toBeInstanceOf(MalformedAnswerError);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test("a token that the server echoes is redacted from its message", async () => {
  const { fetch } = kook(json({ code: 1, message: `bad token ${TOKEN}!`, data: {} }));
  await expect(client(fetch).viewChat("abc")).rejects.toMatchObject({
    kookMessage: "bad token [token]!",
    message: expect.not.stringContaining(TOKEN),
  });
});

test("a network failure names the system's code and nothing else", async () => {
  const cause = Object.assign(new Error(`connect to https://kook.example ${TOKEN}`), {
    code: "ECONNREFUSED",
  });
  const { fetch } = kook(() => Promise.reject(new TypeError("fetch failed", { cause })));
  await expect(client(fetch).deleteChat("abc")).rejects.toThrow(
    new ConnectionError("nothing listens at the address (ECONNREFUSED)", {
      sent: true,
      code: "ECONNREFUSED",
    }),
  );
});

test("an aborted call is not sent, or ends at once with the caller's reason", async () => {
  const { fetch, sent } = kook(() => new Promise(() => {}));
  const reason = new Error("changed my mind");
  await expect(client(fetch).viewChat("abc", { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  expect(sent).toEqual([]);
  const controller = new AbortController();
  const call = client(fetch).viewChat("abc", { signal: controller.signal });
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

/** Never answers; rejects when its signal aborts. */
const never: Fetch = (_url, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

test("an answer that never comes ends with the timeout", async () => {
  vi.useFakeTimers();
  const call = client(never)
    .deleteChat("abc")
    .catch((error) => error);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await call).toEqual(new TimeoutError(1_000));
});

test("a body that drips ends with the timeout", async () => {
  vi.useFakeTimers();
  const dripping: Fetch = async (_url, { signal }) => ({
    status: 200,
    headers: new Headers(),
    body: (async function* () {
      while (!signal.aborted) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        yield new Uint8Array([32]);
      }
      throw signal.reason;
    })(),
  });
  const call = client(dripping)
    .deleteChat("abc")
    .catch((error) => error);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(await call).toEqual(new TimeoutError(1_000));
});

test.each([
  ["listChats", 3],
  ["viewChat", 3],
  ["createChat", 3],
  ["deleteChat", 1],
] as const)("%s is sent %i times at most when KOOK fails", async (method, times) => {
  vi.useFakeTimers();
  const { fetch, sent } = kook(json({ code: 500, message: "系统错误", data: {} }, 500));
  const kookClient = client(fetch);
  const call =
    method === "listChats"
      ? kookClient.listChats({ page: 1, page_size: 50 })
      : kookClient[method]("1");
  const failed = call.catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toMatchObject({ code: 500, reason: "server_error" });
  expect(sent).toHaveLength(times);
});

test("a read that fails once is retried and succeeds", async () => {
  vi.useFakeTimers();
  const { fetch } = kook(() => new Response("<html>", { status: 502 }), json(viewed));
  const call = client(fetch).viewChat("abc");
  await vi.advanceTimersByTimeAsync(500);
  expect(await call).toEqual(viewed.data);
});

test("a cancelled call is not retried", async () => {
  vi.useFakeTimers();
  // The longest backoff.
  vi.spyOn(Math, "random").mockReturnValue(1);
  const { fetch, sent } = kook(json({ code: 500, message: "", data: {} }, 500));
  const controller = new AbortController();
  const failed = client(fetch)
    .viewChat("abc", { signal: controller.signal })
    .catch((error) => error);
  await vi.advanceTimersByTimeAsync(0);
  controller.abort("enough");
  expect(await failed).toBe("enough");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(1);
});

test("a 429 is retried after its reset and never before, also for a delete", async () => {
  vi.useFakeTimers();
  const limits = {
    "X-Rate-Limit-Limit": "5",
    "X-Rate-Limit-Remaining": "0",
    "X-Rate-Limit-Reset": "3",
  };
  const refused = json({ code: 429, message: "请求过于频繁", data: {} }, 429, limits);
  const { fetch, sent } = kook(refused, json(deleted));
  const call = client(fetch).deleteChat("abc");
  await vi.advanceTimersByTimeAsync(2_999);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  await call;
  expect(sent).toHaveLength(2);
});

test("after three refusals the call fails with the seconds to wait", async () => {
  vi.useFakeTimers();
  const refused = json({ code: 429, message: "", data: {} }, 429, { "X-Rate-Limit-Reset": "3" });
  const { fetch, sent } = kook(refused);
  const failed = client(fetch)
    .viewChat("abc")
    .catch((error) => error);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await failed).toBeInstanceOf(RateLimitError);
  expect(await failed).toMatchObject({ retryAfterSeconds: 3 });
  expect(sent).toHaveLength(3);
});
