// KOOK's private-chat endpoints as methods. Everything that is said to KOOK, and everything that is believed of its
// answers, goes through #request() below; the network itself is the injected Fetch.
import type * as z from "zod";
import { parseEnvelope, problemOf, readBody } from "./answer.ts";
import type { CallOptions } from "./call-options.ts";
import {
  ApiError,
  isDoubtful,
  MalformedAnswerError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "./errors.ts";
import { connectionErrorOf } from "./network-failure.ts";
import { readRateLimit } from "./rate-limit/headers.ts";
import { RateLimiter } from "./rate-limit/limiter.ts";
import { createRedaction } from "./redaction.ts";
import { SharedCalls } from "./shared-calls.ts";
import {
  parseWirePage,
  type WireChat,
  type WireMe,
  type WirePage,
  wireChatSchema,
  wireMeSchema,
} from "./wire/chat.ts";

/** The part of `fetch` that is used here: undici's, and the sandbox. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
  /** Never followed: a redirect would carry the token to another host. */
  redirect: "manual";
}

interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** A bot's (or OAuth user's) token, or why there is none that could be sent. */
export type Token = { scheme: "Bot" | "Bearer"; value: string } | { problem: string };

export interface KookClientOptions {
  fetch: Fetch;
  token: Token;
  /** With or without a slash at its end, e.g. `https://www.kookapp.cn/api/v3`. */
  baseUrl: string;
  /** `Accept-Language`; decides the language of KOOK's messages. */
  language: string;
  /** The longest that one attempt may take, its answer's body included. */
  timeoutMs: number;
  /** The longest that a request waits for a rate limit; one that would wait longer fails at once. */
  maxWaitMs: number;
}

interface Endpoint {
  method: "GET" | "POST";
  /** Path below the base URL. */
  route: string;
  /** Whether the same request may be sent again when nobody knows what became of it. */
  repeatable: boolean;
}

// Source: KOOK's "私信聊天会话接口列表" and, for `me`, "用户相关接口". Reads are GET with a query, writes POST with a JSON body. KOOK answers a repeated
// create with the existing chat; what it makes of a repeated delete is not known.
const endpoints = {
  list: { method: "GET", route: "user-chat/list", repeatable: true },
  view: { method: "GET", route: "user-chat/view", repeatable: true },
  create: { method: "POST", route: "user-chat/create", repeatable: true },
  delete: { method: "POST", route: "user-chat/delete", repeatable: false },
  me: { method: "GET", route: "user/me", repeatable: true },
} as const satisfies Record<string, Endpoint>;

type Parameters = Record<string, string | number>;

/** More attempts would only add to the load of a server in trouble. */
const MAX_ATTEMPTS = 3;
/** The first pause before a new attempt is up to this long, each further one up to twice as long. */
const BACKOFF_MS = 500;

/**
 * KOOK's four private-chat endpoints, and who the token belongs to: paced by KOOK's rate limits, repeated where that is safe.
 *
 * Every method rejects with one of the classes in errors.ts, or with the signal's reason once the caller has aborted.
 */
export class KookClient {
  readonly #options: KookClientOptions;
  readonly #limiter: RateLimiter;
  readonly #reads = new SharedCalls();
  readonly #withoutToken: (text: string) => string;

  constructor(options: KookClientOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
    this.#limiter = new RateLimiter(options);
    this.#withoutToken = createRedaction("value" in options.token ? options.token.value : "");
  }

  /** One page of the bot's chats. Pages count from 1; KOOK gives 50 chats a page at most. */
  listChats(page: { page: number; page_size: number }, options?: CallOptions): Promise<WirePage> {
    return this.#read(endpoints.list, page, parseWirePage, options);
  }

  viewChat(chatCode: string, options?: CallOptions): Promise<WireChat> {
    return this.#read(endpoints.view, { chat_code: chatCode }, parseWireChat, options);
  }

  /** Opens the chat with a user; where one exists, KOOK answers with that one. It sends no message. */
  createChat(targetId: string, options?: CallOptions): Promise<WireChat> {
    return this.#write(endpoints.create, { target_id: targetId }, parseWireChat, options);
  }

  /** Takes a chat off the bot's own list. KOOK's `data` says nothing and has several shapes, so it is not read. */
  deleteChat(chatCode: string, options?: CallOptions): Promise<void> {
    return this.#write(endpoints.delete, { chat_code: chatCode }, () => undefined, options);
  }

  /** The account that the token belongs to. */
  viewMe(options?: CallOptions): Promise<WireMe> {
    return this.#read(endpoints.me, {}, (data) => wireMeSchema.parse(data), options);
  }

