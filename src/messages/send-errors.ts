// Errors of sending, editing and deleting messages, besides those of errors.ts. None carries a message's text. Those that
// are thrown come before anything is sent; NotTriedError and UnsettledError are reasons in a result.
import type { Leak } from "./leak-guard.ts";

/** One message of several is refused; `cause` says why. */
export class DraftError extends Error {
  override readonly name = "DraftError";
  /** Counted from 1. */
  readonly draft: number;

  constructor(draft: number, cause: unknown) {
    super(`Message ${draft} cannot be sent.`, { cause });
    this.draft = draft;
  }
}

const recipientReasons = {
  deleted: "The user's account is deleted.",
  silent:
    "The user has not written to the bot in the last 7 days, or not among the chat's last 100 messages.",
} as const;

/** This user gets no message. */
export class RecipientError extends Error {
  override readonly name = "RecipientError";
  readonly reason: keyof typeof recipientReasons;

  constructor(reason: keyof typeof recipientReasons) {
    super(recipientReasons[reason]);
    this.reason = reason;
  }
}

const textReasons = {
  empty: "The text is empty.",
  too_long: "The text is longer than 8 000 characters of KMarkdown.",
  token: "The text holds a bot's token, or what looks like one.",
  twice: "The same text goes to the same chat twice.",
  no_emoji: "`reaction` must be one emoji, or the id of a server's emoji.",
  no_message: "There is no message of the user's to react to.",
} as const;

/** A text or reaction that is not sent. */
export class TextError extends Error {
  override readonly name = "TextError";
  readonly reason: keyof typeof textReasons;

  constructor(reason: keyof typeof textReasons) {
    super(textReasons[reason]);
    this.reason = reason;
  }
}

/** A text repeats what other users wrote, and no form can show that to a person. */
export class LeakError extends Error {
  override readonly name = "LeakError";
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    super("The text repeats what another user wrote to the bot.");
    this.leaks = leaks;
  }
}

/** The same text would go to too many users within an hour. */
export class BroadcastError extends Error {
  override readonly name = "BroadcastError";

  constructor(maxUsers: number) {
    super(`The same text may go to ${maxUsers} users within an hour.`);
  }
}

/** KOOK_SEND_LIMIT is used up. */
export class SendLimitError extends Error {
  override readonly name = "SendLimitError";

  constructor(limit: number, left: number, minutes: number) {
    const wait = left === limit ? "Send fewer in one call." : `More in ${minutes} min.`;
    super(
      limit === 0
        ? "This server may send no messages (KOOK_SEND_LIMIT is 0)."
        : `KOOK_SEND_LIMIT of this server is ${limit} an hour. Left: ${left}. ${wait}`,
    );
  }
}

/** An earlier message of the batch ended the batch. */
export class NotTriedError extends Error {
  override readonly name = "NotTriedError";
}

/** The answer to an earlier send of the same message was lost, and the message is still not seen. */
export class UnsettledError extends Error {
  override readonly name = "UnsettledError";
}

/** KOOK does not show a message yet that was sent seconds ago, so it cannot be edited or deleted. */
export class NotShownError extends Error {
  override readonly name = "NotShownError";
}

const ownReasons = {
  not_own: "The message is not the bot's.",
  no_text: "Only messages of text can be edited, and this one is none.",
} as const;

/** A message that the bot cannot edit or delete. */
export class OwnMessageError extends Error {
  override readonly name = "OwnMessageError";
  readonly reason: keyof typeof ownReasons;

  constructor(reason: keyof typeof ownReasons) {
    super(ownReasons[reason]);
    this.reason = reason;
  }
}
