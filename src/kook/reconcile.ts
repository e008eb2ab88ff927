// Reconciles a write whose answer was lost: reads KOOK's state to learn whether it was done.
import { delay } from "./abort.ts";
import { ApiError, MalformedAnswerError, RefusedRepeatError, TimeoutError } from "./errors.ts";

/** A write whose answer was lost. `outcome` is what looking afterwards shows; `cause` is how the answer was lost. */
export class LostAnswerError extends Error {
  override readonly name = "LostAnswerError";
  /** `unknown` if looking failed as well, or did not tell. */
  readonly outcome: "not_done" | "unknown";

  constructor(outcome: "not_done" | "unknown", cause: unknown) {
    super("The answer to a change was lost.", { cause });
    this.outcome = outcome;
  }
}

/** Result of reading KOOK's state: the write's result, not done, or unknown. */
export type Sighting<T> = { done: T } | "not_done" | "unknown";

/** KOOK may show a change this much later (seen in kook4j's live tests: up to 2.5 s). */
const SHOWN_AFTER_MS = 2_500;

/**
 * Reconciles a write whose answer was lost: waits until KOOK shows it, then looks once. Cannot be cancelled.
 * @param look a failure of it counts as `unknown`
 * @throws LostAnswerError unless the write was done; KOOK's refusal of a repetition, if it was not done
 */
export async function reconcile<T>(
  cause: unknown,
  look: () => Promise<Sighting<T>>,
  deadline?: number,
): Promise<T> {
  const seen = await lookLater(look, deadline).catch((): Sighting<T> => "unknown");
  if (typeof seen !== "string") return seen.done;
  const refusal = cause instanceof RefusedRepeatError ? cause.cause : undefined;
  if (refusal && seen === "not_done") throw refusal;
  throw new LostAnswerError(mayStillCome(cause) ? "unknown" : seen, refusal ?? cause);
}

/** Behind a timeout, KOOK may still be carrying the write out. */
function mayStillCome(cause: unknown): boolean {
  return (
    cause instanceof TimeoutError ||
    (cause instanceof MalformedAnswerError && cause.status >= 502) ||
    (cause instanceof ApiError && cause.status >= 502)
  );
}

async function lookLater<T>(
  look: () => Promise<Sighting<T>>,
  deadline = Number.POSITIVE_INFINITY,
): Promise<Sighting<T>> {
  const inTime = performance.now() + SHOWN_AFTER_MS < deadline;
  if (inTime) await delay(SHOWN_AFTER_MS, undefined);
  const seen = await look();
  return seen === "not_done" && !inTime ? "unknown" : seen;
}

/** A lost write is looked for this long. */
const LOOKING_MS = 4_000;
/** Pauses before each look; the last look is past the 2.5 s that KOOK may take. */
const PAUSES_MS = [500, 1_000, 1_500];

/**
 * Looks for a write whose answer was lost, three times within 4 s.
 * @param look gets the deadline of all looks; a failure of it counts as not seen
 * @returns undefined if it was not seen, which does not mean that it was not done
 */
export async function lookUntilSeen<T>(
  look: (deadline: number) => Promise<T | undefined>,
  callDeadline = Number.POSITIVE_INFINITY,
): Promise<T | undefined> {
  const deadline = Math.min(performance.now() + LOOKING_MS, callDeadline);
  for (const pauseMs of PAUSES_MS) {
    if (performance.now() + pauseMs >= deadline) return undefined;
    await delay(pauseMs, undefined);
    const seen = await look(deadline).catch(() => undefined);
    if (seen !== undefined) return seen;
  }
  return undefined;
}
