import { expect, test } from "vitest";
import { contentOf, quoteText, reactionsOf } from "../../src/messages/content.ts";
import edited from "../fixtures/messages/edited.json" with { type: "json" };
import fileAttachment from "../fixtures/messages/file-attachment.json" with { type: "json" };
import image from "../fixtures/messages/image.json" with { type: "json" };
import kmarkdown from "../fixtures/messages/kmarkdown.json" with { type: "json" };
import poke from "../fixtures/messages/poke.json" with { type: "json" };
import quoting from "../fixtures/messages/quoting.json" with { type: "json" };
import videoAttachment from "../fixtures/messages/video-attachment.json" with { type: "json" };
import { wireMessage } from "../support/wire-message.ts";

test("KMarkdown is read with its escapes undone", () => {
  expect(contentOf(wireMessage(kmarkdown))).toEqual({
    text: "@bot_username see [1] **not bold** and **bold** [spoiler: ending]\n> quoted\n\nafter",
    attachments: [],
    hidden: 0,
  });
});

test("plain text has no escapes and no tags", () => {
  const text = "a\\*b (spl)c(spl) [d](https://a.cn)";
  expect(contentOf(wireMessage({ type: 1, content: text }))).toMatchObject({ text });
});

test("an image is an attachment, and its address is no text", () => {
  const url = "https://img.kaiheila.cn/assets/2020-12/IHT5x5oSLA07o03m.jpg";
  expect(contentOf(wireMessage(image))).toEqual({
    kind: "image",
    text: "",
    attachments: [{ kind: "image", name: "xxxx.jpg", url }],
    hidden: 0,
  });
  const { attachments } = contentOf(wireMessage({ ...image, attachments: { name: "xxxx.jpg" } }));
  expect(attachments).toEqual([{ kind: "image", name: "xxxx.jpg", url }]);
  expect(contentOf(wireMessage({ ...image, attachments: false }))).toMatchObject({
    kind: "image",
    text: "",
    attachments: [{ kind: "image", url }],
  });
});

test.each([1e300, -5, Number.NaN, "123456789012345678901", null, 0.2])(
  "a size of %s is left out",
  (size) => {
    const attachments = { ...videoAttachment, size, duration: size, width: size, height: size };
    const { url, name } = videoAttachment;
    expect(contentOf(wireMessage({ type: 3, attachments })).attachments).toEqual([
      { kind: "video", name, url },
    ]);
  },
);

test("an address of more than 1 000 characters is left out", () => {
  const url = `https://img.kookapp.cn/${"a".repeat(1_000)}`;
  const { attachments } = contentOf(
    wireMessage({ type: 3, attachments: { ...videoAttachment, url } }),
  );
  expect(attachments).toMatchObject([{ kind: "video", url: "" }]);
});

test("a video and a file have their name, size, seconds and pixels", () => {
  expect(
    contentOf(wireMessage({ type: 3, content: videoAttachment.url, attachments: videoAttachment })),
  ).toEqual({
    kind: "video",
    text: "",
    attachments: [
      {
        kind: "video",
        name: "002iQMhagx07Fx0S41200323o0E010.mp4",
        bytes: 722882,
        width: 360,
        height: 635,
        seconds: 16,
        url: videoAttachment.url,
      },
    ],
    hidden: 0,
  });
  expect(contentOf(wireMessage({ type: 4, attachments: [fileAttachment] }))).toMatchObject({
    kind: "file",
    attachments: [{ kind: "file", name: "voice-message.txt", bytes: 7320 }],
  });
});

test.each([
  ["its own kind", { type: "audio" }, "audio"],
  ["its MIME type", { type: "media", file_type: "image/png" }, "image"],
  ["the type of its message", { type: "" }, "video"],
])("an attachment's kind is told by %s", (_, attachment, kind) => {
  const attachments = [{ name: "x", url: "https://x.cn/a", ...attachment }];
  expect(contentOf(wireMessage({ type: 3, attachments })).attachments).toMatchObject([{ kind }]);
});

