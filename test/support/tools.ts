/** The tools for chats: those that read, and those that change something. */
export const CHAT_TOOLS = {
  reading: ["list_chats", "view_chat"],
  changing: ["create_chat", "delete_chat"],
} as const;
