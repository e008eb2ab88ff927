// What `doctor` finds: one fact about the set-up, in both languages, and what to do about it.
import type { Text } from "../config/settings.ts";

/** `note` is neither good nor bad; `error` would keep the server from working. */
export type Status = "ok" | "note" | "warning" | "error";

export type Check =
  | "node"
  | "settings"
  | "proxy"
  | "connection"
  | "tls"
  | "clock"
  | "token"
  | "latency"
  | "rate-limit"
  | "host";

export interface Finding {
  check: Check;
  status: Status;
  /** What it is about where the check alone does not say, e.g. `Claude Desktop "kook"`. */
  subject?: string;
  text: Text;
  /** What to do; there for every warning and error. */
  remedy?: Text;
}

/** What was seen of a fact, before it is known which check or host it belongs to. */
export type Observation = Omit<Finding, "check" | "subject">;

export const ok = (text: Text): Observation => ({ status: "ok", text });
export const note = (text: Text, remedy?: Text): Observation => ({
  status: "note",
  text,
  ...(remedy && { remedy }),
});
export const warning = (text: Text, remedy: Text): Observation => ({
  status: "warning",
  text,
  remedy,
});
export const error = (text: Text, remedy: Text): Observation => ({ status: "error", text, remedy });

/** Words from elsewhere, for a line of their own: without control and invisible characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
}
