import { expect, test } from "vitest";
import { listMessages, viewMessage } from "../../src/kook/endpoints/direct-message.ts";
import { wireMessageSchema, wireMessagesSchema } from "../../src/kook/wire/message.ts";
import audioCard from "../fixtures/messages/audio-card.json" with { type: "json" };
import edited from "../fixtures/messages/edited.json" with { type: "json" };
import fileAttachment from "../fixtures/messages/file-attachment.json" with { type: "json" };
import image from "../fixtures/messages/image.json" with { type: "json" };
import kmarkdown from "../fixtures/messages/kmarkdown.json" with { type: "json" };
import listed from "../fixtures/messages/list.json" with { type: "json" };
import poke from "../fixtures/messages/poke.json" with { type: "json" };
import quoting from "../fixtures/messages/quoting.json" with { type: "json" };
import videoAttachment from "../fixtures/messages/video-attachment.json" with { type: "json" };
import viewed from "../fixtures/messages/view.json" with { type: "json" };

const [documented] = listed.data.items;

/** The documented message with these changes, as it is read. */
const parse = (changes: object) => wireMessageSchema.parse({ ...documented, ...changes });

test("the documented list is read", () => {
  expect(listMessages.answer.parse(listed.data)).toEqual({
    items: [
      {
        id: "3dcca4b3-ae4e-474264e0b676",
        type: 1,
        content: "Hello",
        author_id: "8444",
        create_at: 1612677356950,
        updated_at: 0,
        attachments: [],
        reactions: [],
        mentions: { users: {}, channels: {}, roles: {} },
        author_is_bot: false,
      },
    ],
    dropped: 0,
    received: 1,
  });
});

test("the documented message of view is read", () => {
  const message = viewMessage.answer.parse(viewed.data);
  expect(message).toMatchObject({ type: 9, attachments: [], create_at: 1684840220824 });
  expect(message).not.toHaveProperty("quote");
  // The emoji's name is `--`, so its id stands for it.
  expect(message?.reactions).toMatchObject([
    { emoji: "1015054289/2/H20B7O7s8c08c08c", count: 1, me: true },
  ]);
});

test("listing and viewing are reads that may be repeated", () => {
  expect([listMessages, viewMessage]).toMatchObject([
    { method: "GET", route: "direct-message/list", repeat: "safe" },
    { method: "GET", route: "direct-message/view", repeat: "safe" },
  ]);
});

test("names of mentions are read by id", () => {
  expect(wireMessageSchema.parse(kmarkdown).mentions.users).toEqual({
    "573092175": "bot_username",
  });
  const mention_info = {
    mention_part: null,
    channel_part: [{ id: 42, guild_id: "1", name: "大厅" }, null],
    mention_role_part: [{ role_id: 7, name: "管理员" }],
  };
  expect(parse({ mention_info }).mentions).toEqual({
    users: {},
    channels: { "42": "大厅" },
    roles: { "7": "管理员" },
  });
});

test.each([[null], [[]], [false], [""], ["text"]])("mention_info %j has no names", (info) => {
  expect(parse({ mention_info: info }).mentions).toEqual({ users: {}, channels: {}, roles: {} });
});

test.each([
  ["false", false, []],
  ["null", null, []],
  ["missing", undefined, []],
  ["an empty list", [], []],
  ["an object", videoAttachment, [videoAttachment]],
  ["a list", [videoAttachment, fileAttachment], [videoAttachment, fileAttachment]],
  [
    "a map of objects",
    { 0: fileAttachment, 1: videoAttachment },
    [fileAttachment, videoAttachment],
  ],
  ["a list with a hole", [null, fileAttachment], [fileAttachment]],
  ["without name and address", [{ type: "file" }], []],
])("attachments that are %s are read", (_, attachments, read) => {
  expect(parse({ attachments }).attachments).toEqual(read);
});

test("an attachment's measures may be text, missing or broken", () => {
  const broken = { url: "https://x.cn/a", size: "12", duration: "1.5", width: 0, height: null };
  expect(parse({ attachments: broken }).attachments).toEqual([
    { type: "", url: "https://x.cn/a", name: "", file_type: "", size: 12, duration: 1.5 },
  ]);
  expect(wireMessageSchema.parse(image).attachments).toMatchObject([{ type: "image" }]);
});

test.each([[null], [""], [false], [[]], [{ content: "no id" }], [undefined]])(
  "a quote of %j is none",
  (quote) => {
    expect(parse({ quote })).not.toHaveProperty("quote");
  },
);

test("a quote has its author, and the id that KOOK takes for a message", () => {
  const mentions = { users: {}, channels: {}, roles: {} };
  expect(wireMessageSchema.parse(quoting).quote).toEqual({
    author_id: "2701973210",
    id: "7baef72c-0cd7-49ad-9592-1615236136cb",
    type: 9,
    content: "/am 1",
    mentions,
  });
  const quote = { id: "a-1", type: "10", content: [{ type: "card" }] };
  const content = '[{"type":"card"}]';
  expect(parse({ quote }).quote).toEqual({ id: "a-1", type: 10, content, mentions });
});

