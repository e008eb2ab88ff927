// The leak guard: what counts as a leak, what does not, and what it costs.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test, vi } from "vitest";
import { KookClient } from "../../src/kook/client.ts";
import { sendingAdvice } from "../../src/mcp/advice/sending.ts";
import { explainWith } from "../../src/mcp/failure.ts";
import { createServices } from "../../src/mcp/services.ts";
import { comparable } from "../../src/messages/comparable.ts";
import { LeakGuard } from "../../src/messages/leak-guard.ts";
import { DraftError, LeakError } from "../../src/messages/send-errors.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { call } from "../support/connect.ts";
import {
  agreeing,
  idsOf,
  recordingKook,
  send,
  sending,
  shownIn,
  USERS,
} from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id, chat_code } = summer;
const secret = "我的手机号是 13800138000，住在深圳南山区科技园";

/** One user says something, which is shown; is another text to another user refused? */
async function isRefused(said: string, text: string): Promise<boolean> {
  const kook = recordingKook();
  kook.sandbox.receive(chat_code, said);
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  await call(client, "list_messages", { target_id, limit: 1 });
  return (await send(client, [{ ...tool, text }])).isError;
}

describe("a number keeps its digits while a model writes it in another way", () => {
  test.each([
    [
      "a bank card in groups of four, as cards have it",
      "卡号 6222 0212 3456 7890",
      "您的卡号 6222021234567890 对吗",
    ],
    ["the groups made by the model", "6222021234567890", "卡号 6222 0212 3456 7890"],
    ["a phone number in groups", "13800138000", "请打 138 0013 8000"],
    ["with bold digits", "13800138000", "尾号：138**0013**8000"],
    ["with full stops", "13800138000", "138.0013.8000"],
    ["with underscores and emoji", "13800138000", "138_0013📞8000"],
    ["in full width", "13800138000", "１３８　００１３　８０００"],
    ["in brackets", "(138) 0013-8000", "13800138000"],
    ["with the country's code", "+86 138 0013 8000", "手机 13800138000"],
    ["next to other numbers on both sides", "2 号 138 0013 8000 3 楼", "5 138-0013-8000 8"],
    ["after a date", "2026-11-26 138 0013 8000", "13800138000"],
    ["an order with a date in it", "KH-20261126-0001", "单号 kh 20261126 0001"],
    ["an identity card", "44030119900101123X", "4403 0119 9001 0112 3x"],
    ["ten digits as a hotline has them", "QQ 4008208820", "400-820-8820"],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(true);
  });
});

describe("words stay while their punctuation and layout change", () => {
  test.each([
    [
      "other punctuation marks",
      "北京市朝阳区，建国路88号，院内3号楼，2单元401室，联系王小明",
      "北京市朝阳区。建国路88号。院内3号楼。2单元401室。联系王小明",
    ],
    [
      "a numbered list",
      "北京市朝阳区建国路88号院内3号楼2单元401室联系王小明",
      "1. 北京市朝阳区\n2. 建国路88号院内\n3. 3号楼2单元401室\n4. 联系王小明",
    ],
    [
      "a list on one line",
      "1. 北京市朝阳区\n2. 建国路八号\n3. 联系王小明",
      "北京市朝阳区、建国路八号、联系王小明",
    ],
    [
      "numbers in circles, and emoji",
      "北京市朝阳区建国路八号联系王小明",
      "① 北京市朝阳区🏠\n② 建国路八号\n3️⃣ 联系王小明",
    ],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(true);
  });
});

test.each([
  ["list numbers", "1. 甲\n2. 乙", "甲乙", true],
  ["bold list numbers", "**1.** 甲 (2) 乙", "甲乙", true],
  ["a decimal at the start", "1.5 倍", "5 倍", false],
  ["punctuation and emoji", "你好，在吗？👍🏽", "你好 在吗", true],
  ["emoji alone", "👍", "🎉", false],
  ["punctuation alone", "？", "！", false],
])("%s: are the texts the same to the guards?", (_, one, other, isSame) => {
  expect(comparable(one) === comparable(other)).toBe(isSame);
});

test("words that were shown only as the quote of an answer count as shown", async () => {
  const kook = recordingKook();
  kook.sandbox.receive(chat_code, secret);
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const [reply_to] = await idsOf(other, { target_id, limit: 1 });
  await send(other, [{ target_id, text: "收到", reply_to }]);
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const { text } = await call(client, "list_messages", { target_id, limit: 1 });
  expect(text).toContain("13800138000");
  expect((await send(client, [{ ...tool, text: secret }])).isError).toBe(true);
});

