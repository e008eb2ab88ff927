// One rate-limit bucket: its latest figures, and how many requests they allow now.
import type { RateLimitInfo } from "./headers.ts";

/** Share of the remaining requests that one process keeps in flight: other processes with the same token send too. */
const SHARE = 1 / 12;
/** Requests left unused in each window, so that requests which other processes have in flight are not refused. */
const RESERVE_SHARE = 1 / 10;
const MAX_RESERVE = 3;
/** TTL of an answer's figures: other processes may have sent since. */
const FRESH_MS = 1_000;
const UNKNOWN_RESET_MS = 5_000;
/** Minimum pause: a reset of 0 s with nothing left was rounded down. */
const MIN_PAUSE_MS = 1_000;

/** The time until one reset of the limit. Both figures are infinite until the window's first answer. */
class Window {
  remaining = Number.POSITIVE_INFINITY;
  resetAt = Number.POSITIVE_INFINITY;
  /** Requests sent in this window that have no answer yet. */
  inFlight = 0;
  learntAt = 0;
  sentAt = 0;
}

/** All times are milliseconds of `performance.now()`. */
export class Bucket {
  #limit: number | undefined;
  #window = new Window();
  #windowMs = 0;
  #pausedUntil = 0;

  /** Milliseconds until the next request may go; undefined if that depends on an answer in flight. */
  waitMs(now: number): number | undefined {
    if (this.#pausedUntil > now) return this.#pausedUntil - now;
    if (this.#window.resetAt <= now) this.#window = new Window();
    const { remaining, resetAt, inFlight, learntAt, sentAt } = this.#window;
    // The first request of a window probes alone; its answer says how many may follow.
    if (!Number.isFinite(resetAt)) return inFlight === 0 ? 0 : undefined;
    const left = remaining - this.#reserve;
    if (left <= inFlight) return resetAt - now;
    const fresh = now - learntAt < FRESH_MS;
    if (inFlight < (fresh ? Math.max(1, Math.floor(left * SHARE)) : 1)) return 0;
    // A request that hangs must not block the bucket until its timeout.
    return now - Math.max(learntAt, sentAt) < FRESH_MS ? undefined : 0;
  }

  /** Milliseconds that the request at this position of the queue waits longer than the first one. */
  delayMs(position: number): number {
    const perWindow = Math.max(1, (this.#limit ?? Number.POSITIVE_INFINITY) - this.#reserve);
    return Math.floor(position / perWindow) * this.#windowMs;
  }

  /** Counts a request as in flight. Pass the returned window to `receive`. */
  send(now: number): Window {
    this.#window.inFlight++;
    this.#window.sentAt = now;
    return this.#window;
  }

  /** Takes in an answer to a request of this window. Without figures or an answer, KOOK may have counted the request. */
  receive(window: Window, info: RateLimitInfo | undefined, refused: boolean, now: number): void {
    window.inFlight--;
    this.#limit = info?.limit ?? this.#limit;
    if (refused) {
      this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseOf(info));
      this.#window = new Window();
      return;
    }
    const current = this.#window;
    const { remaining, resetMs = remaining === 0 ? UNKNOWN_RESET_MS : undefined } = info ?? {};
    if (window !== current || remaining === undefined || resetMs === undefined) {
      current.remaining--;
      return;
    }
    const untilResetMs = remaining === 0 && resetMs === 0 ? MIN_PAUSE_MS : resetMs;
    if (!Number.isFinite(current.resetAt)) this.#windowMs = untilResetMs;
    // Answers can overtake one another: the lowest count is the latest. Resets are rounded up: the earliest is the closest.
    current.remaining = Math.min(current.remaining, remaining);
    current.resetAt = Math.min(current.resetAt, now + untilResetMs);
    current.learntAt = now;
  }

  get #reserve(): number {
    return Math.min(MAX_RESERVE, Math.floor((this.#limit ?? 0) * RESERVE_SHARE));
  }
}

/** Milliseconds to send nothing after a 429. */
export function pauseOf(info: RateLimitInfo | undefined): number {
  return Math.max(info?.resetMs ?? UNKNOWN_RESET_MS, MIN_PAUSE_MS);
}
