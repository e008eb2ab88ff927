// The chats as resources: a directory, one resource a chat, listing by cursor and completion of codes.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CompleteRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ReadResourceRequestSchema,
  type Resource,
} from "@modelcontextprotocol/sdk/types.js";
import type { Chats } from "../../chats/chats.ts";
import { isMissing } from "../../chats/errors.ts";
import { type ListedChat, MAX_PAGE_SIZE } from "../../chats/page.ts";
import { type Explain, ProtocolError } from "../failure.ts";

const DIRECTORY_URI = "kook://chats";
const CHAT_URI_TEMPLATE = "kook://chats/{chat_code}";

/** "Resource not found" of the MCP specification; the SDK has no name for it. */
const RESOURCE_NOT_FOUND = -32002;

/** MCP lets a completion carry no more values. */
const MAX_COMPLETIONS = 100;

const directory: Resource = {
  uri: DIRECTORY_URI,
  name: "chats",
  title: "Private chats",
  description: "The first page of the bot's private chats, and how to go on",
  mimeType: "application/json",
};

/** Adds listing, templates, reading and completion. */
export function registerResources(
  server: Server,
  { chats, explain }: { chats: Chats; explain: Explain },
): void {
  async function asProtocolError<T>(answer: () => Promise<T>): Promise<T> {
    try {
      return await answer();
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      throw new ProtocolError(ErrorCode.InternalError, explain(error));
    }
  }

  server.setRequestHandler(ListResourcesRequestSchema, ({ params }, { signal }) =>
    asProtocolError(async () => {
      const page = pageOfCursor(params?.cursor);
      const listed = await chats.list({ page, pageSize: MAX_PAGE_SIZE }, { signal });
      return {
        resources: [...(page === 1 ? [directory] : []), ...listed.chats.map(toResource)],
        ...(listed.next_page && { nextCursor: cursorOfPage(listed.next_page) }),
      };
    }),
  );

  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [
      {
        uriTemplate: CHAT_URI_TEMPLATE,
        name: "chat",
        title: "Private chat",
        description: "One private chat with the other's avatar; no message contents",
        mimeType: "application/json",
      },
    ],
  }));

  server.setRequestHandler(ReadResourceRequestSchema, ({ params: { uri } }, { signal }) =>
    asProtocolError(async () => {
      const content =
        uri === DIRECTORY_URI
          ? await readDirectory(chats, explain, signal)
          : await readChat(chats, uri, signal);
      return {
        contents: [{ uri, mimeType: "application/json", text: JSON.stringify(content) }],
      };
    }),
  );

  server.setRequestHandler(CompleteRequestSchema, ({ params: { ref, argument } }) =>
    asProtocolError(async () => {
      const known = ref.type === "ref/resource" && ref.uri === CHAT_URI_TEMPLATE;
      if (!known || argument.name !== "chat_code") {
        throw new ProtocolError(
          ErrorCode.InvalidParams,
          `Only chat_code of ${CHAT_URI_TEMPLATE} can be completed.`,
        );
      }
      const codes = await chats.complete(argument.value);
      const values = codes.slice(0, MAX_COMPLETIONS);
      return {
        completion: { values, total: codes.length, hasMore: codes.length > values.length },
      };
    }),
  );
}

async function readDirectory(chats: Chats, explain: Explain, signal: AbortSignal) {
  const listed = await chats.list({ page: 1, pageSize: MAX_PAGE_SIZE }, { signal });
  const { chats: found, stoppedBy, ...page } = listed;
  const next =
    page.next_page && `resources/list by cursor, or list_chats with page ${page.next_page}`;
  return {
    chats: found.map(({ row, avatar }) => ({ ...row, ...(avatar && { avatar }) })),
    ...page,
    ...(stoppedBy !== undefined && { stopped: explain(stoppedBy) }),
    ...(next && { next }),
  };
}

async function readChat(chats: Chats, uri: string, signal: AbortSignal) {
  const chatCode = chatCodeOf(uri);
  try {
    if (chatCode !== undefined) {
      const { chat, avatar } = await chats.view(chatCode, { signal });
      return { ...chat, ...(avatar && { avatar }) };
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  throw new ProtocolError(
    RESOURCE_NOT_FOUND,
    "There is no such chat. resources/list shows those that exist.",
    { uri },
  );
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

/** The code in a chat's uri, or undefined for a uri of another form. */
function chatCodeOf(uri: string): string | undefined {
  const encoded = /^kook:\/\/chats\/([^/?#]+)$/.exec(uri)?.[1];
  try {
    return encoded && decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

// A cursor is opaque to hosts; the prefix keeps one of another server's from being taken for a page.
const cursorOfPage = (page: number) => `page-${page}`;

function pageOfCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 1;
  const page = Number(/^page-([1-9]\d{0,8})$/.exec(cursor)?.[1]);
  if (Number.isNaN(page)) {
    throw new ProtocolError(
      ErrorCode.InvalidParams,
      "The cursor is not one of this server's. Call resources/list without a cursor to begin anew.",
    );
  }
  return page;
}
