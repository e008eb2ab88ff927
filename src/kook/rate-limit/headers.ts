// Reads the `X-Rate-Limit-*` headers of an answer.

/** The rate limit as one answer states it. Each part may be missing. */
export interface RateLimitInfo {
  /** KOOK's name for the routes that share a limit. */
  bucket: string | undefined;
  limit: number | undefined;
  remaining: number | undefined;
  /** Milliseconds until the bucket is full again. */
  resetMs: number | undefined;
  /** The limit of the whole bot is used up, not only the bucket's. */
  global: boolean;
}

/** Upper bound: a broken header must not stop a bot for years. */
const MAX_RESET_MS = 3_600_000;

/**
 * `Reset` is the seconds to wait, with or without decimals. One official SDK reads it as an epoch: a value above 1e9 is
 * taken as epoch seconds, one above 1e11 as epoch milliseconds.
 */
export function readRateLimit(headers: { get(name: string): string | null }): RateLimitInfo {
  const number = (name: string) => numberOf(headers.get(`X-Rate-Limit-${name}`));
  const reset = number("Reset");
  return {
    bucket: headers.get("X-Rate-Limit-Bucket") || undefined,
    limit: number("Limit"),
    remaining: number("Remaining"),
    resetMs: reset === undefined ? undefined : Math.min(untilReset(reset), MAX_RESET_MS),
    global: headers.get("X-Rate-Limit-Global") !== null,
  };
}

function untilReset(reset: number): number {
  if (reset > 1e11) return Math.max(0, reset - Date.now());
  if (reset > 1e9) return Math.max(0, reset * 1000 - Date.now());
  return reset * 1000;
}

/** Accepts digits with or without decimals only: `5 per minute` has a unit that is unknown here. */
function numberOf(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d*)?\s*$/.test(text) ? Number.parseFloat(text) : undefined;
}
