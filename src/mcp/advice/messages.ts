// Advice after a failure of a tool, resource or prompt about messages. No text of a message is repeated.
import { TargetNotAllowedError } from "../../access/errors.ts";
import {
  AmbiguousMessageError,
  CursorError,
  ImageError,
  InboxBoundError,
  MessageReferenceError,
  UnknownMessageError,
  UnknownUserError,
} from "../../messages/errors.ts";
import type { Advice } from "../failure.ts";
import { chatAdvice } from "./chats.ts";

export const messageAdvice: Advice = {
  refusals: {
    ...chatAdvice.refusals,
    not_found:
      "There is no such chat or message, or it is not the bot's. list_chats finds a chat by username or user id; list_messages shows a chat's messages.",
  },
  lostAnswer: chatAdvice.lostAnswer,
  explain(error, explain) {
    if (error instanceof TargetNotAllowedError) {
      return "KOOK_ALLOW_TARGETS does not let this server see the chat with this user. KOOK was not asked. Do not try again.";
    }
    if (error instanceof UnknownUserError) {
      const more = error.complete
        ? "All were looked at. list_chats with query finds a user by a part of the name."
        : "There are more: if list_chats with query finds the chat, use its chat_code.";
      return `${error.message} ${more}`;
    }
    if (error instanceof MessageReferenceError) return `${error.message} Nothing was done.`;
    if (error instanceof UnknownMessageError) {
      return `${error.message} It may be deleted, older, or of another chat. list_messages shows the ids that exist.`;
    }
    if (error instanceof AmbiguousMessageError) return `${error.message} Give one of these.`;
    if (error instanceof InboxBoundError) return `${error.message} Go on with the cursor.`;
    if (error instanceof CursorError) {
      return `${error.message} Call list_inbox without cursor to begin again.`;
    }
    if (error instanceof ImageError) return `${error.message} ${imageAdvice(error)}`.trim();
    return chatAdvice.explain(error, explain);
  },
};

function imageAdvice({ reason, images }: ImageError): string {
  const wrongPlace = reason === "index" || reason === "not_an_image" || reason === "none";
  if (!wrongPlace) return "Ask the person to look at it in KOOK.";
  if (images.length === 0) return "list_messages shows which messages have images.";
  return `Its images have index ${images.join(", ")}.`;
}
