// Paces requests by KOOK's rate-limit headers: a request waits here before it is sent, because KOOK warns, then disables,
// bots that keep running into 429.
import type { CallOptions } from "../call-options.ts";
import { RateLimitError } from "../errors.ts";
import { Bucket, pauseOf } from "./bucket.ts";
import type { RateLimitInfo } from "./headers.ts";

/** Permission to send one request. Release it in every case, also when no answer came. */
export interface Permit {
  /**
   * Takes in the headers of the answer.
   * @param refused the answer was a 429
   * @returns after a 429, the milliseconds until a request to this route may be sent; otherwise 0
   */
  release(info?: RateLimitInfo, refused?: boolean): number;
}

const WAIT_REPORT_MS = 5_000;
/** Interval of the check for a request that hangs. */
const HANG_CHECK_MS = 1_000;
/** Bounds the memory if KOOK makes up a new bucket name for each answer. */
const MAX_BUCKETS = 64;

interface Waiter {
  route: string;
  background: boolean;
  place: number;
  until: number;
  reportAt: number;
  onWait: CallOptions["onWait"];
  start(permit: Permit): void;
  fail(error: unknown): void;
}

/** Paces all requests of one token. */
export class RateLimiter {
  readonly #maxWaitMs: number;
  /** By route and by KOOK's bucket name, which is usually the route. */
  readonly #buckets = new Map<string, Bucket>();
  #waiters: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** End of the pause after a 429 of the global limit. */
  #pausedUntil = 0;
  #lastPlace = 0;

  /** @param maxWaitMs a request that would have to wait longer fails at once */
  constructor({ maxWaitMs }: { maxWaitMs: number }) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** A request's place in the queue. A retry keeps the place of its first attempt. */
  takePlace(): number {
    return this.#lastPlace++;
  }

  /**
   * Waits until a request to the route may be sent: `person` before `background`, then in the order of places.
   * @throws RateLimitError if its turn comes after `maxWaitMs` or the deadline; the signal's reason when aborted
   */
  async acquire(
    route: string,
    { signal, deadline = Number.POSITIVE_INFINITY, priority, onWait }: CallOptions = {},
    place = this.takePlace(),
  ): Promise<Permit> {
    signal?.throwIfAborted();
    let abort = () => {};
    const permit = new Promise<Permit>((start, fail) => {
      const now = performance.now();
      const until = Math.min(now + this.#maxWaitMs, deadline);
      const background = priority === "background";
      const waiter = { route, background, place, until, reportAt: now, onWait, start, fail };
      abort = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        fail(signal?.reason);
        this.#pump();
      };
      const ahead = this.#waiters.findLastIndex((other) => goesBefore(other, waiter));
      this.#waiters.splice(ahead + 1, 0, waiter);
    });
    signal?.addEventListener("abort", abort);
    this.#pump();
    return permit.finally(() => signal?.removeEventListener("abort", abort));
  }

  /** Starts the requests whose turn it is, fails those that would wait too long, and sets a timer for the rest. */
  #pump(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    const positions = new Map<Bucket, number>();
    let wakeAt = Number.POSITIVE_INFINITY;
    this.#waiters = this.#waiters.filter((waiter) => {
      const bucket = this.#bucketOf(waiter.route);
      const waitMs = this.#waitMs(bucket, now);
      if (waitMs === 0) {
        waiter.start(this.#permit(waiter.route, bucket, now));
        return false;
      }
      const position = positions.get(bucket) ?? 0;
      const turnMs = waitMs === undefined ? 0 : waitMs + bucket.delayMs(position);
      if (now >= waiter.until || now + turnMs > waiter.until) {
        waiter.fail(this.#tooLong(turnMs));
        return false;
      }
      positions.set(bucket, position + 1);
      if (now >= waiter.reportAt) {
        waiter.reportAt = now + WAIT_REPORT_MS;
        // A callback that aborts its call must not change the queue in the middle of this loop.
        queueMicrotask(() => waiter.onWait?.(turnMs));
      }
      wakeAt = Math.min(wakeAt, now + (waitMs ?? HANG_CHECK_MS), waiter.until, waiter.reportAt);
      return true;
    });
    if (this.#waiters.length > 0) this.#timer = setTimeout(() => this.#pump(), wakeAt - now);
  }

  #tooLong(turnMs: number): RateLimitError {
    const seconds = Math.ceil((turnMs || this.#maxWaitMs) / 1000);
    return new RateLimitError(seconds, turnMs > 0 ? "used_up" : "unanswered");
  }

  /** Milliseconds until the bucket's next request may go; undefined if that depends on an answer in flight. */
  #waitMs(bucket: Bucket, now: number): number | undefined {
    return this.#pausedUntil > now ? this.#pausedUntil - now : bucket.waitMs(now);
  }

  #permit(route: string, bucket: Bucket, sentAt: number): Permit {
    const window = bucket.send(sentAt);
    return {
      release: (info, refused = false) => {
        const now = performance.now();
        const named = this.#nameBucket(route, info?.bucket);
        const global = refused && info?.global === true;
        if (global) this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseOf(info));
        // After a global 429 the bucket itself may have plenty left.
        named.receive(window, global ? undefined : info, refused && !global, now);
        this.#pump();
        return refused ? (this.#waitMs(named, now) ?? 0) : 0;
      },
    };
  }

  #bucketOf(route: string): Bucket {
    const known = this.#buckets.get(route);
    if (known) return known;
    const bucket = new Bucket();
    this.#buckets.set(route, bucket);
    return bucket;
  }

  /** Routes whose answers carry the same bucket name share a bucket. */
  #nameBucket(route: string, name = route): Bucket {
    const bucket = this.#buckets.get(name) ?? this.#bucketOf(route);
    this.#buckets.set(route, bucket);
    if (this.#buckets.size < MAX_BUCKETS) this.#buckets.set(name, bucket);
    return bucket;
  }
}

function goesBefore(one: Waiter, other: Waiter): boolean {
  return one.background === other.background ? one.place < other.place : other.background;
}
