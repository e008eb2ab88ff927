// A real MCP session, printed: the SDK's own client over stdio, the built server, the sandbox. Needs no account. Fits 80
// columns, and is in the person's language, as the server would choose it.
import { styleText } from "node:util";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const WIDTH = 80;

const { env } = process;
const locale =
  env["KOOK_LANGUAGE"] ||
  env["LC_ALL"] ||
  env["LC_MESSAGES"] ||
  env["LANG"] ||
  new Intl.DateTimeFormat().resolvedOptions().locale;
const language = /^(zh|中文)/i.test(locale) ? "zh" : "en";

const words = {
  en: {
    title: "on its sandbox: a made-up KOOK with 480 private chats",
    waiting: "Who is waiting for an answer, and what do they want?",
    before: "What was said before, in one chat?",
    answer: "Answer: a person is asked first",
    agrees: "the person agrees",
    twice: "The same call again sends nothing twice",
    errors: "Errors say what to do next",
    tools: "All tools; without --messages read,send only the first four exist",
    natures: { reads: "reads", changes: "changes", destroys: "changes for good" },
    next: "What to do next",
    steps: [
      "Try it in your AI application, without a token; its entry starts",
      "  node dist/main.js --sandbox --messages read,send",
      "Use it with your bot: README.md, “Attach it”",
      "Check your settings: node dist/main.js doctor",
    ],
  },
  zh: {
    title: "正在沙盒上运行：一个虚构的 KOOK，有 480 个私信会话",
    waiting: "谁在等待回复，他们有什么诉求？",
    before: "这个会话之前说了什么？",
    answer: "回复：先请用户确认",
    agrees: "用户同意",
    twice: "同样的调用再来一次，不会重复发送",
    errors: "出错时会说明下一步怎么做",
    tools: "全部工具；没有 --messages read,send 时只有前四个",
    natures: { reads: "读取", changes: "更改", destroys: "不可恢复的更改" },
    next: "接下来",
    steps: [
      "不用 Token，在你的 AI 应用里试用；配置启动",
      "  node dist/main.js --sandbox --messages read,send",
      "接入你的机器人：见 README.zh-CN.md 的“接入客户端”",
      "检查设置：node dist/main.js doctor",
    ],
  },
}[/** @type {"en" | "zh"} */ (language)];

const coloured = process.stdout.isTTY && !env["NO_COLOR"];
/** @param {Parameters<typeof styleText>[0]} style @param {string} text */
const paint = (style, text) => (coloured ? styleText(style, text) : text);
/** @param {Parameters<typeof styleText>[0]} style @param {string} text @param {string} first */
const print = (style, text, first = "  ") => console.log(paint(style, wrapped(text, first)));
/** @param {string} text */
const heading = (text) => console.log(`\n${paint("bold", `# ${text}`)}`);

/** Breaks lines at spaces and Chinese characters, which take two columns. @param {string} text @param {string} first */
function wrapped(text, first) {
  const columns = (/** @type {string} */ part) =>
    part.length + (part.match(/[\u2e80-\uffef]/g)?.length ?? 0);
  const wrap = (/** @type {string} */ line) =>
    line.split(/(?<= )|(?=[\u2e80-\u9fff])/).reduce((done, part) => {
      const last = done.slice(done.lastIndexOf("\n") + 1);
      return columns(last + part.trimEnd()) <= WIDTH
        ? done + part
        : `${done.trimEnd()}\n    ${part}`;
    }, first);
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
  print("yellow", message.replaceAll("\n\n", "\n"), "  ? ");
  for (const field of Object.values(requestedSchema.properties)) {
    const {
      title,
      description,
      default: value,
    } = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (field));
    print("yellow", `${title}: ${value}\n${description}`, "  ? ");
  }
  print("yellow", words.agrees, "  → ");
  return { action: /** @type {const} */ ("accept"), content: {} };
});
await client.connect(
  new StdioClientTransport({
    command: process.execPath,
    args: [
      ...["dist/main.js", "--sandbox", "--messages", "read,send", "--time-zone", "Asia/Shanghai"],
      ...["--language", language, "--log-level", "error"],
    ],
  }),
);

/** @param {string} name @param {Record<string, unknown>} args */
async function call(name, args) {
  print("cyan", `${name} ${JSON.stringify(args)}`, "→ ");
  const result = await client.callTool({ name, arguments: args });
  const [content] = /** @type {{ text: string }[]} */ (result.content);
  print(result.isError ? "red" : "green", content?.text ?? "");
  return /** @type {Record<string, any>} */ (result.structuredContent ?? {});
}

const { name, version } = client.getServerVersion() ?? {};
console.log(wrapped(`${name} ${version}, ${words.title}`, ""));

heading(words.waiting);
const { chats } = await call("list_inbox", { since: "24h", limit: 2 });

heading(words.before);
const { target_id } = chats[1];
await call("list_messages", { target_id, limit: 4 });

heading(words.answer);
const messages = [{ target_id, text: "可以退。**3 到 5 天**原路退回，到账后请告诉我。" }];
await call("send_messages", { messages });

heading(words.twice);
await call("send_messages", { messages });

heading(words.errors);
await call("create_chat", { target_id: "2418200001" });

heading(words.tools);
for (const { name: tool, title, annotations } of (await client.listTools()).tools) {
  const { readOnlyHint, destructiveHint } = annotations ?? {};
  const nature = readOnlyHint ? "reads" : destructiveHint ? "destroys" : "changes";
  console.log(`  ${paint("bold", tool.padEnd(16))}${title} (${words.natures[nature]})`);
}

await client.close();

heading(words.next);
for (const step of words.steps) console.log(`  ${step}`);
