// Emoji on messages of private chats. Source: KOOK's "私信消息".
import { nothingSchema } from "../wire/fields.ts";
import type { Endpoint } from "./endpoint.ts";

/** Puts a Unicode emoji, or a server's emoji by its id, on a message. Does not count in the quota. */
export const addReaction: Endpoint<{ msg_id: string; emoji: string }, void> = {
  method: "POST",
  route: "direct-message/add-reaction",
  answer: nothingSchema,
  repeat: "settle",
};
