// KOOK's rate limit: one bucket per route, counted in fixed windows.

export interface BucketOptions {
  /** Requests that each bucket allows in a window. */
  limit: number;
  windowSeconds: number;
  /** Send `X-Rate-Limit-Reset` with decimals instead of rounded up to whole seconds. */
  decimalReset: boolean;
  /** Epoch milliseconds. */
  now: () => number;
}

export class Buckets {
  readonly #options: BucketOptions;
  readonly #windows = new Map<string, { used: number; resetAt: number }>();

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  /** Counts one request. A refused request is not counted. */
  spend(bucket: string): { exceeded: boolean; headers: Record<string, string> } {
    const { limit, windowSeconds, decimalReset } = this.#options;
    const now = this.#options.now();
    let window = this.#windows.get(bucket);
    if (!window || window.resetAt <= now) {
      window = { used: 0, resetAt: now + windowSeconds * 1000 };
      this.#windows.set(bucket, window);
    }
    const exceeded = window.used >= limit;
    if (!exceeded) window.used++;
    const resetSeconds = (window.resetAt - now) / 1000;
    const headers = {
      "X-Rate-Limit-Limit": String(limit),
      "X-Rate-Limit-Remaining": String(limit - window.used),
      "X-Rate-Limit-Reset": String(decimalReset ? resetSeconds : Math.ceil(resetSeconds)),
      "X-Rate-Limit-Bucket": bucket,
    };
    return { exceeded, headers };
  }
}
