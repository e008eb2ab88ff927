// Failure texts of the chats family.
import { HiddenChatError, TargetNotAllowedError } from "../../access/errors.ts";
import { UnfinishedSearchError } from "../../chats/errors.ts";
import type { Advice } from "../failure.ts";

export const chatAdvice: Advice = {
  refusals: {
    not_found:
      "There is no such chat or user, or it is not the bot's. list_chats shows the chats that exist; its query finds one by username or user id.",
    blocked: "The user has blocked the bot. Do not try again.",
    cannot_message:
      "KOOK does not let the bot open a chat with this user now; the user may have to write to the bot first.",
  },
  lostAnswer: {
    not_done: "The list of chats shows that the change was not made. It may be tried again.",
    unknown:
      "It is unknown whether the change was made. Check with list_chats before repeating it.",
  },
  explain(error) {
    if (error instanceof HiddenChatError) {
      return "There is no such chat among those that this server may see (KOOK_ALLOW_TARGETS). list_chats shows them.";
    }
    if (error instanceof TargetNotAllowedError) {
      return "KOOK_ALLOW_TARGETS does not let this server open a chat with this user. Nothing was sent. Do not try again.";
    }
    if (error instanceof UnfinishedSearchError) {
      return error.goesOn
        ? "Not all of the bot's chats have been searched for the allowed ones. Repeat the call to go on."
        : "Some of the bot's chats cannot be read, or KOOK does not name their users: an allowed chat may be among them.";
    }
    return undefined;
  },
};
