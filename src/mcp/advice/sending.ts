// Advice after a failure of a tool that sends, edits or deletes messages. No text of a message is repeated.
import { RecipientNotAllowedError } from "../../access/errors.ts";
import { UnknownUserError } from "../../messages/errors.ts";
import {
  BroadcastError,
  DraftError,
  LeakError,
  NotShownError,
  NotTriedError,
  OwnMessageError,
  RecipientError,
  SendLimitError,
  TextError,
  UnsettledError,
} from "../../messages/send-errors.ts";
import { quoted } from "../../text/untrusted.ts";
import type { Advice } from "../failure.ts";
import { messageAdvice } from "./messages.ts";

/** Users whose words a text repeats; with more, the advice would not fit. */
const MAX_NAMED = 3;

const texts: Record<TextError["reason"], string> = {
  empty: "Write what to send.",
  too_long: "Shorten it, or send it in parts that make sense alone.",
  token: "Remove the token.",
  twice: "Leave one of them out.",
  no_emoji: "Give a character such as 👍, not its name.",
  no_message: "Name a message with reply_to.",
};

export const sendingAdvice: Advice = {
  refusals: {
    ...messageAdvice.refusals,
    too_long: "The text is too long for KOOK. Shorten it.",
    quota: "The bot's daily quota of messages is used up. It resets at 12:00 in China (04:00 UTC).",
    cannot_message:
      "KOOK does not let the bot write to this user now; the user may have to write to the bot first.",
  },
  lostAnswer: {
    not_done: "It was not done. It may be tried again.",
    unknown: "Outcome unknown. To check, repeat the same call.",
  },
  explain(error, explain) {
    if (error instanceof DraftError) {
      const why = explain(error.cause).replace(" Nothing was sent.", "");
      return `Nothing was sent. Message ${error.draft}: ${why}`;
    }
    if (error instanceof RecipientNotAllowedError) {
      return "KOOK_SEND_TO does not let this server write to this user. Nothing was sent. Do not try again.";
    }
    if (error instanceof RecipientError) {
      const why = error.reason === "silent" ? " KOOK_SEND_TO=replies allows answers only." : "";
      return `${error.message}${why} Nothing was sent. Do not try again.`;
    }
    if (error instanceof TextError)
      return `${error.message} Nothing was sent. ${texts[error.reason]}`;
    if (error instanceof LeakError) {
      return `${error.message} Nothing was sent. ${otherUsers(error)} Remove their words and numbers.`;
    }
    if (error instanceof UnknownUserError) {
      return error.complete
        ? `${error.message} Nothing was sent: only users with a chat get messages. If the person wishes it, create_chat opens one.`
        : `${error.message} Nothing was sent. There are more: if list_chats with query finds the chat, use its chat_code.`;
    }
    if (error instanceof BroadcastError) {
      return `${error.message} Nothing was sent: KOOK treats repeated messages as advertising. Do not try again in other words.`;
    }
    if (error instanceof SendLimitError) return `${error.message} Nothing was sent.`;
    if (error instanceof NotTriedError) {
      return "An earlier message of this call failed. To send this one, call again with it.";
    }
    if (error instanceof UnsettledError) {
      return "KOOK's response to this message was lost, and no look-up has found it. To look again, repeat the call; nothing is resent within 10 minutes.";
    }
    if (error instanceof NotShownError) {
      return "KOOK does not show this message yet. Nothing was changed. Repeat the call in 10 s.";
    }
    if (error instanceof OwnMessageError) return `${error.message} Nothing was changed.`;
    return messageAdvice.explain(error, explain);
  },
};

function otherUsers({ leaks }: LeakError): string {
  const names = leaks
    .slice(0, MAX_NAMED)
    .map(({ target_id, username }) => `${quoted(username)} (${target_id || "?"})`);
  const [only] = names;
  if (names.length === 1) return `The other user is ${only}.`;
  const more = leaks.length - names.length;
  if (more > 0) return `The other users are ${names.join(", ")} and ${more} more.`;
  return `The other users are ${names.slice(0, -1).join(", ")} and ${names.at(-1)}.`;
}
