// Messages before they are sent: resolved, checked and converted. Nothing here changes anything.
import type { Access } from "../access/access.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { loadFailure } from "../kook/network/failure.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { sendableText } from "../text/sendable.ts";
import { holdsTokenShape } from "../text/token-pattern.ts";
import type { Address } from "./address.ts";
import type { ChatOfMessages } from "./chat.ts";
import { contentOf } from "./content.ts";
import { kmarkdownText } from "./kmarkdown.ts";
import type { Latest } from "./latest.ts";
import type { Leak } from "./leak-guard.ts";
import type { Messages } from "./messages.ts";
import { LeakError, RecipientError, TextError } from "./send-errors.ts";
import type { SentMessages } from "./sent.ts";

/** A message as a tool gets it: a text, or an emoji for a message. */
export interface Draft {
  address: Address;
  /** Markdown. */
  text?: string | undefined;
  reaction?: string | undefined;
  /** Id of the message that is answered, as messages show it. */
  replyTo?: string | undefined;
}

/** A message that may be sent. */
export interface Outgoing {
  kind: "text" | "reaction";
  chat: ChatOfMessages;
  /** KMarkdown, or the emoji. */
  content: string;
  /** The content as its reader sees it. */
  shown: string;
  /** Hosts of its links. */
  hosts: string[];
  /** The message that a text quotes, or on which the emoji is put. */
  on: WireMessage | undefined;
  /** The model named no message: a reaction goes on the user's last one. */
  isOnLast: boolean;
  latest: Latest;
  /** When `latest` was read at the earliest, on the monotonic clock. */
  readAt: number;
  /** Changes if somebody else writes to the chat, or the last such message is edited or deleted. */
  state: string;
  /** Users whose words it repeats. */
  leaks: Leak[];
}

/** Converted text, ready for KOOK. */
export type Body = Pick<Outgoing, "content" | "shown" | "hosts">;

/** How long ago a user must have written to be answered under KOOK_SEND_TO=replies. */
const REPLIES_MS = 7 * 86_400_000;
/** KOOK's documents: longer ones may not arrive. */
const MAX_LENGTH = 8_000;
/** Of Markdown. A longer text is refused unread: its conversion would block the process. */
const MAX_MARKDOWN_LENGTH = 20_000;

export interface PreparationOptions {
  /** Maximum age of the cached newest messages, in milliseconds; 0 reads again. */
  maxAgeMs: number;
  /** A form can show a person whose words a text repeats. */
  canWarn: boolean;
}

export class Preparation {
  readonly #client: KookClient;
  readonly #access: Access;
  readonly #messages: Messages;
  readonly #sent: SentMessages;

  constructor(client: KookClient, access: Access, messages: Messages, sent: SentMessages) {
    this.#client = client;
    this.#access = access;
    this.#messages = messages;
    this.#sent = sent;
  }

  /** Checks without a request. @throws TextError, RecipientError; access's errors */
  async check({ address, text, reaction }: Draft): Promise<Body> {
    if ("target_id" in address) this.#access.requireRecipient(address.target_id);
    return reaction === undefined ? this.body(text ?? "") : emojiBody(reaction);
  }

  /** @throws the errors of send-errors.ts, errors.ts and access/; what reading throws */
  async resolve(
    { address, reaction, replyTo }: Draft,
    body: Body,
    { maxAgeMs, canWarn }: PreparationOptions,
    options: CallOptions,
  ): Promise<Outgoing> {
    const chat = await this.recipient(address, options);
    const since = this.repliesSince();
    // Skip the cache for a reaction: only KOOK knows the current ones.
    const age = { since, maxAgeMs: reaction === undefined ? maxAgeMs : 0 };
    const readAt = performance.now() - age.maxAgeMs;
    const latest = await this.#messages.latest(chat, age, options);
    this.requireReply(latest, since);
    const on = await this.#answered(chat, { latest, replyTo, reaction }, options);
    const leaks = reaction === undefined ? this.leaksOf(body, chat, canWarn) : [];
    const kind = reaction === undefined ? "text" : "reaction";
    const isOnLast = replyTo === undefined;
    const state = this.#stateOf(latest, on);
    return { kind, chat, ...body, on, isOnLast, latest, readAt, state, leaks };
  }

  /** The chat, if its user may be written to. Never created. `check` comes first: it asks KOOK nothing. */
  async recipient(address: Address, options: CallOptions): Promise<ChatOfMessages> {
    const chat = await this.#messages.chat(address, options);
    if (chat.target_id === "") throw new RecipientError("deleted");
    this.#access.requireRecipient(chat.target_id);
    return chat;
  }

