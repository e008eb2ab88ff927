import { describe, expect, test } from "vitest";
import { avatarOf, toChat } from "../../src/chats/chat.ts";
import type { WireChat } from "../../src/kook/wire/chat.ts";
import { harmlessName } from "../../src/text/untrusted.ts";

const wire: WireChat = {
  code: "abc",
  last_read_time: 1612175653999,
  latest_msg_time: 0,
  unread_count: 2,
  is_friend: true,
  is_blocked: false,
  is_target_blocked: true,
  target_info: { id: "1", username: "夏天1", online: true, avatar: "https://x.example/a.jpg" },
};

test("a chat has the contract's words, times to the second, and no time for never", () => {
  expect(toChat(wire)).toEqual({
    chat_code: "abc",
    target_id: "1",
    username: "夏天1",
    online: true,
    unread_count: 2,
    last_read_time: "2021-02-01T10:34:13Z",
    is_friend: true,
    is_blocked: false,
    is_target_blocked: true,
  });
});

test("a chat whose user is gone has empty words for who", () => {
  const { target_info: _, ...orphan } = wire;
  expect(toChat({ ...orphan, target_info: undefined })).toMatchObject({
    target_id: "",
    username: "",
    online: false,
  });
});

test.each([
  ["https://x.example/a.jpg", "https://x.example/a.jpg"],
  ["", undefined],
  ["javascript:alert(1)", undefined],
  ["data:image/png;base64,AAAA", undefined],
  ['https://x.example/"onload="', undefined],
])("the avatar %j is passed on as %j", (avatar, passed) => {
  const target_info = { id: "1", username: "", online: false, avatar };
  expect(avatarOf({ ...wire, target_info })).toBe(passed);
});

describe("a name", () => {
  test.each([
    ["a line break", "a\nb\r\nc", "a b c"],
    ["tabs and wide spaces", "a\t\u3000b", "a b"],
    ["terminal colours", "\u001b[31mred", "[31mred"],
    ["a turned direction", "abc\u202edef\u2066", "abcdef"],
    ["zero-width characters", "a\u200bb\u2060c\ufeff", "abc"],
    ["tag characters", "a\u{e0041}\u{e0042}b", "ab"],
    ["lone surrogates", "a\ud800b\udc00", "ab"],
    ["a line separator", "a\u2028b", "a b"],
    ["an invisible letter", "\u3164", ""],
    ["an invisible character between two spaces", "a \u200b b", "a b"],
    [
      "accents that bury its neighbours",
      "Z\u0337\u0322\u034e\u0308a\u0338",
      "Z\u0337\u0322a\u0338",
    ],
    ["a joiner without emoji", "a\u200db", "ab"],
  ])("loses %s", (_, name, harmless) => {
    expect(harmlessName(name)).toBe(harmless);
  });

  test.each([
    ["a family", "👨‍👩‍👧‍👦"],
    ["a skin tone", "👍🏽"],
    ["a flag", "🇨🇳"],
    ["a flag of tags", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"],
    ["a keycap", "1️⃣"],
    ["a heart", "❤️"],
    ["a variant of a Chinese character", "葛\u{e0100}城"],
    ["Chinese, Japanese, Korean", "夏天さくら한국"],
    ["Arabic and Hebrew", "مرحبا שלום"],
    ["accents", "Zoë n\u0303"],
    ["two accents on a letter", "Vie\u0323\u0302t"],
    ["the signs of Hindi", "ज़ें"],
  ])("keeps %s whole", (_, name) => {
    expect(harmlessName(name)).toBe(name);
  });

  test("is cut by code point, with a sign that it was", () => {
    expect(harmlessName("x".repeat(10_000))).toBe(`${"x".repeat(32)}…`);
    expect(harmlessName(`${"x".repeat(30)}👨‍👩‍👧`)).toBe(`${"x".repeat(30)}👨…`);
    expect(harmlessName("夏".repeat(21))).toBe("夏".repeat(21));
  });

  test("is cut earlier where its characters cost a model more", () => {
    expect(harmlessName("夏".repeat(32))).toBe(`${"夏".repeat(21)}…`);
    expect(harmlessName("🦊".repeat(32))).toBe(`${"🦊".repeat(16)}…`);
  });
});
