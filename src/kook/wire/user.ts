// Accounts as `user/*` sends them. Source: KOOK's "用户相关接口".
import * as z from "zod";
import { flagSchema, idSchema, textSchema } from "./fields.ts";

/** The account that the token belongs to. */
export const wireMeSchema = z.object({
  id: idSchema,
  username: textSchema,
  bot: flagSchema,
});
export type WireMe = z.infer<typeof wireMeSchema>;
