// One fact that doctor reports. It carries no text: the report takes the words from the catalogue of its language.
import type { Messages } from "./messages.en.ts";

/** `note` is neither good nor bad; an `error` keeps the server from working. */
export type Status = "ok" | "note" | "warning" | "error";

export type Check = keyof Messages["report"]["check"];

export interface Problem {
  fact: string;
  fix: string;
}

/** An observation that is not yet attached to a check or a host's file. */
export interface Observation {
  status: Status;
  say: (words: Messages) => string | Problem;
}

export interface Finding extends Observation {
  check: Check;
  /** The host's file or entry, e.g. `Cursor, /home/me/.cursor/mcp.json`. */
  subject?: string;
}

type Fact = (words: Messages) => string;
type FactAndFix = (words: Messages) => Problem;

export const ok = (say: Fact): Observation => ({ status: "ok", say });
export const note = (say: Fact | FactAndFix): Observation => ({ status: "note", say });
export const warning = (say: FactAndFix): Observation => ({ status: "warning", say });
export const error = (say: FactAndFix): Observation => ({ status: "error", say });

/** Attaches observations to a check. */
export const of = (check: Check, ...observations: Observation[]): Finding[] =>
  observations.map((observation) => ({ check, ...observation }));
