// What is known of one of KOOK's rate limits, and how many requests that allows at this moment.
import type { RateLimitInfo } from "./headers.ts";
import { PROCESSES, Siblings } from "./siblings.ts";

/**
 * What one process has under way at a time, as a share of what is left: half of an equal one, because what the others
 * sent since the last answer is not in its figure. Twice that meets refusals.
 */
const SHARE = 1 / (2 * PROCESSES);
/** Left to newcomers by a process that sees itself alone: a host seldom adds more copies at the same moment. */
const RESERVE_ALONE = 2;
/**
 * What an answer said of the remaining requests is trusted this long, as others may have been sending meanwhile; then one
 * request asks anew, and after as long again one more, so that one that hangs holds up nobody for long.
 */
const FRESH_MS = 1_000;
/** Wait after an answer that says there is nothing left, but not for how long. */
const UNKNOWN_RESET_MS = 5_000;
/** A reset of 0 s while nothing is left has been rounded down. */
const MIN_RESET_MS = 1_000;
/** By so much a reset in whole seconds is late at most, and with it those who learnt theirs in the middle of a window. */
const ROUNDING_MS = 1_000;

/** Of fewer requests a window none is kept back. */
const MIN_LOOK_LIMIT = 4;

interface Figures {
  limit: number | undefined;
  remaining: number;
  resetMs: number;
}

/** A request that was sent, as far as the bucket has to remember it. */
export interface Sent {
  readonly bucket: Bucket;
  readonly window: number;
  readonly at: number;
  /** Requests of the present window that had been answered when it was sent. */
  readonly after: number;
}

/**
 * One bucket: its limit, and the present window of it. Times are those of a monotonic clock, in milliseconds.
 *
 * A window begins with one request and goes on with a small share of what is left at a time, for the sake of siblings.
 * Where that is too slow to spend the window, because answers take long, a first share is let run out: if nobody else's
 * requests were counted by then, as many go out as it takes.
 */
export class Bucket {
  #limit: number | undefined;
  /** Undefined until an answer of the present window has said it. */
  #remaining: number | undefined;
  #resetAt: number | undefined;
  #learntAt = 0;
  #sentAt = 0;
  /** Counts the windows, so that answers to requests of an earlier one are known for what they are. */
  #window = 0;
  #openedAt = 0;
  #windowMs = 0;
  #roundTripMs = 0;
  /** Sent, and neither answered nor given up, in whatever window. */
  #inFlight = 0;
  /** Those of `#inFlight` that were sent in the present window. */
  #inFlightNow = 0;
  /** Own requests of the present window that were answered. */
  #answeredNow = 0;
  /** When requests were given up, or answered without figures, while others were under way. */
  #lostAt: number[] = [];
  /** What may still be sent before all that is under way has been answered. */
  #trial = 0;
  readonly #siblings = new Siblings();

