// The state that all route families share. Routes change it only through these methods, which keep it consistent.
import { codeOf, type SandboxChat, type SandboxUser, seed } from "./seed.ts";

export class World {
  readonly bot: SandboxUser;
  readonly #users: Map<string, SandboxUser>;
  readonly #chats: Map<string, SandboxChat>;

  /** @param chatCount number of chats at the start */
  constructor(chatCount: number) {
    const { bot, chats, strangers } = seed(chatCount);
    this.bot = bot;
    this.#chats = new Map(chats.map((chat) => [chat.code, chat]));
    const users = [...chats.map((chat) => chat.target_info), ...strangers];
    this.#users = new Map(users.map((user) => [user.id, user]));
  }

  /** All chats, in the order of the list endpoint. */
  chats(): SandboxChat[] {
    return [...this.#chats.values()];
  }

  chat(code: string): SandboxChat | undefined {
    return this.#chats.get(code);
  }

  user(id: string): SandboxUser | undefined {
    return this.#users.get(id);
  }

  /** The chat with a user: the existing one, else a new one at the end of the list. */
  openChat(user: SandboxUser): SandboxChat {
    const existing = this.chats().find((chat) => chat.target_info.id === user.id);
    if (existing) return existing;
    const chat: SandboxChat = {
      code: codeOf(user.id),
      last_read_time: 0,
      latest_msg_time: 0,
      unread_count: 0,
      is_friend: false,
      is_blocked: false,
      is_target_blocked: false,
      target_info: user,
    };
    this.#chats.set(chat.code, chat);
    return chat;
  }

  /** @returns false if there is no such chat */
  deleteChat(code: string): boolean {
    return this.#chats.delete(code);
  }
}
