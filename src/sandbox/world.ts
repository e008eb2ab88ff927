// The state that all route families share. Routes change it only through these methods, which keep it consistent.
import { type SandboxAttachment, type SandboxMessage, uuidOf } from "./message.ts";
import { codeOf, type SandboxChat, type SandboxUser, seed } from "./seed.ts";
import { quoteOf, seedMessages } from "./seed-messages.ts";

export interface WorldOptions {
  /** Number of chats at the start. */
  chats: number;
  /** Time of the newest message at the start, epoch ms. */
  anchor: number | undefined;
  /** Epoch milliseconds. */
  now: () => number;
}

/** A message before it has an id and a time. */
export interface NewMessage {
  author: SandboxUser;
  type: number;
  content: string;
  attachments?: SandboxAttachment[];
  quoted?: SandboxMessage | undefined;
  lateMs?: number;
}

export class World {
  readonly bot: SandboxUser;
  readonly #now: () => number;
  readonly #users: Map<string, SandboxUser>;
  readonly #chats: Map<string, SandboxChat>;
  /** Oldest first, by chat code. Seeded on first use: a sandbox that only lists chats starts sooner. */
  readonly #messages = new Map<string, SandboxMessage[]>();
  /** Places in the seed, by chat code. */
  readonly #seedPlaces: Map<string, number>;
  #created = 0;

  constructor({ chats: chatCount, anchor, now }: WorldOptions) {
    const { bot, chats, strangers } = seed(chatCount, anchor);
    this.bot = bot;
    this.#now = now;
    this.#chats = new Map(chats.map((chat) => [chat.code, chat]));
    this.#seedPlaces = new Map(chats.map((chat, index) => [chat.code, index]));
    const users = [...chats.map((chat) => chat.target_info), ...strangers, bot];
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

  /**
   * Inferred: the messages go with the chat.
   * @returns false if there is no such chat
   */
  deleteChat(code: string): boolean {
    this.#messages.delete(code);
    this.#seedPlaces.delete(code);
    return this.#chats.delete(code);
  }

  /** A chat's messages, oldest first, without those that show later. */
  messages({ code }: SandboxChat): SandboxMessage[] {
    const now = this.#now();
    return this.#all(code).filter(({ visibleAt }) => visibleAt <= now);
  }

  /** A message of any chat, also one that shows later. */
  message(id: string): SandboxMessage | undefined {
    // First the chats whose messages are made already.
    for (const code of new Set([...this.#messages.keys(), ...this.#chats.keys()])) {
      const found = this.#all(code).find((message) => message.id === id);
      if (found) return found;
    }
    return undefined;
  }

  /** Ids of the messages with this content, in the chats whose messages are made already. */
  withContent(content: string): string[] {
    const all = [...this.#messages.values()].flat();
    return all.filter((message) => message.content === content).map(({ id }) => id);
  }

  chatOf(message: SandboxMessage): SandboxChat | undefined {
    return this.chats().find(({ code }) => this.#messages.get(code)?.includes(message));
  }

  /** Adds a message as the chat's newest. `unread_count` counts what users write and never falls. */
  addMessage(chat: SandboxChat, message: NewMessage): SandboxMessage {
    const { author, type, content, attachments = [], quoted, lateMs = 0 } = message;
    // The seed may lie ahead of the clock, and two messages may come within a millisecond.
    const create_at = Math.max(this.#now(), chat.latest_msg_time + 1);
    const added: SandboxMessage = {
      id: uuidOf(codeOf(`created ${++this.#created}`)),
      type,
      content,
      author_id: author.id,
      create_at,
      updated_at: 0,
      attachments,
      reactions: [],
      embeds: [],
      ...(quoted && { quote: quoteOf(quoted) }),
      visibleAt: lateMs > 0 ? this.#now() + lateMs : 0,
    };
    this.#all(chat.code).push(added);
    chat.latest_msg_time = create_at;
    if (author !== this.bot) chat.unread_count++;
    return added;
  }

  /** @param quoted undefined keeps the quote, null removes it */
  editMessage(
    message: SandboxMessage,
    content: string,
    quoted: SandboxMessage | null | undefined,
  ): void {
    message.content = content;
    message.updated_at = Math.max(this.#now(), message.create_at + 1);
    if (quoted) message.quote = quoteOf(quoted);
    else if (quoted === null) delete message.quote;
  }

  /** The chat's `latest_msg_time` stays as it is. */
  deleteMessage(message: SandboxMessage): void {
    for (const messages of this.#messages.values()) {
      const place = messages.indexOf(message);
      if (place >= 0) messages.splice(place, 1);
    }
  }

  /** A second reaction of the same user with the same emoji is a no-op. */
  addReaction({ reactions }: SandboxMessage, emoji: { id: string; name: string }): void {
    let reaction = reactions.find(({ id }) => id === emoji.id);
    if (!reaction) {
      reaction = { ...emoji, users: [] };
      reactions.push(reaction);
    }
    if (reaction.users.some(({ id }) => id === this.bot.id)) return;
    reaction.users.push({ id: this.bot.id, time: this.#now() });
  }

  /** @returns false if the bot has no such reaction on the message */
  removeReaction(message: SandboxMessage, emojiId: string): boolean {
    const reaction = message.reactions.find(({ id }) => id === emojiId);
    const place = reaction?.users.findIndex(({ id }) => id === this.bot.id) ?? -1;
    if (!reaction || place < 0) return false;
    reaction.users.splice(place, 1);
    message.reactions = message.reactions.filter(({ users }) => users.length > 0);
    return true;
  }

  #all(code: string): SandboxMessage[] {
    const known = this.#messages.get(code);
    if (known) return known;
    const chat = this.#chats.get(code);
    const index = this.#seedPlaces.get(code);
    const messages = chat && index !== undefined ? seedMessages(chat, index, this.bot) : [];
    this.#messages.set(code, messages);
    return messages;
  }
}
