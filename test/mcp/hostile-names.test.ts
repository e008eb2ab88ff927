// A stranger's username is one quoted value in every output: texts, structured content, forms, resources, logs.
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLog } from "../../src/cli/log.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { harmlessName, harmlessText } from "../../src/text/untrusted.ts";
import { hostileNames } from "../fixtures/hostile-names.mjs";
import { character } from "../support/character.ts";
import { named } from "../support/chats.ts";
import { answering, call, connect } from "../support/connect.ts";

const names = [...hostileNames, "🦊".repeat(10_000)];

/** Characters that are invisible or reverse the line. */
const FORBIDDEN =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u00ad\u115f\u1160\u3164\u2800]/u;
/** A joiner outside an emoji. */
const STRAY = /(?<!\p{Emoji}\ufe0f?)\u200d/u;
/** A tag character outside the sequence of a flag. */
const STRAY_TAG = /(?:^|[^\u{1f3f4}\u{e0020}-\u{e007f}])[\u{e0020}-\u{e007f}]/u;

async function hostileChats() {
  const { fetch } = named(names, new Sandbox({ chats: names.length }));
  const client = await connect({ fetch });
  const { text, structured } = await call(client, "list_chats");
  return {
    client,
    text,
    chats: structured?.["chats"] as { username: string; chat_code: string }[],
  };
}

test("a page of hostile names has one line a chat, each with its own code and one quoted name", async () => {
  const { text, chats } = await hostileChats();
  const [, ...lines] = text.split("\n");
  expect(lines).toHaveLength(names.length);
  for (const [index, line] of lines.entries()) {
    const chat = chats[index];
    expect(line.startsWith(`${chat?.chat_code} `)).toBe(true);
    const [, quotedName = ""] = /^\S+ \S+ ("(?:[^"\\]|\\.)*"), /.exec(line) ?? [];
    expect(JSON.parse(quotedName)).toBe(chat?.username);
    for (const unseen of [FORBIDDEN, STRAY, STRAY_TAG]) expect(line).not.toMatch(unseen);
  }
});

test("structured content and resource names have no invisible characters", async () => {
  const { client, chats } = await hostileChats();
  const { resources } = await client.listResources();
  for (const { username } of chats) expect(username).not.toMatch(FORBIDDEN);
  for (const { title, name, description } of resources) {
    for (const shown of [title ?? "", name, description ?? ""])
      expect(shown).not.toMatch(FORBIDDEN);
  }
  expect(resources.map(({ title }) => title)).toContain(harmlessName(names[0] as string));
});

test("completions are codes and nothing else", async () => {
  const { client, chats } = await hostileChats();
  const ref = { type: "ref/resource" as const, uri: "kook://chats/{chat_code}" };
  const argument = { name: "chat_code", value: "" };
  const { completion } = await client.complete({ ref, argument });
  expect(completion.values).toEqual(chats.map(({ chat_code }) => chat_code));
});

test.each(["👨‍👩‍👧‍👦🏳️‍🌈👍🏽", "葛󠄀城市", "مرحبا بالعالم", "שלום עולם"])("%s stays whole", (name) => {
  expect(harmlessName(name)).toBe(name);
});

test("the question to a person has the name only in its field, and in one line", async () => {
  for (const name of names) {
    const { fetch } = viewing(name);
    let form: ElicitRequestFormParams | undefined;
    const elicit = (asked: ElicitRequestFormParams) => {
      form = asked;
      return { action: "decline" as const };
    };
    const client = await connect({ fetch, elicit, language: "en" });
    await call(client, "delete_chat", { chat_code: "5c7ec6d021216c136c9198285c15ed47" });
    const { chat, ...others } = form?.requestedSchema.properties ?? {};
    expect(others).toEqual({});
    const field = chat as { enum: string[]; description: string };
    expect(field.enum).toEqual([`${JSON.stringify(harmlessName(name))} (3903536527)`]);
    expect(field.enum[0]).not.toMatch(FORBIDDEN);
    expect(field.description).toMatch(
      /^code 5c7ec6d021216c136c9198285c15ed47; 0 unread; latest message: [\d: -]+ \(UTC\)$/,
    );
    expect(form?.message).toMatch(/^A model asks to delete .* Delete it\?$/);
  }
});

function viewing(username: string) {
  const sandbox = new Sandbox();
  return {
    fetch: async (url: string, init: Parameters<typeof sandbox.fetch>[1]) => {
      const envelope = (await (await sandbox.fetch(url, init)).json()) as {
        data: { target_info: { username: string } };
      };
      envelope.data.target_info.username = username;
      return Response.json(envelope);
    },
  };
}

test("an error quotes KOOK's words and the model's on one line", async () => {
  for (const name of names) {
    const client = await connect({
      fetch: answering(200, { code: 40000, message: name, data: {} }),
    });
    const refused = await call(client, "view_chat", { chat_code: "abc" });
    const unknown = await call(client, "view_chat", { chat_code: "abc", [`x${name}`]: 1 });
    for (const { text } of [refused, unknown]) expect(text).not.toMatch(FORBIDDEN);
  }
});

test("a log line stays one line", () => {
  for (const name of names) {
    const lines: string[] = [];
    createLog("debug", (line) => lines.push(line)).warn(name);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  }
});

describe("any name", () => {
  const anyName = fc.string({ unit: character, maxLength: 300 });
  /** The characters that matter, more often than at random. */
  const nasty = fc
    .array(
      fc.constantFrom(
        ..."\u0000\n\r\t\u001b\u0085\u00ad\u061c\u200b\u200c\u200d\u200e\u2028\u202e\u2066\u2800\u3164\ufe0f\ufeff\ud83d\udc68",
        ...[
          "👨",
          "👩",
          "🏴",
          "\u{e0067}",
          "\u{e007f}",
          "\u{e0100}",
          "葛",
          "1",
          "⃣",
          "❤",
          "🇨",
          "🇳",
          "a",
          '"',
          "\\",
          " ",
        ],
      ),
      { maxLength: 120 },
    )
    .map((parts) => parts.join(""));

  test("is shown as one line of at most 32 code points and 64 bytes, without invisible characters", () => {
    fc.assert(
      fc.property(fc.oneof(anyName, nasty), (name) => {
        const shown = harmlessName(name);
        expect(shown).not.toMatch(FORBIDDEN);
        expect(shown).not.toMatch(STRAY);
        expect(shown).not.toMatch(STRAY_TAG);
        expect(shown).toBe(shown.trim());
        const uncut = shown.replace(/…$/, "");
        expect(Array.from(uncut).length).toBeLessThanOrEqual(32);
        expect(Buffer.byteLength(uncut)).toBeLessThanOrEqual(64);
        expect(shown).not.toMatch(/\p{Cs}/u);
      }),
      { numRuns: 1_000 },
    );
  });

  test("that was sanitized once stays as it is", () => {
    fc.assert(
      fc.property(fc.oneof(anyName, nasty), (name) => {
        const once = harmlessText(name, 32, 64);
        // The ellipsis of a cut counts as a character.
        if (!once.endsWith("…")) expect(harmlessText(once, 32, 64)).toBe(once);
      }),
      { numRuns: 1_000 },
    );
  });
});
