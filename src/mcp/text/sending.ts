// Results of sending as lines for a model, and as structured content.
import * as z from "zod";
import type { ChatOfMessages } from "../../messages/chat.ts";
import type { SendResult } from "../../messages/sending.ts";
import { isoSeconds, type TimeZone } from "../../text/time.ts";
import { TOKEN_LIFE_MINUTES, type Unconfirmed } from "../confirmation.ts";
import type { Explain } from "../failure.ts";

/** The outcome of one message. */
export const resultRowSchema = z.object({
  target_id: z.string(),
  username: z.string().optional(),
  status: z.enum(["sent", "already_sent", "not_sent", "unknown"]),
  msg_id: z.string().optional(),
  time: z.string().optional(),
  why: z.string().optional(),
});

/** One recipient of a preview. */
export const previewRowSchema = z.object({
  target_id: z.string(),
  username: z.string(),
  wrote_at: z.string().optional(),
  wrote: z.string().optional(),
});

type ResultRow = z.infer<typeof resultRowSchema>;
type PreviewRow = z.infer<typeof previewRowSchema>;

export function resultRow(result: SendResult, explain: Explain): ResultRow {
  const { chat, status, msgId, time, why } = result;
  return {
    target_id: chat.target_id,
    username: chat.username,
    status,
    ...(msgId !== undefined && { msg_id: msgId }),
    ...(time !== undefined && { time: isoSeconds(time) }),
    // Other messages of the call may have gone out.
    ...(why !== undefined && { why: explain(why).replace(" Nothing was sent.", "") }),
  };
}

/** A user as the tools take one, with the name. The name was sanitized when the chat was read. */
export const recipient = ({ target_id, username }: Pick<PreviewRow, "target_id" | "username">) =>
  `${target_id || "a deleted account"} ${JSON.stringify(username)}`;

/** `sent 5f2a9c01 to 3903536527 "夏天1"` */
export function resultLine({ target_id, username = "", status, msg_id, why }: ResultRow): string {
  const facts = [status, msg_id, `to ${recipient({ target_id, username })}`];
  return `${facts.filter(Boolean).join(" ")}${why === undefined ? "" : `: ${why}`}`;
}

const edited: Record<ResultRow["status"], string> = {
  sent: "Edited",
  already_sent: "Unchanged, has this text already:",
  not_sent: "Not edited:",
  unknown: "Unknown whether edited:",
};

export function editLine({ target_id, username = "", status, msg_id, why }: ResultRow): string {
  const line = `${edited[status]} ${msg_id}, to ${recipient({ target_id, username })}.`;
  return why === undefined ? line : `${line} ${why}`;
}

/** Advice after a batch in which something is not known to be sent; undefined if all went well. */
export function batchAdvice(rows: readonly ResultRow[]): string | undefined {
  const has = (status: ResultRow["status"]) => rows.some((row) => row.status === status);
  const parts = [
    has("unknown") &&
      "To check the unknown message, repeat this call unchanged. Do not rephrase it.",
    has("not_sent") &&
      (has("sent") || has("already_sent")) &&
      "To try again, pass only the messages that were not sent.",
  ];
  return parts.filter(Boolean).join(" ") || undefined;
}

/** @param wrote the line that is answered; its text only where messages may be read */
export function previewRow(
  { target_id, username }: ChatOfMessages,
  wrote: { time: number; text: string | undefined } | undefined,
): PreviewRow {
  return {
    target_id,
    username,
    ...(wrote && { wrote_at: isoSeconds(wrote.time) }),
    ...(wrote?.text && { wrote: wrote.text }),
  };
}

export function previewLine(row: PreviewRow, zone: TimeZone): string {
  const { wrote_at, wrote } = row;
  const facts = [
    recipient(row),
    wrote_at && `wrote ${zone.minute(Date.parse(wrote_at))} ${zone.name}`,
    wrote && JSON.stringify(wrote),
  ];
  return facts.filter(Boolean).join(" ");
}

/**
 * The model's next step after a preview, a no, or a closed form.
 * @param show what a person is to be shown
 * @param changed what has changed if a token no longer fits
 */
export function nextAfter(
  verdict: Unconfirmed,
  tool: string,
  { show, changed }: { show: string; changed: string },
): string {
  if (verdict.outcome !== "preview") {
    return verdict.outcome === "declined"
      ? "The person said no. Do not ask again unless they wish it."
      : "The person closed the question without an answer.";
  }
  const why =
    verdict.rejected === "changed"
      ? `${changed} has changed since that preview. `
      : verdict.rejected === "invalid"
        ? "That confirm_token is not valid: used, expired, or for something else. "
        : "";
  return `${why}Show the person ${show}. Only if they agree, repeat ${tool} within ${TOKEN_LIFE_MINUTES} minutes with confirm_token ${verdict.token}.`;
}
