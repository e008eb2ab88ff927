// The tools that change nothing.
import * as z from "zod";
import { chatRowSchema, chatSchema } from "../chats/chat.ts";
import { type ChatPage, MAX_PAGE_SIZE } from "../chats/page.ts";
import type { Scan } from "../chats/scan.ts";
import type { Explain } from "./failure.ts";
import { waitMessage } from "./host.ts";
import { chatLine, pageText, scanText } from "./text.ts";
import { type Context, defineTool, type Tool } from "./tool.ts";

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

const wholeNumber = () => z.int("must be a whole number").min(1, "must be 1 or more");

/** The one argument of the tools about one chat. */
export const chatCode = z
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

export const readingTools: readonly Tool[] = [
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
