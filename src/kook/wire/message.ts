// Messages as `direct-message/*` sends them. Source: KOOK's "私信消息" and the shapes seen in public bots. Only the id is
// required: any other field may be missing or of another type, and the message is still worth showing.
import * as z from "zod";
import { emojiOf } from "./emoji.ts";
import { isMap, itemsOf, readAll } from "./envelope.ts";
import {
  countSchema,
  flagSchema,
  idSchema,
  integerSchema,
  textSchema,
  timeSchema,
} from "./fields.ts";
import { mentionsSchema, type WireMentions } from "./mentions.ts";

interface WireAttachment {
  /** `image`, `video`, `audio` or `file`; "" where KOOK does not say. */
  type: string;
  url: string;
  name: string;
  /** MIME type. */
  file_type: string;
  /** Bytes. */
  size?: number;
  /** Seconds. */
  duration?: number;
  width?: number;
  height?: number;
}

export interface WireReaction {
  /** KOOK's: `[#128077;]`, or the id of a server's emoji. */
  id: string;
  /** A Unicode emoji, or `:name:` of a server emoji. */
  emoji: string;
  count: number;
  me: boolean;
}

export interface WireQuote {
  /** Id of the message that is answered: `rong_id`, else `id`. */
  id: string;
  type: number;
  content: string;
  /** KOOK may leave the author out. */
  author_id?: string;
  mentions: WireMentions;
}

export interface WireMessage {
  id: string;
  type: number;
  /** Objects come as their JSON. */
  content: string;
  author_id: string;
  /** Epoch ms. */
  create_at: number;
  /** Epoch ms; 0: never. */
  updated_at: number;
  attachments: WireAttachment[];
  reactions: WireReaction[];
  quote?: WireQuote;
  mentions: WireMentions;
  author_is_bot: boolean;
}

export interface WireMessages {
  items: WireMessage[];
  /** Items without an id, left out. */
  dropped: number;
  /** Items in the answer. */
  received: number;
}

/** Also what is missing: without optional(), a transform of unknown() refuses the object that lacks the key. */
const anything = z.unknown().optional();

const mapSchema = z.record(z.string(), z.unknown());

const typeSchema = integerSchema.catch(0);

const durationSchema = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .transform(Number),
]);

/** A measure that is missing, 0 or no number is left out. */
function measure<Name extends string>(
  name: Name,
  value: unknown,
  schema: z.ZodType<number> = countSchema,
): { [key in Name]?: number } {
  const read = schema.safeParse(value);
  return (read.success && read.data > 0 ? { [name]: read.data } : {}) as { [key in Name]?: number };
}

const attachmentSchema = mapSchema.transform(
  (raw): WireAttachment => ({
    type: textSchema.parse(raw["type"]),
    url: textSchema.parse(raw["url"]),
    name: textSchema.parse(raw["name"]),
    file_type: textSchema.parse(raw["file_type"]),
    ...measure("size", raw["size"]),
    ...measure("duration", raw["duration"], durationSchema),
    ...measure("width", raw["width"]),
    ...measure("height", raw["height"]),
  }),
);

/** Seen: false, [], null, one attachment, a list of them. A map of attachments is PHP's other form of a list. */
const attachmentsSchema = anything.transform((value) => {
  const isOne = isMap(value) && ("url" in value || "name" in value || "type" in value);
  return readAll(isOne ? [value] : itemsOf(value), attachmentSchema).filter(
    ({ url, name }) => url !== "" || name !== "",
  );
});

const reactionSchema = z
  .object({
    emoji: z.union([
      z.object({ id: textSchema, name: textSchema }),
      z.string().transform((id) => ({ id, name: "" })),
    ]),
    count: countSchema.catch(1),
    me: flagSchema,
  })
  .transform(
    ({ emoji, count, me }): WireReaction => ({
      id: emoji.id,
      emoji: emojiOf(emoji.id, emoji.name),
      count,
      me,
    }),
  );

const authorSchema = z
  .object({ id: idSchema.catch(""), bot: flagSchema })
  .catch({ id: "", bot: false });

/** Seen: null, "", a quote. In gateway events `id` is no message id, while `rong_id` is. */
const quoteSchema = z
  .object({
    id: idSchema.optional().catch(undefined),
    rong_id: idSchema.optional().catch(undefined),
    type: typeSchema,
    content: textSchema,
    author: authorSchema,
    kmarkdown: mentionsSchema,
  })
  .transform(({ id, rong_id, author, kmarkdown, ...rest }): WireQuote | undefined => {
    const read = rong_id ?? id;
    if (read === undefined) return undefined;
    const author_id = author.id !== "" && { author_id: author.id };
    return { id: read, ...rest, ...author_id, mentions: kmarkdown };
  })
  .optional()
  .catch(undefined);

export const wireMessageSchema = z
  .object({
    id: idSchema,
    type: typeSchema,
    content: textSchema,
    author_id: idSchema.optional().catch(undefined),
    author: authorSchema,
    create_at: timeSchema,
    // Kook.Net reads the other name.
    updated_at: timeSchema,
    update_at: timeSchema,
    attachments: attachmentsSchema,
    reactions: anything.transform((value) => readAll(itemsOf(value), reactionSchema)),
    quote: quoteSchema,
    mention_info: mentionsSchema,
  })
  .transform(
    ({ author, author_id, updated_at, update_at, reactions, quote, mention_info, ...rest }) => ({
      ...rest,
      author_id: author_id ?? author.id,
      updated_at: updated_at || update_at,
      reactions: reactions.filter(({ emoji }) => emoji !== ""),
      ...(quote && { quote }),
      mentions: mention_info,
      author_is_bot: author.bot,
    }),
  ) satisfies z.ZodType<WireMessage>;

/** Undefined where `data` is empty: so KOOK may answer for a message that does not exist (seen in Kook.Net). */
export const wireViewSchema = wireMessageSchema.or(
  z.union([z.null(), z.tuple([]), z.strictObject({})]).transform(() => undefined),
);

/** A list has no meta. `items` is null or a map, or `data` is an empty list, where PHP has an empty or a keyed array. */
export const wireMessagesSchema = z
  .union([
    z.object({ items: z.union([z.array(z.unknown()), mapSchema, z.null()]) }),
    z.tuple([]).transform(() => ({ items: [] })),
  ])
  .transform(({ items }): WireMessages => {
    const received = itemsOf(items);
    const read = readAll(received, wireMessageSchema);
    const dropped = received.length - read.length;
    return { items: withTimes(read), dropped, received: received.length };
  });

/**
 * A message without a readable time gets that of the one before it: with 0 it would be the oldest of the chat, where the next
 * page begins. If KOOK's order is not by time, the place is a guess.
 */
function withTimes(items: WireMessage[]): WireMessage[] {
  const known = items.filter(({ create_at }) => create_at > 0);
  const [first, last] = [known[0]?.create_at ?? 0, known.at(-1)?.create_at ?? 0];
  const ordered = first > last ? items.toReversed() : items;
  let time = Math.min(first, last);
  return ordered.map((item) => {
    time = item.create_at || time;
    return { ...item, create_at: time };
  });
}

/** The answer to a new message. It does not repeat the content. */
export const wireSentSchema = z.object({ msg_id: idSchema, msg_timestamp: timeSchema });
export type WireSent = z.infer<typeof wireSentSchema>;
