// The tools that edit and delete the bot's own messages.
import * as z from "zod";
import { LostAnswerError } from "../../kook/reconcile.ts";
import { stateOfBatch } from "../../messages/outgoing.ts";
import type { Unconfirmed } from "../confirmation.ts";
import type { Answering } from "../services.ts";
import { deleteMessageForm, editForm } from "../text/send-forms.ts";
import { editLine, nextAfter, recipient, resultRow, resultRowSchema } from "../text/sending.ts";
import { ask } from "./ask.ts";
import { answerSchema, confirmToken, deletionFields } from "./fields.ts";
import { address, addressOf, checkAddress, isMessageId, NO_ID } from "./messages.ts";
import { defineTool, type Tool } from "./tool.ts";

const ofMessage = {
  ...address,
  msg_id: z.string(NO_ID).refine(isMessageId, NO_ID),
};

/** @param asks says in a description that a person is asked */
export function ownMessageTools({ own }: Answering, asks: string): Tool[] {
  const editMessage = defineTool({
    name: "edit_message",
    title: "Edit a bot message",
    description: `Replace the text of one of the bot's own messages.${asks}`,
    searchHint: "KOOK edit, correct a sent message 编辑 修改 消息",
    input: z
      .object({
        ...ofMessage,
        text: z.string("must be text").describe("Markdown"),
        confirm_token: confirmToken(),
      })
      .superRefine(checkAddress),
    output: resultRowSchema.extend({
      status: resultRowSchema.shape.status.optional(),
      left: z.int().optional(),
      answer: answerSchema,
      confirm_token: z.string().optional(),
      next: z.string().optional(),
    }),
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    },
    confirm: "confirmSend",
    async run({ msg_id, text, confirm_token, ...chat }, context) {
      const { options, explain, askedBy, language, timeZone: zone } = context;
      const asked = { address: addressOf(chat), msgId: msg_id, text };
      const canWarn = askedBy === "form";
      const { facts: edit, verdict } = await ask(
        {
          sentToken: confirm_token,
          async prepare(maxAgeMs) {
            const prepared = await own.prepareEdit(asked, { maxAgeMs, canWarn }, options);
            // Report already_sent on fresh facts only.
            return prepared.isSame && maxAgeMs > 0
              ? own.prepareEdit(asked, { maxAgeMs: 0, canWarn }, options)
              : prepared;
          },
          question: (edit, again) =>
            edit.isSame
              ? undefined
              : {
                  fingerprint: JSON.stringify([edit.chat.chat_code, edit.message.id, edit.content]),
                  state: stateOfBatch([edit]),
                  form: async () => editForm(edit, { language, zone, again }),
                },
        },
        context,
      );
      const { chat_code, target_id, username } = edit.chat;
      if (verdict && verdict.outcome !== "confirmed") {
        const common = { target_id, username, msg_id: edit.msgId };
        const unchanged = unconfirmed(verdict, editMessage.name, "the new text");
        const status = verdict.outcome !== "preview" && { status: "not_sent" as const };
        return {
          text: `Not edited: ${edit.msgId} to ${recipient(edit.chat)}. ${unchanged.next}`,
          structured: { ...common, ...status, ...unchanged },
        };
      }
      const result = edit.isSame
        ? { chat: edit.chat, status: "already_sent" as const, msgId: edit.msgId }
        : await context
            .audited(
              { chat_code, target_id, msg_id: edit.message.id, length: edit.content.length },
              () => own.edit(edit, options),
              ({ status }) => ({ outcome: status }),
            )
            .catch((error) => {
              if (!options.signal.aborted) verdict?.giveBack?.();
              throw error;
            });
      if (result.status === "not_sent") verdict?.giveBack?.();
      const row = resultRow(result, explain);
      const { left } = own;
      return {
        text: `${editLine(row)}\n${left} more messages may be sent this hour.`,
        structured: { ...row, left },
      };
    },
  });

  const deleteMessage = defineTool({
    name: "delete_message",
    title: "Delete a bot message",
    description: "Delete one of the bot's own messages, for both sides.",
    searchHint: "KOOK delete, take back, recall a sent message 撤回 删除 消息",
    input: z.object({ ...ofMessage, confirm_token: confirmToken() }).superRefine(checkAddress),
    output: z.object({
      msg_id: z.string(),
      ...deletionFields,
    }),
    annotations: {
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: true,
    },
    confirm: "confirmDelete",
    async run({ msg_id, confirm_token, ...chat }, context) {
      const { options, language, timeZone: zone } = context;
      const address = addressOf(chat);
      const { facts: found, verdict } = await ask(
        {
          sentToken: confirm_token,
          prepare: () => own.find(address, msg_id, options),
          question: (message, again) =>
            message && {
              fingerprint: JSON.stringify([message.chat.chat_code, message.message.id]),
              state: message.state,
              form: async () => deleteMessageForm(message, { language, zone, again }),
            },
        },
        context,
      );
      if (!found) return deleted(msg_id, { already_gone: true });
      const { chat_code, target_id, username } = found.chat;
      if (verdict && verdict.outcome !== "confirmed") {
        const kept = unconfirmed(verdict, deleteMessage.name, "which message this is");
        return {
          text: `Not deleted: ${found.msgId} to ${recipient(found.chat)}. ${kept.next}`,
          structured: { msg_id: found.msgId, deleted: false, target_id, username, ...kept },
        };
      }
      const outcome = await context
        .audited(
          { chat_code, target_id, msg_id: found.message.id },
          () => own.delete(found, options),
          ({ already_gone }) => ({ outcome: already_gone ? "already_gone" : "done" }),
        )
        .catch((error) => {
          const isLost = error instanceof LostAnswerError;
          if (!isLost && !options.signal.aborted) verdict?.giveBack?.();
          throw error;
        });
      return deleted(found.msgId, outcome);
    },
  });

  return [editMessage, deleteMessage];
}

function unconfirmed(verdict: Unconfirmed, tool: string, show: string) {
  const next = nextAfter(verdict, tool, { show, changed: "The message" });
  if (verdict.outcome === "preview") return { confirm_token: verdict.token, next };
  return { answer: verdict.outcome, next };
}

function deleted(msg_id: string, outcome: { already_gone?: true }) {
  const text = outcome.already_gone
    ? `Already gone: message ${msg_id} was there and no longer is.`
    : `Deleted message ${msg_id} for both sides.`;
  return { text, structured: { msg_id, deleted: true, ...outcome } };
}
