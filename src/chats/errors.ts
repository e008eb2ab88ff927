// What the chats reject with beside the errors of `kook/errors.ts`.
import { ApiError } from "../kook/errors.ts";

/** A create or delete whose answer was lost. `outcome` is what looking afterwards has shown; `cause` is what was lost. */
export class UnsettledWriteError extends Error {
  /** `unknown` when looking failed as well. */
  readonly outcome: "not_done" | "unknown";

  constructor(outcome: "not_done" | "unknown", cause: unknown) {
    super("The answer to a change was lost.", { cause });
    this.outcome = outcome;
  }
}

/** A chat that is not there or not on the allow-list: one error for both, so that nobody learns which. */
export class HiddenChatError extends Error {}

/** The chats have not all been looked through for those on the allow-list; the same call again goes on. */
export class UnfinishedSearchError extends Error {}

/** A chat was to be opened with a user who is not on the allow-list. Nothing was sent. */
export class TargetNotAllowedError extends Error {}

/**
 * True where an answer about one chat means that it is not there. KOOK's catch-all 40000 is not taken for that: it may as
 * well be maintenance, in words of a language that is not known here.
 */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof HiddenChatError || (error instanceof ApiError && error.reason === "not_found")
  );
}
