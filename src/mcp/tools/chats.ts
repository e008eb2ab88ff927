// The tools about chats.
import * as z from "zod";
import { chatRowSchema, chatSchema } from "../../chats/chat.ts";
import { type ChatPage, MAX_PAGE_SIZE } from "../../chats/page.ts";
import type { Scan } from "../../chats/scan.ts";
import { TOKEN_LIFE_MINUTES, type Verdict } from "../confirmation.ts";
import type { Explain } from "../failure.ts";
import { waitMessage } from "../session.ts";
import { chatLine, pageText, scanText } from "../text/chats.ts";
import { type Context, defineTool, type Tool } from "./tool.ts";

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

const wholeNumber = () => z.int("must be a whole number").min(1, "must be 1 or more");

/** The one argument of the tools about one chat. */
const chatCode = z
  .string("must be a chat code as list_chats gives it")
  .min(1, "must not be empty: list_chats gives the codes")
  .describe("from list_chats");

const listInput = z.object({
  page: wholeNumber().optional().describe("to start at, from 1"),
  page_size: wholeNumber()
    .max(MAX_PAGE_SIZE, `must be ${MAX_PAGE_SIZE} or less`)
    .optional()
    .describe("default 50; with a filter: how many matches are enough"),
  unread_only: z.boolean("must be true or false").optional(),
  query: z.string("must be text").optional().describe("part of a username, or a whole user id"),
});

const deleteOutput = z.object({
  chat_code: z.string(),
  deleted: z.boolean(),
  already_gone: z.boolean().optional(),
  answer: z.enum(["declined", "dismissed"]).optional(),
  confirm_token: z.string().optional(),
  target_id: z.string().optional(),
  username: z.string().optional(),
  next: z.string().optional(),
});

export const chatTools: readonly Tool[] = [
  defineTool({
    name: "list_chats",
    title: "List private chats",
    description:
      "List the KOOK bot's private chats, or find some by name, user id or unread messages. If next_page is given, call again with it for more. No message contents.",
    input: listInput,
    output: z.object({
      chats: z.array(chatRowSchema),
      page: z.int(),
      page_total: z.int(),
      total: z.int(),
      next_page: z.int().optional(),
      skipped: z.int().optional(),
      scanned: z.int().optional(),
      complete: z.boolean().optional(),
      only_match: z.string().optional(),
      stopped: z.string().optional(),
    }),
    annotations,
    async run({ page = 1, page_size = MAX_PAGE_SIZE, unread_only, query }, context) {
      const { chats, explain } = context;
      const waiting = reportingPages(context);
      if (!unread_only && query === undefined) {
        const listed = await chats.list({ page, pageSize: page_size }, waiting);
        return { text: pageText(listed, explain), structured: structuredPage(listed, explain) };
      }
      const filter = { unreadOnly: unread_only, query };
      const found = await chats.find(filter, { page, enough: page_size }, waiting);
      return { text: scanText(found, explain), structured: structuredPage(found, explain) };
    },
  }),

  defineTool({
    name: "view_chat",
    title: "View a private chat",
    description:
      "Show one private chat: whether a message would get through (is_blocked: the bot blocked the user; is_target_blocked: the user blocked the bot), friend or not, last read. No message contents.",
    input: z.object({ chat_code: chatCode }),
    output: chatSchema,
    annotations,
    async run({ chat_code }, { chats, waiting }) {
      const { chat } = await chats.view(chat_code, waiting);
      return { text: chatLine(chat), structured: chat };
    },
  }),

  defineTool({
    name: "create_chat",
    title: "Open a private chat",
    description:
      "Open the private chat with a KOOK user, or return the existing one. Sends no message. Needs the numeric user id, not a name.",
    input: z.object({
      target_id: z
        .string("must be a KOOK user id, as a string of digits")
        // Not `regex`: some model providers refuse a schema with a pattern.
        .refine((id) => /^\d{1,20}$/.test(id), "must be a KOOK user id, as a string of digits")
        .describe("digits, as a string"),
    }),
    output: chatSchema,
    annotations: {
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    async run({ target_id }, { chats, waiting }) {
      const structured = await chats.create(target_id, waiting);
      return { text: `Open: ${chatLine(structured)}`, structured };
    },
  }),

  defineTool({
    name: "delete_chat",
    title: "Delete a private chat",
    description:
      "Remove one private chat from the bot's own list. The user's side stays. Only on the user's explicit wish; view_chat first if unsure which it is.",
    input: z.object({
      chat_code: chatCode,
      confirm_token: z
        .string("must be text")
        .optional()
        .describe("as this tool gave it, once the person agrees"),
    }),
    output: deleteOutput,
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    },
    async run({ chat_code, confirm_token }, context) {
      const { chats, confirmation, host, waiting } = context;
      const question = { chatCode: chat_code, sentToken: confirm_token, host, waiting };
      const verdict = await confirmation.ask(question);
      if (verdict.outcome !== "confirmed") return notDeleted(chat_code, verdict);
      const outcome = await chats.delete(chat_code, waiting).catch((error) => {
        verdict.giveBack?.();
        throw error;
      });
      const text = outcome.already_gone
        ? `Already gone: chat ${chat_code} was there and no longer is.`
        : `Deleted chat ${chat_code} from the bot's list.`;
      return { text, structured: { chat_code, deleted: true, ...outcome } };
    },
  }),
];

function structuredPage({ chats, stoppedBy, ...rest }: ChatPage | Scan, explain: Explain) {
  return {
    chats: chats.map(({ row }) => row),
    ...rest,
    ...(stoppedBy !== undefined && { stopped: explain(stoppedBy) }),
  };
}

/** A scan waits for one page after another, so its progress is counted in pages. */
function reportingPages({ host: { progress }, waiting }: Context) {
  if (!progress) return waiting;
  let told: string | undefined;
  // Several pages may wait for the same thing at once.
  const tell = (message: string) => {
    if (message !== told) progress(message);
    told = message;
  };
  return {
    ...waiting,
    onPage: ({ page, page_total }: ChatPage) =>
      tell(`looked through page ${page} of ${page_total}`),
    onWait: (waitMs: number) => tell(waitMessage(waitMs)),
  };
}

function notDeleted(chat_code: string, verdict: Exclude<Verdict, { outcome: "confirmed" }>) {
  const result = { chat_code, deleted: false };
  if (verdict.outcome !== "preview") {
    const { outcome: answer } = verdict;
    const why =
      answer === "declined"
        ? "the person said no. Do not ask again unless they wish it."
        : "the person closed the question without an answer.";
    return { text: `Not deleted: ${why}`, structured: { ...result, answer }, unchanged: true };
  }
  const { chat, token, rejected } = verdict;
  const { target_id, username } = chat;
  const next = `${rejected ? "That confirm_token does not count: used, expired, or not of this chat. " : ""}Show the person this chat. Only if they agree, call delete_chat again within ${TOKEN_LIFE_MINUTES} minutes with confirm_token ${token}.`;
  return {
    text: `Not deleted yet:\n${chatLine(chat)}\n${next}`,
    structured: { ...result, confirm_token: token, target_id, username, next },
    unchanged: true,
  };
}