  /** Since when a user must have written, in epoch milliseconds. */
  repliesSince(): number {
    return Date.now() - REPLIES_MS;
  }

  /** @throws RecipientError if only users who wrote since then may be written to */
  requireReply({ fromUser }: Latest, since: number): void {
    if (!this.#access.repliesOnly) return;
    if (!fromUser || fromUser.create_at < since) throw new RecipientError("silent");
  }

  /** Converts a text. Invisible characters are removed: a person would agree to what they cannot see. @throws TextError */
  async body(markdown: string): Promise<Body> {
    if (markdown.length > MAX_MARKDOWN_LENGTH) throw new TextError("too_long");
    const text = sendableText(markdown);
    if (text.trim() === "") throw new TextError("empty");
    // The parser of Markdown is large: load it with the first text.
    const { markdownToKMarkdown } = await import("./markdown.ts").catch((error) => {
      throw loadFailure(error);
    });
    const { content: converted, links } = markdownToKMarkdown(text);
    // Entities such as `&#x202e;` are decoded by the conversion.
    const content = sendableText(converted);
    // A lone `>` is a quote of nothing.
    if (content.trim() === "") throw new TextError("empty");
    if (content.length > MAX_LENGTH) throw new TextError("too_long");
    const shown = kmarkdownText(content, { users: {}, channels: {}, roles: {} });
    const forms = [markdown, content, shown];
    if (forms.some((form) => this.#client.holdsToken(form) || holdsTokenShape(form))) {
      throw new TextError("token");
    }
    return { content, shown, hosts: [...new Set(links.map(hostOf))] };
  }

  /** @throws LeakError where no form can warn */
  leaksOf({ shown }: Body, chat: ChatOfMessages, canWarn: boolean): Leak[] {
    const leaks = this.#messages.leakGuard.find(shown, chat);
    if (leaks.length > 0 && !canWarn) throw new LeakError(leaks);
    return leaks;
  }

  /**
   * The last message of others, the user's last one and the one that is answered. KOOK may show what this process sent seconds
   * later: that is no reason to ask again.
   */
  #stateOf({ messages, fromUser }: Latest, on: WireMessage | undefined): string {
    const last = messages.findLast(({ id }) => !this.#sent.has(id));
    const shown = on && [on.id, on.updated_at, contentOf(on).text];
    return JSON.stringify([last?.id, last?.updated_at, fromUser?.id, fromUser?.updated_at, shown]);
  }

  async #answered(
    chat: ChatOfMessages,
    { latest, replyTo, reaction }: { latest: Latest } & Pick<Draft, "replyTo" | "reaction">,
    options: CallOptions,
  ): Promise<WireMessage | undefined> {
    if (replyTo !== undefined) {
      const id = await this.#messages.idOf(chat, replyTo, options);
      return (
        latest.messages.find((message) => message.id === id) ??
        (await this.#messages.view(chat, id, options))
      );
    }
    if (reaction === undefined) return undefined;
    if (!latest.fromUser) throw new TextError("no_message");
    return latest.fromUser;
  }
}

function hostOf(link: string): string {
  return URL.canParse(link) ? new URL(link).host : link;
}

/** Stands for exactly what is sent, and to whom. */
export function fingerprintOf(batch: readonly Outgoing[]): string {
  // With another last message the state differs, and the preview says that.
  const asked = batch.map((one) => (one.isOnLast ? { ...one, on: undefined } : one));
  return JSON.stringify(asked.map(keyOf));
}

/** Changes if one of the chats does, or if a text comes to repeat another user's words. */
export function stateOfBatch(batch: readonly Pick<Outgoing, "state" | "leaks">[]): string {
  return JSON.stringify(
    batch.map(({ state, leaks }) => [state, leaks.map(({ target_id }) => target_id)]),
  );
}

/** Two messages with the same key are the same message. */
export function keyOf({ kind, chat, content, on }: Outgoing): string {
  return [chat.chat_code, kind, on?.id ?? "", content].join("\n");
}

let emojiPattern: RegExp | undefined;

/** KOOK takes a Unicode emoji, and the id of a server's emoji (seen in khl.py and Kook.Net). */
function emojiBody(reaction: string): Body {
  // Compiled on use: Unicode's list of emoji takes 10 ms.
  emojiPattern ??= /^(?:\p{RGI_Emoji}|\p{Extended_Pictographic}\ufe0f?|\d{1,20}\/[\w\/\-]{1,60})$/v;
  if (!emojiPattern.test(reaction)) throw new TextError("no_emoji");
  return { content: reaction, shown: reaction, hosts: [] };
}