  /** Identical reads that are under way at the same moment share one request. */
  #read<T>(
    endpoint: Endpoint,
    parameters: Parameters,
    parse: (data: unknown) => T,
    options: CallOptions = {},
  ): Promise<T> {
    return this.#reads.join(`${endpoint.route}?${queryOf(parameters)}`, options, (shared) =>
      this.#request(endpoint, parameters, parse, shared),
    );
  }

  /** A read that was sent before a write ended may not have seen it, so none that comes after joins it. */
  #write<T>(
    endpoint: Endpoint,
    parameters: Parameters,
    parse: (data: unknown) => T,
    options?: CallOptions,
  ): Promise<T> {
    const written = this.#request(endpoint, parameters, parse, options);
    return written.finally(() => this.#reads.part());
  }

  async #request<T>(
    endpoint: Endpoint,
    parameters: Parameters,
    parse: (data: unknown) => T,
    options: CallOptions = {},
  ): Promise<T> {
    const place = this.#limiter.takePlace();
    let doubt: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(endpoint, parameters, parse, options, place);
      } catch (error) {
        if (endpoint.method === "POST" && isDoubtful(error)) doubt = error;
        if (attempt === MAX_ATTEMPTS || !mayRepeat(endpoint, error)) {
          // That the last attempt was not let through says nothing of a write that an earlier one may have made.
          throw doubt !== undefined && error instanceof RateLimitError ? doubt : error;
        }
        // What the limiter holds back needs no pause of its own. The rest gets full jitter, so that copies of this
        // server do not come back together.
        if (!(error instanceof TooManyRequests)) {
          await pause(Math.random() * BACKOFF_MS * 2 ** (attempt - 1), options.signal);
        }
      }
    }
  }

  async #attempt<T>(
    endpoint: Endpoint,
    parameters: Parameters,
    parse: (data: unknown) => T,
    options: CallOptions,
    place: number,
  ): Promise<T> {
    const headers = this.#headers();
    const permit = await this.#limiter.acquire(endpoint.route, options, place);
    const answer = await this.#send(endpoint, parameters, headers, options.signal).catch(
      (error) => {
        permit.release();
        throw error;
      },
    );
    const limits = readRateLimit(answer.headers);
    permit.release(limits, answer.status === 429);
    if (answer.status === 429) throw new TooManyRequests(limits.resetMs ?? 0);
    return this.#readAnswer(answer, parse);
  }

  #readAnswer<T>({ status, text }: Answer, parse: (data: unknown) => T): T {
    const envelope = parseEnvelope(status, text, this.#withoutToken);
    const { code, message } = envelope;
    if (code !== 0) throw new ApiError({ status, code, message });
    try {
      return parse(envelope.data);
    } catch (error) {
      throw new MalformedAnswerError(status, problemOf(error as z.ZodError));
    }
  }

  /** Sends once, and reads the whole answer within the time allowed. */
  async #send(
    { method, route }: Endpoint,
    parameters: Parameters,
    headers: Record<string, string>,
    callerSignal?: AbortSignal,
  ): Promise<Answer> {
    callerSignal?.throwIfAborted();
    const url = `${this.#options.baseUrl}/${route}`;
    // A timer of our own instead of AbortSignal.timeout, which tests' fake clocks do not move.
    const attempt = new AbortController();
    const { signal } = attempt;
    const { timeoutMs } = this.#options;
    const timer = setTimeout(() => attempt.abort(new TimeoutError(timeoutMs)), timeoutMs);
    // AbortSignal.any() would do, but what it makes lives until the next full garbage collection.
    const abort = () => attempt.abort(callerSignal?.reason);
    callerSignal?.addEventListener("abort", abort);
    const init = { headers, signal, redirect: "manual" } as const;
    try {
      const response =
        method === "GET"
          ? await this.#options.fetch(withQuery(url, parameters), { method, ...init })
          : await this.#options.fetch(url, {
              method,
              ...init,
              headers: { ...headers, "Content-Type": "application/json" },
              body: JSON.stringify(parameters),
            });
      const text = await readBody(response);
      return { status: response.status, headers: response.headers, text };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof MalformedAnswerError) throw error;
      throw connectionErrorOf(error, this.#options.baseUrl);
    } finally {
      clearTimeout(timer);
      callerSignal?.removeEventListener("abort", abort);
    }
  }

  #headers(): Record<string, string> {
    const { token, language } = this.#options;
    if ("problem" in token) throw new TokenError(token.problem);
    return {
      Authorization: `${token.scheme} ${token.value}`,
      Accept: "application/json",
      "Accept-Language": language,
    };
  }
}

interface Answer {
  status: number;
  headers: FetchResponse["headers"];
  text: string;
}

/** KOOK's own 429, as opposed to a wait that was refused here before anything was sent. */
class TooManyRequests extends RateLimitError {
  constructor(resetMs: number) {
    super(Math.max(1, Math.ceil(resetMs / 1000)));
  }
}

/** A 429 did nothing, so it may be repeated whatever was asked; a doubtful attempt only where twice is as good as once. */
function mayRepeat({ repeatable }: Endpoint, error: unknown): boolean {
  if (error instanceof TooManyRequests) return true;
  // A page that is no answer of KOOK's will be the same page the next time, unless a gateway says that it passes.
  if (error instanceof MalformedAnswerError && error.status < 500) return false;
  return repeatable && isDoubtful(error);
}

/** @throws the signal's reason, at once, when it is aborted */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}

const parseWireChat = (data: unknown): WireChat => wireChatSchema.parse(data);

function queryOf(parameters: Parameters): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  );
}

function withQuery(url: string, parameters: Parameters): string {
  const query = queryOf(parameters).toString();
  return query === "" ? url : `${url}?${query}`;
}
