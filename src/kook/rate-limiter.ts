// Pacing by what KOOK's answers say of its limits: requests wait here before they are sent, so that KOOK has no reason to
// refuse them. KOOK warns, then disables, bots that keep exceeding their limits.
import { RateLimitError } from "./errors.ts";

/** What an answer's `X-Rate-Limit-*` headers say. Each part may be missing. */
export interface RateLimitInfo {
  /** KOOK's name for what is limited together. */
  bucket: string | undefined;
  limit: number | undefined;
  remaining: number | undefined;
  /** Milliseconds until the bucket is full again. */
  resetMs: number | undefined;
  /** The limit is the bot's as a whole, not the bucket's. */
  global: boolean;
}

export interface WaitOptions {
  /** Takes the request out of the queue. */
  signal?: AbortSignal | undefined;
  /** Told at once, and every few seconds, that the request still waits, and for how many milliseconds more. */
  onWait?: ((waitMs: number) => void) | undefined;
}

/** Leave to send one request. It must be given back, with what the answer said or with nothing when none came. */
export interface Permit {
  release(info?: RateLimitInfo, refused?: boolean): void;
}

/**
 * A host starts two or three copies of a server, all with the same token. They cannot talk to each other, so each takes
 * at a time no more than its share of what is left, and leaves a reserve for what the others have under way.
 */
const SIBLINGS = 4;
/** Half of an equal share: what the siblings sent since the last answer is not in its figure. Twice that meets 429s. */
const SHARE = 1 / (2 * SIBLINGS);
/** What an answer said of the remaining requests is trusted this long; the siblings have been sending meanwhile. */
const FRESH_MS = 1_000;
/** Wait after a refusal that does not say how long. */
const UNKNOWN_RESET_MS = 5_000;
const MIN_REFUSAL_MS = 1_000;
const WAIT_REPORT_MS = 5_000;
/** No limit of KOOK's is this long; a broken header must not stop a bot for years. */
const MAX_RESET_MS = 3_600_000;
/** Names are remembered up to this many, so that a server that makes up new ones costs no memory. */
const MAX_BUCKETS = 64;

interface Waiter {
  order: number;
  queuedAt: number;
  start(permit: Permit): void;
  fail(error: unknown): void;
}

class Bucket {
  limit: number | undefined;
  /** Undefined until an answer of the present window has said it. */
  remaining: number | undefined;
  resetAt: number | undefined;
  learntAt = 0;
  /** Length of a window, as far as it has been seen. */
  windowMs = 0;
  /** Counts the windows, so that answers to requests of an earlier one are known for what they are. */
  window = 0;
  inFlight = 0;
  /** Those of `inFlight` that were sent in the present window. */
  inFlightNow = 0;
  queue: Waiter[] = [];
  timer: NodeJS.Timeout | undefined;
  /** Set when an answer tells that this bucket is a known one under another name. */
  mergedInto: Bucket | undefined;

  get reserve(): number {
    return Math.min(SIBLINGS - 1, Math.floor((this.limit ?? 0) / 10));
  }
}

/** One limiter paces all requests of one token. */
export class RateLimiter {
  readonly #maxWaitMs: number;
  readonly #buckets = new Map<string, Bucket>();
  #pausedUntil = 0;
  #order = 0;

  /** @param maxWaitMs a request that would have to wait longer fails at once */
  constructor({ maxWaitMs }: { maxWaitMs: number }) {
    this.#maxWaitMs = maxWaitMs;
  }

