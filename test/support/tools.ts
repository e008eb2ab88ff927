/** The tools for chats: those that read, and those that change something. */
export const CHAT_TOOLS = {
  reading: ["list_chats", "view_chat"],
  changing: ["create_chat", "delete_chat"],
} as const;

/** The tools that read messages, in their order. */
export const READING_TOOLS = ["list_inbox", "list_messages", "view_image"] as const;

/** The tools that send, edit and delete messages, in their order. */
export const SENDING_TOOLS = ["send_messages", "edit_message", "delete_message"] as const;
