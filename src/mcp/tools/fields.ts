// Arguments that several tools take. Checks are `refine`, not `regex` or `max`: some model providers refuse a schema with a
// pattern.
import * as z from "zod";

/** No chat code is longer. KOOK is not asked about a longer one. */
export const MAX_CODE_LENGTH = 200;
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

/** Set if the person declined or closed the form. */
export const answerSchema = z.enum(["declined", "dismissed"]).optional();

/** The result's fields of a tool that deletes, besides the deleted id. */
export const deletionFields = {
  deleted: z.boolean(),
  already_gone: z.boolean().optional(),
  answer: answerSchema,
  confirm_token: z.string().optional(),
  target_id: z.string().optional(),
  username: z.string().optional(),
  next: z.string().optional(),
};
