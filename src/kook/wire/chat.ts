// Private chats as `user-chat/*` sends them. Source: KOOK's "私信聊天会话接口列表".
import * as z from "zod";
import { pageSchemaOf, type WirePage } from "./envelope.ts";
import { codeSchema, countSchema, flagSchema, idSchema, textSchema, timeSchema } from "./fields.ts";

const targetInfoSchema = z.object({
  // A name without an id is still worth showing.
  id: idSchema.catch(""),
  username: textSchema,
  online: flagSchema,
  avatar: z.string().catch(""),
  bot: flagSchema.optional(),
});

const chatFields = {
  code: codeSchema,
  last_read_time: timeSchema,
  latest_msg_time: timeSchema,
  unread_count: countSchema.catch(0),
  // null or [] for a deleted account (inferred); the chat itself is still worth showing.
  target_info: targetInfoSchema.optional().catch(undefined),
};

/** A chat as `user-chat/list` has it. */
const wireChatRowSchema = z.object(chatFields);
export type WireChatRow = z.infer<typeof wireChatRowSchema>;

/** A chat as `user-chat/view` and `user-chat/create` answer with it. */
export const wireChatSchema = z.object({
  ...chatFields,
  is_friend: flagSchema,
  is_blocked: flagSchema,
  is_target_blocked: flagSchema,
});
export type WireChat = z.infer<typeof wireChatSchema>;

export type WireChatPage = WirePage<WireChatRow>;
export const wireChatPageSchema = pageSchemaOf(wireChatRowSchema);
