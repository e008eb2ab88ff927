// kook://chats/{chat_code}/messages: the newest messages with whole ids and links.
import { expect, test } from "vitest";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { connect } from "../support/connect.ts";
import { CHAT, having, reading, supportChat, userMessage } from "../support/reading.ts";

const uri = `kook://chats/${CHAT.chat_code}/messages`;
const template = "kook://chats/{chat_code}/messages";

async function read(client: Awaited<ReturnType<typeof reading>>, at = uri) {
  const { contents } = await client.readResource({ uri: at });
  const [content] = contents as { text: string; mimeType: string }[];
  expect(content?.mimeType).toBe("application/json");
  return JSON.parse(content?.text ?? "");
}

test("has whole ids, links, times in UTC and the whole of a long message", async () => {
  const long = userMessage("长".repeat(3_000));
  const { messages, ...rest } = await read(await reading(having([...supportChat(), long])));
  expect(rest).toEqual({ ...CHAT, username: "夏天1" });
  expect(messages).toHaveLength(21);
  expect(messages.find(({ msg_id }: { msg_id: string }) => msg_id === long.id).text).toBe(
    long.content,
  );
  expect(messages[5]).toMatchObject({
    msg_id: "29b8d3f1-a05c-4e72-b6d4-807f3a9ce15d",
    time: "2026-11-23T06:13:11Z",
    attachments: [
      {
        kind: "image",
        url: "https://img.kookapp.cn/attachments/2026-11/23/pay_screenshot_8f0c1b7e5a3d.png",
      },
    ],
  });
  const reply = messages.find(({ msg_id }: { msg_id: string }) => msg_id.startsWith("f49a0b6d"));
  expect(reply.reply_to).toBe("13d7c5e9-b80a-4f26-9ce4-57a1f03d8b6e");
});

test("of a missing chat is not found, with an allow-list too", async () => {
  for (const allowTargets of [undefined, ["5"]]) {
    const options = allowTargets ? { allowTargets } : {};
    const client = await reading({ fetch: new Sandbox().fetch, ...options });
    const missing = "kook://chats/0123456789abcdef0123456789abcdef/messages";
    await expect(client.readResource({ uri: missing })).rejects.toMatchObject({
      code: -32002,
      data: { uri: missing },
    });
    if (allowTargets)
      await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32002 });
  }
});

test("is a template whose chat code can be completed, and adds nothing to the list", async () => {
  const client = await reading({ fetch: new Sandbox().fetch });
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toContain(template);
  const ref = { type: "ref/resource" as const, uri: template };
  const { completion } = await client.complete({
    ref,
    argument: { name: "chat_code", value: "5c7e" },
  });
  expect(completion.values).toEqual([CHAT.chat_code]);
  const { resources } = await client.listResources();
  expect(resources.filter((resource) => resource.uri.endsWith("/messages"))).toEqual([]);
});

test("does not exist without KOOK_MESSAGES=read", async () => {
  const client = await connect({ fetch: having(supportChat()).fetch });
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).not.toContain(template);
  await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32002 });
});

test("leaves out a link that would fill a model's context", async () => {
  const url = `https://img.kookapp.cn/${"x".repeat(100_000)}`;
  const attachments = [{ type: "image", url, name: "x.png" }];
  const { messages } = await read(
    await reading(having([userMessage("", { type: 2, attachments })])),
  );
  expect(messages[0].attachments).toEqual([{ kind: "image", name: "x.png", url: "" }]);
});

test("says that a message could not be read, as list_messages does", async () => {
  const client = await reading(having([userMessage("hello"), { content: "no id" }]));
  expect(JSON.stringify(await read(client))).toContain("1 could not be read and is left out.");
});
