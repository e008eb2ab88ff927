import { expect, test } from "vitest";
import { contentOf } from "../../src/messages/content.ts";
import audioCard from "../fixtures/messages/audio-card.json" with { type: "json" };
import card from "../fixtures/messages/card.json" with { type: "json" };
import invisibleCard from "../fixtures/messages/invisible-card.json" with { type: "json" };
import { cardMessage, cardsMessage, wireMessage } from "../support/wire-message.ts";

const plain = (content: string) => ({ type: "plain-text", content });
const kmarkdown = (content: string) => ({ type: "kmarkdown", content });
const picture = (name: string, alt = "") => ({
  type: "image",
  src: `https://img.kookapp.cn/assets/${name}.png`,
  alt,
});
const button = (text: unknown, click = "", value = "secret") => ({
  type: "button",
  click,
  value,
  text,
});

/** The text of a card with these modules. */
const read = (...modules: unknown[]) => contentOf(cardMessage(modules)).text;

test("a card of a bot is read line by line, without the values of its buttons", () => {
  const content = contentOf(cardsMessage(card));
  expect(content).toEqual({
    kind: "card",
    text: [
      '**Now playing** 😊 [button "142 / 326"]',
      "Song title [image]",
      "source: join server <https://kook.top/xxxx>",
      '[button "Stop"] [button "Site" → https://www.kookapp.cn/]',
      "---",
    ].join("\n"),
    attachments: [
      {
        kind: "image",
        url: "https://img.kookapp.cn/attachments/2025-09/26/VbW1qWRpB814z14z.jpeg",
      },
    ],
    hidden: 0,
  });
});

test("an invisible card is an ordinary message with media", () => {
  expect(contentOf(cardsMessage(invisibleCard))).toEqual({
    kind: "audio",
    text: "@ @all #hello **world**\n😆",
    attachments: [
      {
        kind: "audio",
        name: "dancing_shot5.wav",
        bytes: 443414,
        url: "https://img.kookapp.cn/attachments/2026-03/03/69a6841c3125d.wav",
      },
    ],
    hidden: 0,
  });
});

test("an invisible card without media is plain text", () => {
  const message = cardMessage([{ type: "section", text: kmarkdown("hi") }], { theme: "invisible" });
  expect(contentOf(message)).toEqual({ text: "hi", attachments: [], hidden: 0 });
});

test("a card that is only media is those media", () => {
  expect(contentOf(wireMessage(audioCard))).toMatchObject({
    kind: "audio",
    text: "",
    attachments: [{ kind: "audio", name: "dancing_shot5.wav", bytes: 443414 }],
  });
});

test.each([
  ["a header", { type: "header", text: plain("工单 #4471\n已创建") }, "# 工单 #4471 已创建"],
  ["a section", { type: "section", text: kmarkdown("**a**\n(met)1(met) \\*") }, "**a**\n@1 *"],
  ["a section of plain text", { type: "section", text: plain("**a** \\*") }, "**a** \\*"],
  ["a text that is a bare string", { type: "section", text: " a " }, "a"],
  [
    "a section with an image",
    { type: "section", text: "a", accessory: picture("x", "b") },
    "a [image b]",
  ],
  [
    "a section with a button",
    { type: "section", text: "a", accessory: button("b") },
    'a [button "b"]',
  ],
  [
    "a paragraph",
    {
      type: "section",
      text: { type: "paragraph", cols: 2, fields: [kmarkdown("**a**\n1"), plain("b"), "c"] },
    },
    "**a** 1 | b\nc",
  ],
  [
    "a context",
    { type: "context", elements: [plain("a\nb"), picture("x", "y"), kmarkdown("c")] },
    "a b [image y] c",
  ],
  [
    "an image group",
    { type: "image-group", elements: [picture("x"), picture("y", "b")] },
    "[image] [image b]",
  ],
  ["a container", { type: "container", elements: [picture("x")] }, "[image]"],
  [
    "buttons",
    { type: "action-group", elements: [button(plain("a"), "return-val"), button("b")] },
    '[button "a"] [button "b"]',
  ],
  [
    "a button that is a link",
    { type: "action-group", elements: [button(kmarkdown("**a**"), "link", "https://a.cn/b")] },
    '[button "**a**" → https://a.cn/b]',
  ],
  [
    "a link that is no address",
    { type: "action-group", elements: [button("a", "link", "javascript:1")] },
    '[button "a"]',
  ],
  [
    "a file",
    { type: "file", title: "a.pdf", src: "https://img.kookapp.cn/a.pdf" },
    "[file: a.pdf]",
  ],
  ["a video", { type: "video", title: "a.mp4" }, "[video: a.mp4]"],
  ["an audio without a title", { type: "audio" }, "[audio]"],
  ["a divider", { type: "divider" }, "---"],
  [
    "a countdown",
    { type: "countdown", mode: "day", endTime: 1795413731000 },
    "[countdown to 2026-11-23T06:02:11.000Z]",
  ],
  ["a countdown without a time", { type: "countdown", endTime: "soon" }, "[countdown]"],
  ["an invite", { type: "invite", code: "EvxnOb" }, "[invite: EvxnOb]"],
  ["an unknown module", { type: "hologram", text: "x" }, "[module: hologram]"],
  ["a module without a type", {}, "[module: unknown]"],
])("%s is read", (_, module, text) => {
  expect(read("first", { type: "section", text: "-" }, module)).toBe(`-\n${text}`);
});

