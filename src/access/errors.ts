// Errors of refused access.
import { ApiError } from "../kook/errors.ts";

/** A chat that does not exist or is off the allow-list: one error for both, so that a model cannot tell them apart. */
export class HiddenChatError extends Error {
  override readonly name = "HiddenChatError";
}

/** A user who is off the allow-list. Nothing was sent to KOOK. */
export class TargetNotAllowedError extends Error {
  override readonly name = "TargetNotAllowedError";
}

/** A user whom KOOK_SEND_TO does not name. Nothing was sent to KOOK. */
export class RecipientNotAllowedError extends Error {
  override readonly name = "RecipientNotAllowedError";
}

/** True if an answer about one chat or message means that it does not exist. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof HiddenChatError || (error instanceof ApiError && error.reason === "not_found")
  );
}
