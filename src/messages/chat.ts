// The chat that messages belong to, as every part of the room knows it.

export interface ChatOfMessages {
  chat_code: string;
  /** Empty for a deleted account. */
  target_id: string;
  /** Sanitized for showing. */
  username: string;
}
