// A write that is not aborted once it is on the wire.
import type { CallOptions } from "./call-options.ts";
import type { KookClient } from "./client.ts";
import type { Endpoint, Params } from "./endpoints/endpoint.ts";

/**
 * Like `client.call`, but an abort counts only before the request is sent: aborted later, nobody would know whether the
 * write was made.
 */
export async function callToTheEnd<Sent extends Params, Answer>(
  client: KookClient,
  endpoint: Endpoint<Sent, Answer>,
  parameters: Sent,
  options: CallOptions,
): Promise<Answer> {
  const { signal, onRetry } = options;
  const stopped = new AbortController();
  let isSent = false;
  const abort = () => {
    if (!isSent) stopped.abort(signal?.reason);
  };
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  try {
    return await client.call(endpoint, parameters, {
      ...options,
      signal: stopped.signal,
      onSend() {
        isSent = true;
      },
      // Before another attempt KOOK has done nothing.
      onRetry(attempt) {
        isSent = false;
        if (signal?.aborted) abort();
        onRetry?.(attempt);
      },
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
