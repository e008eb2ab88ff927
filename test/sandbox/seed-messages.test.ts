// The messages that the sandbox has at the start.
import { expect, test } from "vitest";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEWEST } from "../../src/sandbox/seed.ts";
import { allChats, ask, type Body, items, walk } from "./asking.ts";

const DAY = 24 * 60 * 60_000;
const unpaced = () => new Sandbox({ limit: 1_000_000 });

/** Each chat with its messages, oldest first. */
async function conversations(sandbox: Sandbox): Promise<{ chat: Body; messages: Body[] }[]> {
  const chats = await allChats(sandbox);
  return Promise.all(
    chats.map(async (chat) => ({ chat, messages: await walk(sandbox, chat.code, "before") })),
  );
}
const seeded = await conversations(unpaced());

const isUsers = ({ chat }: { chat: Body }) => {
  return ({ author_id }: Body) => author_id === chat.target_info.id;
};

/** Nobody answered or reacted. */
const isWaiting = ({ chat, messages }: { chat: Body; messages: Body[] }) => {
  const last = messages.at(-1);
  return last?.author_id === chat.target_info.id && !last.reactions.some((one: Body) => one.me);
};

test("two sandboxes start with the same messages", async () => {
  expect(await conversations(unpaced())).toEqual(seeded);
});

test("a chat's latest message is as old as the list says, and all are in order", () => {
  for (const { chat, messages } of seeded) {
    const times = messages.map(({ create_at }) => create_at);
    expect(times.at(-1) ?? 0).toBe(chat.latest_msg_time);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  }
});

test("as many of the user's messages as are unread came after the last reading", () => {
  for (const one of seeded.filter(({ chat }) => chat.latest_msg_time > 0)) {
    const { chat, messages } = one;
    const late = messages.filter(isUsers(one)).filter((m) => m.create_at > chat.last_read_time);
    expect(late).toHaveLength(chat.unread_count);
  }
});

test("a dozen users wait within a week, others longer, and most unread chats are answered", () => {
  const waiting = seeded.filter(isWaiting);
  const recent = waiting.filter(({ chat }) => chat.latest_msg_time > NEWEST - 7 * DAY);
  expect(recent).toHaveLength(12);
  expect(waiting.length).toBeGreaterThan(recent.length);
  const unread = seeded.filter(({ chat }) => chat.unread_count > 0);
  expect(unread.filter((one) => !isWaiting(one)).length).toBeGreaterThan(unread.length / 2);
});

test("the newest day has about 40 chats with 300 messages", () => {
  const today = seeded.filter(({ chat }) => chat.latest_msg_time > NEWEST - DAY);
  const messages = today.flatMap((one) => one.messages).filter((m) => m.create_at > NEWEST - DAY);
  expect(Math.abs(today.length - 40)).toBeLessThan(5);
  expect(Math.abs(messages.length - 300)).toBeLessThan(30);
});

test("every kind of message occurs, answered, edited, quoted and reacted to by both sides", () => {
  const all = seeded.flatMap(({ messages }) => messages);
  const types = new Set(all.map(({ type }) => type));
  for (const type of [2, 3, 4, 9, 10, 12]) expect(types).toContain(type);
  const cards = all.filter(({ type }) => type === 10).map(({ content }) => content);
  for (const part of [
    '"theme":"invisible"',
    '"type":"audio"',
    '"type":"file"',
    '"click":"return-val"',
  ]) {
    expect(cards.some((card) => card.includes(part))).toBe(true);
  }
  const texts = all.filter(({ type }) => type === 9).map(({ content }) => content);
  for (const part of [
    "(met)",
    "(chn)",
    "(spl)",
    "(emj)",
    "```",
    "\\(",
    "](https://",
    "> ",
    "\u202e",
    "\u200b",
  ]) {
    expect(texts.some((text) => text.includes(part))).toBe(true);
  }
  expect(texts.some(({ length }) => length === 5_000)).toBe(true);
  expect(all.some(({ updated_at }) => updated_at > 0)).toBe(true);
  expect(all.some(({ quote }) => quote?.rong_id)).toBe(true);
  const reactions = all.flatMap((message) => message.reactions);
  expect(new Set(reactions.map(({ me }) => me))).toEqual(new Set([true, false]));
  expect(reactions.map(({ emoji }) => emoji.id)).toContain("[#128077;]");
});

