// A KOOK whose chats and messages a test makes by hand, under the real client.

import { Access } from "../../src/access/access.ts";
import { Chats } from "../../src/chats/chats.ts";
import type { CallOptions } from "../../src/kook/call-options.ts";
import { type Fetch, KookClient } from "../../src/kook/client.ts";
import { Inbox } from "../../src/messages/inbox.ts";
import { Messages } from "../../src/messages/messages.ts";

export const BOT_ID = "1287654321";

export interface MadeMessage {
  id: string;
  type?: number;
  content?: string;
  author_id: string;
  create_at: number;
  updated_at?: number;
  attachments?: unknown;
  reactions?: unknown;
  quote?: unknown;
  author?: unknown;
}

export interface MadeChat {
  code: string;
  target: string;
  name?: string;
  bot?: boolean;
  /** In KOOK's order, oldest first. */
  messages: MadeMessage[];
  unread?: number;
  /** By default the time of the last message. */
  latest?: number;
}

export interface MadeKook {
  chats: MadeChat[];
  /** Changes a page of messages on its way. */
  page?: (items: MadeMessage[]) => unknown[];
  /** Answers a request instead, or changes the world before it; undefined goes on. */
  intercept?: (route: string, query: URLSearchParams) => Response | Promise<Response> | undefined;
  /** Bytes by address; anything else is 404. */
  files?: Record<string, Response | Fetch>;
  allowTargets?: string[];
}

export const refusal = (code: number, message = "不存在", status = 200) =>
  Response.json({ code, message, data: {} }, { status });

/** Without these headers the limiter lets one request through at a time. */
const headers = { "X-Rate-Limit-Remaining": "100", "X-Rate-Limit-Reset": "60" };

const success = (data: unknown) =>
  Response.json({ code: 0, message: "操作成功", data }, { headers });

/** Messages `1`, `2` … of a chat, a second apart from `start` on. Ids differ in the first eight digits. */
export function madeMessages(
  count: number,
  { author = "7", start = 1_700_000_000_000 }: { author?: string; start?: number } = {},
): MadeMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    id: uuid(index + 1),
    type: 9,
    content: `message ${index + 1}`,
    author_id: author,
    create_at: start + index * 1_000,
  }));
}

export function uuid(index: number): string {
  const start = (0x1000_0000 + index * 0x101).toString(16);
  return `${start}-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
}

/** The services over this KOOK; `asked` notes each request. */
export function conversations(kook: MadeKook) {
  const asked: string[] = [];
  const headers: Record<string, string>[] = [];
  const fetch: Fetch = async (url, init) => {
    init.signal.throwIfAborted();
    const { pathname, search, searchParams, host } = new URL(url);
    const route = host === "kook.invalid" ? pathname.replace("/api/v3/", "") : url;
    asked.push(route + (route === url ? "" : decodeURIComponent(search)));
    headers.push(init.headers);
    const file = kook.files?.[url];
    if (typeof file === "function") return file(url, init);
    if (route === url || file) return file ?? new Response("not found", { status: 404 });
    const changed = await kook.intercept?.(route, searchParams);
    return changed ?? answer(kook, route, searchParams);
  };
  const client = new KookClient({
    fetch,
    token: { scheme: "Bot", value: "1/MTIzNDU=/c2FuZGJveC10b2tlbg==" },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 1_000,
    maxWaitMs: 1_000,
  });
  const access = new Access(client, kook.allowTargets);
  const chats = new Chats(client, access, { scanBudgetMs: 10_000 });
  const messages = new Messages(client, access, chats);
  const inbox = new Inbox(chats, messages);
  /** The requests since the last call of this, by route. */
  const taken = () => {
    const counts: Record<string, number> = {};
    for (const request of asked.splice(0)) {
      const route = request.replace(/\?.*/, "");
      counts[route] = (counts[route] ?? 0) + 1;
    }
    return counts;
  };
  return { client, access, chats, messages, inbox, asked, headers, taken };
}

function answer(kook: MadeKook, route: string, query: URLSearchParams): Response {
  const chat = kook.chats.find(({ code }) => code === query.get("chat_code"));
  if (route === "user/me") return success({ id: BOT_ID, username: "bot", bot: true });
  if (route === "user-chat/list") return listed(kook.chats, Number(query.get("page")));
  if (!chat) return refusal(40_000, "会话不存在");
  if (route === "user-chat/view") return success(rowOf(chat));
  const id = query.get("msg_id");
  const place = chat.messages.findIndex((message) => message.id === id);
  if (route === "direct-message/view") {
    return place < 0
      ? refusal(40_012, "该数据不存在或者你没有权限操作")
      : success(chat.messages[place]);
  }
  if (id !== null && place < 0) return success({ items: [] });
  const size = Number(query.get("page_size"));
  const items =
    query.get("flag") === "after"
      ? chat.messages.slice(place + 1, place + 1 + size)
      : chat.messages.slice(0, id === null ? undefined : place).slice(-size);
  return success({ items: kook.page?.(items) ?? items });
}

function listed(chats: readonly MadeChat[], page: number): Response {
  const page_total = Math.ceil(chats.length / 50);
  return success({
    items: chats.slice((page - 1) * 50, page * 50).map(rowOf),
    meta: { page, page_total, page_size: 50, total: chats.length },
  });
}

function rowOf({ code, target, name, bot, messages, latest, unread = 0 }: MadeChat) {
  return {
    code,
    last_read_time: 0,
    latest_msg_time: latest ?? messages.at(-1)?.create_at ?? 0,
    unread_count: unread,
    target_info: { id: target, username: name ?? `user ${target}`, online: false, avatar: "", bot },
  };
}

/** Walks back through a chat with `older`, and returns the ids as they were shown, oldest first. */
export async function walkThrough(
  messages: Messages,
  chat_code: string,
  limit: number,
  options: CallOptions = {},
): Promise<string[]> {
  const ids: string[] = [];
  let before: string | undefined;
  let pages = 0;
  do {
    const page = await messages.list({ chat_code }, { limit, before }, options);
    ids.unshift(...page.messages.map(({ id }) => id));
    before = page.older;
    if (++pages > 300) throw new Error("The walk does not end.");
  } while (before !== undefined);
  return ids;
}