  /**
   * Waits for the route's turn; within a route first come, first served.
   * @throws RateLimitError when the wait would be too long; the signal's reason when aborted
   */
  acquire(route: string, { signal, onWait }: WaitOptions = {}): Promise<Permit> {
    signal?.throwIfAborted();
    const bucket = this.#bucketOf(route);
    return new Promise((resolve, reject) => {
      let reporting: NodeJS.Timeout | undefined;
      const leave = () => {
        clearInterval(reporting);
        signal?.removeEventListener("abort", abort);
      };
      const waiter: Waiter = {
        order: this.#order++,
        queuedAt: Date.now(),
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
        const holder = follow(bucket);
        holder.queue = holder.queue.filter((other) => other !== waiter);
        waiter.fail(signal?.reason);
        this.#pump(holder);
      };
      signal?.addEventListener("abort", abort);
      bucket.queue.push(waiter);
      this.#pump(bucket);
      if (onWait && follow(bucket).queue.includes(waiter)) {
        const report = () => onWait(this.#waitMs(follow(bucket)) || 0);
        report();
        reporting = setInterval(report, WAIT_REPORT_MS);
      }
    });
  }

  #bucketOf(name: string): Bucket {
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      bucket = new Bucket();
      this.#buckets.set(name, bucket);
    }
    return follow(bucket);
  }

  /** Starts what may start, fails what would wait too long, and sets the alarm for the rest. */
  #pump(bucket: Bucket): void {
    clearTimeout(bucket.timer);
    let waitMs = this.#waitMs(bucket);
    while (bucket.queue.length > 0 && waitMs === 0) {
      bucket.queue.shift()?.start(this.#permit(bucket));
      waitMs = this.#waitMs(bucket);
    }
    // Without a figure the queue waits for an answer, which pumps again.
    if (bucket.queue.length === 0 || waitMs === undefined) return;
    this.#failHopeless(bucket, waitMs);
    if (bucket.queue.length > 0) {
      bucket.timer = setTimeout(() => this.#pump(bucket), Math.min(waitMs, this.#maxWaitMs));
    }
  }

  #failHopeless(bucket: Bucket, waitMs: number): void {
    const now = Date.now();
    const perWindow = Math.max(1, (bucket.limit ?? 1) - bucket.reserve);
    const waits = (waiter: Waiter, position: number) => {
      const ms = waitMs + Math.floor(position / perWindow) * bucket.windowMs;
      if (now - waiter.queuedAt + ms <= this.#maxWaitMs) return true;
      waiter.fail(new RateLimitError(Math.ceil(ms / 1000)));
      return false;
    };
    bucket.queue = bucket.queue.filter(waits);
  }

  /**
   * Milliseconds until the next request may go: 0 for now, undefined for when an answer has come. A window whose end has
   * passed is left behind here.
   */
  #waitMs(bucket: Bucket): number | undefined {
    const now = Date.now();
    if (this.#pausedUntil > now) return this.#pausedUntil - now;
    if (bucket.resetAt !== undefined && bucket.resetAt <= now) openWindow(bucket);
    // One request asks; its answer says how many more there may be.
    if (bucket.remaining === undefined || bucket.resetAt === undefined) {
      return bucket.inFlightNow === 0 ? 0 : undefined;
    }
    const left = bucket.remaining - bucket.reserve;
    if (left - bucket.inFlight <= 0) return bucket.resetAt - now;
    const fresh = now - bucket.learntAt < FRESH_MS;
    const share = fresh ? Math.max(1, Math.floor(left * SHARE)) : 1;
    return bucket.inFlightNow < share ? 0 : undefined;
  }

  #permit(sentFrom: Bucket): Permit {
    const { window } = sentFrom;
    sentFrom.inFlight++;
    sentFrom.inFlightNow++;
    return {
      release: (info, refused = false) => {
        const bucket = this.#learnName(follow(sentFrom), info?.bucket);
        bucket.inFlight--;
        const merged = bucket !== sentFrom;
        const current = !merged && window === bucket.window;
        if (current) bucket.inFlightNow--;
        if (refused) this.#learnRefusal(bucket, info);
        else if (info && (current || merged)) learn(bucket, info);
        this.#pump(bucket);
      },
    };
  }

  /** Queues of routes that turn out to share a bucket become one. */
  #learnName(bucket: Bucket, name: string | undefined): Bucket {
    const named = name === undefined ? bucket : this.#buckets.get(name);
    if (!named && this.#buckets.size < MAX_BUCKETS) this.#buckets.set(name as string, bucket);
    const known = named && follow(named);
    if (!known || known === bucket) return bucket;
    clearTimeout(bucket.timer);
    known.queue = [...known.queue, ...bucket.queue].sort((a, b) => a.order - b.order);
    known.inFlight += bucket.inFlight;
    // Windows of the two are not the same: what is under way counts as of an earlier one.
    bucket.queue = [];
    bucket.mergedInto = known;
    return known;
  }

  #learnRefusal(bucket: Bucket, info: RateLimitInfo | undefined): void {
    const now = Date.now();
    const resetAt = now + Math.max(info?.resetMs ?? UNKNOWN_RESET_MS, MIN_REFUSAL_MS);
    if (info?.global) {
      this.#pausedUntil = Math.max(this.#pausedUntil, resetAt);
      return;
    }
    bucket.limit = info?.limit ?? bucket.limit;
    bucket.remaining = 0;
    bucket.resetAt = Math.max(bucket.resetAt ?? 0, resetAt);
    bucket.windowMs = Math.max(bucket.windowMs, resetAt - now);
  }
}

function learn(bucket: Bucket, { limit, remaining, resetMs }: RateLimitInfo): void {
  if (remaining === undefined || resetMs === undefined) return;
  const now = Date.now();
  bucket.limit = limit ?? bucket.limit;
  // Answers overtake one another: the least of a window is the latest. A reset in whole seconds is rounded up, so the
  // earliest is the nearest to the truth.
  bucket.remaining = Math.min(bucket.remaining ?? remaining, remaining);
  bucket.resetAt = Math.min(bucket.resetAt ?? Number.POSITIVE_INFINITY, now + resetMs);
  bucket.windowMs = Math.max(bucket.windowMs, resetMs);
  bucket.learntAt = now;
}

function openWindow(bucket: Bucket): void {
  bucket.remaining = undefined;
  bucket.resetAt = undefined;
  bucket.window++;
  bucket.inFlightNow = 0;
}

function follow(bucket: Bucket): Bucket {
  let last = bucket;
  while (last.mergedInto) last = last.mergedInto;
  return last;
}

/**
 * Reads the headers of an answer. `Reset` is the seconds to wait; one official SDK takes it for an epoch, so a value above
 * 1e9 is read as one.
 */
export function readRateLimit(headers: { get(name: string): string | null }): RateLimitInfo {
  const number = (name: string) => {
    const value = Number.parseFloat(headers.get(`X-Rate-Limit-${name}`) ?? "");
    return value >= 0 && Number.isFinite(value) ? value : undefined;
  };
  const reset = number("Reset");
  const seconds = reset !== undefined && reset > 1e9 ? reset - Date.now() / 1000 : reset;
  return {
    bucket: headers.get("X-Rate-Limit-Bucket") ?? undefined,
    limit: number("Limit"),
    remaining: number("Remaining"),
    resetMs:
      seconds === undefined ? undefined : Math.min(Math.max(0, seconds * 1000), MAX_RESET_MS),
    global: headers.get("X-Rate-Limit-Global") !== null,
  };
}
