import { expect, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID, UNWILLING_USER_ID } from "../../src/sandbox/seed.ts";

const authorized = { Authorization: `Bot ${SANDBOX_TOKEN}` };

async function ask(
  sandbox: Sandbox,
  method: string,
  route: string,
  body = "",
  headers: Record<string, string> = authorized,
) {
  const url = `/api/v3/${route}`;
  const response = sandbox.handle({ method, url, body, headers: new Headers(headers) });
  // biome-ignore lint/suspicious/noExplicitAny: the tests check the shape
  const answer = (await response.json()) as any;
  return { status: response.status, headers: response.headers, body: answer };
}

test.each([
  {},
  { Authorization: "Bot wrong" },
  { Authorization: SANDBOX_TOKEN },
  { Authorization: `Bearer ${SANDBOX_TOKEN}` },
])("the header %j is refused as a bad token", async (headers) => {
  const answer = await ask(new Sandbox(), "GET", "user/me", "", headers as never);
  expect(answer.status).toBe(401);
  expect(answer.body).toEqual({
    code: 401,
    message: "你的用户凭证不正确",
    data: { name: "Unauthorized", status: 401 },
  });
});

test("a list page has at most 50 chats, and a page past the end repeats the last one", async () => {
  const sandbox = new Sandbox();
  const first = await ask(sandbox, "GET", "user-chat/list?page_size=100");
  expect(first.body.data.meta).toEqual({ page: 1, page_total: 10, page_size: 50, total: 480 });
  expect(first.body.data.items).toHaveLength(50);
  expect(first.body.data.items[0]).not.toHaveProperty("is_friend");
  expect(first.body.data.items[0].target_info).toHaveProperty("identify_num");
  const past = await ask(sandbox, "GET", "user-chat/list?page=99");
  expect(past.body.data.meta.page).toBe(10);
  expect(past.body.data.items).toHaveLength(30);
});

test("an empty list has 0 pages", async () => {
  const { body } = await ask(new Sandbox({ chats: 0 }), "GET", "user-chat/list");
  expect(body.data).toMatchObject({ items: [], meta: { page: 1, page_total: 0, total: 0 } });
});

test("create accepts an id as text, number or form, and returns the same chat each time", async () => {
  const sandbox = new Sandbox();
  const form = { ...authorized, "Content-Type": "application/x-www-form-urlencoded" };
  const codes = [
    await ask(sandbox, "POST", "user-chat/create", JSON.stringify({ target_id: NEW_USER_ID })),
    await ask(sandbox, "POST", "user-chat/create", JSON.stringify({ target_id: 2418200000 })),
    await ask(sandbox, "POST", "user-chat/create", `target_id=${NEW_USER_ID}`, form),
  ].map(({ body }) => body.data.code);
  expect(new Set(codes).size).toBe(1);
  expect(codes[0]).toMatch(/^[0-9a-f]{32}$/);
});

test("create is refused for an unknown user and for one who takes no private messages", async () => {
  const sandbox = new Sandbox();
  const create = (id: string) =>
    ask(sandbox, "POST", "user-chat/create", JSON.stringify({ target_id: id }));
  expect((await create("1")).body).toMatchObject({ code: 404 });
  expect((await create(UNWILLING_USER_ID)).body).toMatchObject({
    code: 40000,
    message: "无法发起私信",
  });
});

test("delete removes a chat, and a second delete is refused", async () => {
  const sandbox = new Sandbox();
  const body = JSON.stringify({ chat_code: DOCUMENTED_CHAT.code });
  expect((await ask(sandbox, "POST", "user-chat/delete", body)).body.data).toEqual({});
  expect(await ask(sandbox, "POST", "user-chat/delete", body)).toMatchObject({ status: 404 });
  const view = await ask(sandbox, "GET", `user-chat/view?chat_code=${DOCUMENTED_CHAT.code}`);
  expect(view.body.code).toBe(404);
});

test("each route has its own bucket, which refuses requests beyond its limit until the reset", async () => {
  let now = 0;
  const sandbox = new Sandbox({ limit: 2, windowSeconds: 10, now: () => now });
  const list = () => ask(sandbox, "GET", "user-chat/list");
  const remaining = [];
  for (let index = 0; index < 2; index++) {
    remaining.push((await list()).headers.get("X-Rate-Limit-Remaining"));
  }
  expect(remaining).toEqual(["1", "0"]);
  now = 4_500;
  const refused = await list();
  expect(refused).toMatchObject({ status: 429, body: { code: 429 } });
  expect(refused.headers.get("X-Rate-Limit-Reset")).toBe("6");
  expect(refused.headers.get("X-Rate-Limit-Bucket")).toBe("user-chat/list");
  expect(await ask(sandbox, "GET", "user/me")).toMatchObject({ status: 200 });
  now = 10_000;
  expect(await list()).toMatchObject({ status: 200 });
});

test.each([
  ["POST", "user-chat/list", "", 405],
  ["GET", "user-chat/delete", "", 405],
  ["GET", "guild/list", "", 404],
  ["POST", "user-chat/create", "{", 400],
  ["POST", "user-chat/create", "null", 400],
])("%s %s with the body %j is answered with %i", async (method, route, body, status) => {
  expect(await ask(new Sandbox(), method, route, body)).toMatchObject({ status });
});

test.each([
  "*",
  "",
  "//",
  "//kook.invalid/api/v3/user/me",
  "https://kook.invalid/api/v3/user/me",
  "/api/v3/user-chat/view?chat_code=%zz",
  "/api/v3/%e4%b8",
])("the request target %j is answered with 400", (url) => {
  const request = { method: "GET", url, body: "", headers: new Headers(authorized) };
  expect(new Sandbox().handle(request).status).toBe(400);
});

test.each(["/", "/user/me", "/v3/user/me", "/api/v3", "/proxy/api/v3/user/me"])(
  "%s is outside the API and gets a web page with 404",
  async (url) => {
    const request = { method: "GET", url, body: "", headers: new Headers(authorized) };
    const answer = new Sandbox().handle(request);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toMatch(/^<html>/);
  },
);

test.each(["constructor", "__proto__", "user", "user/me/", "proxy/user/me"])(
  "%s is not a route",
  async (route) => {
    expect(await ask(new Sandbox(), "GET", route)).toMatchObject({
      status: 404,
      body: { code: 404 },
    });
  },
);

test.each([
  ["https://www.kookapp.cn/api/v3", 200],
  ["http://localhost:8080/kook/api/v3", 200],
  ["https://www.kookapp.cn", 404],
  ["https://www.kookapp.cn/api", 404],
])("fetch with the base URL %s answers with %i", async (baseUrl, status) => {
  const { signal } = new AbortController();
  const init = { method: "GET", headers: authorized, signal, redirect: "manual" } as const;
  expect((await new Sandbox().fetch(`${baseUrl}/user/me`, init)).status).toBe(status);
});
