// Retry policy and backoff. client.ts has the loop.
import type { Endpoint, Params } from "./endpoints/endpoint.ts";
import {
  ConnectionError,
  InstallationError,
  isDoubtful,
  MalformedAnswerError,
  RateLimitError,
} from "./errors.ts";

/** More attempts would add to the load of a server in trouble. */
export const MAX_ATTEMPTS = 3;
/** Longest pause before the second attempt; doubles with each further one. */
const BACKOFF_MS = 500;

/** KOOK's own rate limit refusal. Other RateLimitErrors come from the limiter, before anything was sent. */
export class TooManyRequests extends RateLimitError {
  constructor(pauseMs: number) {
    super(Math.max(1, Math.ceil(pauseMs / 1000)));
  }
}

export function mayRetry({ repeat }: Endpoint<Params, unknown>, error: unknown): boolean {
  // The missing file will not come back in a second.
  if (error instanceof InstallationError) return false;
  // KOOK did nothing, and asks to come back later.
  if (error instanceof TooManyRequests) return true;
  if (error instanceof ConnectionError && !error.sent) return true;
  // Do not retry a malformed answer, except a gateway's 5xx, which is temporary.
  if (error instanceof MalformedAnswerError && error.status < 500) return false;
  return repeat === "safe" && isDoubtful(error);
}

/** Full jitter, so that several processes do not retry together. The limiter already holds back after a 429. */
export function backoffMs(error: unknown, attempt: number): number {
  return error instanceof TooManyRequests ? 0 : Math.random() * BACKOFF_MS * 2 ** (attempt - 1);
}
