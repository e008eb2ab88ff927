// The tools about chats.
import * as z from "zod";
import { isMissing } from "../../access/errors.ts";
import { type Chat, chatRowSchema, chatSchema } from "../../chats/chat.ts";
import { type ChatPage, MAX_PAGE_SIZE } from "../../chats/page.ts";
import { LostAnswerError } from "../../kook/reconcile.ts";
import type { TimeZone } from "../../text/time.ts";
import { chatAdvice } from "../advice/chats.ts";
import { TOKEN_LIFE_MINUTES, type Unconfirmed } from "../confirmation.ts";
import {
  chatLine,
  deleteForm,
  hintsOf,
  pageText,
  scanText,
  structuredPage,
} from "../text/chats.ts";
import {
  confirmToken,
  countUpTo,
  deletionFields,
  MAX_CODE_LENGTH,
  queryText,
  targetId,
  wholeNumber,
} from "./fields.ts";
import { type Context, defineTool, readingHints, type ToolFamily } from "./tool.ts";

/** Checks are `refine`, not `regex` or `max`: some model providers refuse a schema with a pattern. */
const chatCode = z
  .string("must be a chat code as list_chats gives it")
  .min(1, "must not be empty: list_chats gives the codes")
  .refine((code) => code.length <= MAX_CODE_LENGTH, "is no chat code: list_chats gives the codes")
  .describe("from list_chats");

const listChats = defineTool({
  name: "list_chats",
  title: "List private chats",
  description:
    "List the KOOK bot's private chats, or find some by name, user id or unread messages. If next_page is given, call again with it for more. No message contents.",
  searchHint: "KOOK private chats, direct messages, unread, find user 私信 会话 未读 查找用户",
  input: z.object({
    page: wholeNumber().optional().describe("to start at, from 1"),
    page_size: countUpTo(MAX_PAGE_SIZE)
      .optional()
      .describe("default 50; with a filter: how many matches are enough"),
    unread_only: z.boolean("must be true or false").optional(),
    query: queryText().optional().describe("part of a username, or a whole user id"),
  }),
  output: z.object({
    chats: z.array(chatRowSchema),
    page: z.int(),
    page_total: z.int(),
    total: z.int(),
    next_page: z.int().optional(),
    scanned: z.int().optional(),
    complete: z.boolean().optional(),
    only_match: z.string().optional(),
    next: z.string().optional(),
    stopped: z.string().optional(),
  }),
  annotations: readingHints,
  async run({ page = 1, page_size = MAX_PAGE_SIZE, unread_only, query }, context) {
    const { services, explain, report, timeZone } = context;
    const onPage = (read?: ChatPage) =>
      report(read ? `searched page ${read.page} of ${read.page_total}` : "searching the chats");
    const options = { ...context.options, onPage };
    if (!unread_only && query === undefined) {
      const listed = await services.chats.list({ page, pageSize: page_size }, options);
      const hints = hintsOf(listed, explain);
      return { text: pageText(listed, hints, timeZone), structured: structuredPage(listed, hints) };
    }
    const filter = { unreadOnly: unread_only, query };
    const found = await services.chats.find(filter, { page, enough: page_size }, options);
    const hints = hintsOf(found, explain);
    return { text: scanText(found, hints, timeZone), structured: structuredPage(found, hints) };
  },
});

const viewChat = defineTool({
  name: "view_chat",
  title: "View a private chat",
  description:
    "Show one private chat: whether a message would get through (is_blocked: the bot blocked the user; is_target_blocked: the user blocked the bot), friend or not, last read. No message contents.",
  searchHint: "KOOK private chat, blocked, friend, last read 私信 会话 屏蔽 好友",
  input: z.object({ chat_code: chatCode }),
  output: chatSchema,
  annotations: readingHints,
  async run({ chat_code }, { services, options, timeZone }) {
    const { chat } = await services.chats.view(chat_code, options);
    return { text: chatLine(chat, timeZone), structured: chat };
  },
});

