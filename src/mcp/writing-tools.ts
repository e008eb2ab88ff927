// The tools that change something.
import * as z from "zod";
import { chatSchema } from "../chats/chat.ts";
import { TOKEN_LIFE_MINUTES, type Verdict } from "./confirmation.ts";
import { chatCode } from "./reading-tools.ts";
import { chatLine } from "./text.ts";
import { defineTool, type Tool } from "./tool.ts";

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

export const writingTools: readonly Tool[] = [
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