test("a quote addresses a message of the same chat by rong_id, not by id", () => {
  for (const { messages } of seeded) {
    const ids = messages.map(({ id }) => id);
    for (const { quote } of messages.filter((message) => message.quote)) {
      expect(ids).toContain(quote.rong_id);
      expect(ids).not.toContain(quote.id);
      expect(quote.author).toHaveProperty("username");
    }
  }
});

test("the documented chat is one case of twenty messages that ends with the user's", async () => {
  const messages = seeded[0]?.messages ?? [];
  expect(messages).toHaveLength(20);
  expect(messages.filter(({ type }) => type === 2)).toHaveLength(1);
  expect(messages.filter(({ quote }) => quote)).toHaveLength(2);
  expect(messages.at(-1)).toMatchObject({
    id: "07b4f8c6-e19d-4a53-bc20-6f3e8d5a91c7",
    author_id: DOCUMENTED_CHAT.targetId,
    create_at: NEWEST,
  });
});

test("two ids of a chat begin with the same eight digits, and all ids differ", () => {
  const ids = seeded.flatMap(({ messages }) => messages.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  const alike = seeded.filter(({ messages }) => {
    const starts = messages.map(({ id }) => id.slice(0, 8));
    return new Set(starts).size < starts.length;
  });
  expect(alike).toHaveLength(1);
});

test("an anchor moves all times and nothing else", async () => {
  const shift = 5 * DAY;
  const moved = new Sandbox({ limit: 1_000_000, anchor: NEWEST + shift });
  const [chats, before] = [await allChats(moved), seeded.map(({ chat }) => chat)];
  expect(chats.map((chat) => chat.code)).toEqual(before.map((chat) => chat.code));
  const query = `chat_code=${DOCUMENTED_CHAT.code}`;
  const [now, then] = [await items(moved, query), await items(unpaced(), query)];
  expect(now.map((m) => m.create_at - shift)).toEqual(then.map((m) => m.create_at));
  expect(now.map((m) => m.content)).toEqual(then.map((m) => m.content));
});

test.each([1, 7, 50])(
  "pages of %i lead through any chat, back and forth, once each",
  async (size) => {
    const sandbox = unpaced();
    const picked = seeded.filter((_, index) => index % 10 === 0 || index < 62);
    for (const { chat, messages } of picked.filter(
      (one) => size > 1 || one.messages.length < 110,
    )) {
      const ids = messages.map(({ id }) => id);
      expect((await walk(sandbox, chat.code, "before", size)).map(({ id }) => id)).toEqual(ids);
      expect((await walk(sandbox, chat.code, "after", size)).map(({ id }) => id)).toEqual(ids);
    }
  },
);

test("list and view differ as public SDKs report: attachments, pokes and an empty quote", async () => {
  const sandbox = unpaced();
  const view = async (type: number) => {
    const of = seeded.find((one) => one.messages.some((message) => message.type === type));
    const message = of?.messages.find((one) => one.type === type);
    const seen = await ask(sandbox, `view?chat_code=${of?.chat.code}&msg_id=${message.id}`);
    return [message, seen.body.data];
  };
  const [text, textSeen] = await view(9);
  expect([text.attachments, textSeen.attachments, textSeen.quote]).toEqual([[], false, ""]);
  const [image, imageSeen] = await view(2);
  expect(image.attachments).toEqual([imageSeen.attachments]);
  const [poke, pokeSeen] = await view(12);
  expect(JSON.parse(pokeSeen.content)).toEqual(poke.content);
});
