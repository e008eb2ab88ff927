// An in-memory KOOK for tests and for people without an account. It speaks the wire format, oddities included, and its
// `fetch` stands in for the network's, so that all of the real client runs against it.
import type { FetchInit } from "../kook/client.ts";
import { codeOf, type SandboxChat, type SandboxUser, seed, UNWILLING_USER_ID } from "./seed.ts";

/** The token that the sandbox accepts. */
export const SANDBOX_TOKEN = "1/MTIzNDU=/c2FuZGJveC10b2tlbg==";

export interface SandboxOptions {
  /** Number of chats at the start. */
  chats?: number;
  /** Requests that each bucket allows in a window. */
  limit?: number;
  /** Length of that window, in seconds. */
  windowSeconds?: number;
  /** Give the time until the reset in decimals; in whole seconds, rounded up, otherwise. */
  decimalReset?: boolean;
  /** Epoch milliseconds. */
  now?: () => number;
}

export interface SandboxRequest {
  method: string;
  /** Path with query; anything before `/user…` is taken for the base URL's. */
  url: string;
  headers: Headers;
  body: string;
}

/** An answer of the sandbox's before it gets its envelope. */
interface Answer {
  status: number;
  code: number;
  message: string;
  data: unknown;
}

type Parameters = Record<string, string>;

const MAX_PAGE_SIZE = 50;
const BOT = {
  id: "1287654321",
  username: "沙盒机器人",
  identify_num: "0001",
  online: true,
  bot: true,
  // Documented as a map, sent as a list: PHP's empty array.
  roles: [],
};

/** KOOK's own words, as its SDKs' logs have them. */
const refusals = {
  badToken: refusal(401, 401, "你的用户凭证不正确", "Unauthorized"),
  notFound: refusal(404, 404, "该数据不存在或者你没有权限操作", "Not Found"),
  cannotMessage: refusal(400, 40_000, "无法发起私信", "Bad Request"),
  tooManyRequests: refusal(429, 429, "请求过于频繁", "Too Many Requests"),
  wrongMethod: refusal(405, 405, "Method Not Allowed", "Method Not Allowed"),
  badRequest: refusal(400, 40_000, "参数错误", "Bad Request"),
};

export class Sandbox {
  readonly #chats: Map<string, SandboxChat>;
  readonly #users: Map<string, SandboxUser>;
  readonly #buckets = new Map<string, { used: number; resetAt: number }>();
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #decimalReset: boolean;
  readonly #now: () => number;

  constructor({
    chats = 480,
    limit = 120,
    windowSeconds = 60,
    decimalReset = false,
    now = Date.now,
  }: SandboxOptions = {}) {
    const seeded = seed(chats);
    this.#chats = new Map(seeded.chats.map((chat) => [chat.code, chat]));
    const users = [...seeded.chats.map((chat) => chat.target_info), ...seeded.strangers];
    this.#users = new Map(users.map((user) => [user.id, user]));
    this.#limit = limit;
    this.#windowMs = windowSeconds * 1000;
    this.#decimalReset = decimalReset;
    this.#now = now;
  }

  /** Stands in for the network's fetch. */
  readonly fetch = async (url: string, init: FetchInit): Promise<Response> => {
    init.signal.throwIfAborted();
    const headers = new Headers(init.headers);
    return this.handle({ method: init.method, url, headers, body: init.body ?? "" });
  };

  handle({ method, url, headers, body }: SandboxRequest): Response {
    // A path such as `//` is no URL by itself.
    const { pathname, searchParams } = new URL(url.replace(/^\/+/, "http://sandbox.invalid/"));
    const route = /user(-chat)?\/[a-z-]+$/.exec(pathname)?.[0] ?? pathname;
    if (!/^(Bot|Bearer) /.test(headers.get("Authorization") ?? "") || !this.#knows(headers)) {
      return respond(refusals.badToken);
    }
    const endpoint = this.#endpoints[route];
    if (!endpoint) return respond(refusals.notFound);
    const { exceeded, rateHeaders } = this.#spend(route);
    if (exceeded) return respond(refusals.tooManyRequests, rateHeaders);
    if (method !== endpoint.method) return respond(refusals.wrongMethod, rateHeaders);
    const parameters =
      method === "GET" ? Object.fromEntries(searchParams) : parseBody(headers, body);
    return respond(parameters ? endpoint.answer(parameters) : refusals.badRequest, rateHeaders);
  }

