// direct-message/*-reaction: emoji on messages of private chats.
import { refusals, success } from "../envelope.ts";
import { emojiId } from "../message.ts";
import type { Routes } from "./route.ts";

export const reactionRoutes: Routes = {
  "direct-message/reaction-list": {
    method: "GET",
    answer({ msg_id = "", emoji }, world) {
      const message = world.message(msg_id);
      if (!message) return refusals.notFound;
      const wanted = emoji ? readEmoji(emoji)?.id : undefined;
      // Inferred: without `emoji` the users of all reactions.
      const reactions = message.reactions.filter(({ id }) => !emoji || id === wanted);
      const rows = reactions.flatMap(({ users }) => users);
      return success(
        rows.map(({ id, time }) => {
          const user = world.user(id);
          return { ...user, nickname: user?.username, reaction_time: time };
        }),
      );
    },
  },
  "direct-message/add-reaction": {
    method: "POST",
    answer({ msg_id = "", emoji = "" }, world) {
      const message = world.message(msg_id);
      if (!message) return refusals.notFound;
      const read = readEmoji(emoji);
      if (!read) return refusals.badRequest;
      world.addReaction(message, read);
      return success({});
    },
  },
  "direct-message/delete-reaction": {
    method: "POST",
    answer({ msg_id = "", emoji = "" }, world) {
      const message = world.message(msg_id);
      const read = readEmoji(emoji);
      return message && read && world.removeReaction(message, read.id)
        ? success({})
        : refusals.notFound;
    },
  },
};

/** Accepts a Unicode emoji, its form `[#n;]`, and a server's emoji `serverId/xxx`. */
function readEmoji(text: string): { id: string; name: string } | undefined {
  if (/^[\w-]+\/[\w/-]+$/.test(text)) return { id: text, name: "--" };
  const numbers = /^(\[#\d{1,7};\])+$/.test(text) ? text.match(/\d+/g)?.map(Number) : undefined;
  if (numbers?.some((number) => number > 0x10ffff)) return undefined;
  const emoji = numbers ? String.fromCodePoint(...numbers) : text;
  return /^\p{RGI_Emoji}$/v.test(emoji) || /^\p{Extended_Pictographic}\uFE0F?$/u.test(emoji)
    ? { id: emojiId(emoji), name: emoji }
    : undefined;
}
