// The four tools, each one literal: what a model reads of it, what it takes and gives, and what it does.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  type Tool as ToolDefinition,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { chatRowSchema, chatSchema } from "../chats/chat.ts";
import { type Chats, MAX_PAGE_SIZE } from "../chats/chats.ts";
import type { WaitOptions } from "../kook/rate-limiter.ts";
import { readArguments } from "./arguments.ts";
import { explain, ProtocolError } from "./failure.ts";
import { toWireSchema } from "./json-schema.ts";
import { progressOf } from "./progress.ts";
import { chatLine, pageText } from "./text.ts";

/** What a tool's `run` is given beside its arguments. */
interface Context {
  chats: Chats;
  /** Aborts when the host cancels the call or goes away, and tells the host of waits. */
  waiting: WaitOptions;
}

interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  /** All four are spelled out: a host that finds one missing assumes the worst, or asks. */
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  run(
    args: z.infer<Input>,
    context: Context,
  ): Promise<{ text: string; structured: z.input<Output> }>;
}

interface Tool {
  name: string;
  readOnly: boolean;
  /** Made when a host asks, not at start-up. */
  define(): ToolDefinition;
  call(args: unknown, context: Context): Promise<CallToolResult>;
}

function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>({
  input,
  output,
  run,
  ...definition
}: ToolOptions<Input, Output>): Tool {
  return {
    name: definition.name,
    readOnly: definition.annotations.readOnlyHint,
    define: () => ({
      ...definition,
      inputSchema: toWireSchema(input),
      outputSchema: toWireSchema(output),
    }),
    async call(args, context) {
      const { text, structured } = await run(readArguments(definition.name, input, args), context);
      // Parsing drops what the contract does not name, such as avatars.
      return { content: [{ type: "text", text }], structuredContent: output.parse(structured) };
    },
  };
}

const wholeNumber = () => z.int("must be a whole number").min(1, "must be 1 or more");

const chatCode = z
  .string("must be a chat code as list_chats gives it")
  .min(1, "must not be empty: list_chats gives the codes")
  .describe("a chat's code from list_chats or create_chat");

const tools: readonly Tool[] = [
  defineTool({
    name: "list_chats",
    title: "List private chats",
    description:
      "List the KOOK bot's private chats: with whom, unread count, latest message time. Use it to find a chat_code. No message contents.",
    input: z.object({
      page: wholeNumber().optional().describe("1-based, default 1"),
      page_size: wholeNumber()
        .max(MAX_PAGE_SIZE, `must be ${MAX_PAGE_SIZE} or less`)
        .optional()
        .describe("default 50"),
    }),
    output: z.object({
      chats: z.array(chatRowSchema),
      page: z.int(),
      page_total: z.int(),
      total: z.int(),
      next_page: z.int().optional(),
      skipped: z.int().optional().describe("unreadable chats left out"),
    }),
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    async run({ page = 1, page_size = MAX_PAGE_SIZE }, { chats, waiting }) {
      const structured = await chats.list({ page, pageSize: page_size }, waiting);
      return { text: pageText(structured), structured };
    },
  }),

  defineTool({
    name: "view_chat",
    title: "View a private chat",
    description:
      "Show one private chat: friend or not, blocked by either side (so whether a message would get through), unread count, last read. No message contents.",
    input: z.object({ chat_code: chatCode }),
    output: chatSchema,
    annotations: {
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    async run({ chat_code }, { chats, waiting }) {
      const structured = await chats.view(chat_code, waiting);
      return { text: chatLine(structured), structured };
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
        .refine((id) => /^\d+$/.test(id), "must be a KOOK user id, as a string of digits")
        .describe("user id, digits as a string"),
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
      "Remove one private chat from the bot's own list. The user's side stays. Only on the user's explicit wish; view_chat first if unsure which chat it is.",
    input: z.object({ chat_code: chatCode }),
    output: z.object({
      chat_code: z.string(),
      deleted: z.boolean(),
      already_gone: z.boolean().optional(),
    }),
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    },
    async run({ chat_code }, { chats, waiting }) {
      const outcome = await chats.delete(chat_code, waiting);
      const text = outcome.already_gone
        ? `Already gone: this server has deleted chat ${chat_code} before.`
        : `Deleted chat ${chat_code} from the bot's list.`;
      return { text, structured: { chat_code, deleted: true, ...outcome } };
    },
  }),
];

/** Adds `tools/list` and `tools/call`; with `readOnly`, the tools that change something do not exist. */
export function registerTools(
  server: Server,
  { chats, readOnly }: { chats: Chats; readOnly: boolean },
): void {
  const offered = tools.filter((tool) => tool.readOnly || !readOnly);
  const byName = new Map(offered.map((tool) => [tool.name, tool]));

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: offered.map((tool) => tool.define()),
  }));

  server.setRequestHandler(
    CallToolRequestSchema,
    async ({ params }, { signal, sendNotification }) => {
      const tool = byName.get(params.name);
      if (!tool) {
        const names = [...byName.keys()].join(", ");
        throw new ProtocolError(ErrorCode.InvalidParams, `Unknown tool. The tools are ${names}.`);
      }
      try {
        const result = await tool.call(params.arguments ?? {}, {
          chats,
          waiting: { signal, onWait: progressOf(params._meta?.progressToken, sendNotification) },
        });
        // The list of chats is the list of resources too.
        if (!tool.readOnly) await server.sendResourceListChanged();
        return result;
      } catch (error) {
        return { content: [{ type: "text", text: explain(error) }], isError: true };
      }
    },
  );
}
