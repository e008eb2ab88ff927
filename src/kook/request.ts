// One HTTP request to KOOK, sent once.
import { unlessAborted } from "./abort.ts";
import { readBody } from "./answer.ts";
import type { Endpoint, Params } from "./endpoints/endpoint.ts";
import { ConnectionError, MalformedAnswerError, TimeoutError } from "./errors.ts";
import { connectionErrorOf } from "./network/failure.ts";

/** The part of `fetch` that this server uses; it must honour the signal at once. The network implements it (network/), and the sandbox. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>;

export interface FetchInit {
  method: "GET" | "POST";
  headers: Record<string, string>;
  body?: string;
  signal: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

export interface HttpAnswer {
  status: number;
  headers: FetchResponse["headers"];
  text: string;
}

export interface AttemptOptions {
  fetch: Fetch;
  /** For the whole answer, its body included. */
  timeoutMs: number;
  signal: AbortSignal | undefined;
}

export interface SendOptions extends AttemptOptions {
  baseUrl: string;
  headers: Record<string, string>;
}

/**
 * Sends a request and reads the whole answer.
 * @throws TimeoutError, ConnectionError, MalformedAnswerError; the signal's reason
 */
export async function send(
  endpoint: Endpoint<Params, unknown>,
  parameters: Params,
  { baseUrl, headers, ...options }: SendOptions,
): Promise<HttpAnswer> {
  const { url, ...init } = requestOf(endpoint, parameters, { baseUrl, headers });
  const read = async (response: FetchResponse) => ({
    status: response.status,
    headers: response.headers,
    text: await readBody(response),
  });
  return attempt(url, init, read, options);
}

/**
 * Sends one request and reads its answer with `read`.
 * @throws TimeoutError, ConnectionError, MalformedAnswerError; the signal's reason
 */
export async function attempt<Answer>(
  url: string,
  init: Omit<FetchInit, "signal">,
  read: (response: FetchResponse) => Promise<Answer>,
  { fetch, timeoutMs, signal: callerSignal }: AttemptOptions,
): Promise<Answer> {
  callerSignal?.throwIfAborted();
  // A timer and controller by hand: fake clocks do not move AbortSignal.timeout(), and a signal made by
  // AbortSignal.any() lives until the next full garbage collection.
  const stopped = new AbortController();
  const timer = setTimeout(() => stopped.abort(new TimeoutError(timeoutMs)), timeoutMs);
  const abort = () => stopped.abort(callerSignal?.reason);
  callerSignal?.addEventListener("abort", abort);
  try {
    const answer = fetch(url, { ...init, signal: stopped.signal }).then(read);
    // Not the attempt's signal: after a timeout only the Fetch knows whether the request was sent.
    return await unlessAborted(answer, callerSignal);
  } catch (error) {
    callerSignal?.throwIfAborted();
    if (error instanceof ConnectionError || error instanceof MalformedAnswerError) throw error;
    stopped.signal.throwIfAborted();
    throw connectionErrorOf(error);
  } finally {
    clearTimeout(timer);
    callerSignal?.removeEventListener("abort", abort);
  }
}

function requestOf(
  { method, route }: Endpoint<Params, unknown>,
  parameters: Params,
  { baseUrl, headers }: Pick<SendOptions, "baseUrl" | "headers">,
) {
  const url = `${baseUrl}/${route}`;
  if (method === "POST") {
    const json = { "Content-Type": "application/json" };
    return { url, method, headers: { ...headers, ...json }, body: JSON.stringify(parameters) };
  }
  const entries = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  const query = new URLSearchParams(entries as [string, string][]).toString();
  return { url: query === "" ? url : `${url}?${query}`, method, headers };
}
