// KOOK's HTTP API: one `call` for every endpoint, paced by the rate limits and retried where that is safe.
import { delay } from "./abort.ts";
import { type Envelope, parseEnvelope, problemOf } from "./answer.ts";
import type { CallOptions } from "./call-options.ts";
import { type Downloaded, download } from "./download.ts";
import type { Endpoint, Params } from "./endpoints/endpoint.ts";
import {
  ApiError,
  DeadlineError,
  isDoubtful,
  isRefusal,
  MalformedAnswerError,
  RefusedRepeatError,
  TokenError,
  UnreadableDataError,
} from "./errors.ts";
import { readRateLimit } from "./rate-limit/headers.ts";
import { type Permit, RateLimiter } from "./rate-limit/limiter.ts";
import { createRedaction } from "./redaction.ts";
import { type Fetch, type HttpAnswer, send } from "./request.ts";
import { backoffMs, MAX_ATTEMPTS, mayRetry, TooManyRequests } from "./retry.ts";
import { toTheEnd } from "./to-the-end.ts";

export type { Fetch, FetchInit } from "./request.ts";

/** A bot's (or OAuth user's) token, or why there is none that could be sent. */
export type Token = { scheme: "Bot" | "Bearer"; value: string } | { problem: string };

export interface KookClientOptions {
  fetch: Fetch;
  token: Token;
  /** With or without a slash at its end, e.g. `https://www.kookapp.cn/api/v3`. */
  baseUrl: string;
  /** Longest time for one attempt, its answer's body included. */
  timeoutMs: number;
  /** Longest wait for a rate limit; a request that would wait longer fails at once. */
  maxWaitMs: number;
  /** Gets a line for each wait for a rate limit and each retry, without parameters; for a log. */
  onDelay?: (line: string) => void;
}

/** Codes that KOOK sends for a rate limit, also inside an HTTP 200. 40007 and 42900 are seen in SDKs only. */
const RATE_LIMIT_CODES = [429, 42_900, 40_007];

export class KookClient {
  readonly #options: KookClientOptions;
  readonly #limiter: RateLimiter;
  readonly #redact: (text: string) => string;

  constructor(options: KookClientOptions) {
    this.#options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, "") };
    this.#limiter = new RateLimiter(options);
    this.#redact = createRedaction("value" in options.token ? options.token.value : "");
  }

  /**
   * Calls an endpoint and returns its answer's data.
   * @throws the classes in errors.ts; the signal's reason after an abort, of a write only if it was not sent
   */
  call<Sent extends Params, Answer>(
    endpoint: Endpoint<Sent, Answer>,
    parameters: Sent,
    options: CallOptions = {},
  ): Promise<Answer> {
    const call = (given: CallOptions) => this.#call(endpoint, parameters, given);
    return endpoint.method === "POST" ? toTheEnd(options, call) : call(options);
  }

