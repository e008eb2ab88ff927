// Errors of reading messages, besides those of access/ and kook/. None carries a message's text.
/** `before`, `after` or `msg_id` is neither a message id nor a time. Nothing was sent to KOOK. */
export class MessageReferenceError extends Error {
  override readonly name = "MessageReferenceError";
  readonly argument: "before" | "after" | "msg_id";

  constructor(argument: MessageReferenceError["argument"]) {
    const time = argument === "msg_id" ? "" : " or an ISO time";
    super(`\`${argument}\` is not a message id (8 hex digits or the whole id)${time}.`);
    this.argument = argument;
  }
}

/** No such message in this chat. */
export class UnknownMessageError extends Error {
  override readonly name = "UnknownMessageError";
  /** Messages looked at, the newest of the chat; undefined if KOOK was asked for this one message. */
  readonly searched: number | undefined;
  /** False if KOOK did not refuse it: a change must not take the message for deleted. */
  readonly isCertain: boolean;

  constructor(searched?: number, isCertain = true) {
    super(
      searched === undefined
        ? "The chat has no message with this id."
        : `No message with this id is among the newest ${searched} of the chat.`,
    );
    this.searched = searched;
    this.isCertain = isCertain;
  }
}

/** The digits of an id fit several messages of the chat. */
export class AmbiguousMessageError extends Error {
  override readonly name = "AmbiguousMessageError";
  /** Ids of these messages, with as many digits as tell them apart. */
  readonly candidates: string[];

  constructor(candidates: string[]) {
    super(`The id fits ${candidates.length} messages: ${candidates.join(", ")}.`);
    this.candidates = candidates;
  }
}

/** No chat with this user among those that were looked at. */
export class UnknownUserError extends Error {
  override readonly name = "UnknownUserError";
  readonly lookedAt: number;
  /** All of the bot's chats were looked at. */
  readonly complete: boolean;

  constructor(lookedAt: number, complete: boolean) {
    super(`A chat with this user is not among the ${lookedAt} chats looked at.`);
    this.lookedAt = lookedAt;
    this.complete = complete;
  }
}

const imageReasons = {
  none: "The message has no image.",
  index: "The message has no attachment with this index.",
  not_an_image: "This attachment is not an image.",
  host: "The image is not on one of KOOK's hosts, so it was not read.",
  redirect: "The image's host answered with a redirect, which is not followed.",
  gone: "The image's host has no such file or refused it.",
  broken: "The image did not arrive whole from its host.",
  too_large: "The image is larger than 700 KB.",
  format: "The file is not a PNG, JPEG, GIF or WebP image.",
} as const;

/** An image that is not there or was refused. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly reason: keyof typeof imageReasons;
  /** Indexes of the message's images; empty for none. */
  readonly images: readonly number[];

  constructor(reason: keyof typeof imageReasons, images: readonly number[] = []) {
    super(imageReasons[reason]);
    this.reason = reason;
    this.images = images;
  }
}

/** One call has read as many chats, or for as long, as it may. The cursor goes on from there. */
export class InboxBoundError extends Error {
  override readonly name = "InboxBoundError";

  constructor(bound: "chats" | "time") {
    super(
      bound === "chats"
        ? "One call reads at most 60 chats."
        : "The call's time for reading chats was up.",
    );
  }
}

/** A cursor of `list_inbox` that cannot be followed. Nothing was sent to KOOK. */
export class CursorError extends Error {
  override readonly name = "CursorError";
  readonly reason: "expired" | "other_search";

  constructor(reason: "expired" | "other_search") {
    super(
      reason === "expired"
        ? "The cursor is unknown or older than five minutes."
        : "The cursor belongs to another search: `all`, `since` or `query` differ.",
    );
    this.reason = reason;
  }
}

/** KOOK refused to show a message, because it does not exist. */
export function meansGone(error: unknown): boolean {
  return error instanceof UnknownMessageError && error.isCertain;
}
