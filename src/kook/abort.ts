// Waiting that ends when a signal aborts or a deadline passes.
import type { CallOptions } from "./call-options.ts";
import { DeadlineError } from "./errors.ts";

/**
 * Settles as the promise does, or rejects with the signal's reason, whichever comes first. The promise's later rejection is
 * swallowed: the race is decided.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Not node:timers/promises: fake clocks do not move it. @throws the signal's reason, at once, when it aborts */
export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  return unlessAborted(elapsed, signal).finally(() => clearTimeout(timer));
}

/** Settles as the promise does. @throws DeadlineError when the deadline comes first; the signal's reason when it aborts */
export async function inTime<T>(
  promise: Promise<T>,
  { signal, deadline }: Pick<CallOptions, "signal" | "deadline">,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (deadline === undefined) return;
    timer = setTimeout(() => reject(new DeadlineError()), deadline - performance.now());
  });
  try {
    return await unlessAborted(Promise.race([promise, late]), signal);
  } finally {
    clearTimeout(timer);
  }
}