const createChat = defineTool({
  name: "create_chat",
  title: "Open a private chat",
  description:
    "Open the private chat with a KOOK user, or return the existing one. Sends no message. Needs the numeric user id, not a name.",
  searchHint: "KOOK open private chat, start direct message 创建 打开 私信 会话",
  input: z.object({
    target_id: targetId().describe("digits, as a string"),
  }),
  output: chatSchema.extend({ created: z.boolean().optional(), next: z.string().optional() }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  changesChats: true,
  async run({ target_id }, { services, options, timeZone, audited }) {
    const { chat, created } = await audited(
      { target_id },
      () => services.chatChanges.create(target_id, options),
      ({ chat, created }) => ({
        chat_code: chat.chat_code,
        outcome: created === false ? "already_open" : "done",
      }),
    );
    const outcome = created === undefined ? "Open" : created ? "Created" : "Already open";
    return {
      text: `${outcome}: ${chatLine(chat, timeZone)}`,
      structured: { ...chat, ...(created !== undefined && { created }) },
      unchanged: created === false,
    };
  },
});

const deleteChat = defineTool({
  name: "delete_chat",
  title: "Delete a private chat",
  description:
    "Remove one private chat from the bot's own list. The user's side stays. Only on the user's explicit wish; view_chat first if unsure which it is.",
  searchHint: "KOOK delete, remove, close private chat 删除 关闭 私信 会话",
  input: z.object({
    chat_code: chatCode,
    confirm_token: confirmToken(),
  }),
  output: z.object({
    chat_code: z.string(),
    ...deletionFields,
  }),
  annotations: {
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  confirm: "confirmDelete",
  changesChats: true,
  async run({ chat_code: sent, confirm_token }, context) {
    const { services, options, language, timeZone } = context;
    let { chat_code, chat }: { chat_code: string; chat?: Chat | undefined } =
      await services.chatChanges.resolve(sent, options);
    const verdict = await context.confirm({
      fingerprint: chat_code,
      sentToken: confirm_token,
      async form() {
        chat ??= await viewUnlessDeleted(chat_code, context);
        return chat && deleteForm(chat, language, timeZone);
      },
    });
    if (verdict.outcome === "moot") return deleted(chat_code, { already_gone: true });
    if (verdict.outcome !== "confirmed") {
      return notDeleted({ chat_code, chat, timeZone }, verdict);
    }
    const outcome = await context
      .audited(
        { chat_code, target_id: services.chats.userOf(chat_code) },
        () => services.chatChanges.delete(chat_code, options),
        ({ already_gone }) => ({ outcome: already_gone ? "already_gone" : "done" }),
      )
      .catch((error) => {
        // After an unknown outcome the token must not allow a second delete: the chat may be a new one.
        const lost = error instanceof LostAnswerError && error.outcome === "unknown";
        if (!lost && !options.signal.aborted) verdict.giveBack?.();
        throw error;
      });
    return deleted(chat_code, outcome);
  },
});

function deleted(chat_code: string, outcome: { already_gone?: true }) {
  const text = outcome.already_gone
    ? `Already gone: chat ${chat_code} was there and no longer is.`
    : `Deleted chat ${chat_code} from the bot's list.`;
  return { text, structured: { chat_code, deleted: true, ...outcome } };
}

export const chatTools: ToolFamily = {
  tools: [listChats, viewChat, createChat, deleteChat],
  advice: chatAdvice,
};

/** Undefined for a chat that this process has deleted and that does not exist: there is nothing to ask about. */
async function viewUnlessDeleted(
  chatCode: string,
  { services, options }: Context,
): Promise<Chat | undefined> {
  try {
    return (await services.chats.view(chatCode, options)).chat;
  } catch (error) {
    if (services.chatChanges.hasDeleted(chatCode) && isMissing(error)) return undefined;
    throw error;
  }
}

interface Kept {
  chat_code: string;
  chat: Chat | undefined;
  timeZone: TimeZone;
}

function notDeleted({ chat_code, chat, timeZone }: Kept, verdict: Unconfirmed) {
  const result = { chat_code, deleted: false };
  if (verdict.outcome !== "preview") {
    const { outcome: answer } = verdict;
    const next =
      answer === "declined"
        ? "The person said no. Do not ask again unless they wish it."
        : "The person closed the question without an answer.";
    return {
      text: `Not deleted. ${next}`,
      structured: { ...result, answer, next },
      unchanged: true,
    };
  }
  const { token: confirm_token, rejected } = verdict;
  const why = rejected
    ? "That confirm_token is not valid: used, expired, or of another chat. "
    : "";
  const next = `${why}Show the person this chat. Only if they agree, call delete_chat again within ${TOKEN_LIFE_MINUTES} minutes with confirm_token ${confirm_token}.`;
  return {
    text: `Not deleted yet:\n${chat ? chatLine(chat, timeZone) : chat_code}\n${next}`,
    structured: {
      ...result,
      confirm_token,
      ...(chat && { target_id: chat.target_id, username: chat.username }),
      next,
    },
    unchanged: true,
  };
}
