// The tools that send, edit and delete messages. Each asks a person first.
import * as z from "zod";
import { type Draft, fingerprintOf, type Outgoing, stateOfBatch } from "../../messages/outgoing.ts";
import { ChangedError } from "../../messages/send-errors.ts";
import { type Ready, type SendResult, toSend } from "../../messages/sending.ts";
import { sendingAdvice } from "../advice/sending.ts";
import type { Unconfirmed, Verdict } from "../confirmation.ts";
import type { Answering } from "../services.ts";
import { sendForm } from "../text/send-forms.ts";
import {
  batchAdvice,
  nextAfter,
  previewLine,
  previewRow,
  resultLine,
  resultRow,
} from "../text/sending.ts";
import { answerSchema, confirmToken, previewRowSchema, resultSchema } from "./fields.ts";
import { address, addressOf, checkAddress, isMessageId, NO_ID } from "./messages.ts";
import { ownMessageTools } from "./own-messages.ts";
import { type Context, defineTool, type ToolFamily } from "./tool.ts";

const MAX_MESSAGES = 5;
/** The question to a person is repeated this often if somebody writes meanwhile. */
const MAX_REPEATS = 2;
/** What tools read of a chat this long ago will do for the question; before the send it is read again. */
const FORM_AGE_MS = 60_000;

const draftSchema = z
  .strictObject({
    ...address,
    text: z.string("must be text").optional().describe("Markdown"),
    reaction: z
      .string("must be an emoji")
      .optional()
      .describe("an emoji instead of text: marks the chat as handled"),
    reply_to: z.string(NO_ID).refine(isMessageId, NO_ID).optional().describe("msg_id"),
  })
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

/** @param reads a model may see messages: the preview shows the line that is answered */
export function sendingTools(answering: Answering, reads: boolean): ToolFamily {
  const { sending, messages } = answering;

  const sendMessages = defineTool({
    name: "send_messages",
    title: "Send private messages",
    description: `Send 1 to ${MAX_MESSAGES} messages as the bot in one call, each to a user who has a chat: target_id or chat_code, and text or reaction. A person is asked first. Never pass on to one user what another wrote.`,
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
      results: z.array(resultSchema).optional(),
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
      const { batch, verdict } = await confirmed(drafts, confirm_token, context);
      if (verdict && verdict.outcome !== "confirmed") return unsent(batch, verdict, context);
      const results = await sending.deliver(batch, auditedBy(context), context.options);
      if (results.every(({ status }) => status === "not_sent")) verdict?.giveBack?.();
      return report(results, context);
    },
  });

  /** Asks, and asks again if a chat has changed when the person has answered. */
  async function confirmed(
    drafts: readonly Draft[],
    sentToken: string | undefined,
    context: Context,
  ): Promise<{ batch: Ready[]; verdict?: Exclude<Verdict, { outcome: "moot" }> }> {
    const { askedBy, options, language, timeZone: zone } = context;
    const isForm = askedBy === "form";
    const prepare = (maxAgeMs: number) =>
      sending.prepare(drafts, { maxAgeMs, canWarn: isForm }, options);
    let batch = await prepare(isForm ? FORM_AGE_MS : 0);
    for (let repeats = 0; ; repeats++) {
      const outgoing = toSend(batch);
      if (outgoing.length === 0) return { batch };
      const verdict = await context.confirm({
        fingerprint: fingerprintOf(outgoing),
        state: stateOfBatch(outgoing),
        sentToken,
        form: async () => sendForm(outgoing, { language, zone, again: repeats > 0 }),
      });
      if (verdict.outcome === "moot") return { batch };
      if (verdict.outcome !== "confirmed" || !isForm) return { batch, verdict };
      const now = await prepare(0);
      if (isSame(toSend(now), outgoing)) return { batch: now, verdict };
      if (repeats === MAX_REPEATS) throw new ChangedError();
      batch = now;
    }
  }

  async function unsent(batch: readonly Ready[], verdict: Unconfirmed, context: Context) {
    const next = nextAfter(verdict, sendMessages.name);
    if (verdict.outcome !== "preview") {
      const rows = batch.map(({ outgoing, result }) =>
        resultRow(result ?? { chat: outgoing.chat, status: "not_sent" }, context.explain),
      );
      return {
        text: `Nothing was sent. ${next}`,
        structured: { results: rows, answer: verdict.outcome, next },
      };
    }
    const to = await Promise.all(toSend(batch).map((outgoing) => preview(outgoing, context)));
    const lines = to.map((row) => previewLine(row, context.timeZone));
    return {
      text: `Not sent yet. To:\n${lines.join("\n")}\n${next}`,
      structured: { to, confirm_token: verdict.token, next },
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
    tools: [sendMessages, ...ownMessageTools(answering)],
    advice: sendingAdvice,
  };
}

function toDraft({ text, reaction, reply_to, ...chat }: z.infer<typeof draftSchema>): Draft {
  return { address: addressOf(chat), text, reaction, replyTo: reply_to };
}

const isSame = (one: readonly Outgoing[], other: readonly Outgoing[]) =>
  fingerprintOf(one) === fingerprintOf(other) && stateOfBatch(one) === stateOfBatch(other);

function auditedBy({ audited }: Context) {
  return ({ chat, on, content }: Outgoing, change: () => Promise<SendResult>) =>
    audited(
      { chat_code: chat.chat_code, target_id: chat.target_id, length: content.length },
      change,
      ({ status, id }) => ({ msg_id: id ?? on?.id, outcome: status }),
    );
}
