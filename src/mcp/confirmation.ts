// Asking a person before a delete: by a form where the host can show one, otherwise by a token that only a second call
// brings back. An answer counts only where this server has asked.
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import type { Chat } from "../chats/chat.ts";
import type { Chats } from "../chats/chats.ts";
import { isMissing } from "../chats/errors.ts";
import type { CallOptions } from "../kook/call-options.ts";
import { quoted } from "../text/untrusted.ts";
import type { Host } from "./session.ts";

/**
 * Whether a person is asked: where the host can, and otherwise left to its own approval; always, by a second call where
 * the host cannot; or never.
 */
export type ConfirmMode = "ask" | "always" | "never";

/** The host said that it can ask a person, but did not get the question to one. Nothing was deleted. */
export class ConfirmationError extends Error {}

/**
 * What came of asking. All but `confirmed` mean that nothing may be deleted. `giveBack` makes the token good again, for a
 * delete that came to nothing.
 */
export type Verdict =
  | { outcome: "confirmed"; giveBack?: () => void }
  | { outcome: "declined" | "dismissed" }
  | { outcome: "preview"; chat: Chat; token: string; rejected: boolean };

interface Question {
  chatCode: string;
  /** The `confirm_token` that the call brought, if any. */
  sentToken: string | undefined;
  host: Host;
  waiting: CallOptions;
}

interface Minted {
  token: string;
  expiresAt: number;
}

/** A person who reads the preview and says yes needs less; a token that lies about longer is only a risk. */
export const TOKEN_LIFE_MINUTES = 5;
/** Hosts give up a call after a minute without a sign of life. */
const HEARTBEAT_MS = 10_000;
/** Chats whose deletion may be in question at once. */
const MAX_TOKENS = 100;

export class DeleteConfirmation {
  readonly #chats: Chats;
  readonly #mode: ConfirmMode;
  readonly #words: Words;
  /** One token a chat, the latest. */
  readonly #tokens = new Map<string, Minted>();

  /** @param language tag of the language in which a person is asked: Chinese, or else English */
  constructor(chats: Chats, { mode, language }: { mode: ConfirmMode; language: string }) {
    this.#chats = chats;
    this.#mode = mode;
    this.#words = /^zh\b/i.test(language) ? chinese : english;
  }

  /**
   * Makes sure that a person wants the chat deleted, as far as the mode demands it.
   * @throws what looking at the chat throws; ConfirmationError; the signal's reason
   */
  async ask(question: Question): Promise<Verdict> {
    const { host, chatCode, sentToken, waiting } = question;
    if (this.#mode === "never" || (this.#mode === "ask" && !host.ask)) {
      return { outcome: "confirmed" };
    }
    const redeemed = host.ask ? undefined : this.#redeem(chatCode, sentToken);
    if (redeemed) {
      const giveBack = () => {
        if (!this.#tokens.has(chatCode)) this.#tokens.set(chatCode, redeemed);
      };
      return { outcome: "confirmed", giveBack };
    }
    const chat = await viewUnlessDeleted(this.#chats, chatCode, waiting);
    // Deleted before, by this server: saying so again takes nothing from anybody.
    if (!chat) return { outcome: "confirmed" };
    if (host.ask) return this.#askPerson(chat, host.ask, question);
    const rejected = sentToken !== undefined;
    return { outcome: "preview", chat, token: this.#mint(chatCode), rejected };
  }

  async #askPerson(
    chat: Chat,
    ask: NonNullable<Host["ask"]>,
    { host, waiting }: Question,
  ): Promise<Verdict> {
    const heartbeat = () => host.progress?.("waiting for a person to confirm");
    heartbeat();
    const beating = setInterval(heartbeat, HEARTBEAT_MS);
    try {
      const form = formOf(chat, this.#words);
      const { action, content } = await ask(form.params);
      if (action === "decline") return { outcome: "declined" };
      // The form names one chat; an answer about another one is not an answer to it.
      const about = content?.["chat"];
      const answered = about === undefined || about === form.chat;
      return { outcome: action === "accept" && answered ? "confirmed" : "dismissed" };
    } catch (error) {
      waiting.signal?.throwIfAborted();
      throw new ConfirmationError("The question did not get to a person.", { cause: error });
    } finally {
      clearInterval(beating);
    }
  }

  #mint(chatCode: string): string {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const token = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#tokens.delete(chatCode);
    this.#tokens.set(chatCode, { token, expiresAt: Date.now() + TOKEN_LIFE_MINUTES * 60_000 });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
    return token;
  }

  /** A token is good once, for its chat, while it lives. */
  #redeem(chatCode: string, sent: string | undefined): Minted | undefined {
    const minted = this.#tokens.get(chatCode);
    if (!minted || sent !== minted.token) return undefined;
    this.#tokens.delete(chatCode);
    return minted.expiresAt > Date.now() ? minted : undefined;
  }
}

async function viewUnlessDeleted(chats: Chats, chatCode: string, waiting: CallOptions) {
  try {
    return (await chats.view(chatCode, waiting)).chat;
  } catch (error) {
    if (chats.hasDeleted(chatCode) && isMissing(error)) return undefined;
    throw error;
  }
}

interface Words {
  message: string;
  chat: string;
  facts(chat: Chat): string;
}

const english: Words = {
  message:
    "A model asks to delete the private chat below from the bot's own list. The other side keeps it. Delete it?",
  chat: "Chat to delete",
  facts: ({ chat_code, unread_count, latest_msg_time = "never" }) =>
    `code ${chat_code}; ${unread_count} unread; latest message: ${latest_msg_time}`,
};

const chinese: Words = {
  message: "模型请求从机器人的会话列表中删除下面这个私信会话，对方的会话不受影响。确认删除吗？",
  chat: "要删除的会话",
  facts: ({ chat_code, unread_count, latest_msg_time = "无" }) =>
    `会话代码 ${chat_code}；未读 ${unread_count} 条；最新消息：${latest_msg_time}`,
};

/** The chat stands in a field of its own, the only choice there is: a name in the message could pass for our words. */
function formOf(chat: Chat, words: Words): { params: ElicitRequestFormParams; chat: string } {
  const named = `${quoted(chat.username)} (${chat.target_id || "?"})`;
  const field = {
    type: "string" as const,
    title: words.chat,
    description: words.facts(chat),
    enum: [named],
    default: named,
  };
  return {
    params: {
      mode: "form",
      message: words.message,
      requestedSchema: { type: "object", properties: { chat: field } },
    },
    chat: named,
  };
}
