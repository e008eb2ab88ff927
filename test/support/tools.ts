/** The tools about chats, which exist in every set-up: those that read, and those that change something. */
export const CHAT_TOOLS = {
  reading: ["list_chats", "view_chat"],
  changing: ["create_chat", "delete_chat"],
} as const;
