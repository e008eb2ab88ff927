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
const received = (answer) => console.log(wrapped(answer).replace(/^/gm, "  "));

/** Breaks lines at spaces, to fit a terminal; a Chinese character takes two columns. @param {string} text */
function wrapped(text, width = 96) {
  const columns = (/** @type {string} */ part) =>
    part.length + (part.match(/[\u2e80-\uffef]/g)?.length ?? 0);
  const wrap = (/** @type {string} */ line) =>
    line.split(" ").reduce((done, word) => {
      const last = done.slice(done.lastIndexOf("\n") + 1);
      return columns(last) + columns(word) < width ? `${done} ${word}` : `${done}\n    ${word}`;
    });
  return text.split("\n").map(wrap).join("\n");
}

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
    args: [
      ...["dist/main.js", "--sandbox", "--messages", "read", "--time-zone", "Asia/Shanghai"],
      ...["--language", "en", "--log-level", "error"],
    ],
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

heading("Who is waiting for an answer, and what do they want?");
const inbox = await call("list_inbox", { since: "24h", limit: 3 });

heading("What was said before, in one chat, and would an answer get through?");
const { target_id, chat_code } = inbox["chats"][1];
await call("list_messages", { target_id, limit: 6 });
await call("view_chat", { chat_code });

heading("A page of all chats");
await call("list_chats", { page_size: 3 });

heading("Open a chat with a user, then delete it, which a person is asked about");
const opened = await call("create_chat", { target_id: "2418200000" });
await call("delete_chat", { chat_code: opened["chat_code"] });

heading("Errors say what to do next");
await call("create_chat", { target_id: "2418200001" });

heading("All tools of this server; without --messages read, the first four");
for (const { name: tool, title, annotations } of (await client.listTools()).tools) {
  const { readOnlyHint, destructiveHint } = annotations ?? {};
  const nature = readOnlyHint ? "reads" : destructiveHint ? "destroys" : "changes";
  console.log(`  ${paint("bold", tool.padEnd(15))}${nature.padEnd(10)}${title}`);
}

await client.close();

heading("What to do next");
console.log(`  Try it in your AI application, without a token: start it with
    node dist/main.js --sandbox --messages read
  Use it with your bot: README.md, “Attach it” (README.zh-CN.md, “接入客户端”)
  Check your settings: node dist/main.js doctor`);
