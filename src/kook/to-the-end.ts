// A write that is not aborted once it is on the wire.
import type { CallOptions } from "./call-options.ts";
import { isDoubtful } from "./errors.ts";

/** Makes a write whose abort counts only before it is sent: aborted later, nobody would know whether it was made. */
export async function toTheEnd<Answer>(
  options: CallOptions,
  write: (options: CallOptions) => Promise<Answer>,
): Promise<Answer> {
  const { signal, onRetry } = options;
  const stopped = new AbortController();
  let isSent = false;
  let isDoubted = false;
  const abort = () => {
    if (!isSent) stopped.abort(signal?.reason);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  try {
    return await write({
      ...options,
      signal: stopped.signal,
      onSend() {
        isSent = true;
      },
      onRetry(attempt, error) {
        isDoubted ||= isDoubtful(error);
        // KOOK has done nothing, unless an earlier attempt is in doubt.
        isSent = isDoubted;
        if (signal?.aborted) abort();
        onRetry?.(attempt, error);
      },
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
