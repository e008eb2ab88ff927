// A fake clock. Use it after vi.useFakeTimers().
import { vi } from "vitest";

/** Lets the fake clock run until the promise has settled. */
export async function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await vi.runAllTimersAsync();
  return promise;
}
