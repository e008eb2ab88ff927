// What is made of a write whose answer was lost.
import { UnsettledWriteError } from "./errors.ts";

/**
 * Settles a write whose answer was lost by looking at what there is.
 * @param look gives what proves that the write was done, or undefined when it was not
 */
export async function settle<T>(cause: unknown, look: () => Promise<T | undefined>): Promise<T> {
  const found = await look().catch(() => {
    throw new UnsettledWriteError("unknown", cause);
  });
  if (found === undefined) throw new UnsettledWriteError("not_done", cause);
  return found;
}
