// A real MCP session, printed: the SDK's own client over stdio, the built server, the sandbox. Needs no account.
import { styleText } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const coloured = process.stdout.isTTY && !process.env["NO_COLOR"];
/** @param {Parameters<typeof styleText>[0]} style @param {string} text */
const paint = (style, text) => (coloured ? styleText(style, text) : text);

/** @param {string} text */
const heading = (text) => console.log(`\n${paint("bold", `# ${text}`)}`);
/** @param {string} request */
const sent = (request) => console.log(paint("cyan", `→ ${request}`));
/** @param {string} answer */
const received = (answer) => console.log(answer.replace(/^/gm, "  "));

const client = new Client(
  { name: "kook-chat-mcp-demo", version: "1.0.0" },
  { capabilities: { elicitation: { form: {} } } },
);
// A host would show a form; here the person always agrees.
client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
  const { message, requestedSchema } =
    /** @type {import("@modelcontextprotocol/sdk/types.js").ElicitRequestFormParams} */ (params);
  received(paint("yellow", `? ${message}`));
  for (const field of Object.values(requestedSchema.properties)) {
    const { title, default: value } = /** @type {{ title?: string, default?: string }} */ (field);
    received(paint("yellow", `  ${title}: ${value}`));
  }
  received(paint("yellow", "  the person agrees"));
  return { action: /** @type {const} */ ("accept"), content: {} };
});
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: ["dist/main.js", "--sandbox", "--language", "en", "--log-level", "error"],
  }),
);

/** @param {string} name @param {Record<string, unknown>} args */
async function call(name, args) {
  sent(`${name} ${JSON.stringify(args)}`);
  const result = await client.callTool({ name, arguments: args });
  const [content] = /** @type {{ text: string }[]} */ (result.content);
  received(paint(result.isError ? "red" : "green", content?.text ?? ""));
  return /** @type {Record<string, any>} */ (result.structuredContent ?? {});
}

const { name, version } = client.getServerVersion() ?? {};
console.log(`${name} ${version}, on its sandbox: a made-up KOOK with 480 private chats`);

heading("What a host is offered");
for (const tool of (await client.listTools()).tools) {
  const { readOnlyHint, destructiveHint } = tool.annotations ?? {};
  const nature = readOnlyHint ? "reads" : destructiveHint ? "destroys" : "changes";
  console.log(`  ${paint("bold", tool.name.padEnd(12))}${nature.padEnd(9)}${tool.description}`);
}

heading("A page of chats");
await call("list_chats", { page_size: 5 });

heading("Who is waiting for an answer?");
await call("list_chats", { unread_only: true, page_size: 3 });

heading("Has 夏天1 blocked the bot? As text and as structured content");
const { only_match: chat_code } = await call("list_chats", { query: "夏天1" });
const chat = await call("view_chat", { chat_code });
received(JSON.stringify(chat, null, 2));

heading("Open a chat with a user, then delete it, which a person is asked about");
const opened = await call("create_chat", { target_id: "2418200000" });
await call("delete_chat", { chat_code: opened["chat_code"] });

heading("The directory resource");
sent("resources/read kook://chats");
const { contents } = await client.readResource({ uri: "kook://chats" });
const directory = JSON.parse(/** @type {{ text: string }} */ (contents[0]).text);
received(JSON.stringify({ ...directory, chats: directory.chats.slice(0, 1) }, null, 2));
received(paint("dim", `(and ${directory.chats.length - 1} more chats)`));

heading("Errors say what to do next");
await call("view_chat", { chat_code: "0123456789abcdef0123456789abcdef" });
await call("create_chat", { target_id: "2418200001" });
await call("list_chats", { pagesize: 5 });

await client.close();
