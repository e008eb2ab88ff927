// The content of a message in words for a model. Strangers wrote it: invisible characters are removed and counted.
import { KMARKDOWN } from "../kook/endpoints/direct-message.ts";
import type { WireMessage, WireQuote, WireReaction } from "../kook/wire/message.ts";
import { harmlessText, visibleText } from "../text/untrusted.ts";
import { type Attachment, attachmentOf, cut, mediaKind, webAddress } from "./attachments.ts";
import { cardText } from "./cards.ts";
import { kmarkdownText } from "./kmarkdown.ts";

export type { Attachment };

export interface Content {
  /** Left out for plain text. */
  kind?: "image" | "video" | "audio" | "file" | "card" | "poke" | "unknown";
  /** May have newlines; "" for none. Not cut, except where it is no text that a person wrote. */
  text: string;
  /** The message's own attachments, then those of its card in their order there. */
  attachments: Attachment[];
  /** Invisible characters removed. */
  hidden: number;
}

/** Bound for content of an unknown form. */
const MAX_UNKNOWN_LENGTH = 500;
const MAX_FILE_NAME_LENGTH = 80;
const MAX_EMOJI_LENGTH = 32;

/** KOOK's numbers for the types of messages. 1 is plain text; people's messages come as 9, KMarkdown. */
const mediaTypes: Record<number, Attachment["kind"]> = {
  2: "image",
  3: "video",
  4: "file",
  8: "audio",
};
const PLAIN = 1;
const CARD = 10;
const POKE = 12;

type Raw = Omit<Content, "hidden">;
type Source = Pick<WireMessage, "type" | "content" | "attachments" | "mentions">;

export function contentOf(message: Source): Content {
  const { kind, text, attachments } = rawContent(message);
  const visible = visibleText(text);
  let hidden = visible.hidden;
  const harmless = attachments.map(({ kind, name: raw = "", ...rest }) => {
    const name = visibleText(raw);
    hidden += name.hidden;
    const shown = harmlessText(name.text, MAX_FILE_NAME_LENGTH);
    return { kind, ...(shown !== "" && { name: shown }), ...rest };
  });
  return { ...(kind && { kind }), text: trimmed(visible.text), attachments: harmless, hidden };
}

/** The words of a quoted message; media are named. */
export function quoteText({ type, content, mentions }: WireQuote): string {
  const quoted = contentOf({ type, content, attachments: [], mentions });
  if (quoted.text !== "") return quoted.text;
  return quoted.attachments
    .map(({ kind, name }) => (name === undefined ? `[${kind}]` : `[${kind}: ${name}]`))
    .join(" ");
}

/** Reactions with the names of their emoji made harmless: a server's members choose them. */
export function reactionsOf({ reactions }: Pick<WireMessage, "reactions">): WireReaction[] {
  return reactions
    .map((reaction) => ({ ...reaction, emoji: harmlessText(reaction.emoji, MAX_EMOJI_LENGTH) }))
    .filter(({ emoji }) => emoji !== "");
}

function rawContent(message: Source): Raw {
  const { type, content, mentions } = message;
  const attachments = attachmentsOf(message);
  const media = mediaTypes[type];
  if (media) return mediaContent(media, content, attachments);
  switch (type) {
    case PLAIN:
      return { text: content, attachments };
    case KMARKDOWN:
      return { text: kmarkdownText(content, mentions), attachments };
    case CARD:
      return cardContent(message, attachments);
    case POKE:
      return { kind: "poke", text: pokeName(message), attachments };
    default:
      return {
        kind: "unknown",
        text: `[type ${type}] ${cut(content, MAX_UNKNOWN_LENGTH)}`,
        attachments,
      };
  }
}

function attachmentsOf({ attachments, type }: Source): Attachment[] {
  return attachments.map((raw) =>
    attachmentOf(mediaKind(raw.type, raw.file_type) ?? mediaTypes[type] ?? "file", raw),
  );
}

/** The content of a media message is its address. */
function mediaContent(kind: Attachment["kind"], content: string, attachments: Attachment[]): Raw {
  const url = webAddress(content);
  if (attachments.length > 0) {
    return {
      kind,
      text: "",
      attachments: attachments.map((one) => ({ ...one, url: one.url || url })),
    };
  }
  return {
    kind,
    text: url === "" ? cut(content, MAX_UNKNOWN_LENGTH) : "",
    attachments: url === "" ? [] : [attachmentOf(kind, { url })],
  };
}

function cardContent({ content, mentions }: Source, own: Attachment[]): Raw {
  const card = cardText(content, mentions);
  if (!card) return { kind: "card", text: cut(content, MAX_UNKNOWN_LENGTH), attachments: own };
  // A file may stand in both places.
  const addresses = new Set(own.map(({ url }) => url));
  const attachments = [
    ...own,
    ...card.attachments.filter(({ url }) => url === "" || !addresses.has(url)),
  ];
  const kind = card.isOrdinary ? attachments[0]?.kind : "card";
  return { ...(kind && { kind }), text: card.text, attachments };
}

/** Content is `{ data: { item_id } }`; the name stands beside it. */
function pokeName({ content, mentions: { items = {} } }: Source): string {
  const id = /"item_id":\s*"?(\w{1,20})/.exec(content)?.[1] ?? "";
  return (Object.hasOwn(items, id) ? items[id] : Object.values(items)[0]) ?? "";
}

/** Without empty lines at the start and white space at the end; the first line keeps its indent. */
function trimmed(text: string): string {
  const first = text.length - text.trimStart().length;
  return text.slice(text.lastIndexOf("\n", first - 1) + 1).trimEnd();
}
