// A fake KOOK in memory, for tests and for people without an account. It speaks KOOK's wire format, quirks included. Its
// `fetch` replaces the network's, so that the whole real client runs against it.
import type { FetchInit } from "../kook/client.ts";
import { fromServedUrls, isAssetPath, serveAsset, toServedUrls } from "./assets.ts";
import { type BucketOptions, Buckets } from "./buckets.ts";
import { htmlPage, refusals, toResponse } from "./envelope.ts";
import { parseBody, parseTarget, type SandboxRequest } from "./request.ts";
import { directMessageRoutes } from "./routes/direct-message.ts";
import { reactionRoutes } from "./routes/reactions.ts";
import type { Handling, Route } from "./routes/route.ts";
import { userRoutes } from "./routes/user.ts";
import { userChatRoutes } from "./routes/user-chat.ts";
import { World } from "./world.ts";

export type { SandboxRequest };

/** The token that the sandbox accepts. */
export const SANDBOX_TOKEN = "1/MTIzNDU=/c2FuZGJveC10b2tlbg==";

/** Path of KOOK's API on its host. */
export const BASE_PATH = "/api/v3";

/** A map, so that a path such as `constructor` is not a route. */
const routes: ReadonlyMap<string, Route> = new Map(
  [userRoutes, userChatRoutes, directMessageRoutes, reactionRoutes].flatMap((family) =>
    Object.entries(family),
  ),
);

export interface SandboxOptions extends Partial<BucketOptions> {
  /** Number of chats at the start. */
  chats?: number;
  /** Time of the newest message at the start, epoch ms; by default a fixed time that documents quote. */
  anchor?: number;
  /** Milliseconds until list and view show a created message. KOOK takes up to 2 500. */
  lateMs?: number;
}

export class Sandbox {
  readonly #world: World;
  readonly #buckets: Buckets;
  readonly #lateMs: number;

  constructor({
    chats = 480,
    anchor,
    lateMs = 0,
    limit = 120,
    windowSeconds = 60,
    decimalReset = false,
    now = Date.now,
  }: SandboxOptions = {}) {
    this.#world = new World({ chats, anchor, now });
    this.#lateMs = lateMs;
    this.#buckets = new Buckets({ limit, windowSeconds, decimalReset, now });
  }

  /** Replaces the network's fetch. Any host and any path in front of `/api/v3` will do. */
  readonly fetch = async (url: string, init: FetchInit): Promise<Response> => {
    init.signal.throwIfAborted();
    const { pathname, search } = new URL(url);
    const start = Math.max(0, pathname.indexOf(`${BASE_PATH}/`));
    const headers = new Headers(init.headers);
    const { method, body = "" } = init;
    return this.handle({ method, url: pathname.slice(start) + search, headers, body });
  };

  /** A user writes to the bot: the chat's newest message, and one more unread. */
  receive(chatCode: string, content: string, type = 9): void {
    const chat = this.#world.chat(chatCode);
    if (!chat) throw new Error(`No chat ${chatCode}`);
    this.#world.addMessage(chat, { author: chat.target_info, type, content });
  }

  /** Ids of the messages with this content, also of those that show later. */
  find(content: string): string[] {
    return this.#world.withContent(content);
  }

  handle(
    { method, url, headers, body }: SandboxRequest,
    { lateMs }: Handling = { lateMs: this.#lateMs },
  ): Response {
    // Inferred: the gateway in front of KOOK's API answers with web pages.
    const target = parseTarget(url);
    if (!target) return htmlPage(400, "400 Bad Request");
    const { pathname, searchParams } = target;
    if (isAssetPath(pathname)) {
      return serveAsset(pathname, { method, token: headers.has("Authorization") });
    }
    if (!pathname.startsWith(`${BASE_PATH}/`)) return htmlPage(404, "404 Not Found");
    // `Bearer` is refused too: it is for OAuth tokens, and no OAuth scope covers private chats.
    if (headers.get("Authorization") !== `Bot ${SANDBOX_TOKEN}`) {
      return toResponse(refusals.badToken);
    }
    const key = pathname.slice(BASE_PATH.length + 1);
    const route = routes.get(key);
    if (!route) return toResponse(refusals.notFound);
    const { exceeded, headers: limits } = this.#buckets.spend(key);
    if (exceeded) return toResponse(refusals.tooManyRequests, limits);
    if (method !== route.method) return toResponse(refusals.wrongMethod, limits);
    // Where the sandbox is served, attachments have the address of its host.
    const host = /^[\w.:[\]-]+$/.exec(headers.get("Host") ?? "")?.[0] ?? "";
    const params =
      method === "GET"
        ? Object.fromEntries(searchParams)
        : parseBody(headers, fromServedUrls(body, host));
    if (!params) return toResponse(refusals.badRequest, limits);
    const answer = route.answer(params, this.#world, { lateMs });
    return toResponse(answer, limits, (json) => (host ? toServedUrls(json, host) : json));
  }
}
