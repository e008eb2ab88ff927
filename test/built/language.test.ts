// The language of questions to a person, and of requests to KOOK.
import { expect, test } from "vitest";
import type { Env } from "../support/built.ts";
import { fakeKook } from "../support/fake-kook.ts";
import { attach, connectBuilt } from "../support/stdio-client.ts";

/** The question that a person gets. */
async function question(env: Env): Promise<string> {
  let asked = "";
  const client = await connectBuilt(["--sandbox"], env, {
    elicit: ({ message }) => {
      asked = message;
      return { action: "decline" };
    },
  });
  const { structuredContent } = await client.callTool({ name: "list_chats" });
  const { chats } = structuredContent as { chats: { chat_code: string }[] };
  await client.callTool({ name: "delete_chat", arguments: { chat_code: chats[0]?.chat_code } });
  return asked;
}

const isChinese = (text: string) => /\p{Script=Han}{3}/u.test(text);

test.each<[string, Env, boolean]>([
  ["English on an English system", { LANG: "en_US.UTF-8" }, false],
  ["English on a system without a locale", { LANG: "C" }, false],
  ["Chinese on a Chinese system", { LANG: "zh_CN.UTF-8" }, true],
  ["English where that is set", { LANG: "zh_CN.UTF-8", KOOK_LANGUAGE: "English" }, false],
  ["Chinese where that is set", { LANG: "en_US.UTF-8", KOOK_LANGUAGE: "中文" }, true],
])("a person is asked in %s", async (_, env, chinese) => {
  const asked = await question(env);
  expect(asked).not.toBe("");
  expect(isChinese(asked)).toBe(chinese);
});

test("KOOK is always asked in Chinese, because some failures are recognised by its words", async () => {
  const languages: (string | undefined)[] = [];
  const env = await fakeKook(({ headers }, response) => {
    languages.push(headers["accept-language"]);
    response.writeHead(400).end(JSON.stringify({ code: 40000, message: "服务器维护中" }));
  });
  const { client, end } = await attach({ env: { ...env, KOOK_LANGUAGE: "en" } });
  const { content } = await client.callTool({
    name: "create_chat",
    arguments: { target_id: "3903536527" },
  });
  await end();
  expect(new Set(languages)).toEqual(new Set(["zh-CN"]));
  expect(JSON.stringify(content)).toContain("down for maintenance");
});
