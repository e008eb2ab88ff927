// BREAK: the leak guard. Every test here fails on the code as it is.
import { describe, expect, test } from "vitest";
import { LeakGuard } from "../../src/messages/leak-guard.ts";
import { call } from "../support/connect.ts";
import { agreeing, idsOf, recordingKook, send, sending, USERS } from "../support/sending.ts";

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
      "L1 a bank card in groups of four, as cards have it",
      "卡号 6222 0212 3456 7890",
      "您的卡号 6222021234567890 对吗",
    ],
    ["L2 the groups made by the model", "6222021234567890", "卡号 6222 0212 3456 7890"],
    ["L3 a phone number in groups", "13800138000", "请打 138 0013 8000"],
    ["L4 with bold digits", "13800138000", "尾号：138**0013**8000"],
    ["L5 with full stops", "13800138000", "138.0013.8000"],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(true);
  });
});

describe("words stay while their punctuation and layout change", () => {
  test.each([
    [
      "L6 other punctuation marks",
      "北京市朝阳区，建国路88号，院内3号楼，2单元401室，联系王小明",
      "北京市朝阳区。建国路88号。院内3号楼。2单元401室。联系王小明",
    ],
    [
      "L7 a numbered list",
      "北京市朝阳区建国路88号院内3号楼2单元401室联系王小明",
      "1. 北京市朝阳区\n2. 建国路88号院内\n3. 3号楼2单元401室\n4. 联系王小明",
    ],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(true);
  });
});

test("L8 words that were shown only as the quote of an answer count as shown", async () => {
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

test("L9 what was shown stays known after the user edits it", () => {
  const guard = new LeakGuard();
  const chat = { chat_code: "a", target_id: "1", username: "a" };
  guard.note(chat, { id: "m", fromUser: true, text: secret });
  guard.note(chat, { id: "m", fromUser: true, text: "没事了" });
  expect(guard.find(secret, { chat_code: "b", target_id: "2", username: "b" })).toHaveLength(1);
});

const chat = (n: number) => ({ chat_code: `c${n}`, target_id: `${n}`, username: `u${n}` });
const took = (run: () => unknown) => {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
};

test("L10 two strangers who laugh a lot do not stop the server", () => {
  const guard = new LeakGuard();
  for (let i = 0; i < 50; i++) {
    guard.note(chat(1), { id: `a${i}`, fromUser: true, text: "哈".repeat(8_000) });
    guard.note(chat(2), { id: `b${i}`, fromUser: true, text: "呵".repeat(8_000) });
  }
  guard.note(chat(2), { id: "b", fromUser: true, text: "哈".repeat(12) });
  expect(took(() => guard.find("哈".repeat(13), chat(2)))).toBeLessThan(200);
});

test("L11 five long texts are compared with a full memory in 0.2 s", () => {
  const characters =
    "的一是不了人我在有他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从";
  let seed = 1;
  const next = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  const random = (n: number) =>
    Array.from({ length: n }, () => characters[Math.floor(next() * characters.length)]).join("");
  const guard = new LeakGuard();
  for (let i = 0; i < 124; i++)
    guard.note(chat(i % 20), { id: `${i}`, fromUser: true, text: random(8_000) });
  const texts = Array.from({ length: 5 }, () => random(8_000));
  expect(took(() => texts.map((text) => guard.find(text, chat(99))))).toBeLessThan(200);
});

test("L12 the memory is 2 MB also for short messages", () => {
  const guard = new LeakGuard();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 200_000; i++)
    guard.note(chat(i % 50), { id: `${i}-aaaa-bbbb`, fromUser: true, text: "好" });
  expect((process.memoryUsage().heapUsed - before) / 1e6).toBeLessThan(20);
});

test("L13 a phrase of forty users does not bury the recipient among forty fields", async () => {
  const phrase = "请问什么时候可以到账谢谢您的帮助";
  const kook = recordingKook();
  const { forms, elicit } = agreeing();
  const client = await sending({ fetch: kook.fetch, elicit });
  const { structured } = await call(client, "list_chats", { page_size: 41 });
  for (const { chat_code: code } of structured?.["chats"] as { chat_code: string }[]) {
    if (code === chat_code) continue;
    kook.sandbox.receive(code, phrase);
    await call(client, "list_messages", { chat_code: code, limit: 1 });
  }
  await send(client, [{ target_id, text: `您问“${phrase}”，预计今天` }]);
  expect(Object.keys(forms[0]?.requestedSchema.properties ?? {}).length).toBeLessThanOrEqual(10);
});

describe("everyday texts are no leak", () => {
  test.each([
    [
      "L14 a courtesy",
      "when will it arrive? thank you very much for your help",
      "Thank you very much for your help!",
    ],
    [
      "L15 a public address",
      "https://www.kookapp.cn/app/oauth2 打不开",
      "请重新授权：https://www.kookapp.cn/app/oauth2",
    ],
    ["L16 a public hotline", "我打了 400-820-8820 没人接", "请拨打 400-820-8820"],
    ["L17 a date without dashes", "公告说 20261126 维护", "维护时间是 20261126"],
    [
      "L18 opening hours",
      "你们的服务时间是周一至周五 9:00-18:00 吗",
      "服务时间是周一至周五 9:00-18:00",
    ],
  ])("%s", async (_, said, text) => {
    expect(await isRefused(said, text)).toBe(false);
  });
});
