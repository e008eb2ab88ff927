// What an answer's `X-Rate-Limit-*` headers say.

/** KOOK's limits as one answer states them. Each part may be missing. */
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

/** No limit of KOOK's is this long; a broken header must not stop a bot for years. */
const MAX_RESET_MS = 3_600_000;

/**
 * Reads the headers of an answer. `Reset` is the seconds to wait, decimals included; one official SDK takes it for an
 * epoch, so a value above 1e9 is read as one, and one above 1e11 as one in milliseconds.
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

/** Digits with or without decimals, and nothing else: `5 per minute` says something that is not known here. */
function numberOf(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(\.\d*)?\s*$/.test(text) ? Number.parseFloat(text) : undefined;
}
