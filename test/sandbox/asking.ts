// Requests to a sandbox in this process, as the tests of its message routes make them.
import { SANDBOX_TOKEN, type Sandbox } from "../../src/sandbox/sandbox.ts";

// biome-ignore lint/suspicious/noExplicitAny: the tests check the shape
export type Body = any;

const headers = new Headers({ Authorization: `Bot ${SANDBOX_TOKEN}` });

/** GET without a body, POST with one. `route` is below `direct-message/` unless it has its own family. */
export async function ask(sandbox: Sandbox, route: string, body?: object) {
  const path = route.includes("/") ? route : `direct-message/${route}`;
  const answer = sandbox.handle({
    method: body ? "POST" : "GET",
    url: `/api/v3/${path}`,
    headers,
    body: body ? JSON.stringify(body) : "",
  });
  const json: Body = await answer.json();
  return { status: answer.status, headers: answer.headers, code: json.code, body: json };
}

export async function items(sandbox: Sandbox, query: string): Promise<Body[]> {
  return (await ask(sandbox, `list?${query}`)).body.data.items;
}

/** All chats, as `user-chat/list` shows them. */
export async function allChats(sandbox: Sandbox): Promise<Body[]> {
  const chats = [];
  for (let page = 1; ; page++) {
    const { data } = (await ask(sandbox, `user-chat/list?page=${page}`)).body;
    chats.push(...data.items);
    if (page >= data.meta.page_total) return chats;
  }
}

/** Every message of a chat, by pages in one direction. */
export async function walk(
  sandbox: Sandbox,
  chatCode: string,
  flag: "before" | "after",
  size = 50,
): Promise<Body[]> {
  const found = await items(sandbox, `chat_code=${chatCode}&page_size=${size}`);
  if (flag === "after") found.splice(0, found.length, ...(await firstOf(sandbox, found, chatCode)));
  while (found.length > 0) {
    const from = flag === "before" ? found[0] : found.at(-1);
    const query = `chat_code=${chatCode}&page_size=${size}&flag=${flag}&msg_id=${from.id}`;
    const page = await items(sandbox, query);
    if (page.length === 0) break;
    if (flag === "before") found.unshift(...page);
    else found.push(...page);
  }
  return found;
}

/** The oldest message alone. */
async function firstOf(sandbox: Sandbox, newest: Body[], chatCode: string): Promise<Body[]> {
  let page = newest;
  for (let older = newest; older.length > 0; ) {
    page = older;
    older = await items(sandbox, `chat_code=${chatCode}&flag=before&msg_id=${older[0].id}`);
  }
  return page.slice(0, 1);
}
