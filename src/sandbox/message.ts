// A message as the sandbox keeps it, and as KOOK's two read endpoints send it.
import type { SandboxUser } from "./seed.ts";

export interface SandboxAttachment {
  type: "image" | "video" | "file";
  url: string;
  name: string;
  file_type: string;
  size: number;
  duration?: number;
  width?: number;
  height?: number;
}

/** A Unicode emoji has the id `[#n;]`, a server's emoji `serverId/xxx`. */
interface SandboxReaction {
  id: string;
  name: string;
  /** Who reacted, and when. */
  users: { id: string; time: number }[];
}

/** A quoted message stays as it was when it was quoted. */
interface SandboxQuote {
  rong_id: string;
  type: number;
  content: string;
  create_at: number;
  author_id: string;
}

export interface SandboxMessage {
  id: string;
  type: number;
  /** Cards and pokes as JSON. */
  content: string;
  author_id: string;
  create_at: number;
  /** 0: never edited. */
  updated_at: number;
  attachments: SandboxAttachment[];
  reactions: SandboxReaction[];
  quote?: SandboxQuote;
  embeds: object[];
  /** Names of what the content mentions. */
  mentions?: { users?: Record<string, string>; channels?: Record<string, string> };
  /** Epoch ms from which list and view show it. */
  visibleAt: number;
}

const POKE = { id: 10_001, name: "戳一戳", desc: "", label_name: "" };

/**
 * An item of `direct-message/list`, or the answer of `direct-message/view`. Empty and single attachments differ between
 * the two, as do pokes: public SDKs report each of these forms.
 */
export function toItem(
  message: SandboxMessage,
  endpoint: "list" | "view",
  user: (id: string) => SandboxUser | undefined,
  botId: string,
): object {
  const { id, type, content, create_at, updated_at, author_id, embeds, quote } = message;
  const view = endpoint === "view";
  return {
    id,
    type,
    content: type === 12 && !view ? JSON.parse(content) : content,
    embeds,
    attachments: view ? (message.attachments[0] ?? false) : message.attachments,
    create_at,
    updated_at,
    reactions: message.reactions.map(({ users, ...emoji }) => ({
      emoji,
      count: users.length,
      me: users.some((one) => one.id === botId),
    })),
    author_id,
    image_name: "",
    ...(view ? { from_type: 0, msg_icon: "" } : { read_status: false }),
    quote: quote ? toQuote(quote, user(quote.author_id)) : view ? "" : null,
    mention_info: mentionInfo(message),
  };
}

function toQuote({ author_id, ...quote }: SandboxQuote, author: SandboxUser | undefined): object {
  // The quote's own id is not the message's: only `rong_id` addresses a message.
  const id = quote.rong_id.replaceAll("-", "").slice(8, 32);
  return { id, ...quote, ...(author && { author }) };
}

function mentionInfo({ type, mentions }: SandboxMessage): object | null {
  if (type === 12) return { mention_part: [], channel_part: [], item_part: [POKE] };
  if (!mentions) return null;
  const { users = {}, channels = {} } = mentions;
  return {
    mention_part: Object.entries(users).map(([id, username]) => ({
      id,
      username,
      full_name: `${username}#1234`,
      avatar: "",
    })),
    channel_part: Object.entries(channels).map(([id, name]) => ({ id, guild_id: "1", name })),
    item_part: [],
  };
}

/** The id that KOOK gives to a Unicode emoji: its code points in decimal. */
export const emojiId = (emoji: string) =>
  [...emoji].map((character) => `[#${character.codePointAt(0)};]`).join("");

/** 32 hex digits as a UUID. */
export const uuidOf = (digits: string) =>
  digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");
