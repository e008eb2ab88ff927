// Arguments that several tools take. Checks are `refine`, not `regex` or `max`: some model providers refuse a schema with a
// pattern.
import * as z from "zod";

const MAX_QUERY_LENGTH = 200;
const NO_USER_ID = "must be a KOOK user id, as a string of digits";

export const wholeNumber = () => z.int("must be a whole number").min(1, "must be 1 or more");

export const countUpTo = (max: number) => wholeNumber().max(max, `must be ${max} or less`);

export const targetId = () =>
  z.string(NO_USER_ID).refine((id) => /^\d{1,20}$/.test(id), NO_USER_ID);

export const queryText = () =>
  z
    .string("must be text")
    .refine(
      (query) => query.length <= MAX_QUERY_LENGTH,
      `must be ${MAX_QUERY_LENGTH} characters or fewer`,
    );

export const confirmToken = () =>
  z.string("must be text").optional().describe("as this tool gave it, once the person agrees");

/** A person's answer that is no yes. */
export const answerSchema = z.enum(["declined", "dismissed"]).optional();

/** What became of one message. */
export const resultSchema = z.object({
  target_id: z.string(),
  username: z.string().optional(),
  status: z.enum(["sent", "already_sent", "not_sent", "unknown"]),
  msg_id: z.string().optional(),
  time: z.string().optional(),
  why: z.string().optional(),
});

/** One recipient of a preview. */
export const previewRowSchema = z.object({
  target_id: z.string(),
  username: z.string(),
  wrote_at: z.string().optional(),
  wrote: z.string().optional(),
});