  readonly #endpoints: Record<string, { method: string; answer: (p: Parameters) => Answer }> = {
    "user/me": { method: "GET", answer: () => success(BOT) },
    "user-chat/list": { method: "GET", answer: (parameters) => this.#list(parameters) },
    "user-chat/view": { method: "GET", answer: (parameters) => this.#view(parameters) },
    "user-chat/create": { method: "POST", answer: (parameters) => this.#create(parameters) },
    "user-chat/delete": { method: "POST", answer: (parameters) => this.#delete(parameters) },
  };

  #knows(headers: Headers): boolean {
    return headers.get("Authorization")?.replace(/^\w+ /, "") === SANDBOX_TOKEN;
  }

  #list({ page, page_size }: Parameters): Answer {
    const size = Math.min(positive(page_size) ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
    const page_total = Math.ceil(this.#chats.size / size);
    // Yii2's paginator: past the end is the last page.
    const current = Math.min(positive(page) ?? 1, Math.max(page_total, 1));
    const chats = [...this.#chats.values()].slice((current - 1) * size, current * size);
    return success({
      items: chats.map(({ is_friend, is_blocked, is_target_blocked, ...row }) => row),
      meta: { page: current, page_total, page_size: size, total: this.#chats.size },
      sort: { id: 1 },
    });
  }

  #view({ chat_code = "" }: Parameters): Answer {
    const chat = this.#chats.get(chat_code);
    return chat ? success(chat) : refusals.notFound;
  }

  #create({ target_id = "" }: Parameters): Answer {
    const user = this.#users.get(target_id);
    if (!user) return refusals.notFound;
    if (user.id === UNWILLING_USER_ID) return refusals.cannotMessage;
    const existing = [...this.#chats.values()].find((chat) => chat.target_info.id === user.id);
    if (existing) return success(existing);
    const chat: SandboxChat = {
      code: codeOf(user.id),
      last_read_time: 0,
      latest_msg_time: 0,
      unread_count: 0,
      is_friend: false,
      is_blocked: false,
      is_target_blocked: false,
      target_info: user,
    };
    this.#chats.set(chat.code, chat);
    return success(chat);
  }

  #delete({ chat_code = "" }: Parameters): Answer {
    return this.#chats.delete(chat_code) ? success({}) : refusals.notFound;
  }

  /** Counts a request against its bucket, in fixed windows. */
  #spend(bucket: string): { exceeded: boolean; rateHeaders: Record<string, string> } {
    const now = this.#now();
    let window = this.#buckets.get(bucket);
    if (!window || window.resetAt <= now) {
      window = { used: 0, resetAt: now + this.#windowMs };
      this.#buckets.set(bucket, window);
    }
    const exceeded = window.used >= this.#limit;
    const resetSeconds = (window.resetAt - now) / 1000;
    if (!exceeded) window.used++;
    return {
      exceeded,
      rateHeaders: {
        "X-Rate-Limit-Limit": String(this.#limit),
        "X-Rate-Limit-Remaining": String(this.#limit - window.used),
        "X-Rate-Limit-Reset": String(this.#decimalReset ? resetSeconds : Math.ceil(resetSeconds)),
        "X-Rate-Limit-Bucket": bucket,
      },
    };
  }
}

function success(data: unknown): Answer {
  return { status: 200, code: 0, message: "操作成功", data };
}

/** `data` of a refusal repeats the HTTP status, as Yii2's exceptions do. */
function refusal(status: number, code: number, message: string, name: string): Answer {
  return { status, code, message, data: { name, status } };
}

function respond({ status, ...envelope }: Answer, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(envelope), {
    status,
    headers: { "Content-Type": "application/json; charset=UTF-8", ...headers },
  });
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** KOOK takes JSON and forms; ids come as strings or numbers. */
function parseBody(headers: Headers, body: string): Parameters | undefined {
  if (headers.get("Content-Type")?.includes("form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    const entries = Object.entries(JSON.parse(body) as object);
    return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