test("a reaction with a Unicode emoji, and an edit, are read", () => {
  expect(wireMessageSchema.parse(edited)).toMatchObject({
    reactions: [{ emoji: "🤣", count: 1, me: true }],
    updated_at: 1612778254183,
  });
});

test.each([
  ["[#128077;]", "[#128077;]", "👍"],
  ["[#128104;#8205;#128187;]", "--", "👨‍💻"],
  ["[#127464;][#127475;]", "", "🇨🇳"],
  ["👍", "👍", "👍"],
  ["3553226959/ABCDef12345", "开心", ":开心:"],
  ["3553226959/ABCDef12345", "--", "3553226959/ABCDef12345"],
  ["3553226959/ABCDef12345", "", "3553226959/ABCDef12345"],
  ["thumbsup", "", ":thumbsup:"],
  ["[#10;#9999999;]", "", "[#10;#9999999;]"],
  ["[#65;]", "", "[#65;]"],
])("the emoji %s with the name %j is %s", (id, name, emoji) => {
  expect(
    parse({ reactions: [{ emoji: { id, name }, count: "2", me: 1 }] }).reactions,
  ).toMatchObject([{ emoji, count: 2, me: true }]);
});

test.each([[null], [false], [""], [[null]], [[{ count: 1 }]], [[{ emoji: { id: "" } }]]])(
  "reactions of %j are none",
  (reactions) => {
    expect(parse({ reactions }).reactions).toEqual([]);
  },
);

test.each([
  ["null", null, ""],
  ["a number", 12, "12"],
  ["an object", { type: "item" }, '{"type":"item"}'],
  ["a list", [{ type: "card" }], '[{"type":"card"}]'],
  ["missing", undefined, ""],
])("content that is %s becomes text", (_, content, text) => {
  expect(parse({ content }).content).toBe(text);
});

test("content that is too deep to be written as JSON does not lose the message", () => {
  let content: unknown[] = [];
  for (let depth = 0; depth < 200_000; depth += 1) content = [content];
  expect(parse({ content })).toMatchObject({ id: documented?.id, content: "" });
});

test("a poke keeps its content as JSON and the name of its item", () => {
  const message = wireMessageSchema.parse(poke);
  expect(JSON.parse(message.content)).toEqual(poke.content);
  expect(message.mentions.items).toEqual({ "10001": "poke" });
});

test("numbers may come as text, and the edit under either name", () => {
  const message = parse({
    type: "9",
    create_at: "1612677356950",
    author_id: 8444,
    update_at: 1e12,
  });
  expect(message).toMatchObject({
    type: 9,
    create_at: 1612677356950,
    author_id: "8444",
    updated_at: 1e12,
  });
});

test("an author object gives the missing id and says whether it is a bot", () => {
  const author = { id: "77", username: "helper", bot: true };
  expect(parse({ author, author_id: undefined })).toMatchObject({
    author_id: "77",
    author_is_bot: true,
  });
});

test.each([
  ["null", null, 0],
  ["an empty list", [], 0],
  ["an empty map", {}, 0],
  ["a list", [documented, audioCard], 2],
  ["a map", { a: documented, b: audioCard }, 2],
])("items that are %s are read", (_, items, count) => {
  expect(wireMessagesSchema.parse({ items })).toMatchObject({ dropped: 0, received: count });
  expect(wireMessagesSchema.parse({ items }).items).toHaveLength(count);
});

test("data that is an empty list is an empty page, and data without a list is refused", () => {
  expect(wireMessagesSchema.parse([])).toEqual({ items: [], dropped: 0, received: 0 });
  expect(() => wireMessagesSchema.parse({})).toThrow();
  expect(() => wireMessagesSchema.parse(null)).toThrow();
});

test("only a message without an id is left out, and it is counted", () => {
  const broken = {
    id: "b-2",
    type: [],
    content: null,
    create_at: "soon",
    updated_at: {},
    attachments: 7,
    reactions: 7,
    quote: 7,
    mention_info: 7,
    author: 7,
    author_id: [],
  };
  const items = [documented, broken, { ...documented, id: "" }, null, { id: "c-3" }];
  const page = wireMessagesSchema.parse({ items });
  expect(page).toMatchObject({ dropped: 2, received: 5 });
  expect(page.items.map(({ id }) => id)).toEqual([documented?.id, "b-2", "c-3"]);
});

test("a view without an id is refused", () => {
  expect(() => wireMessageSchema.parse({ ...documented, id: null })).toThrow();
  expect(() => wireMessageSchema.parse([])).toThrow();
});

test.each([[null], [[]], [{}]])("a view whose data is %j has no message", (data) => {
  expect(viewMessage.answer.parse(data)).toBeUndefined();
});

test("true may come as text", () => {
  const emoji = { id: "[#128077;]", name: "" };
  const read = parse({ reactions: [{ emoji, count: 1, me: "true" }], author: { bot: "true" } });
  expect(read).toMatchObject({ reactions: [{ me: true }], author_is_bot: true });
});
