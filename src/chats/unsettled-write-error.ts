// What is thrown when a write's answer was lost and looking did not show it done.

/** A create or delete whose answer was lost. `outcome` is what looking afterwards has shown; `cause` is what was lost. */
export class UnsettledWriteError extends Error {
  /** `unknown` when looking failed as well. */
  readonly outcome: "not_done" | "unknown";

  constructor(outcome: "not_done" | "unknown", cause: unknown) {
    super("The answer to a change was lost.", { cause });
    this.outcome = outcome;
  }
}