test("a quote of the bot's words is not the user's", async () => {
  const kook = recordingKook();
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const words = "补单已经完成，请重新登录后查看邮箱，谢谢";
  await send(other, [{ target_id, text: words }]);
  const [reply_to] = await idsOf(other, { target_id, limit: 1 });
  // The sandbox quotes for the bot only; who quotes does not matter.
  await send(other, [{ target_id, text: "如上", reply_to }]);
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const { text } = await call(client, "list_messages", { target_id, limit: 1 });
  expect(text).toContain("补单已经完成");
  expect((await send(client, [{ ...tool, text: words }])).isError).toBe(false);
});

test("what was shown stays known after the user edits it", () => {
  const guard = new LeakGuard();
  const chat = { chat_code: "a", target_id: "1", username: "a" };
  guard.note(chat, { id: "m", fromUser: true, text: secret });
  guard.note(chat, { id: "m", fromUser: true, text: "没事了" });
  expect(guard.find(secret, { chat_code: "b", target_id: "2", username: "b" })).toHaveLength(1);
});

const chat = (n: number) => ({ chat_code: `c${n}`, target_id: `${n}`, username: `u${n}` });
/** Milliseconds of the first of five runs that is fast enough, because other processes share the machine. */
function fastest(run: () => unknown, limitMs: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 5 && best >= limitMs; count++) {
    const startedAt = performance.now();
    run();
    best = Math.min(best, performance.now() - startedAt);
  }
  return best;
}

describe("five texts of 8 000 characters are compared with a full memory in half a second", () => {
  const common =
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从";
  let seed = 1;
  const next = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const random = () => Array.from({ length: 8_000 }, () => common[next(common.length)]).join("");
  const one = random();
  test.each<[string, () => string, () => string]>([
    ["random texts", random, random],
    ["the same text everywhere", () => one, () => one],
    ["laughter", () => "哈".repeat(8_000), () => "哈".repeat(8_000)],
    ["laughter of the recipient", () => "哈".repeat(8_000), () => "哈".repeat(13)],
    ["letters", () => "ha".repeat(4_000), () => `${"ha".repeat(40)}b`.repeat(98)],
    ["digits", () => "1 2 3 4 5 ".repeat(800), () => "5 4 3 2 1 ".repeat(800)],
  ])("%s", (_, shown, sent) => {
    const guard = new LeakGuard();
    for (let i = 0; i < 130; i++)
      guard.note(chat(i % 2), { id: `${i}`, fromUser: true, text: shown() });
    guard.note(chat(9), { id: "own", fromUser: true, text: "哈".repeat(12) });
    const texts = Array.from({ length: 5 }, sent);
    const time = fastest(() => texts.map((text) => guard.find(text, chat(9))), 500);
    expect(time).toBeLessThan(500);
  });
});

/** Bytes that the run leaves in memory. */
function heldBy(run: () => unknown): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = run();
  collect();
  const held = process.memoryUsage().heapUsed - before;
  return kept === undefined ? Number.NaN : held;
}

test.each<[string, number, (i: number) => string]>([
  ["of one character", 200_000, () => "好"],
  ["of one number", 20_000, (i) => `${13_800_000_000 + i}`],
  ["of a sentence", 20_000, (i) => `您好请问第${i}单什么时候可以到账`],
  ["of 8 000 letters", 300, (i) => `${"abcdefg ".repeat(999)}${i}`],
  ["of digits only", 300, (i) => `${"1 2 3 4 5 ".repeat(799)}${i}`],
])("messages %s take less than 3 MB of memory", (_, count, text) => {
  const held = heldBy(() => {
    const guard = new LeakGuard();
    for (let i = 0; i < count; i++)
      guard.note(chat(i % 50), { id: `${i}-aaaa-bbbb`, fromUser: true, text: text(i) });
    return guard;
  });
  expect(held / 1e6).toBeLessThan(3);
});

