// Leak guard: finds text for one user that repeats what only another user wrote. It knows what this process has shown.
import type { ChatOfMessages } from "./chat.ts";
import { comparable } from "./comparable.ts";
import { digitsIn, type Ids, idsIn, isPersonal } from "./leak-ids.ts";
import { hasRun, Runs } from "./leak-runs.ts";

const KEPT_MS = 24 * 3_600_000;
/** Of the kept messages together, in UTF-16 units: 2 MB. */
const MAX_LENGTH = 1_000_000;
/** Size of a kept message besides its text, in the same units (measured: 0.7 KB). */
const OVERHEAD = 360;
/** An id has 8 characters, a run at least 12. */
const SHORTEST = 8;
/** A text that so many users wrote is common knowledge: greetings, opening hours, public addresses. */
const COMMON_USERS = 3;
/** A text that the bot sent to so many users who had not written it is public. */
const PUBLIC_USERS = 2;

/** A host's name and hours such as 9:00-18:00 are no user's words. */
const publicPart =
  /https?:\/\/[a-z0-9.-]+(?::\d+)?(?=[/?#\s]|$|[^a-z0-9.:@-])|\d{1,2}[:：]\d\d\s?[-~–—～至到]\s?\d{1,2}[:：]\d\d/gi;

/** The user whose words a text repeats. */
export type Leak = Pick<ChatOfMessages, "target_id" | "username">;

/** A message as it was shown. */
interface ShownText {
  id: string;
  fromUser: boolean;
  text: string;
  /** Since when it has stood in the chat, epoch milliseconds; by default since now. */
  time?: number;
  /** The text is the start of the message, quoted by another one. */
  isQuote?: boolean;
}

interface Kept extends Ids {
  chat: ChatOfMessages;
  fromUser: boolean;
  text: string;
  time: number;
  /** When it was shown, on the monotonic clock. */
  at: number;
}

export class LeakGuard {
  /** By message, the one shown last at the end. */
  readonly #kept = new Map<string, Kept>();
  #length = 0;

  /** Remembers a message that was shown. An edited one keeps its earlier words too. */
  note(chat: ChatOfMessages, message: ShownText): void {
    const key = `${chat.chat_code} ${message.id}`;
    const known = this.#kept.get(key);
    if (!known && message.text.length < SHORTEST) return;
    const kept = keptOf(chat, message, known);
    this.#drop(key);
    if (kept.text + kept.whole + kept.parts !== "") {
      this.#kept.set(key, kept);
      this.#length += sizeOf(kept);
    }
    this.#dropOld();
  }

  /**
   * The users from whose messages alone this text repeats a run or an id. No leak is what stands in the recipient's own
   * chat, what three users wrote, what the bot wrote before any user did, and what the bot told two other users.
   */
  find(text: string, recipient: ChatOfMessages): Leak[] {
    this.#dropOld();
    const repeats = new Repeats(text);
    const { own, users, bot } = this.#sources(recipient.chat_code);
    repeats.startGroup();
    for (const kept of own) repeats.findIn(kept, () => true);
    const found = new Map<string, Writers>();
    for (const messages of users.values()) {
      repeats.startGroup();
      for (const kept of messages) {
        repeats.findIn(kept, (words) => {
          const writers = found.get(words) ?? new Writers(isPersonal(words));
          found.set(words, writers);
          return writers.addUser(kept);
        });
      }
    }
    if (found.size === 0) return [];
    for (const kept of bot) {
      repeats.startGroup();
      repeats.findIn(kept, (words) => !found.get(words)?.addBot(kept));
    }
    const leaks = new Map<string, Leak>();
    for (const writers of found.values()) {
      if (writers.isPublic) continue;
      for (const [code, { target_id, username }] of writers.users) {
        leaks.set(code, { target_id, username });
      }
    }
    // In a fixed order: a question to a person that changes is asked again.
    return [...leaks.values()].sort((one, other) => (one.target_id < other.target_id ? -1 : 1));
  }

  /** The messages of the recipient's chat, those of each other user, and the bot's to others; the earliest first. */
  #sources(recipientCode: string) {
    const own: Kept[] = [];
    const bot: Kept[] = [];
    const users = new Map<string, Kept[]>();
    for (const kept of [...this.#kept.values()].sort((one, other) => one.time - other.time)) {
      const { chat, fromUser } = kept;
      if (chat.chat_code === recipientCode) own.push(kept);
      else if (!fromUser) bot.push(kept);
      else {
        const messages = users.get(chat.chat_code);
        if (messages) messages.push(kept);
        else users.set(chat.chat_code, [kept]);
      }
    }
    return { own, users, bot };
  }

  #dropOld(): void {
    for (const [oldest, { at }] of this.#kept) {
      if (this.#length <= MAX_LENGTH && performance.now() - at < KEPT_MS) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (kept) this.#length -= sizeOf(kept);
    this.#kept.delete(key);
  }
}

/** Who wrote the same words. */
class Writers {
  /** Other users than the recipient, by chat code. */
  readonly users = new Map<string, Leak>();
  readonly #told = new Set<string>();
  /** Accomplices cannot make a user's phone number common by repeating it. */
  readonly #isPersonal: boolean;
  #userTime = Number.POSITIVE_INFINITY;
  #botTime = Number.POSITIVE_INFINITY;

  constructor(isPersonal: boolean) {
    this.#isPersonal = isPersonal;
  }

  /** @returns whether so many users wrote it that it is public */
  addUser({ chat, time }: Kept): boolean {
    this.users.set(chat.chat_code, chat);
    this.#userTime = Math.min(this.#userTime, time);
    return this.#isCommon;
  }

  addBot({ chat, time }: Kept): true {
    this.#told.add(chat.chat_code);
    this.#botTime = Math.min(this.#botTime, time);
    return true;
  }

  get #isCommon(): boolean {
    return this.users.size >= COMMON_USERS && !this.#isPersonal;
  }

  get isPublic(): boolean {
    if (this.#isCommon || this.#botTime < this.#userTime) return true;
    // An echo in the chat of a user who wrote it makes nothing public.
    return [...this.#told].filter((code) => !this.users.has(code)).length >= PUBLIC_USERS;
  }
}

/** The runs and ids of one text, to be looked for in messages. */
class Repeats {
  readonly #runs: Runs;
  readonly #ids: ReturnType<typeof idsIn>;
  readonly #digits: string;
  readonly #settled = new Set<string>();

  constructor(text: string) {
    this.#runs = new Runs(wordsOf(text));
    this.#ids = idsIn(text, { hotlines: true });
    this.#digits = digitsIn(text);
  }

  startGroup(): void {
    this.#runs.startGroup();
  }

  /** @param report returns whether these words are settled, and never reported again */
  findIn({ text, whole, parts }: Kept, report: (words: string) => boolean): void {
    this.#runs.findIn(text, report);
    const ids = this.#ids;
    const isThere = (id: string) =>
      ids.whole.has(id) || ids.parts.has(id) || (isPersonal(id) && this.#digits.includes(id));
    const find = (id: string, isFound: boolean) => {
      if (isFound && !this.#settled.has(id) && report(id)) this.#settled.add(id);
    };
    for (const id of listed(whole)) find(id, isThere(id));
    for (const id of listed(parts)) find(id, ids.whole.has(id));
  }
}

function keptOf(
  chat: ChatOfMessages,
  { fromUser, text, time = Date.now(), isQuote = false }: ShownText,
  known: Kept | undefined,
): Kept {
  const words = wordsOf(text);
  const ids = idsIn(text, { hotlines: !fromUser });
  const whole = new Set([...listed(known?.whole), ...ids.whole]);
  const parts = new Set([...listed(known?.parts), ...ids.parts]);
  const source = isQuote && known ? known : { fromUser, time };
  return {
    chat,
    fromUser: source.fromUser,
    time: source.time,
    text: bothOf(known?.text ?? "", hasRun(words) ? words : ""),
    whole: [...whole].join(" "),
    parts: [...parts].join(" "),
    at: performance.now(),
  };
}

/** No run crosses the line break: words have none. */
function bothOf(one: string, other: string): string {
  if (one.includes(other)) return one;
  return other.includes(one) ? other : `${one}\n${other}`;
}

const wordsOf = (text: string) => comparable(text.replace(publicPart, " "));

const listed = (ids = "") => (ids === "" ? [] : ids.split(" "));

const sizeOf = ({ text, whole, parts }: Kept) =>
  OVERHEAD + text.length + whole.length + parts.length;
