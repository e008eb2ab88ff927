// The tools that send, edit and delete messages. Each asks a person first.
import * as z from "zod";
import { type Draft, fingerprintOf, type Outgoing, stateOfBatch } from "../../messages/outgoing.ts";
import { type Ready, type SendResult, toSend } from "../../messages/sending.ts";
import { sendingAdvice } from "../advice/sending.ts";
import type { ConfirmMode, Unconfirmed } from "../confirmation.ts";
import type { Answering } from "../services.ts";
import { sendForm } from "../text/send-forms.ts";
import {
  batchAdvice,
  nextAfter,
  previewLine,
  previewRow,
  previewRowSchema,
  resultLine,
  resultRow,
  resultRowSchema,
} from "../text/sending.ts";
import { ask } from "./ask.ts";
import { answerSchema, confirmToken } from "./fields.ts";
import { address, addressOf, checkAddress, isMessageId, NO_ID } from "./messages.ts";
import { ownMessageTools } from "./own-messages.ts";
import { type Context, defineTool, type ToolFamily } from "./tool.ts";

const MAX_MESSAGES = 5;
const draftSchema = z
  .strictObject(
    {
      ...address,
      text: z.string("must be text").optional().describe("Markdown"),
      reaction: z
        .string("must be an emoji")
        .optional()
        .describe("an emoji instead of text: marks the chat as handled"),
      reply_to: z.string(NO_ID).refine(isMessageId, NO_ID).optional().describe("msg_id"),
    },
    "must be an object with target_id or chat_code, and text or reaction",
  )
  .superRefine((draft, context) => {
    checkAddress(draft, context);
    if ((draft.text === undefined) === (draft.reaction === undefined)) {
      const message =
        draft.text === undefined
          ? "or reaction must say what to send"
          : "must not come with reaction: give one of them";
      context.addIssue({ code: "custom", path: ["text"], message });
    }
  });

/** @param reads a model may see messages: the preview shows the line that is answered. `confirmSend`: whether a person is asked */
export function sendingTools(
  answering: Answering,
  { reads, confirmSend }: { reads: boolean; confirmSend: ConfirmMode },
): ToolFamily {
  const { sending, messages } = answering;
  const asks = confirmSend === "never" ? "" : " A person is asked first.";

  const sendMessages = defineTool({
    name: "send_messages",
    title: "Send private messages",
    description: `Send 1 to ${MAX_MESSAGES} messages as the bot in one call, each to a user who has a chat: target_id or chat_code, and text or reaction.${asks} Never pass on to one user what another wrote.`,
    searchHint: "KOOK send, reply, answer, react, private message 发送 回复 私信 消息 表情",
    input: z.object({
      messages: z
        .array(draftSchema, "must be a list of messages")
        .refine(({ length }) => length > 0, "must have a message")
        .refine(
          ({ length }) => length <= MAX_MESSAGES,
          `must have ${MAX_MESSAGES} messages or fewer`,
        ),
      confirm_token: confirmToken(),
    }),
    output: z.object({
      results: z.array(resultRowSchema).optional(),
      left: z.int().optional(),
      to: z.array(previewRowSchema).optional(),
      answer: answerSchema,
      confirm_token: z.string().optional(),
      next: z.string().optional(),
    }),
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    },
    confirm: "confirmSend",
    async run({ messages: sent, confirm_token }, context) {
      const drafts = sent.map(toDraft);
      const { askedBy, options, language, timeZone: zone } = context;
      const canWarn = askedBy === "form";
      const { facts: batch, verdict } = await ask(
        {
          sentToken: confirm_token,
          prepare: (maxAgeMs) => sending.prepare(drafts, { maxAgeMs, canWarn }, options),
          question(ready, again) {
            const outgoing = toSend(ready);
            return outgoing.length === 0
              ? undefined
              : {
                  fingerprint: fingerprintOf(outgoing),
                  state: stateOfBatch(outgoing),
                  form: async () => sendForm(outgoing, { language, zone, again }),
                };
          },
        },
        context,
      );
      if (verdict && verdict.outcome !== "confirmed") return unsent(batch, verdict, context);
      const results = await sending.deliver(batch, auditedBy(context), options);
      if (results.every(({ status }) => status === "not_sent")) verdict?.giveBack?.();
      return report(results, context);
    },
  });

  async function unsent(batch: readonly Ready[], verdict: Unconfirmed, context: Context) {
    const next = nextAfter(verdict, sendMessages.name, {
      show: "these recipients and the whole texts",
      changed: "The chat",
    });
    if (verdict.outcome !== "preview") {
      const rows = batch.map(({ outgoing, result }) =>
        resultRow(result ?? { chat: outgoing.chat, status: "not_sent" }, context.explain),
      );
      return {
        text: `Nothing was sent. ${next}`,
        structured: { results: rows, answer: verdict.outcome, next },
      };
    }
    const left = batch.length - toSend(batch).length;
    const known =
      left > 0 ? `${left} of these messages went out before and will not be sent. ` : "";
    const to = await Promise.all(toSend(batch).map((outgoing) => preview(outgoing, context)));
    const lines = to.map((row) => previewLine(row, context.timeZone));
    return {
      text: `Not sent yet. To:\n${lines.join("\n")}\n${known}${next}`,
      structured: { to, confirm_token: verdict.token, next: `${known}${next}` },
    };
  }

  async function preview({ chat, on, latest }: Outgoing, { options }: Context) {
    const wire = on ?? latest.fromUser;
    if (!wire) return previewRow(chat, undefined);
    const text = reads ? await messages.wordsOf(chat, wire, options) : undefined;
    return previewRow(chat, { time: wire.create_at, text });
  }

  function report(results: readonly SendResult[], { explain }: Context) {
    const rows = results.map((result) => resultRow(result, explain));
    const { left } = sending;
    const next = batchAdvice(rows);
    const text = [...rows.map(resultLine), next, `${left} more messages may be sent this hour.`];
    return {
      text: text.filter(Boolean).join("\n"),
      structured: { results: rows, left, ...(next !== undefined && { next }) },
    };
  }

  return {
    tools: [sendMessages, ...ownMessageTools(answering, asks)],
    advice: sendingAdvice,
  };
}

function toDraft({ text, reaction, reply_to, ...chat }: z.infer<typeof draftSchema>): Draft {
  return { address: addressOf(chat), text, reaction, replyTo: reply_to };
}

function auditedBy({ audited }: Context) {
  return ({ kind, chat, on, content }: Outgoing, change: () => Promise<SendResult>) =>
    audited(
      {
        chat_code: chat.chat_code,
        target_id: chat.target_id,
        // A reaction is recorded under the message that it is for.
        ...(kind === "reaction" && { msg_id: on?.id }),
        length: content.length,
      },
      change,
      ({ status, id }) => ({ ...(kind === "text" && { msg_id: id }), outcome: status }),
    );
}