  async #call<Sent extends Params, Answer>(
    endpoint: Endpoint<Sent, Answer>,
    parameters: Sent,
    options: CallOptions,
  ): Promise<Answer> {
    // Retries keep the call's place in the queue.
    const place = this.#limiter.takePlace();
    let doubt: unknown;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(endpoint, parameters, options, place);
      } catch (error) {
        if (endpoint.method === "POST" && isDoubtful(error)) doubt = error;
        const pauseMs = backoffMs(error, attempt);
        const late =
          options.deadline !== undefined && performance.now() + pauseMs >= options.deadline;
        if (attempt === MAX_ATTEMPTS || late || !mayRetry(endpoint, error)) {
          // A later attempt's error does not undo a write that an earlier one may have made.
          if (doubt !== undefined && isRefusal(error)) throw new RefusedRepeatError(error);
          throw doubt ?? error;
        }
        const { name } = error as Error;
        this.#options.onDelay?.(`${endpoint.route} attempt ${attempt + 1} after ${name}`);
        options.onRetry?.(attempt + 1, error);
        await delay(pauseMs, options.signal);
      }
    }
  }

  /** Whether a text has the bot's token in it, plain or encoded. */
  holdsToken(text: string): boolean {
    return this.#redact(text) !== text;
  }

  /**
   * Reads a file from KOOK's file hosts, up to a bound. Sent once and without the token.
   * @throws DownloadError; TimeoutError, ConnectionError; the signal's reason
   */
  async download(
    url: string,
    { accept, maxBytes }: { accept: string; maxBytes: number },
    { signal, deadline }: CallOptions = {},
  ): Promise<Downloaded> {
    const { fetch, baseUrl } = this.#options;
    const timeoutMs = this.#timeoutMs(deadline);
    return download(url, { baseUrl, accept, maxBytes }, { fetch, timeoutMs, signal });
  }

  async #attempt<Sent extends Params, Answer>(
    endpoint: Endpoint<Sent, Answer>,
    parameters: Sent,
    options: CallOptions,
    place: number,
  ): Promise<Answer> {
    const headers = this.#headers();
    const logged = this.#loggingWait(endpoint.route, options);
    const permit = await this.#limiter.acquire(endpoint.route, logged, place);
    const answer = await this.#send(endpoint, parameters, { headers, options, permit });
    const limits = readRateLimit(answer.headers);
    const envelope = this.#envelopeOf(answer);
    const refused = answer.status === 429 || RATE_LIMIT_CODES.includes(envelope.value?.code ?? 0);
    const pauseMs = permit.release(limits, refused);
    if (refused) throw new TooManyRequests(pauseMs);
    if (!envelope.value) throw envelope.error;
    return dataOf(endpoint, answer.status, envelope.value);
  }

  /** The limiter reports a wait every few seconds; the log gets one line a wait. */
  #loggingWait(route: string, options: CallOptions): CallOptions {
    let isFirst = true;
    const onWait = (waitMs: number) => {
      const line = `${route} waits ${Math.ceil(waitMs)} ms for the rate limit`;
      if (isFirst) this.#options.onDelay?.(line);
      isFirst = false;
      options.onWait?.(waitMs);
    };
    return { ...options, onWait };
  }

  /** Returns a parse error instead of throwing it: the permit must be released first. */
  #envelopeOf({ status, text }: HttpAnswer): { value?: Envelope; error?: unknown } {
    try {
      return { value: parseEnvelope(status, text, this.#redact) };
    } catch (error) {
      return { error };
    }
  }

  /** Releases the permit if no answer comes. */
  async #send(
    endpoint: Endpoint<Params, unknown>,
    parameters: Params,
    {
      headers,
      options,
      permit,
    }: { headers: Record<string, string>; options: CallOptions; permit: Permit },
  ): Promise<HttpAnswer> {
    const { fetch, baseUrl } = this.#options;
    try {
      const timeoutMs = this.#timeoutMs(options.deadline);
      const { signal } = options;
      signal?.throwIfAborted();
      options.onSend?.();
      return await send(endpoint, parameters, { fetch, baseUrl, headers, timeoutMs, signal });
    } catch (error) {
      permit.release();
      throw error;
    }
  }

  /** @throws DeadlineError if the call's time is up */
  #timeoutMs(deadline = Number.POSITIVE_INFINITY): number {
    const timeoutMs = Math.min(this.#options.timeoutMs, deadline - performance.now());
    if (timeoutMs <= 0) throw new DeadlineError();
    return timeoutMs;
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    if ("problem" in token) throw new TokenError(token.problem);
    return {
      Authorization: `${token.scheme} ${token.value}`,
      Accept: "application/json",
      // Not a setting: errors.ts recognises some failures by their Chinese words.
      "Accept-Language": "zh-CN",
    };
  }
}

/** @throws ApiError, MalformedAnswerError */
function dataOf<Answer>(
  { answer }: Pick<Endpoint<Params, Answer>, "answer">,
  status: number,
  { code, message, data }: Envelope,
): Answer {
  if (code !== 0) throw new ApiError({ status, code, message });
  if (status >= 400) throw new MalformedAnswerError(status, "code 0, which means success");
  const result = answer.safeParse(data);
  if (!result.success) throw new UnreadableDataError(status, problemOf(result.error));
  return result.data;
}
