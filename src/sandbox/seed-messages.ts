// The seeded messages of a chat. Always the same for the same chat; the chat's row gives the times.
import type { Line } from "./dialogue.ts";
import { dialogues, openEnds } from "./dialogues.ts";
import { hostileDialogues } from "./hostile-dialogues.ts";
import { emojiId, type SandboxMessage, uuidOf } from "./message.ts";
import { codeOf, hash, type SandboxChat, type SandboxUser } from "./seed.ts";
import { supportChat } from "./support-chat.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** A seeded chat with unread messages was read this long before its last message. */
const UNREAD_WINDOW = 90 * MINUTE;

/** Chats whose last message nobody answered, within the last week and before it. */
const WAITING = [1, 9, 21, 37, 45, 61, 93, 117, 165, 201, 245];
const WAITING_LONG = [301, 377, 441];
/** Numbers of messages, by chat: a full page, two full pages, and more than anybody reads. */
const LENGTHS: ReadonlyMap<number, number> = new Map([
  [13, 70],
  [50, 50],
  [51, 100],
  [60, 620],
]);
/** In this chat two ids begin with the same eight digits. */
const ALIKE = 60;
/** The first of the chats with hostile messages, and the distance to the next. */
const HOSTILE = { first: 3, step: 4 };

const ITEMS = [
  "月卡",
  "星辉礼包",
  "龙鳞坐骑",
  "限定皮肤",
  "改名卡",
  "经验药水",
  "68 元会员",
  "春节头像框",
];

/** @param index the chat's place in the seed */
export function seedMessages(chat: SandboxChat, index: number, bot: SandboxUser): SandboxMessage[] {
  const { latest_msg_time, target_info } = chat;
  if (latest_msg_time === 0) return [];
  const sittings = sittingsOf(index, chat.unread_count);
  const wanted = LENGTHS.get(index) ?? Number.POSITIVE_INFINITY;
  const lines = sittings.flat().slice(-wanted);
  const times = timesOf(lines, new Set(sittings.map(([first]) => first)), index, chat);
  const messages: SandboxMessage[] = [];
  for (const [at, line] of lines.entries()) {
    const quoted = line.quotes === undefined ? undefined : messages[at - line.quotes];
    messages.push(
      toMessage(line, { index, at, time: times[at] as number, bot, user: target_info, quoted }),
    );
  }
  const last = messages.at(-1);
  if (last && !isWaiting(index)) answered(last, bot);
  const [alike, other] = [messages.at(-3), messages.at(-5)];
  if (index === ALIKE && alike && other) other.id = alike.id.slice(0, 8) + other.id.slice(8);
  return messages;
}

const isWaiting = (index: number) =>
  index === 0 || WAITING.includes(index) || WAITING_LONG.includes(index);

/** A last word of the user's counts as handled when the bot reacted to it. */
function answered({ author_id, reactions, create_at }: SandboxMessage, bot: SandboxUser): void {
  const isHandled = reactions.some(({ users }) => users.some(({ id }) => id === bot.id));
  if (author_id === bot.id || isHandled) return;
  reactions.push({ id: emojiId("👍"), name: "👍", users: [{ id: bot.id, time: create_at }] });
}

type Dialogue = readonly Line[];

/** The times a user came back, oldest first; the last one holds all unread messages. */
function sittingsOf(index: number, unread: number): Dialogue[] {
  if (index === 0) return [supportChat];
  const dialogue = (back: number) =>
    pick(dialogues, `dialogue ${index + back * 3}`).map((line) => ({ ...line }));
  const waiting = [...WAITING, ...WAITING_LONG].indexOf(index);
  const hostile = (index - HOSTILE.first) / HOSTILE.step;
  let last = waiting >= 0 ? at(openEnds, waiting) : (hostileDialogues[hostile] ?? dialogue(0));
  last = last.map((line) => ({ ...line }));
  for (let back = 1; countOfUser(last) < unread; back++) last = [...dialogue(back), ...last];
  const earlier: Dialogue[] = [];
  const wanted = LENGTHS.get(index) ?? 0;
  const needsHistory = wanted > 0 || waiting >= 0 || index % 3 === 0;
  for (let count = last.length; needsHistory; ) {
    const before = dialogue(earlier.length + 5);
    earlier.unshift(before);
    count += before.length;
    if (count >= wanted) break;
  }
  return [...earlier, last];
}

const countOfUser = (lines: Dialogue) => lines.filter(({ by }) => by === "user").length;

/** Times from the last line back. As many of the user's lines as are unread come after the last reading. */
function timesOf(
  lines: Dialogue,
  firsts: ReadonlySet<Line | undefined>,
  index: number,
  { latest_msg_time: end, unread_count }: SandboxChat,
): number[] {
  const times: number[] = [];
  let time = end;
  let users = 0;
  const longestGap = unread_count > 0 ? (UNREAD_WINDOW - 5 * MINUTE) / lines.length : 9 * MINUTE;
  for (const [back, line] of lines.toReversed().entries()) {
    times.unshift(line.ago === undefined ? time : end - line.ago * 1000);
    if (line.by === "user") users++;
    const random = hash(`gap ${index} ${back}`) % 1000;
    const gap = firsts.has(line) ? DAY / 4 + random * 7 * MINUTE : (random / 1000) * longestGap;
    time -= Math.max(1000, Math.floor(gap / 1000) * 1000);
    if (unread_count > 0 && users >= unread_count)
      time = Math.min(time, end - UNREAD_WINDOW - MINUTE);
  }
  return times;
}

interface Place {
  index: number;
  /** The line's place in the chat. */
  at: number;
  time: number;
  bot: SandboxUser;
  user: SandboxUser;
  quoted: SandboxMessage | undefined;
}

function toMessage(
  line: Line,
  { index, at: place, time, bot, user, quoted }: Place,
): SandboxMessage {
  const words: Record<string, string> = {
    item: pick(ITEMS, `item ${index}`),
    order: `KH2026${String(hash(`order ${index}`) % 100_000_000).padStart(8, "0")}`,
    role: String(10_000_000 + (hash(`role ${index}`) % 9_000_000)),
    n: String(2 + (hash(`n ${index}`) % 8)),
    clock: `${8 + (hash(`clock ${index}`) % 14)}:${String(hash(`minute ${index}`) % 60).padStart(2, "0")}`,
    userId: user.id,
    botId: bot.id,
  };
  return {
    id: line.id ?? uuidOf(codeOf(`message ${index} ${place}`)),
    type: line.type,
    content: line.content.replace(/\{(\w+)\}/g, (placeholder, name) => words[name] ?? placeholder),
    author_id: line.by === "user" ? user.id : bot.id,
    create_at: time,
    updated_at: line.edited ? time + 3 * MINUTE : 0,
    attachments: line.attachments ?? [],
    reactions: (line.reactions ?? []).map(({ emoji, id = emojiId(emoji), by }) => ({
      id,
      name: emoji,
      users: by.map((who) => ({ id: who === "user" ? user.id : bot.id, time: time + 1000 })),
    })),
    embeds: line.embeds ?? [],
    ...(line.mentions && { mentions: line.mentions }),
    ...(quoted && { quote: quoteOf(quoted) }),
    visibleAt: 0,
  };
}

export function quoteOf({ id, type, content, create_at, author_id }: SandboxMessage) {
  return { rong_id: id, type, content, create_at, author_id };
}

const at = <T>(list: readonly T[], index: number) => list[index % list.length] as T;
const pick = <T>(list: readonly T[], key: string) => at(list, hash(key));
