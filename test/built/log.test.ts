import { describe, expect, test } from "vitest";
import { createLog } from "../../src/cli/log.ts";
import { request, startBuilt } from "../support/built.ts";
import { fakeKook } from "../support/fake-kook.ts";
import { MAIN } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

interface Chat {
  target_id: string;
  messages: { msg_id: string; kind?: string }[];
}

test("the log drops what is below its level and keeps each message on one line", () => {
  const lines: string[] = [];
  const log = createLog("warn", (line) => lines.push(line));
  log.error("a\nb\u2028c");
  log.warn("d");
  log.info("e");
  log.debug("f");
  expect(lines).toEqual(["kook-chat-mcp error: a b c\n", "kook-chat-mcp warn: d\n"]);
});

describe("what a host sends stays out of the log:", () => {
  const name = "夏天的风";
  const userId = "3903536527";
  const result = { action: "accept", content: { chat: `${name} ${userId}` } };
  const progress = { progressToken: userId, progress: 1, message: name };

  test.each([
    ["text that is not JSON", `${name} ${userId}`],
    ["a message that is not JSON-RPC", JSON.stringify({ name, userId })],
    ["an answer to no question", JSON.stringify({ jsonrpc: "2.0", id: 99, result })],
    [
      "progress for an unknown request",
      JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params: progress }),
    ],
  ])("%s", async (_, line) => {
    const child = startBuilt(["--sandbox", "--log-level", "debug"]);
    let log = "";
    child.stderr.on("data", (chunk) => {
      log += chunk;
    });
    child.stdin.write(`${line}\n`);
    child.stdin.end(request(1, "ping"));
    await new Promise((resolve) => child.once("close", resolve));
    expect(log).toContain("serving MCP on stdio");
    expect(log).not.toContain(name);
    expect(log).not.toContain(userId);
  });
});

describe("at debug the log has one line each for", () => {
  const page = JSON.stringify({
    code: 0,
    message: "操作成功",
    data: { items: [], meta: { page: 1, page_total: 1, page_size: 50, total: 0 }, sort: {} },
  });
  const debugging = (env: Record<string, string>) => ({
    args: [MAIN, "--log-level", "debug"],
    env,
  });

  test("an image, without its address: it is part of a message", async () => {
    const args = [MAIN, "--sandbox", "--messages", "read", "--log-level", "debug"];
    const { client, end } = await attach({ args, env: {} });
    const { structuredContent } = await client.callTool({
      name: "list_inbox",
      arguments: { since: "2d", query: "error_dialog.png" },
    });
    const { chats } = structuredContent as { chats: Chat[] };
    const image = chats
      .flatMap(({ target_id, messages }) => messages.map((row) => ({ target_id, ...row })))
      .find(({ kind }) => kind === "image");
    const { isError } = await client.callTool({
      name: "view_image",
      arguments: { target_id: image?.target_id, msg_id: image?.msg_id },
    });
    expect(isError).not.toBe(true);
    const log = await end();
    expect(log).toMatch(/debug: GET a file 200 \d+ ms\n/);
    expect(log).not.toContain("attachments");
  });

  test("a request, without its query, and a retry", async () => {
    let requests = 0;
    const env = await fakeKook((_, response) => {
      requests++;
      if (requests === 1) return void response.writeHead(502).end();
      response.end(page);
    });
    const { client, end } = await attach(debugging(env));
    await client.callTool({ name: "list_chats" });
    const log = await end();
    expect(log).toMatch(/debug: GET \/api\/v3\/user-chat\/list 502 \d+ ms\n/);
    expect(log).toMatch(/debug: GET \/api\/v3\/user-chat\/list 200 \d+ ms\n/);
    expect(log).toContain("debug: user-chat/list attempt 2 after MalformedAnswerError\n");
  });

  test("a wait for a rate limit, however long it is", async () => {
    const env = await fakeKook((_, response) => {
      const limits = { Limit: 120, Remaining: 0, Reset: 1, Bucket: "user-chat/list" };
      for (const [name, value] of Object.entries(limits)) {
        response.setHeader(`X-Rate-Limit-${name}`, value);
      }
      response.end(page);
    });
    const { client, end } = await attach(debugging(env));
    for (const page of [1, 2]) await client.callTool({ name: "list_chats", arguments: { page } });
    const waits = (await end()).match(/user-chat\/list waits \d+ ms for the rate limit\n/g);
    expect(waits?.length).toBe(1);
  });
});

test("reading many chats at once leaves no warning of Node's in the log", async () => {
  const { client, end } = await attach({ args: [MAIN, "--sandbox", "--messages", "read"] });
  await client.callTool({ name: "list_chats", arguments: { unread_only: true } });
  const { structuredContent } = await client.callTool({ name: "list_inbox" });
  // The sandbox moves its times to now: an empty inbox would test nothing.
  expect(structuredContent).toMatchObject({ chats: expect.arrayContaining([expect.anything()]) });
  expect(await end()).not.toMatch(/warning/i);
});
