// Asks KOOK who the token belongs to, and records each HTTP attempt.
import { type Fetch, KookClient, type KookClientOptions } from "../kook/client.ts";
import { viewMe } from "../kook/endpoints/user.ts";
import { type RateLimitInfo, readRateLimit } from "../kook/rate-limit/headers.ts";
import type { WireMe } from "../kook/wire/user.ts";

/** One HTTP attempt: its response, or why there was none. */
export interface Attempt {
  /** Milliseconds until the response's headers, or until the failure. */
  ms: number;
  /** Epoch milliseconds. */
  endedAt: number;
  answer?: { status: number; date: string | null; limits: RateLimitInfo };
  failure?: unknown;
}

export interface Probe {
  /** The token's account, if KOOK named it. */
  me?: WireMe;
  /** The client's error that ended the probe early. */
  error?: unknown;
  attempts: Attempt[];
}

/** Report a used-up rate limit instead of waiting for it. */
const MAX_WAIT_MS = 2_000;

/** Sends `times` requests, one after the other, and stops at the first failure. */
export async function probeKook(
  options: Omit<KookClientOptions, "maxWaitMs">,
  times: number,
): Promise<Probe> {
  const probe: Probe = { attempts: [] };
  const fetch = recorded(options.fetch, probe.attempts);
  const client = new KookClient({ ...options, fetch, maxWaitMs: MAX_WAIT_MS });
  try {
    for (let time = 0; time < times; time++) probe.me = await client.call(viewMe, {});
  } catch (error) {
    probe.error = error;
  }
  return probe;
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
