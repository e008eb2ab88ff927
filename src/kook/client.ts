// KOOK's private-chat endpoints as methods. Everything that is said to KOOK, and everything that is believed of its
// answers, goes through #request() below; the network itself is the injected Fetch.
import type * as z from "zod";
import {
  ApiError,
  ConnectionError,
  MalformedAnswerError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "./errors.ts";
import {
  envelopeSchema,
  parseWirePage,
  type WireChat,
  type WirePage,
  wireChatSchema,
} from "./wire.ts";

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

export interface FetchResponse {
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
}

interface Endpoint {
  method: "GET" | "POST";
  /** Path below the base URL. */
  route: string;
}

// Source: KOOK's "私信聊天会话接口列表". Reads are GET with a query, writes POST with a JSON body.
const endpoints = {
  list: { method: "GET", route: "user-chat/list" },
  view: { method: "GET", route: "user-chat/view" },
  create: { method: "POST", route: "user-chat/create" },
  delete: { method: "POST", route: "user-chat/delete" },
} as const satisfies Record<string, Endpoint>;

/** A page of 50 chats is about 25 kB; what is a hundred times larger is no answer of KOOK's. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/**
 * KOOK's four private-chat endpoints.
 *
 * Every method rejects with one of the classes in errors.ts, or with the signal's reason once the caller has aborted.
 */
export class KookClient {
  readonly #options: KookClientOptions;

  constructor(options: KookClientOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
  }

  /** One page of the bot's chats. Pages count from 1; KOOK gives 50 chats a page at most. */
  listChats(page: { page: number; page_size: number }, signal?: AbortSignal): Promise<WirePage> {
    return this.#request(endpoints.list, page, parseWirePage, signal);
  }

  viewChat(chatCode: string, signal?: AbortSignal): Promise<WireChat> {
    return this.#request(endpoints.view, { chat_code: chatCode }, parseWireChat, signal);
  }

  /** Opens the chat with a user; where one exists, KOOK answers with that one. It sends no message. */
  createChat(targetId: string, signal?: AbortSignal): Promise<WireChat> {
    return this.#request(endpoints.create, { target_id: targetId }, parseWireChat, signal);
  }

  /** Takes a chat off the bot's own list. KOOK's `data` says nothing and has several shapes, so it is not read. */
  deleteChat(chatCode: string, signal?: AbortSignal): Promise<void> {
    return this.#request(endpoints.delete, { chat_code: chatCode }, () => undefined, signal);
  }

  async #request<T>(
    endpoint: Endpoint,
    parameters: Record<string, string | number>,
    parse: (data: unknown) => T,
    signal?: AbortSignal,
  ): Promise<T> {
    const { status, headers, text } = await this.#send(endpoint, parameters, signal);
    if (status === 429) throw new RateLimitError(resetSeconds(headers));
    const envelope = parseEnvelope(status, text);
    if (envelope.code !== 0) {
      const { code, message } = envelope;
      throw new ApiError({ status, code, message: this.#withoutToken(message) });
    }
    try {
      return parse(envelope.data);
    } catch (error) {
      throw new MalformedAnswerError(status, problemOf(error as z.ZodError));
    }
  }

  /** One attempt: the whole answer as text, within the time allowed. */
  async #send(
    { method, route }: Endpoint,
    parameters: Record<string, string | number>,
    callerSignal?: AbortSignal,
  ) {
    callerSignal?.throwIfAborted();
    const url = `${this.#options.baseUrl}/${route}`;
    const headers = this.#headers();
    // A timer of our own instead of AbortSignal.timeout, which tests' fake clocks do not move.
    const attempt = new AbortController();
    const timeoutError = new TimeoutError(this.#options.timeoutMs);
    const timer = setTimeout(() => attempt.abort(timeoutError), this.#options.timeoutMs);
    const signal = callerSignal ? AbortSignal.any([callerSignal, attempt.signal]) : attempt.signal;
    const init = { headers, signal, redirect: "manual" } as const;
    try {
      const response =
        method === "GET"
          ? await this.#options.fetch(`${url}?${queryOf(parameters)}`, { method, ...init })
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
      throw new ConnectionError(networkReason(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Some gateways echo what they were sent. */
  #withoutToken(message: string): string {
    const { token } = this.#options;
    return "problem" in token ? message : message.replaceAll(token.value, "[token]");
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

const parseWireChat = (data: unknown): WireChat => wireChatSchema.parse(data);

function queryOf(parameters: Record<string, string | number>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  );
}

/** Reads the body up to the bound, so that an endless one costs no memory. */
async function readBody(response: FetchResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) {
      throw new MalformedAnswerError(response.status, "it is longer than 4 MiB");
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parseEnvelope(status: number, text: string): z.infer<typeof envelopeSchema> {
  // Redirects are told apart: the remedy (a wrong base URL) is another one than for a broken answer.
  if (status >= 300 && status < 400) {
    throw new MalformedAnswerError(status, "it redirects elsewhere, where the token must not go");
  }
  if (text.trim() === "") throw new MalformedAnswerError(status, "it is empty");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    const problem = text.trimStart().startsWith("<") ? "it is an HTML page" : "it is no valid JSON";
    throw new MalformedAnswerError(status, problem);
  }
  const envelope = envelopeSchema.safeParse(json);
  if (!envelope.success) throw new MalformedAnswerError(status, problemOf(envelope.error));
  return envelope.data;
}

/** Where an answer departs from what is documented; names fields, never quotes values. */
function problemOf(error: z.ZodError): string {
  const path = error.issues[0]?.path.join(".") ?? "";
  return path === ""
    ? "it has no `data` of the documented form"
    : `\`${path}\` is missing or of the wrong type`;
}

/** `X-Rate-Limit-Reset` is the seconds to wait; one official SDK reads it as an epoch, so a huge value is taken as one. */
function resetSeconds(headers: FetchResponse["headers"]): number | undefined {
  const reset = Number.parseFloat(headers.get("X-Rate-Limit-Reset") ?? "");
  if (!(reset >= 0)) return undefined;
  return Math.ceil(reset > 1e9 ? Math.max(0, reset - Date.now() / 1000) : reset);
}

/** Only the system's error code: messages and causes of the network layer may quote URLs and headers. */
function networkReason(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === "string") return networkReasons[code] ?? `the connection failed (${code})`;
  }
  return "the connection failed";
}

const networkReasons: Record<string, string> = {
  ENOTFOUND: "its host name is not known (ENOTFOUND)",
  EAI_AGAIN: "its host name cannot be looked up just now (EAI_AGAIN)",
  ECONNREFUSED: "nothing listens at its address (ECONNREFUSED)",
  ECONNRESET: "the connection was reset (ECONNRESET)",
  UND_ERR_SOCKET: "the connection was closed in the middle (UND_ERR_SOCKET)",
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time (UND_ERR_CONNECT_TIMEOUT)",
};
