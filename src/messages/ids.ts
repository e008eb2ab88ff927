// Message ids: shown by their first 8 hex digits, accepted in that form or whole.
import { AmbiguousMessageError, MessageReferenceError } from "./errors.ts";

const SHOWN_DIGITS = 8;
/** Digits of a whole id, a UUID. */
const WHOLE_DIGITS = 32;
/** More messages than a model reads in a session; beyond it, the chat that was read longest ago is forgotten. */
const MAX_MESSAGES = 20_000;

/** The digits of a message's id, with the id itself where they are all of it; or a point in time. */
export type Reference = { digits: string; id?: string } | { time: number };

export interface KnownMessage {
  id: string;
  /** Epoch milliseconds. */
  time: number;
}

/** A message known only from a reply to it has no time. */
export type ShownMessage = Pick<KnownMessage, "id"> & Partial<KnownMessage>;

/** Eight hex digits are always an id; a time has the form of a date. @throws MessageReferenceError */
export function readReference(
  text: string,
  argument: MessageReferenceError["argument"],
): Reference {
  const trimmed = text.trim();
  const digits = digitsOf(trimmed);
  const isDate = /^\d{4}-\d{2}-\d{2}(?![0-9a-f-])/i.test(trimmed);
  if (!isDate && digits.length >= SHOWN_DIGITS && /^[0-9a-f]+$/.test(digits)) {
    return digits.length === WHOLE_DIGITS ? { digits, id: uuidOf(digits) } : { digits };
  }
  const time = argument === "msg_id" ? undefined : readTime(trimmed);
  if (time === undefined) throw new MessageReferenceError(argument);
  return { time };
}

/** Tools send UTC: they apply `KOOK_TIME_ZONE`. Without `Z` or an offset the machine's zone is meant. */
function readTime(text: string): number | undefined {
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i.exec(
      text,
    );
  if (!match) return undefined;
  const [, date = "", clock = "00:00", zone = ""] = match;
  // Date.parse takes the 31st of every month, and means another day by it.
  const day = Date.parse(`${date}T00:00Z`);
  if (Number.isNaN(day) || !new Date(day).toISOString().startsWith(date)) return undefined;
  const time = Date.parse(`${date}T${clock}${zone.toUpperCase().replace(/^(...)(\d)/, "$1:$2")}`);
  return Number.isNaN(time) ? undefined : time;
}

function uuidOf(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function digitsOf(id: string): string {
  return id.replaceAll("-", "").toLowerCase();
}

/** The messages that this process has shown, by chat. */
export class MessageIds {
  readonly #chats = new Map<string, Map<string, ShownMessage>>();
  #size = 0;

  add(chatCode: string, messages: readonly ShownMessage[]): void {
    const known = this.#chats.get(chatCode) ?? new Map<string, ShownMessage>();
    // The chat becomes the one read last.
    this.#chats.delete(chatCode);
    this.#chats.set(chatCode, known);
    const before = known.size;
    for (const message of messages) {
      const digits = digitsOf(message.id);
      if (message.time !== undefined || !known.has(digits)) known.set(digits, message);
    }
    this.#size += known.size - before;
    for (const [code, { size }] of this.#chats) {
      if (this.#size <= MAX_MESSAGES || code === chatCode) break;
      this.#chats.delete(code);
      this.#size -= size;
    }
  }

  /** The message of these digits. @throws AmbiguousMessageError */
  find(chatCode: string, digits: string): ShownMessage | undefined {
    return this.pick(chatCode, digits, this.#chats.get(chatCode)?.values() ?? []);
  }

  /** The one of these messages whose id has these digits. @throws AmbiguousMessageError */
  pick<Shown extends ShownMessage>(
    chatCode: string,
    digits: string,
    messages: Iterable<Shown>,
  ): Shown | undefined {
    const found = [...messages].filter(({ id }) => digitsOf(id).startsWith(digits));
    const exact = found.find(({ id }) => digitsOf(id) === digits);
    if (exact || found.length <= 1) return exact ?? found[0];
    this.add(chatCode, found);
    throw new AmbiguousMessageError(found.map(({ id }) => this.shorten(chatCode, id)));
  }

  /** The digits that tell a message from the others that this process has shown of its chat. */
  shorten(chatCode: string, id: string): string {
    const digits = digitsOf(id);
    if (!/^[0-9a-f]{8,}$/.test(digits)) return id;
    let shown = SHOWN_DIGITS;
    for (const other of this.#chats.get(chatCode)?.keys() ?? []) {
      if (other === digits) continue;
      while (shown < digits.length && other.startsWith(digits.slice(0, shown))) shown++;
    }
    return digits.slice(0, shown);
  }
}
