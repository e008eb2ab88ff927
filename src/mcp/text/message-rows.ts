// A message in the contract's shape, as tools, prompts and the resource give it: cut, and bounded in number.
import * as z from "zod";
import type { Attachment } from "../../messages/content.ts";
import type { Message } from "../../messages/message.ts";
import { isoSeconds } from "../../text/time.ts";
import { visibleText } from "../../text/untrusted.ts";

/** Characters of one message in a list, in the inbox, and where it is the only one. */
export const MAX_TEXT = { list: 1_000, inbox: 120, whole: 8_000 };

/** Characters of a result. Claude Code writes results of 50 000 characters to a file, which a model rarely reads. */
const MAX_RESULT = 40_000;
/** Characters kept free for the rest of the result. */
const RESERVED = 1_000;

/** No message of a person's has more; a hostile one must not fill a model's context. */
const MAX_PARTS = 20;

const attachmentSchema = z.object({
  kind: z.enum(["image", "video", "audio", "file"]),
  name: z.string().optional(),
  bytes: z.int().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  seconds: z.int().optional(),
});

export const messageRowSchema = z.object({
  msg_id: z.string(),
  time: z.string(),
  from: z.enum(["user", "bot"]),
  /** Left out for plain text. */
  kind: z.enum(["image", "video", "audio", "file", "card", "poke", "unknown"]).optional(),
  text: z.string().optional(),
  reply_to: z.string().optional(),
  /** The beginning of the message that is answered, if it is not in the list. */
  reply_text: z.string().optional(),
  edited: z.boolean().optional(),
  attachments: z.array(attachmentSchema).optional(),
  reactions: z
    .array(z.object({ emoji: z.string(), count: z.int(), mine: z.boolean().optional() }))
    .optional(),
  /** Invisible characters that were removed. */
  hidden: z.int().optional(),
  /** Characters left out at the end. */
  cut: z.int().optional(),
});
export type MessageRow = z.infer<typeof messageRowSchema>;

/** @param maxText characters of the text */
export function toRow(message: Message, maxText: number): MessageRow {
  const { shortId, time, from, content, replyTo, edited, reactions } = message;
  const { kind, hidden } = content;
  const { text, cut } = cutText(content.text, maxText);
  const attachments = content.attachments.slice(0, MAX_PARTS).map(toAttachment);
  const reacted = reactions.slice(0, MAX_PARTS).map(({ emoji, count, me }) => ({
    emoji,
    count,
    ...(me && { mine: true }),
  }));
  return {
    msg_id: shortId,
    time: isoSeconds(time),
    from,
    ...(kind && { kind }),
    ...(text !== "" && { text }),
    ...(replyTo && { reply_to: replyTo.shortId }),
    ...(replyTo?.text !== undefined && { reply_text: replyTo.text }),
    ...(edited && { edited }),
    ...(attachments.length > 0 && { attachments }),
    ...(reacted.length > 0 && { reactions: reacted }),
    ...(hidden > 0 && { hidden }),
    ...(cut > 0 && { cut }),
  };
}

function toAttachment({ url: _, ...attachment }: Attachment) {
  return attachment;
}

/** Cuts between code points, with an ellipsis. */
function cutText(text: string, max: number): { text: string; cut: number } {
  if (text.length <= max) return { text, cut: 0 };
  const points = Array.from(text);
  if (points.length <= max) return { text, cut: 0 };
  // A cut through an emoji sequence leaves an invisible part of it at the end.
  const kept = visibleText(points.slice(0, max).join("")).text.trimEnd();
  return { text: `${kept}…`, cut: points.length - max };
}

/** The first rows that fit into a result. Always at least one. */
export function firstThatFit<Row>(rows: readonly Row[], budget = MAX_RESULT - RESERVED): Row[] {
  let size = 0;
  const end = rows.findIndex((row, index) => {
    size += sizeOf(row);
    return size > budget && index > 0;
  });
  return end < 0 ? [...rows] : rows.slice(0, end);
}

/** The last rows that fit into a result. Always at least one. */
export function lastThatFit<Row>(rows: readonly Row[]): Row[] {
  return firstThatFit([...rows].reverse()).reverse();
}

/** Takes the oldest messages of the chats with the most until the result is not too large. @returns how many were taken */
export function dropOldest(chats: { messages: MessageRow[] }[]): number {
  let size = sizeOf(chats) + RESERVED;
  let dropped = 0;
  while (size > MAX_RESULT) {
    const longest = chats.reduce((a, b) => (b.messages.length > a.messages.length ? b : a));
    const oldest = longest.messages.shift();
    if (!oldest) break;
    size -= sizeOf(oldest);
    dropped++;
  }
  return dropped;
}

/** A row's line in the text is shorter than its JSON. */
const sizeOf = (value: unknown) => JSON.stringify(value).length + 1;
