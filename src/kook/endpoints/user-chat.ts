// The private chats of the bot. Source: KOOK's "私信聊天会话接口列表".
import {
  type WireChat,
  type WireChatPage,
  wireChatPageSchema,
  wireChatSchema,
} from "../wire/chat.ts";
import { nothingSchema } from "../wire/fields.ts";
import type { Endpoint } from "./endpoint.ts";

/** One page of the bot's chats. Pages count from 1; KOOK gives at most 50 chats a page. */
export const listChats: Endpoint<{ page: number; page_size: number }, WireChatPage> = {
  method: "GET",
  route: "user-chat/list",
  answer: wireChatPageSchema,
  repeat: "safe",
};

export const viewChat: Endpoint<{ chat_code: string }, WireChat> = {
  method: "GET",
  route: "user-chat/view",
  answer: wireChatSchema,
  repeat: "safe",
};

/** Opens the chat with a user, or answers with the existing one (seen in KookBC). Sends no message. */
export const createChat: Endpoint<{ target_id: string }, WireChat> = {
  method: "POST",
  route: "user-chat/create",
  answer: wireChatSchema,
  repeat: "safe",
};

/** Takes a chat off the bot's own list. The answer to a second delete is not known. */
export const deleteChat: Endpoint<{ chat_code: string }, void> = {
  method: "POST",
  route: "user-chat/delete",
  answer: nothingSchema,
  repeat: "settle",
};
