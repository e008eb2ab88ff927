// direct-message/*: the messages of the bot's private chats. Facts come from KOOK's documents and from public SDKs;
// "Inferred" marks what neither tells.
import { storedContent } from "../content.ts";
import { type Answer, refusals, success } from "../envelope.ts";
import { type SandboxMessage, toItem } from "../message.ts";
import type { RouteParams } from "../request.ts";
import type { SandboxChat } from "../seed.ts";
import type { World } from "../world.ts";
import { chatWith, positiveInteger, type Routes } from "./route.ts";

const MAX_PAGE_SIZE = 50;

export const directMessageRoutes: Routes = {
  "direct-message/list": {
    method: "GET",
    answer(params, world) {
      const chat = chatOf(params, world);
      if ("refusal" in chat) return chat.refusal;
      const size = Math.min(positiveInteger(params["page_size"]) ?? MAX_PAGE_SIZE, MAX_PAGE_SIZE);
      const page = pageOf(world.messages(chat), params, size);
      return success({ items: page.map((message) => itemOf(message, "list", world)) });
    },
  },
  "direct-message/view": {
    method: "GET",
    answer({ chat_code = "", msg_id }, world) {
      const chat = world.chat(chat_code);
      if (!chat) return refusals.notFound;
      const message = world.messages(chat).find(({ id }) => id === msg_id);
      return message ? success(itemOf(message, "view", world)) : refusals.notVisible;
    },
  },
  "direct-message/create": {
    method: "POST",
    answer(params, world, { lateMs }) {
      const { type = "1", content = "", nonce = "" } = params;
      const stored = storedContent(Number(type), content);
      if ("refusal" in stored) return stored.refusal;
      const chat = chatOf(params, world);
      if ("refusal" in chat) return chat.refusal;
      if (chat.is_target_blocked) return refusals.blocked;
      const quoted = quotedOf(params, chat, world);
      // Inferred: a quote that does not exist in the chat is refused.
      if (quoted === "missing") return refusals.notFound;
      const sent = world.addMessage(chat, { author: world.bot, quoted, lateMs, ...stored });
      return success({ msg_id: sent.id, msg_timestamp: sent.create_at, nonce });
    },
  },
  "direct-message/update": {
    method: "POST",
    answer(params, world) {
      const { content = "" } = params;
      const message = ownMessage(params, world);
      if (!message) return refusals.notFound;
      if (message.type !== 9 && message.type !== 10) return refusals.badRequest;
      const stored = storedContent(message.type, content);
      if ("refusal" in stored) return stored.refusal;
      const chat = world.chatOf(message);
      const quoted = chat && quotedOf(params, chat, world);
      if (quoted === "missing") return refusals.notFound;
      world.editMessage(message, stored.content, params["quote"] === "" ? null : quoted);
      return success({});
    },
  },
  "direct-message/delete": {
    method: "POST",
    answer(params, world) {
      const message = ownMessage(params, world);
      if (!message) return refusals.notFound;
      world.deleteMessage(message);
      return success({});
    },
  },
};

/** `target_id` opens the chat, as KOOK's document says, also for a mere list. */
function chatOf(
  { chat_code, target_id }: RouteParams,
  world: World,
): SandboxChat | { refusal: Answer } {
  if (chat_code) return world.chat(chat_code) ?? { refusal: refusals.notFound };
  if (!target_id) return { refusal: refusals.badRequest };
  return chatWith(target_id, world);
}

/** A page around a message; `before` and `after` leave that message out. Without both parameters: the newest. */
function pageOf(
  messages: SandboxMessage[],
  { msg_id, flag }: RouteParams,
  size: number,
): SandboxMessage[] {
  if (!msg_id || !flag) return messages.slice(-size);
  const place = messages.findIndex(({ id }) => id === msg_id);
  // Inferred: KOOK's answer for a message that does not exist is not known.
  if (place < 0) return [];
  if (flag === "before") return messages.slice(Math.max(0, place - size), place);
  if (flag === "after") return messages.slice(place + 1, place + 1 + size);
  // Inferred: `around` contains the message, as a public adapter finds one in this way.
  const start = Math.max(0, place - Math.floor(size / 2));
  return flag === "around" ? messages.slice(start, start + size) : messages.slice(-size);
}

function itemOf(message: SandboxMessage, endpoint: "list" | "view", world: World): object {
  return toItem(message, endpoint, (id) => world.user(id), world.bot.id);
}

/** Another's message is refused like a missing one, as KOOK's words "或者你没有权限操作" say. */
function ownMessage({ msg_id = "" }: RouteParams, world: World): SandboxMessage | undefined {
  const message = world.message(msg_id);
  return message?.author_id === world.bot.id ? message : undefined;
}

function quotedOf(
  { quote }: RouteParams,
  chat: SandboxChat,
  world: World,
): SandboxMessage | "missing" | undefined {
  if (!quote) return undefined;
  return world.messages(chat).find(({ id }) => id === quote) ?? "missing";
}
