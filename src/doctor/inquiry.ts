// Asks KOOK whose a token is, and notes how each HTTP attempt went.
import { type Fetch, KookClient, type KookClientOptions } from "../kook/client.ts";
import { viewMe } from "../kook/endpoints/user.ts";
import { type RateLimitInfo, readRateLimit } from "../kook/rate-limit/headers.ts";
import type { WireMe } from "../kook/wire/user.ts";

/** One HTTP attempt: what came back, or why nothing did. */
export interface Attempt {
  /** Milliseconds until the answer's headers were there, or until the failure. */
  ms: number;
  /** Epoch milliseconds. */
  endedAt: number;
  answer?: { status: number; date: string | null; limits: RateLimitInfo };
  failure?: unknown;
}

export interface Inquiry {
  /** The account, once it has been told. */
  me?: WireMe;
  /** What ended the asking early: one of the client's errors. */
  error?: unknown;
  attempts: Attempt[];
}

/** A limit that is used up is told rather than waited for. */
const MAX_WAIT_MS = 2_000;

/** Asks as often as told, one request after the other; the first failure ends it. */
export async function askWhoseToken(
  options: Omit<KookClientOptions, "maxWaitMs">,
  times: number,
): Promise<Inquiry> {
  const inquiry: Inquiry = { attempts: [] };
  const fetch = recorded(options.fetch, inquiry.attempts);
  const client = new KookClient({ ...options, fetch, maxWaitMs: MAX_WAIT_MS });
  try {
    for (let time = 0; time < times; time++) inquiry.me = await client.call(viewMe, {});
  } catch (error) {
    inquiry.error = error;
  }
  return inquiry;
}

function recorded(fetch: Fetch, attempts: Attempt[]): Fetch {
  return async (url, init) => {
    const startedAt = performance.now();
    const end = (rest: Pick<Attempt, "answer" | "failure">) =>
      attempts.push({ ms: performance.now() - startedAt, endedAt: Date.now(), ...rest });
    try {
      const response = await fetch(url, init);
      const { status, headers } = response;
      end({ answer: { status, date: headers.get("Date"), limits: readRateLimit(headers) } });
      return response;
    } catch (failure) {
      end({ failure });
      throw failure;
    }
  };
}
