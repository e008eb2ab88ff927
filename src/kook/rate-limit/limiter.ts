// Pacing by what KOOK's answers say of its limits: requests wait here before they are sent, so that KOOK has no reason to
// refuse them. KOOK warns, then disables, bots that keep exceeding their limits.

import type { CallOptions } from "../call-options.ts";
import { RateLimitError } from "../errors.ts";
import { Bucket, pauseOf, type Sent } from "./bucket.ts";
import type { RateLimitInfo } from "./headers.ts";

/** Leave to send one request. It must be given back, with what the answer said or with nothing when none came. */
export interface Permit {
  release(info?: RateLimitInfo, refused?: boolean): void;
}

const WAIT_REPORT_MS = 5_000;
/** Names are remembered up to this many, so that a server that makes up new ones costs no memory. */
const MAX_BUCKETS = 64;

interface Waiter {
  place: number;
  /** When it has waited too long, and when it is next told that it waits; on a monotonic clock. */
  until: number;
  reportAt: number;
  onWait: ((waitMs: number) => void) | undefined;
  start(permit: Permit): void;
  fail(error: unknown): void;
}

/** Those who wait for one bucket. */
class Queue {
  readonly bucket = new Bucket();
  waiters: Waiter[] = [];
  timer: NodeJS.Timeout | undefined;
  /** Set when an answer tells that this bucket is a known one under another name. */
  mergedInto: Queue | undefined;

  add(waiter: Waiter): void {
    const behind = this.waiters.findLastIndex(({ place }) => place < waiter.place) + 1;
    this.waiters.splice(behind, 0, waiter);
  }
}

/** One limiter paces all requests of one token. */
export class RateLimiter {
  readonly #maxWaitMs: number;
  readonly #queues = new Map<string, Queue>();
  #pausedUntil = 0;
  #lastPlace = 0;

  /** @param maxWaitMs a request that would have to wait longer fails at once */
  constructor({ maxWaitMs }: { maxWaitMs: number }) {
    this.#maxWaitMs = maxWaitMs;
  }

  /** A place in the order in which requests are served; one that has to be sent again keeps its own. */
  takePlace(): number {
    return this.#lastPlace++;
  }

  /**
   * Waits for the route's turn; within a bucket first come, first served.
   * @throws RateLimitError when the wait would be, or has become, too long; the signal's reason when aborted
   */
  acquire(
    route: string,
    { signal, onWait }: CallOptions = {},
    place = this.takePlace(),
  ): Promise<Permit> {
    signal?.throwIfAborted();
    const entered = this.#queueOf(route);
    const now = performance.now();
    return new Promise((resolve, reject) => {
      const leave = () => signal?.removeEventListener("abort", abort);
      const waiter: Waiter = {
        place,
        until: now + this.#maxWaitMs,
        reportAt: now,
        onWait,
        start: (permit) => {
          leave();
          resolve(permit);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const abort = () => {
        const queue = follow(entered);
        queue.waiters = queue.waiters.filter((other) => other !== waiter);
        waiter.fail(signal?.reason);
        this.#pump(queue);
      };
      signal?.addEventListener("abort", abort);
      entered.add(waiter);
      this.#pump(entered);
    });
  }

  #queueOf(name: string): Queue {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new Queue();
      this.#queues.set(name, queue);
    }
    return follow(queue);
  }

  /** Starts what may start, fails what waits too long, tells the rest that they wait, and sets the alarm for them. */
  #pump(queue: Queue): void {
    clearTimeout(queue.timer);
    let waitMs = this.#waitMs(queue);
    while (queue.waiters.length > 0 && waitMs === 0) {
      queue.waiters.shift()?.start(this.#permit(queue));
      waitMs = this.#waitMs(queue);
    }
    if (queue.waiters.length === 0) return;
    const now = performance.now();
    this.#failHopeless(queue, waitMs, now);
    // Without a figure the queue waits for an answer, which pumps again.
    let wakeAt = waitMs === undefined ? queue.bucket.impatientAt : now + waitMs;
    for (const waiter of queue.waiters) {
      if (waiter.reportAt <= now) {
        waiter.onWait?.(waitMs ?? 0);
        waiter.reportAt = now + WAIT_REPORT_MS;
      }
      wakeAt = Math.min(wakeAt, waiter.until, waiter.reportAt);
    }
    if (queue.waiters.length > 0) queue.timer = setTimeout(() => this.#pump(queue), wakeAt - now);
  }

  /** Fails those whose turn will come too late, as far as can be foreseen, and those who have waited too long already. */
  #failHopeless(queue: Queue, waitMs: number | undefined, now: number): void {
    const { perWindow, windowMs } = queue.bucket.pace;
    const hopeless: [Waiter, RateLimitError][] = [];
    queue.waiters = queue.waiters.filter((waiter, position) => {
      const ms = (waitMs ?? 0) + Math.floor(position / perWindow) * (waitMs ? windowMs : 0);
      if (now + ms <= waiter.until && now < waiter.until) return true;
      const seconds = Math.ceil((ms || this.#maxWaitMs) / 1000);
      hopeless.push([waiter, new RateLimitError(seconds, ms ? "used_up" : "unanswered")]);
      return false;
    });
    for (const [waiter, error] of hopeless) waiter.fail(error);
  }

  /** Milliseconds until the next request may go: 0 for now, undefined for when an answer has come. */
  #waitMs({ bucket }: Queue): number | undefined {
    const now = performance.now();
    return this.#pausedUntil > now ? this.#pausedUntil - now : bucket.waitMs(now);
  }

  #permit(queue: Queue): Permit {
    const sent = queue.bucket.send(performance.now());
    return {
      release: (info, refused = false) => {
        const holder = this.#learnName(follow(queue), info?.bucket);
        this.#receive(holder, sent, info, refused);
        this.#pump(holder);
      },
    };
  }

  #receive(queue: Queue, sent: Sent, info: RateLimitInfo | undefined, refused: boolean): void {
    const now = performance.now();
    const global = refused && info?.global === true;
    // With a global refusal the bucket itself may have plenty left.
    queue.bucket.receive(sent, global ? undefined : info, refused && !global, now);
    if (!global) return;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseOf(info));
    for (const other of new Set([...this.#queues.values()].map(follow))) this.#pump(other);
  }

  /** Queues of routes that turn out to share a bucket become one. */
  #learnName(queue: Queue, name: string | undefined): Queue {
    if (name === undefined) return queue;
    const named = this.#queues.get(name);
    if (!named && this.#queues.size < MAX_BUCKETS) this.#queues.set(name, queue);
    const known = named && follow(named);
    if (!known || known === queue) return queue;
    clearTimeout(queue.timer);
    for (const waiter of queue.waiters) known.add(waiter);
    queue.waiters = [];
    queue.mergedInto = known;
    known.bucket.absorb(queue.bucket);
    return known;
  }
}

function follow(queue: Queue): Queue {
  let last = queue;
  while (last.mergedInto) last = last.mergedInto;
  return last;
}
