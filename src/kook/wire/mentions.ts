// Who and what a message mentions: names for the ids in its text.
import * as z from "zod";
import { isMap, itemsOf } from "./envelope.ts";
import { idSchema, textSchema } from "./fields.ts";

/** Names by id, for (met), (chn), (rol) and pokes. */
export interface WireMentions {
  users: Record<string, string>;
  channels: Record<string, string>;
  roles: Record<string, string>;
  items?: Record<string, string>;
}

/** @param idKey also tried: `id` */
function namesSchema(idKey: string, nameKey: string) {
  return z
    .unknown()
    .optional()
    .transform((value) => {
      const pairs = itemsOf(value)
        .filter(isMap)
        .flatMap((part) => {
          const id = idSchema.safeParse(part[idKey] ?? part["id"]);
          const name = textSchema.parse(part[nameKey]);
          return id.success && name !== "" ? [[id.data, name] as const] : [];
        });
      return Object.fromEntries(pairs);
    });
}

export const mentionsSchema: z.ZodType<WireMentions> = z
  .object({
    mention_part: namesSchema("id", "username"),
    channel_part: namesSchema("id", "name"),
    mention_role_part: namesSchema("role_id", "name"),
    item_part: namesSchema("id", "name"),
  })
  .transform(({ mention_part, channel_part, mention_role_part, item_part }) => ({
    users: mention_part,
    channels: channel_part,
    roles: mention_role_part,
    ...(Object.keys(item_part).length > 0 && { items: item_part }),
  }))
  .catch({ users: {}, channels: {}, roles: {} });
