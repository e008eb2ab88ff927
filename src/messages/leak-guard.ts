// Leak guard: finds text for one user that repeats what only another user wrote. It knows what this process has shown.
import { removeInvisible } from "../text/untrusted.ts";
import { comparable } from "./comparable.ts";
import type { ChatOfMessages } from "./message.ts";

/** Length of a run that counts: a CJK character has two units, any other one. */
const RUN_UNITS = 24;
const KEPT_MS = 24 * 3_600_000;
/** Of the kept texts together, in UTF-16 units: 2 MB. */
const MAX_LENGTH = 1_000_000;

const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
/** An order, phone or account number; dashes may separate its groups. */
const idPattern = /(?<![A-Za-z0-9-])[A-Za-z0-9][A-Za-z0-9-]{6,62}[A-Za-z0-9](?![A-Za-z0-9-])/g;
const MIN_DIGITS = 6;
const isDate = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** The user whose words a text repeats. */
export type Leak = Pick<ChatOfMessages, "target_id" | "username">;

interface Shown {
  chat: ChatOfMessages;
  fromUser: boolean;
  text: string;
  ids: ReadonlySet<string>;
  /** On the monotonic clock. */
  at: number;
}

export class LeakGuard {
  /** By message, the one shown last at the end. */
  readonly #shown = new Map<string, Shown>();
  #length = 0;

  /** Remembers a message that was shown. */
  note(chat: ChatOfMessages, message: { id: string; fromUser: boolean; text: string }): void {
    const { id, fromUser } = message;
    const key = `${chat.chat_code} ${id}`;
    this.#drop(key);
    const text = comparable(message.text);
    if (text === "") return;
    this.#shown.set(key, {
      chat,
      fromUser,
      text,
      ids: idsIn(message.text),
      at: performance.now(),
    });
    this.#length += text.length;
    for (const [oldest, { at }] of this.#shown) {
      if (this.#length <= MAX_LENGTH && performance.now() - at < KEPT_MS) break;
      this.#drop(oldest);
    }
  }

  /**
   * The users from whose messages alone this text repeats a run or an id. What stands in the recipient's own chat is no leak,
   * and what the bot wrote to others does not count.
   */
  find(text: string, recipient: ChatOfMessages): Leak[] {
    const own: Shown[] = [];
    const others: Shown[] = [];
    for (const shown of this.#shown.values()) {
      if (performance.now() - shown.at >= KEPT_MS) continue;
      if (shown.chat.chat_code === recipient.chat_code) own.push(shown);
      else if (shown.fromUser) others.push(shown);
    }
    const runs = new Runs(comparable(text));
    const ids = [...idsIn(text)].filter((id) => !own.some((shown) => shown.ids.has(id)));
    const leaks = new Map<string, Leak>();
    for (const { chat, text: theirs, ids: theirIds } of others) {
      const { chat_code, target_id, username } = chat;
      const isKnownToRecipient = (run: string) => own.some((shown) => shown.text.includes(run));
      const repeats = ids.some((id) => theirIds.has(id)) || runs.someIn(theirs, isKnownToRecipient);
      if (repeats) leaks.set(chat_code, { target_id, username });
    }
    return [...leaks.values()];
  }

  #drop(key: string): void {
    this.#length -= this.#shown.get(key)?.text.length ?? 0;
    this.#shown.delete(key);
  }
}

/** The runs of one text, to be looked for in others. */
class Runs {
  readonly #runs: ReadonlySet<string>;
  /** The first two characters of each run: most places of a text are passed over by them. */
  readonly #starts = new Set<number>();

  constructor(text: string) {
    this.#runs = new Set(runsOf(text));
    for (const run of this.#runs) this.#starts.add(startOf(run, 0));
  }

  /** Whether a text has one of the runs that is not excused. */
  someIn(text: string, isExcused: (run: string) => boolean): boolean {
    if (this.#runs.size === 0) return false;
    for (const run of runsOf(text, (index) => this.#starts.has(startOf(text, index)))) {
      if (this.#runs.has(run) && !isExcused(run)) return true;
    }
    return false;
  }
}

const startOf = (text: string, index: number) =>
  text.charCodeAt(index) * 0x1_0000 + text.charCodeAt(index + 1);

/** From each character on, the shortest run that is long enough. */
function* runsOf(text: string, isWanted: (index: number) => boolean = () => true) {
  const units = Uint8Array.from({ length: text.length }, (_, index) =>
    cjk.test(text[index] ?? "") ? 2 : 1,
  );
  let end = 0;
  let sum = 0;
  for (let start = 0; start < text.length; start++) {
    while (sum < RUN_UNITS && end < text.length) sum += units[end++] ?? 0;
    if (sum < RUN_UNITS) return;
    if (isWanted(start)) yield text.slice(start, end);
    sum -= units[start] ?? 0;
  }
}

function idsIn(text: string): Set<string> {
  const found = removeInvisible(text).normalize("NFKC").match(idPattern) ?? [];
  return new Set(
    found
      .filter((id) => (id.match(/\d/g)?.length ?? 0) >= MIN_DIGITS && !isDate(id))
      .map((id) => id.replaceAll("-", "").toLowerCase()),
  );
}
