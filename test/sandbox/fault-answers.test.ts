// Each fault of an answer, as a client of the served sandbox receives it.
import { expect, onTestFinished, test } from "vitest";
import { faults } from "../../src/sandbox/faults/all.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";

const { code } = DOCUMENTED_CHAT;
const headers = { Authorization: `Bot ${SANDBOX_TOKEN}`, "Content-Type": "application/json" };

/** Serves a sandbox; requests with `?fault=` in their query are struck by that fault. */
async function serve() {
  const { url, close } = await serveSandbox(new Sandbox(), 0, {
    fault: ({ url }) => faults.get(new URLSearchParams(url.split("?")[1]).get("fault") ?? ""),
  });
  onTestFinished(close);
  return async (path: string, body?: object) => {
    const init = body ? { method: "POST", body: JSON.stringify(body) } : {};
    const answer = await fetch(`${url}/${path}`, { ...init, headers });
    // biome-ignore lint/suspicious/noExplicitAny: the tests check the shape
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
  };
}

test.each([
  ["meta-yii", { currentPage: 2, pageCount: 10, perPage: 50, totalCount: 480 }],
  ["meta-missing", undefined],
  ["meta-partial", { page: 2, page_size: 50, total: 480 }],
])("%s changes a list's meta", async (fault, meta) => {
  const ask = await serve();
  const { status, body } = await ask(`user-chat/list?page=2&fault=${fault}`);
  expect(status).toBe(200);
  expect(body.data.meta).toEqual(meta);
  expect(body.data.items).toHaveLength(50);
});

test.each([
  ["rate-limit-200", 429],
  ["rate-limit-42900", 42_900],
  ["rate-limit-40007", 40_007],
])("%s is a rate limit with HTTP 200 and code %i", async (fault, expected) => {
  const ask = await serve();
  const { status, headers, body } = await ask(`user-chat/list?fault=${fault}`);
  expect({ status, code: body.code }).toEqual({ status: 200, code: expected });
  expect(headers.get("X-Rate-Limit-Remaining")).toBe("0");
  expect(Number(headers.get("X-Rate-Limit-Reset"))).toBeGreaterThan(0);
});

test.each([
  ["not-found-40000", 400, { code: 40_000, message: "会话不存在" }],
  ["not-found-40012", 200, { code: 40_012, message: "该数据不存在或者你没有权限操作" }],
  ["message-map", 400, { code: 40_000, message: { target_id: ["参数错误"] } }],
  ["message-list", 400, { code: 40_000, message: ["参数错误"] }],
])("%s refuses with HTTP %i and %j", async (fault, status, envelope) => {
  const ask = await serve();
  const answer = await ask(`user-chat/view?chat_code=${code}&fault=${fault}`);
  expect(answer).toMatchObject({ status, body: envelope });
});

test("a delete that redirect answers is not carried out: clients count a redirect as not done", async () => {
  const { url, close } = await serveSandbox(new Sandbox(), 0, {
    fault: ({ method }) => (method === "POST" ? faults.get("redirect") : undefined),
  });
  onTestFinished(close);
  const body = JSON.stringify({ chat_code: code });
  const init = { method: "POST", headers, body, redirect: "manual" } as const;
  expect(await fetch(`${url}/user-chat/delete`, init)).toMatchObject({ status: 302 });
  expect((await fetch(`${url}/user-chat/view?chat_code=${code}`, { headers })).status).toBe(200);
});

test.each(["rate-limit-200", "not-found-40000", "not-found-40012", "message-map", "token-echoed"])(
  "a delete that %s refuses is not carried out",
  async (fault) => {
    const ask = await serve();
    await ask(`user-chat/delete?fault=${fault}`, { chat_code: code });
    expect(await ask(`user-chat/view?chat_code=${code}`)).toMatchObject({ status: 200 });
  },
);

test("server-error carries a delete out, although its answer is a failure", async () => {
  const ask = await serve();
  const answer = await ask("user-chat/delete?fault=server-error", { chat_code: code });
  expect(answer).toMatchObject({ status: 500, body: { code: 500 } });
  expect(await ask(`user-chat/view?chat_code=${code}`)).toMatchObject({ status: 404 });
});

test.each([
  ["times-fractional", (ms: number) => ms + 0.5],
  ["times-seconds", (ms: number) => Math.floor(ms / 1000)],
])("%s changes each time, and 0 stays never", async (fault, change) => {
  const ask = await serve();
  const plain = (await ask("user-chat/list")).body.data.items;
  const struck = (await ask(`user-chat/list?fault=${fault}`)).body.data.items;
  expect(plain.map((chat: { latest_msg_time: number }) => chat.latest_msg_time)).toContain(0);
  for (const [index, chat] of plain.entries()) {
    for (const name of ["last_read_time", "latest_msg_time"]) {
      const time = chat[name];
      expect(struck[index][name]).toBe(time === 0 ? 0 : change(time));
    }
  }
});

test.each(["data-list", "target-null", "meta-yii", "times-seconds"])(
  "%s does not change a web page",
  async (fault) => {
    const { url, close } = await serveSandbox(new Sandbox(), 0, { fault: () => faults.get(fault) });
    onTestFinished(close);
    const answer = await fetch(new URL("/", url));
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/^<html>/);
  },
);
