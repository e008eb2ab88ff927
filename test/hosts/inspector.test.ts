// MCP Inspector's command line as the client.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { projectFile } from "../support/paths.ts";
import { needsNode22, node22 } from "./nodes.ts";
import { chatTools, sandboxServer } from "./server.ts";

const run = promisify(execFile);

/** Runs one Inspector command against a new server; rejects when Inspector exits with anything but 0. */
async function inspect(...args: string[]) {
  const { stdout } = await run(node22(), [
    projectFile(
      "test/hosts/node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
    ),
    "--cli",
    sandboxServer.command,
    ...sandboxServer.args,
    ...args,
  ]);
  return JSON.parse(stdout);
}

const callTool = (name: string, ...args: string[]) =>
  inspect(
    "--method",
    "tools/call",
    "--tool-name",
    name,
    ...args.flatMap((arg) => ["--tool-arg", arg]),
  );

async function readResource(uri: string) {
  const { contents } = await inspect("--method", "resources/read", "--uri", uri);
  return JSON.parse(contents[0].text);
}

describe("MCP Inspector", () => {
  beforeEach(needsNode22);

  test("lists the tools and accepts their schemas", async () => {
    const { tools } = await inspect("--method", "tools/list", "--strict");
    expect(tools.map((tool: { name: string }) => tool.name)).toEqual(
      expect.arrayContaining(chatTools),
    );
  });

  test("calls list_chats", async () => {
    const { structuredContent } = await callTool("list_chats", "page=2", "page_size=5");
    expect(structuredContent).toMatchObject({ page: 2, total: 480, next_page: 3 });
  });

  test("calls view_chat", async () => {
    const { structuredContent } = await callTool("view_chat", `chat_code=${DOCUMENTED_CHAT.code}`);
    expect(structuredContent).toMatchObject({ target_id: DOCUMENTED_CHAT.targetId });
  });

  test("calls create_chat", async () => {
    const { structuredContent } = await callTool("create_chat", `target_id=${NEW_USER_ID}`);
    expect(structuredContent).toMatchObject({ target_id: NEW_USER_ID, unread_count: 0 });
  });

  test("calls delete_chat", async () => {
    const { code, targetId: _ } = DOCUMENTED_CHAT;
    const { structuredContent } = await callTool("delete_chat", `chat_code=${code}`);
    expect(structuredContent).toEqual({ chat_code: code, deleted: true });
  });

  test("gets an answer to each of forty calls, ten at a time", async () => {
    const load = ["--load", "--load-requests", "40", "--load-concurrency", "10"];
    const call = ["--method", "tools/call", "--tool-name", "list_chats"];
    const { result } = await inspect(...call, ...load, "--format", "json");
    expect(result).toMatchObject({ requests: 40, ok: 40, toolErrors: 0, errors: 0 });
  });

  test("reports a failed call by its exit code", async () => {
    const call = callTool("view_chat", `chat_code=${"0".repeat(32)}`);
    await expect(call).rejects.toMatchObject({
      code: 5,
      stderr: expect.stringContaining("tool_is_error"),
    });
  });

  test("negotiates the protocol revision, if asked to", async () => {
    const { tools } = await inspect("--method", "tools/list", "--protocol-era", "auto");
    expect(tools.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(chatTools),
    );
  });

  test("lists and reads resources", async () => {
    const { resources } = await inspect("--method", "resources/list");
    expect(resources).toContainEqual(expect.objectContaining({ uri: "kook://chats" }));
    const { resourceTemplates } = await inspect("--method", "resources/templates/list");
    const uriTemplate = "kook://chats/{chat_code}";
    expect(resourceTemplates).toContainEqual(expect.objectContaining({ uriTemplate }));
    const directory = await readResource("kook://chats");
    expect(directory).toMatchObject({ chats: expect.objectContaining({ length: 50 }), total: 480 });
    const chat = await readResource(`kook://chats/${DOCUMENTED_CHAT.code}`);
    expect(chat).toMatchObject({ target_id: DOCUMENTED_CHAT.targetId });
  });
});
