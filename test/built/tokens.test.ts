// Budgets for the tokens that the server costs a model's context.
import { beforeAll, expect, test } from "vitest";
import { measure, tokensOnWire, tokensSeen } from "../../scripts/tokens.mjs";

const budgets = [
  {
    who: "handle chats",
    names: ["list_chats", "view_chat", "create_chat", "delete_chat"],
    seen: 650,
    wire: 1_250,
  },
  {
    who: "read messages",
    names: ["list_inbox", "list_messages", "view_image"],
    seen: 450,
    wire: 1_450,
  },
  {
    who: "send messages",
    names: ["send_messages", "edit_message", "delete_message"],
    seen: 420,
    wire: 1_050,
  },
];

let report: Awaited<ReturnType<typeof measure>>;
beforeAll(async () => {
  report = await measure();
});

const allTools = () => [...report.tools, ...report.reading.tools, ...report.sending.tools];

test.each(budgets)(
  "the tools that $who cost $seen tokens at most as a model sees them, $wire on the wire",
  ({ names, seen, wire }) => {
    const tools = allTools().filter(({ name }) => names.includes(name));
    expect(tools).toHaveLength(names.length);
    expect(tokensSeen(tools)).toBeLessThanOrEqual(seen);
    expect(tokensOnWire(tools)).toBeLessThanOrEqual(wire);
  },
);

test("each further tool costs 180 tokens at most as a model sees it, 550 on the wire", () => {
  const named = budgets.flatMap(({ names }) => names);
  for (const tool of allTools().filter(({ name }) => !named.includes(name))) {
    expect(tokensSeen([tool]), tool.name).toBeLessThanOrEqual(180);
    expect(tokensOnWire([tool]), tool.name).toBeLessThanOrEqual(550);
  }
});

test("the instructions cost 200 tokens at most", () => {
  for (const { instructions } of [report, report.reading, report.sending]) {
    expect(instructions).toBeLessThanOrEqual(200);
    expect(instructions).toBeGreaterThan(0);
  }
});

test.each(["sandbox", "hostile"])(
  "a chat of the %s page costs 48 tokens as text, 72 as structured content",
  (page) => {
    const cost = report.pages[page];
    expect(cost?.text).toBeLessThanOrEqual(48);
    expect(cost?.structured).toBeLessThanOrEqual(72);
    // Text is shorter than structured content, and both are shorter than KOOK's own answer.
    expect(cost?.text).toBeLessThan(cost?.structured ?? 0);
    expect(cost?.structured).toBeLessThan((cost?.raw ?? 0) / 1.5);
  },
);