describe("words of many users", () => {
  const phrases = ["甲", "乙", "丙", "丁", "戊"].map((one) => `我家住在${one.repeat(8)}号`);

  /** Each of these texts is shown from a separate chat. */
  async function shownFrom(texts: readonly string[], options: Parameters<typeof sending>[0]) {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, ...options });
    const { structured } = await call(client, "list_chats", { page_size: 50 });
    const rows = structured?.["chats"] as { chat_code: string; target_id: string }[];
    const recipients: string[] = [target_id, tool.target_id];
    const codes = rows
      .filter((row) => !recipients.includes(row.target_id))
      .map((row) => row.chat_code);
    for (const [index, said] of texts.entries()) {
      const code = codes[index] as string;
      kook.sandbox.receive(code, said);
      await call(client, "list_messages", { chat_code: code, limit: 1 });
    }
    return client;
  }

  test("five users: the form shows three, and how many more", async () => {
    const { forms, elicit } = agreeing();
    const client = await shownFrom(phrases, { elicit });
    await send(client, [{ target_id, text: phrases.join("，") }]);
    expect(Object.keys(forms[0]?.requestedSchema.properties ?? {})).toHaveLength(5);
    expect(shownIn(forms[0])).toContain("Repeats words of another user: and 2 more");
  });

  test("five users: the refusal names three, and ends with the advice", async () => {
    const client = await shownFrom(phrases, { confirmSend: "never" });
    const messages = [
      { target_id, text: "好" },
      { ...tool, text: phrases.join("，") },
    ];
    const { text, isError } = await send(client, messages);
    expect(isError).toBe(true);
    expect(text).toMatch(/The other users are (".*?" \(\d+\)(, | and )){3}2 more\. Remove/);
    expect(text).toMatch(/Remove their words and numbers\.$/);
  });

  test("names of any length leave room for the advice", () => {
    const leaks = Array.from({ length: 40 }, () => ({
      target_id: "12345678901234567890",
      username: '"'.repeat(32),
    }));
    const text = explainWith(sendingAdvice)(new DraftError(5, new LeakError(leaks)));
    expect(text).toMatch(/and 37 more\. Remove their words and numbers\.$/);
  });

  test("what three users wrote is common knowledge, what two wrote is not", async () => {
    const said = "when will it arrive? thank you very much for your help";
    const text = "Thank you very much for your help!";
    for (const [users, isError] of [
      [2, true],
      [3, false],
    ] as const) {
      const client = await shownFrom(Array(users).fill(said), { confirmSend: "never" });
      expect((await send(client, [{ target_id, text }])).isError).toBe(isError);
    }
  });
});

describe("what the bot wrote itself", () => {
  const to = chat(9);
  const noted = (...messages: [number: number, fromUser: boolean, time: number][]) => {
    const guard = new LeakGuard();
    for (const [n, fromUser, time] of messages)
      guard.note(chat(n), { id: `${n} ${time}`, fromUser, text: secret, time });
    return guard.find(secret, to).map((leak) => leak.target_id);
  };

  test("is no user's, whether the user repeats it", () => {
    expect(noted([1, false, 10])).toEqual([]);
    expect(noted([1, false, 10], [1, true, 20])).toEqual([]);
    // In any order they were shown.
    expect(noted([1, true, 20], [1, false, 10])).toEqual([]);
  });

  test("as an echo of a user stays the user's", () => {
    expect(noted([1, true, 10], [1, false, 20])).toEqual(["1"]);
    expect(noted([1, true, 10], [1, false, 20], [2, true, 30], [2, false, 40])).toEqual(["1", "2"]);
  });

  test("to one other user makes nothing public, to two it does", () => {
    expect(noted([1, true, 10], [2, false, 20])).toEqual(["1"]);
    expect(noted([1, true, 10], [2, false, 20], [3, false, 30])).toEqual([]);
  });
});

describe("everyday texts are no leak", () => {
  test.each([
    [
      "a public address",
      "https://www.kookapp.cn/app/oauth2 打不开",
      "请重新授权：https://www.kookapp.cn/app/oauth2",
    ],
    ["a public hotline", "我打了 400-820-8820 没人接", "请拨打 400-820-8820"],
    ["a date without dashes", "公告说 20261126 维护", "维护时间是 20261126"],
    ["a date with slashes and a time", "2026/11/26 15:30 维护", "2026-11-26 15:30"],
    ["two dates", "2026-11-26-2026-11-28 放假", "2026/11/26 - 2026/11/28，20261126-20261128"],
    [
      "opening hours",
      "你们的服务时间是周一至周五 9:00-18:00 吗",
      "服务时间是周一至周五 9:00-18:00",
    ],
    ["an order with the same start", "KH-2026-8841-3371", "您的单号是 KH-2026-8841-9999"],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(false);
  });

  test.each([
    ["a link that gives access", "https://pan.example.com/s/1AbCdEfGhIjKlMnOpQrSt?pwd=x7k9"],
    ["a date among a user's words", "我 2026-11-26 14:30 在南山医院做手术"],
  ])("%s still is one", async (_, said) => {
    expect(await isRefused(said, said)).toBe(true);
  });
});

test("without the switch for sending no text is kept", async () => {
  const kook = new KookClient({
    fetch: recordingKook().fetch,
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 1_000,
    maxWaitMs: 1_000,
  });
  for (const send of [undefined, { to: "*", limit: 30 } as const]) {
    const { reading } = createServices(kook, { scanBudgetMs: 1_000, readMessages: true, send });
    const { messages } = reading ?? expect.fail();
    const shown = await messages.list({ chat_code }, { limit: 20 });
    const said = shown.messages
      .filter(({ from }) => from === "user")
      .map(({ content }) => content.text);
    const leaks = messages.leakGuard.find(said.join(" "), chat(9));
    expect(leaks.length > 0).toBe(send !== undefined);
    const gets = vi.spyOn(kook, "call");
    await messages.latest(shown.chat, { since: 0, maxAgeMs: 60_000 }, {});
    expect(gets.mock.calls.length === 0).toBe(send !== undefined);
    gets.mockRestore();
  }
});