test("a media message without an address shows its content", () => {
  expect(contentOf(wireMessage({ type: 2, content: "lost" }))).toEqual({
    kind: "image",
    text: "lost",
    attachments: [],
    hidden: 0,
  });
});

test("a poke has the name of its item, with content as an object or as text", () => {
  const expected = { kind: "poke", text: "poke", attachments: [], hidden: 0 };
  expect(contentOf(wireMessage(poke))).toEqual(expected);
  const item_part = [{ id: 1, name: "other" }, ...poke.mention_info.item_part];
  const asText = { ...poke, content: JSON.stringify(poke.content), mention_info: { item_part } };
  expect(contentOf(wireMessage(asText))).toEqual(expected);
  expect(contentOf(wireMessage({ type: 12, content: "{}" }))).toMatchObject({
    kind: "poke",
    text: "",
  });
});

test("an unknown type is named, with its content cut", () => {
  expect(contentOf(wireMessage({ type: 255, content: "[系统消息]" }))).toMatchObject({
    kind: "unknown",
    text: "[type 255] [系统消息]",
  });
  const { text } = contentOf(wireMessage({ type: 77, content: `${"x".repeat(499)}😀` }));
  expect(text).toBe(`[type 77] ${"x".repeat(499)}…`);
});

test("invisible characters are removed from text and file names, and counted", () => {
  const message = wireMessage({
    content: "到账了\u202e\u200b！👨‍👩‍👧‍👦",
    attachments: [{ type: "file", name: "exe.\u202egpj\n", url: "https://x.cn/\u202ea" }],
  });
  expect(contentOf(message)).toEqual({
    text: "到账了！👨‍👩‍👧‍👦",
    attachments: [{ kind: "file", name: "exe.gpj", url: "https://x.cn/%E2%80%AEa" }],
    hidden: 3,
  });
});

test("a file's name is one line of bounded length", () => {
  const attachments = [{ type: "file", name: `a\nb${"c".repeat(500)}`, url: "https://x.cn/a" }];
  const name = contentOf(wireMessage({ attachments })).attachments[0]?.name;
  expect(name).toBe(`a b${"c".repeat(77)}…`);
});

test("empty lines around a text are removed, its indents and blank lines are not", () => {
  expect(contentOf(wireMessage({ content: "\n \n  a\n\n    b\t c \n\n" })).text).toBe(
    "  a\n\n    b\t c",
  );
  expect(contentOf(wireMessage({ content: " \n\u200b\n " })).text).toBe("");
});

test("a link that shows its own address is read once", () => {
  expect(contentOf(wireMessage(edited)).text).toBe("https://example.com/a");
});

test("a quoted message has its words, or the names of its media", () => {
  const { quote } = wireMessage(quoting);
  expect(quote && quoteText(quote)).toBe("/am 1");
  const words = (type: number, content: string) => quoteText(wireMessage({ type, content }));
  expect(words(9, "\\*a\\* (spl)b(spl)\u200b")).toBe("*a* [spoiler: b]");
  expect(words(2, "https://img.kookapp.cn/a.png")).toBe("[image]");
  const modules = [{ type: "file", title: "a.pdf", src: "https://img.kookapp.cn/a.pdf" }];
  expect(words(10, JSON.stringify([{ type: "card", modules }]))).toBe("[file: a.pdf]");
});

test("the names of a server's emoji are made harmless", () => {
  const reactions = [
    { id: "1/a", emoji: ":a\n\u202eb:", count: 1, me: false },
    { id: "2", emoji: "👨‍💻", count: 2, me: true },
    { id: "3", emoji: "\u200b", count: 1, me: false },
  ];
  expect(reactionsOf({ reactions })).toMatchObject([
    { emoji: ":a b:", count: 1, me: false },
    { emoji: "👨‍💻", count: 2, me: true },
  ]);
});

test("a mention in a quoted message has the name that the quote gives", () => {
  const kmarkdown = { mention_part: [{ id: "573092175", username: "小助手" }] };
  const { quote } = wireMessage({
    quote: { rong_id: "a-2", type: 9, content: "(met)573092175(met) 你好", kmarkdown },
  });
  expect(quote && quoteText(quote)).toBe("@小助手 你好");
});
