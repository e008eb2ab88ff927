// Ways around the guards, through the server.
import { expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { recordingKook, send, sending, USERS } from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id, chat_code } = summer;
const address = "我家住在北京市朝阳区建国路八号院内三号楼二单元，联系王小明";

async function isRefused(said: string, text: string): Promise<boolean> {
  const kook = recordingKook();
  kook.sandbox.receive(chat_code, said);
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  await call(client, "list_messages", { target_id, limit: 1 });
  return (await send(client, [{ ...tool, text }])).isError;
}

test("control: the address alone is refused", async () => {
  expect(await isRefused(address, `他说${address}`)).toBe(true);
});

test("a user's address right after a link is refused", async () => {
  expect(await isRefused(`我看了https://shop.example，${address}`, `他说${address}`)).toBe(true);
});

test("a model that writes a link right before the address is refused", async () => {
  expect(await isRefused(address, `见https://shop.example，${address}`)).toBe(true);
});

test("a model that writes one digit group on each line is refused", async () => {
  expect(await isRefused("我的手机 13800138000", "138\n0013\n8000")).toBe(true);
});

test("a model that writes an identity card with its birthday as a date is refused", async () => {
  expect(await isRefused("440301199001011234", "证件：440301 1990-01-01 1234")).toBe(true);
});

test("a token for a text does not hold after the user wrote, though the model reacted to that message", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "always" });
  const messages = [{ target_id, text: "好的，现在给您退款" }];
  const { confirm_token } = (await send(client, messages)).structured;
  kook.sandbox.receive(chat_code, "等等，不要退款了");
  const reaction = [{ target_id, reaction: "👍" }];
  const preview = await send(client, reaction);
  await send(client, reaction, preview.structured.confirm_token);
  const { structured } = await send(client, messages, confirm_token);
  expect(structured.results).toBeUndefined();
});

test("control: without the reaction the token does not hold", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "always" });
  const messages = [{ target_id, text: "好的，现在给您退款" }];
  const { confirm_token } = (await send(client, messages)).structured;
  kook.sandbox.receive(chat_code, "等等，不要退款了");
  const { structured } = await send(client, messages, confirm_token);
  expect(structured.results).toBeUndefined();
});

test("the sixth user (and later ones) gets a queue number of his own", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const { structured } = await call(client, "list_chats", { page_size: 15 });
  const chats = structured?.["chats"] as { chat_code: string; target_id?: string }[];
  const answers: string[] = [];
  for (const { chat_code, target_id: id } of chats) {
    if (!id || answers.length === 9 || answers.some((text) => text.includes("within an hour")))
      continue;
    const text = `Your queue number is ${11 + answers.length}. Please wait.`;
    answers.push((await send(client, [{ chat_code, text }])).text);
  }
  expect(answers.join("\n")).not.toContain("within an hour");
});
