// The chats as resources: a directory, and one resource a chat.
import type { Resource } from "@modelcontextprotocol/sdk/types.js";
import { isMissing } from "../../access/errors.ts";
import { type ListedChat, MAX_PAGE_SIZE } from "../../chats/page.ts";
import { chatAdvice } from "../advice/chats.ts";
import { hintsOf } from "../text/chats.ts";
import { codeIn, type ResourceContext, type ResourceFamily } from "./registry.ts";

const DIRECTORY_URI = "kook://chats";

/** Hosts read the whole list at every start, and each 50 chats cost a request. */
const LISTED_PAGES = 2;

const directory: Resource = {
  uri: DIRECTORY_URI,
  name: "chats",
  title: "Private chats",
  description: `The first page of the bot's private chats. The list of resources ends after ${LISTED_PAGES * MAX_PAGE_SIZE} chats; list_chats and the template reach all`,
  mimeType: "application/json",
};

export const chatResources: ResourceFamily = {
  async list({ services, options }) {
    const chats = await services.chats.first(LISTED_PAGES, options);
    return [directory, ...chats.map(toResource)];
  },

  templates: [
    {
      uriTemplate: `${DIRECTORY_URI}/{chat_code}`,
      name: "chat",
      title: "Private chat",
      description: "One private chat with the user's avatar; no message contents",
      mimeType: "application/json",
      complete: {
        chat_code: (typed, { services, options }) => services.chats.complete(typed, options),
      },
    },
  ],

  async read(uri, context) {
    if (uri === DIRECTORY_URI) return readDirectory(context);
    const chatCode = codeIn(uri, /^kook:\/\/chats\/([^/?#]+)$/);
    if (chatCode === undefined) return undefined;
    try {
      const { chat, avatar } = await context.services.chats.view(chatCode, context.options);
      return { ...chat, ...(avatar && { avatar }) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },

  advice: chatAdvice,
};

async function readDirectory({ services, options, explain }: ResourceContext) {
  const listed = await services.chats.list({ page: 1, pageSize: MAX_PAGE_SIZE }, options);
  const { chats, page, page_total, total, next_page, complete } = listed;
  return {
    chats: chats.map(({ row, avatar }) => ({ ...row, ...(avatar && { avatar }) })),
    page,
    page_total,
    total,
    ...(next_page !== undefined && { next_page }),
    ...(complete !== undefined && { complete }),
    ...hintsOf(listed, explain),
  };
}

function toResource({ row: chat, avatar }: ListedChat): Resource {
  const unread = chat.unread_count > 0 ? `, ${chat.unread_count} unread` : "";
  return {
    uri: `${DIRECTORY_URI}/${encodeURIComponent(chat.chat_code)}`,
    name: chat.chat_code,
    title: chat.username || chat.chat_code,
    description: `Private chat with user ${chat.target_id || "unknown"}${unread}`,
    mimeType: "application/json",
    ...(avatar && { icons: [{ src: avatar }] }),
    ...(chat.latest_msg_time && { annotations: { lastModified: chat.latest_msg_time } }),
  };
}