test("images and files of every module become attachments in the order of the text", () => {
  const { attachments } = contentOf(
    cardMessage([
      { type: "section", text: "a", accessory: picture("1", "one") },
      { type: "context", elements: [picture("2")] },
      { type: "container", elements: [picture("3")] },
      { type: "image-group", elements: [picture("4"), picture("5")] },
      {
        type: "video",
        title: "v.mp4",
        src: "https://x.cn/v",
        size: "12",
        duration: "1.5",
        width: 3,
        height: 4,
      },
      { type: "file", title: "f", src: "not an address" },
    ]),
  );
  expect(attachments.slice(0, 5).map(({ url }) => url.at(-5))).toEqual(["1", "2", "3", "4", "5"]);
  expect(attachments[0]).toMatchObject({ kind: "image", name: "one" });
  expect(attachments.slice(5)).toEqual([
    {
      kind: "video",
      name: "v.mp4",
      bytes: 12,
      width: 3,
      height: 4,
      seconds: 2,
      url: "https://x.cn/v",
    },
    { kind: "file", name: "f", url: "" },
  ]);
});

test("what is beyond KOOK's limits is counted", () => {
  const many = <T>(count: number, item: T) => Array.from({ length: count }, () => item);
  const text = { type: "section", text: "a" };
  expect(
    read(...many(53, text))
      .split("\n")
      .slice(49),
  ).toEqual(["a", "[3 more modules]"]);
  expect(read({ type: "context", elements: many(11, "b") })).toMatch(/b \[1 more element\]$/);
  expect(read({ type: "action-group", elements: many(6, button("b")) })).toMatch(
    / \[2 more buttons\]$/,
  );
  expect(read(text, { type: "container", elements: many(11, picture("x")) })).toMatch(
    / \[2 more images\]$/,
  );
  const fields = many(60, "f");
  expect(read({ type: "section", text: { type: "paragraph", cols: 3, fields } })).toMatch(
    /f \| f\n\[10 more fields\]$/,
  );
  const cards = many(7, { type: "card", modules: [text] });
  expect(contentOf(cardsMessage(cards)).text).toBe("a\na\na\na\na\n[2 more cards]");
});

test("one card without a list around it is read", () => {
  expect(contentOf(cardsMessage({ type: "card", modules: [{ type: "divider" }] })).text).toBe(
    "---",
  );
});

test.each(["", "not JSON", "[", "[]", "12", '"a"', "null", '{"a":1}', '[{"type":"card"}]'])(
  "a card whose content is %j is shown as text",
  (content) => {
    expect(contentOf(wireMessage({ type: 10, content }))).toEqual({
      kind: "card",
      text: content,
      attachments: [],
      hidden: 0,
    });
  },
);

test("a long card that is no JSON, or too long for a card, is cut", () => {
  for (const content of ["x".repeat(2_000), JSON.stringify([{ modules: ["x".repeat(400_000)] }])]) {
    const { text } = contentOf(wireMessage({ type: 10, content }));
    expect(text).toBe(`${content.slice(0, 500)}…`);
  }
});

test("deep nesting does not exhaust the stack", () => {
  const deep = (open: string, close: string) => open.repeat(20_000) + close.repeat(20_000);
  const nested = [
    deep("[", "]"),
    deep('{"modules":[', "]}"),
    `[{"modules":[{"type":"section","text":${deep('{"type":"paragraph","fields":[', "]}")}}]}]`,
    `[{"modules":[{"type":"context","elements":[${deep('{"type":"button","text":', "")}`,
  ];
  for (const content of nested) {
    expect(contentOf(wireMessage({ type: 10, content })).text.length).toBeLessThan(600);
  }
});
