// The costs of a bot owner's jobs: calls, tokens of o200k (arguments and results) and KOOK requests, on a sandbox of 480
// chats with KOOK's rate limit. `npm run jobs` prints a table; test/built/jobs.test.ts holds the budgets.
import { fileURLToPath } from "node:url";
import { costOf, withSandbox } from "./job-costs.mjs";

/** @typedef {import("./job-costs.mjs").Call} Call */
/** @typedef {import("./job-costs.mjs").Job} Job */
/** @typedef {import("./job-costs.mjs").Cost} Cost */

/** The support case of the seed, which waits. */
const USER = "3903536527";

/** @returns {Promise<{ job: string, budget: Partial<Cost>, cost: Cost }[]>} */
export async function measure() {
  const waiting = await withSandbox({ limit: 1_000_000 }, async ({ call }) => {
    /** @type {Set<string>} */
    const codes = new Set();
    let cursor;
    do {
      const args = { limit: 20, messages: 1, ...(cursor && { cursor }) };
      const { chats, next_cursor } = await call("list_inbox", args);
      for (const { chat_code } of chats) codes.add(chat_code);
      cursor = next_cursor;
    } while (cursor);
    return [...codes];
  });
  const rows = [];
  for (const { job, budget, hasNews, sends, asks, ...steps } of jobsOf(waiting)) {
    const world = { hasNews, sends, asks };
    rows.push({ job, budget, cost: await withSandbox(world, (kook) => costOf(kook, steps)) });
  }
  return rows;
}

/** @param {string[]} waiting codes of the chats that wait @returns {Job[]} */
function jobsOf(waiting) {
  const hasNews = (/** @type {string} */ code) => waiting.includes(code);
  const requests = { first: 10 + waiting.length, second: 10 };
  return [
    {
      job: "1 who is waiting, a message each",
      budget: { calls: 1, text: 400, ...requests },
      hasNews,
      run: (call) => call("list_inbox", { messages: 1 }),
    },
    {
      job: "1 who is waiting, three messages each",
      budget: { calls: 1, text: 950, ...requests },
      hasNews,
      run: (call) => call("list_inbox"),
    },
    {
      job: "1 who is waiting, if all chats have news",
      budget: { calls: 1, text: 950, seconds: 45 },
      run: (call) => call("list_inbox"),
    },
    {
      job: "2 who is waiting, ten messages each",
      budget: { calls: 1, text: 4_200, ...requests },
      hasNews,
      run: (call) => call("list_inbox", { messages: 10 }),
    },
    {
      job: "3 answer three people, with a form",
      budget: { calls: 1, text: 160, first: 6 },
      sends: true,
      asks: true,
      before: (call) => call("list_inbox", { limit: 3 }),
      run: (call, { chats }) => call("send_messages", { messages: answersTo(chats) }),
    },
    {
      job: "3 answer three people, without a form",
      budget: { calls: 2, text: 420, first: 9 },
      sends: true,
      before: (call) => call("list_inbox", { limit: 3 }),
      async run(call, { chats }) {
        const messages = answersTo(chats);
        const { confirm_token } = await call("send_messages", { messages });
        // The second run finds them sent already.
        if (confirm_token) await call("send_messages", { messages, confirm_token });
      },
    },
    {
      job: "4 what did X say about Y",
      budget: { calls: 2, text: 560, first: 20, second: 20 },
      async run(call) {
        const { only_match } = await call("list_chats", { query: "Nightwing8" });
        await call("list_messages", { chat_code: only_match, query: "补偿" });
      },
    },
    {
      job: "5 summarise a day of 40 chats",
      budget: { calls: 2, text: 10_500, first: 50, second: 20 },
      async run(call) {
        const args = { all: true, since: "24h", limit: 20, messages: 10 };
        const { next_cursor } = await call("list_inbox", args);
        await call("list_inbox", { ...args, cursor: next_cursor });
      },
    },
    {
      job: "7 has X answered, five looks",
      budget: { calls: 5, text: 350, first: 5, second: 5 },
      async before(call) {
        const { messages } = await call("list_messages", { target_id: USER });
        return messages.slice(-2).map((/** @type {{ msg_id: string }} */ row) => row.msg_id);
      },
      async run(call, [answered, newest]) {
        const look = (/** @type {string} */ after) =>
          call("list_messages", { target_id: USER, after });
        for (let count = 1; count < 5; count++) await look(newest);
        await look(answered);
      },
    },
    {
      job: "8 correct what was sent, with a form",
      budget: { calls: 1, text: 200, first: 2 },
      sends: true,
      asks: true,
      async before(call) {
        const { results } = await call("send_messages", {
          messages: [{ target_id: USER, text: "补偿今晚发放" }],
        });
        return results[0].msg_id;
      },
      run: (call, msg_id) =>
        call("edit_message", { target_id: USER, msg_id, text: "更正：补偿明晚 20:00 发放" }),
    },
    {
      job: "8 correct what was sent, without a form",
      budget: { calls: 2, text: 200, first: 3 },
      sends: true,
      async before(call) {
        const messages = [{ target_id: USER, text: "补偿今晚发放" }];
        const { confirm_token } = await call("send_messages", { messages });
        const { results } = await call("send_messages", { messages, confirm_token });
        return results[0].msg_id;
      },
      async run(call, msg_id) {
        const args = { target_id: USER, msg_id, text: "更正：补偿明晚 20:00 发放" };
        const { confirm_token } = await call("edit_message", args);
        if (confirm_token) await call("edit_message", { ...args, confirm_token });
      },
    },
    {
      job: "9 hand over a case of 50 messages",
      budget: { calls: 1, text: 1_750, first: 1, second: 1 },
      before: async (call) => (await call("list_chats", { page: 2 }))["chats"][0].target_id,
      run: (call, target_id) => call("list_messages", { target_id, limit: 50 }),
    },
  ];
}

/** @param {{ target_id: string }[]} chats */
function answersTo(chats) {
  const texts = ["已补发，请重新登录查看", "正在查，今晚答复您", "退款已受理，明天到账"];
  return chats.map(({ target_id }, index) => ({ target_id, text: texts[index] }));
}

/** @param {Awaited<ReturnType<typeof measure>>} rows */
function print(rows) {
  const columns = /** @type {const} */ ([
    ["calls", "calls"],
    ["text", "text"],
    ["structured", "structured"],
    ["first", "requests"],
    ["second", "again"],
    ["seconds", "seconds"],
  ]);
  const line = (/** @type {string} */ first, /** @type {string[]} */ cells) =>
    console.log(first.padEnd(42) + cells.map((cell) => cell.padStart(14)).join(""));
  line(
    "job: tokens (o200k), KOOK requests",
    columns.map(([, title]) => title),
  );
  for (const { job, cost, budget } of rows) {
    line(
      job,
      columns.map(([key]) => {
        const figure = key === "seconds" ? cost[key].toFixed(1) : String(cost[key]);
        return budget[key] === undefined ? figure : `${figure} of ${budget[key]}`;
      }),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(await measure());
