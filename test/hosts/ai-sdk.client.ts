// A program for Node 22: Vercel's AI SDK as the client, without a model. Prints the tools, the result of each
// call, and the part of it that a model gets.
import { createMCPClient, ElicitationRequestSchema } from "@ai-sdk/mcp";
import { StdioMCPTransport } from "@ai-sdk/mcp/mcp-stdio";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { sandboxServer } from "./server.ts";

const doomed = { chat_code: DOCUMENTED_CHAT.code };
const calls: Record<string, object> = {
  list_chats: { page_size: 5 },
  view_chat: doomed,
  create_chat: { target_id: NEW_USER_ID },
  delete_chat: doomed,
};

const questions: unknown[] = [];
let answer: "accept" | "decline" = "decline";

const client = await createMCPClient({
  transport: new StdioMCPTransport({ ...sandboxServer, stderr: "ignore" }),
  capabilities: { elicitation: {} },
});
client.onElicitationRequest(ElicitationRequestSchema, ({ params }) => {
  questions.push(params);
  return { action: answer };
});

type Tool = Awaited<ReturnType<typeof client.tools>>[string];

async function call(tool: Tool, input: object) {
  const output = await tool.execute(input, { toolCallId: "1", messages: [], context: {} });
  const toModel = await tool.toModelOutput?.({ toolCallId: "1", input, output } as never);
  return { output, toModel };
}

try {
  const tools = await client.tools();
  const declined = await call(tools["delete_chat"] as Tool, doomed);
  answer = "accept";
  const results: Record<string, unknown> = {};
  for (const [name, tool] of Object.entries(tools)) {
    results[name] = await call(tool, calls[name] ?? {});
  }
  const { contents } = await client.readResource({ uri: "kook://chats" });
  process.stdout.write(
    JSON.stringify({ server: client.serverInfo, declined, results, questions, contents }),
  );
} finally {
  await client.close();
}