  /** Requests a window allows this process, and its length in milliseconds, as far as both are known. */
  get pace(): { perWindow: number; windowMs: number } {
    return {
      perWindow: Math.max(1, (this.#limit ?? 1) - this.#reserve),
      windowMs: this.#windowMs,
    };
  }

  /**
   * Milliseconds until the next request may go: 0 for now, undefined for when an answer has come. A window whose end has
   * passed is left behind here.
   */
  waitMs(now: number): number | undefined {
    if (this.#resetAt !== undefined && this.#resetAt <= now) this.#openWindow();
    // One request asks; its answer says how many more there may be.
    if (this.#remaining === undefined || this.#resetAt === undefined) {
      return this.#inFlightNow === 0 ? 0 : undefined;
    }
    const free = this.#remaining - this.#reserve - this.#inFlight;
    if (free <= 0) return this.#resetAt - now;
    if (free === 1 && now < this.#lookAt) return this.#lookAt - now;
    return this.#mayJoin(this.#remaining - this.#reserve, now) ? 0 : undefined;
  }

  /** When another request may go although an answer is still awaited; infinity for not before it has come. */
  get impatientAt(): number {
    if (this.#remaining === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(this.#learntAt, this.#sentAt) + FRESH_MS;
  }

  send(now: number): Sent {
    this.#inFlight++;
    this.#inFlightNow++;
    this.#siblings.addOwn(1);
    this.#trial--;
    this.#sentAt = now;
    return { bucket: this, window: this.#window, at: now, after: this.#answeredNow };
  }

  /** Takes in the answer to a request, or that there was none: KOOK may have counted it all the same. */
  receive(sent: Sent, info: RateLimitInfo | undefined, refused: boolean, now: number): void {
    this.#inFlight--;
    const current = sent.bucket === this && sent.window === this.#window;
    if (current) this.#inFlightNow--;
    this.#roundTripMs += (now - sent.at - this.#roundTripMs) / (this.#roundTripMs === 0 ? 1 : 4);
    const resetMs = info?.remaining === 0 ? info.resetMs || pauseOf(info) : info?.resetMs;
    if (refused) this.#learnRefusal(info, current, now);
    else if (info?.remaining === undefined || resetMs === undefined) {
      if (current && info) this.#answeredNow++;
      this.#lose(info?.limit, now);
    } else if (current || sent.bucket !== this) {
      this.#learn(sent, { ...info, remaining: info.remaining, resetMs }, now);
    }
    if (this.#inFlight === 0) this.#lostAt = [];
  }

  /** Takes over what is under way of a bucket that turned out to be this one; it counts as of an earlier window. */
  absorb(other: Bucket): void {
    this.#inFlight += other.#inFlight;
    this.#siblings.addOwn(other.#inFlight + other.#answeredNow);
  }

  /**
   * Until then the last request of a window is kept, to see whether others have come in: those who learnt their reset in
   * the middle of a window, in whole seconds, are late by a rounding, and would find every window spent.
   */
  get #lookAt(): number {
    const kept = (this.#limit ?? 0) >= MIN_LOOK_LIMIT && this.#siblings.lately === 0;
    if (!kept || this.#resetAt === undefined) return 0;
    return this.#openedAt + Math.min(ROUNDING_MS, (this.#resetAt - this.#openedAt) / 2);
  }

  /** Left for requests of others that have not been counted yet. A small limit has none, so that it can be used at all. */
  get #reserve(): number {
    const tenth = Math.floor((this.#limit ?? 0) / 10);
    const wanted = Math.max(tenth, this.#siblings.lately);
    return Math.min(wanted, this.#siblings.alone ? RESERVE_ALONE : PROCESSES - 1);
  }

  /** Whether one more may be under way beside those that are. */
  #mayJoin(left: number, now: number): boolean {
    if (now - this.#learntAt >= FRESH_MS) return this.#inFlightNow === 0 || now >= this.impatientAt;
    const share = Math.max(1, Math.floor(left * SHARE));
    // To be done in half of the time there is.
    const timeMs = ((this.#resetAt ?? now) - now) / 2;
    const needed = Math.ceil((left * this.#roundTripMs) / timeMs);
    if (needed <= share || this.#siblings.lately > 0) return this.#inFlightNow < share;
    if (this.#siblings.alone) return this.#inFlightNow < needed;
    if (this.#inFlight === 0) this.#trial = share;
    return this.#trial > 0;
  }

  #lose(limit: number | undefined, now: number): void {
    this.#limit = limit ?? this.#limit;
    this.#remaining &&= this.#remaining - 1;
    this.#lostAt.push(now);
  }

  #learn(sent: Sent, { limit, remaining, resetMs }: Figures, now: number): void {
    this.#limit = limit ?? this.#limit;
    // What was lost since this request was sent may have been counted after it.
    const lost = this.#lostAt.filter((at) => at > sent.at).length;
    // Fewer counted than were answered before it was sent: KOOK's window has changed earlier than was reckoned with.
    const counted = this.#limit === undefined ? Number.POSITIVE_INFINITY : this.#limit - remaining;
    if (sent.bucket === this && counted <= sent.after) {
      this.#openWindow();
      this.#siblings.addOwn(1);
    }
    this.#answeredNow++;
    const left = Math.max(0, remaining - lost);
    if (this.#remaining === undefined) {
      this.#openedAt = sent.at;
      this.#windowMs = resetMs;
    }
    // Answers overtake one another: the least of a window is the latest. A reset in whole seconds is rounded up, so the
    // earliest is the nearest to the truth.
    this.#remaining = Math.min(this.#remaining ?? left, left);
    // A bucket that has just been found to be this one under another name has no windows in common with it.
    const either = sent.bucket === this ? Math.min : Math.max;
    this.#resetAt = either(this.#resetAt ?? now + resetMs, now + resetMs);
    this.#learntAt = now;
    if (this.#limit !== undefined) this.#siblings.compare(counted, this.#inFlight);
  }

  #learnRefusal(info: RateLimitInfo | undefined, current: boolean, now: number): void {
    const resetMs = pauseOf(info);
    this.#limit = info?.limit ?? this.#limit;
    this.#remaining = 0;
    // That of an earlier window does not end the present one earlier.
    this.#resetAt = Math.max(now + resetMs, current ? 0 : (this.#resetAt ?? 0));
    this.#windowMs = resetMs;
    this.#siblings.note(1);
  }

  #openWindow(): void {
    this.#remaining = undefined;
    this.#resetAt = undefined;
    this.#window++;
    this.#lostAt = [];
    this.#inFlightNow = 0;
    this.#answeredNow = 0;
    this.#siblings.openWindow(this.#inFlight);
  }
}

/** How long to send nothing after an answer that says that nothing is left, in milliseconds. */
export function pauseOf(info: RateLimitInfo | undefined): number {
  return Math.max(info?.resetMs ?? UNKNOWN_RESET_MS, MIN_RESET_MS);
}
