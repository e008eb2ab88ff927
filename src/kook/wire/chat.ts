// KOOK's answers as they come over the wire, and what is made of their oddities. KOOK's backend is PHP: an empty map may
// arrive as `[]`, an id as a number. Field names are KOOK's; unknown fields are dropped.
import * as z from "zod";

/** Ids are 64-bit: as a number past 2^53 one would have been rounded, so it is refused, not passed on wrong. */
const idSchema = z.union([z.string().regex(/^[\x21-\x7e]+$/), z.int().transform(String)]);

/** Opaque: 32 hex digits in practice, other forms in the documents. Printable, so that it can stand in a line of text. */
const codeSchema = z.string().regex(/^[\x21-\x7e]+$/);

/** A whole number, or its digits as text. No other coercion: null, "" and [] are not 0. */
const integerSchema = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,15}$/)
    .transform(Number),
]);

const countSchema = integerSchema.refine((count) => count >= 0);

/** Epoch milliseconds; 0 and null mean never. Bounded to what a Date can hold. */
const timeSchema = integerSchema.refine((time) => time >= 0 && time <= 8.64e15).catch(0);

/** PHP also says yes as 1 or "1". */
const flagSchema = z.preprocess(
  (flag) => flag === 1 || flag === "1" || flag,
  z.boolean().catch(false),
);

const targetInfoSchema = z.object({
  id: idSchema,
  username: z.string().catch(""),
  online: flagSchema,
  avatar: z.string().catch(""),
});

const chatFields = {
  code: codeSchema,
  last_read_time: timeSchema,
  latest_msg_time: timeSchema,
  unread_count: countSchema.catch(0),
  // A deleted account may leave null or [] here; the chat itself is still worth showing.
  target_info: targetInfoSchema.optional().catch(undefined),
};

/** A chat as `user-chat/list` has it. */
const wireChatRowSchema = z.object(chatFields);
export type WireChatRow = z.infer<typeof wireChatRowSchema>;

/** A chat as `user-chat/view` and `user-chat/create` answer with it. */
export const wireChatSchema = z.object({
  ...chatFields,
  is_friend: flagSchema,
  is_blocked: flagSchema,
  is_target_blocked: flagSchema,
});
export type WireChat = z.infer<typeof wireChatSchema>;

/** The token's own account, as `user/me` answers with it. */
export const wireMeSchema = z.object({
  id: idSchema,
  username: z.string().catch(""),
  bot: flagSchema,
});
export type WireMe = z.infer<typeof wireMeSchema>;

/** Every answer of KOOK's: 0 is success, whatever the HTTP status says; `data` depends on the endpoint. */
export const envelopeSchema = z.object({
  code: integerSchema,
  message: z.string().catch(""),
  data: z.unknown().optional(),
});

const pageSchema = z.object({
  items: z.array(z.unknown()),
  meta: z
    .object({
      page: countSchema,
      page_total: countSchema,
      page_size: countSchema,
      total: countSchema,
    })
    .optional()
    .catch(undefined),
});

/** One page of `user-chat/list`. */
export interface WirePage {
  items: WireChatRow[];
  /** Rows that could not be read and were left out. */
  skipped: number;
  /** KOOK's own count of pages and chats; undefined where the answer has none that can be read. */
  meta: { page: number; page_total: number; page_size: number; total: number } | undefined;
}

/** Makes a page of `data`, leaving out the rows that cannot be read. @throws z.ZodError if there is no list at all. */
export function parseWirePage(data: unknown): WirePage {
  const { items, meta } = pageSchema.parse(data);
  const rows = items.flatMap((item) => {
    const row = wireChatRowSchema.safeParse(item);
    return row.success ? [row.data] : [];
  });
  return { items: rows, skipped: items.length - rows.length, meta };
}
