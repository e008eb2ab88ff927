// A program for Node 22: OpenAI's Agents SDK as the client, without a model. Prints the tools as a model gets
// them, and the result of each call.
import { getAllMcpTools, MCPServerStdio, RunContext } from "@openai/agents";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { sandboxServer } from "./server.ts";

/** Strict function calling has no optional arguments: a model fills those it does not need with null. */
const calls: Record<string, object> = {
  list_chats: { page: null, page_size: 5, unread_only: null, query: null },
  view_chat: { chat_code: DOCUMENTED_CHAT.code },
  create_chat: { target_id: NEW_USER_ID },
  delete_chat: { chat_code: DOCUMENTED_CHAT.code, confirm_token: null },
};

async function converse(useStructuredContent: boolean) {
  const server = new MCPServerStdio({ name: "kook", ...sandboxServer, useStructuredContent });
  await server.connect();
  try {
    const tools = await getAllMcpTools({ mcpServers: [server], convertSchemasToStrict: true });
    const results: Record<string, unknown> = {};
    for (const tool of tools) {
      if (tool.type !== "function") throw new Error(`${tool.name} became a ${tool.type}`);
      const known = Object.keys(tool.parameters.properties);
      const args = Object.entries(calls[tool.name] ?? {}).filter(([name]) => known.includes(name));
      const input = JSON.stringify(Object.fromEntries(args));
      results[tool.name] = await tool.invoke(new RunContext(), input);
    }
    const { contents } = await server.readResource("kook://chats");
    return { tools, results, contents };
  } finally {
    await server.close();
  }
}

const withText = await converse(false);
const withStructured = await converse(true);
process.stdout.write(JSON.stringify({ withText, withStructured }));
