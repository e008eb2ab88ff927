// The built server sends, edits and deletes messages over loopback, under each fault of the sandbox: what changes something
// is posted once, and the result is true.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fault, faults } from "../../src/sandbox/faults/all.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { type ServedSandbox, serveSandbox } from "../../src/sandbox/serve.ts";
import { call } from "../support/connect.ts";
import { MAIN } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

/** Only the faults that never answer may meet it. */
const TIMEOUT_MS = 1_500;

const perRequest = [...faults.values()].filter((fault) => !("readdress" in fault));

let sandbox: Sandbox;
let served: ServedSandbox;
/** The fault of each post, by what stands in its body. */
const striking = new Map<string, Fault>();
let posts: string[] = [];

beforeAll(async () => {
  sandbox = new Sandbox({ limit: 1_000_000, anchor: Date.now() });
  served = await serveSandbox(sandbox, 0, {
    fault({ method, body }) {
      if (method !== "POST") return undefined;
      posts.push(body);
      return [...striking].find(([part]) => body.includes(part))?.[1];
    },
  });
});
afterAll(() => served.close());

const start = () =>
  attach({
    args: [MAIN, "--messages", "read,send", "--send-to", "*", "--confirm-send", "never"],
    env: {
      KOOK_BASE_URL: served.url,
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_SEND_LIMIT: "1000",
      KOOK_TIMEOUT_MS: String(TIMEOUT_MS),
    },
  });

/** Chats that have messages and whose user does not block the bot. */
async function targets(client: Awaited<ReturnType<typeof start>>["client"], count: number) {
  const pages = [1, 2].map((page) => call(client, "list_chats", { page, page_size: 50 }));
  const rows = (await Promise.all(pages)).flatMap(
    ({ structured = {} }) => structured["chats"] as { chat_code: string; target_id: string }[],
  );
  return rows.filter((_, index) => index % 25 !== 4 && index % 29 !== 28).slice(0, count);
}

/** The messages with this content, also those that show later. */
function stored(content: string): string[] {
  return sandbox.find(content);
}

const statusOf = ({ structured = {} }: Awaited<ReturnType<typeof call>>) =>
  (structured["results"] as { status: string }[])[0]?.status;

test("a message is sent once under every fault, and what the result says is true", async () => {
  const { client, end } = await start();
  const chats = await targets(client, perRequest.length);
  expect(chats).toHaveLength(perRequest.length);
  const cases = perRequest.map((fault, index) => ({
    fault,
    chat_code: chats[index]?.chat_code ?? "",
    text: `words under ${fault.name.replaceAll("-", " ")}`,
  }));
  for (const { fault, chat_code } of cases) striking.set(chat_code, fault);
  const send = ({ chat_code, text }: (typeof cases)[number]) =>
    call(client, "send_messages", { messages: [{ chat_code, text }] });
  const first = await Promise.all(cases.map(send));
  const statuses = new Set<string | undefined>();
  for (const [index, { fault, text }] of cases.entries()) {
    const there = stored(text).length;
    const status = statusOf(first[index] as Awaited<ReturnType<typeof call>>);
    statuses.add(status);
    const isUnheard = "unheard" in fault && fault.unheard === true;
    // A rate limit in a refusal is waited for and tried again: nothing was done.
    if (status === "sent") expect(there, fault.name).toBe(1);
    else if (status === "not_sent") expect(there, fault.name).toBe(0);
    else
      expect({ status, there }, fault.name).toEqual({
        status: "unknown",
        there: isUnheard ? 0 : 1,
      });
  }
  expect(statuses).toEqual(new Set(["sent", "not_sent", "unknown"]));
  striking.clear();
  const again = await Promise.all(cases.map(send));
  for (const [index, { fault, text }] of cases.entries()) {
    const status = statusOf(again[index] as Awaited<ReturnType<typeof call>>);
    const before = statusOf(first[index] as Awaited<ReturnType<typeof call>>);
    const expected = { sent: "already_sent", not_sent: "sent", unknown: status }[before ?? ""];
    expect(status, fault.name).toBe(expected);
    expect(stored(text).length, fault.name).toBe(status === "unknown" ? 0 : 1);
  }
  expect(await end()).not.toContain("words under");
}, 60_000);

test.each(["edit_message", "delete_message"])(
  "%s is posted once under every fault, and what the result says is true",
  async (tool) => {
    const { client } = await start();
    const chats = await targets(client, perRequest.length);
    const cases = await Promise.all(
      perRequest.map(async (fault, index) => {
        const { chat_code } = chats[index] as { chat_code: string };
        const old = `${tool} before ${fault.name.replaceAll("-", " ")}`;
        const messages = [{ chat_code, text: old }];
        const sent = await call(client, "send_messages", { messages });
        const [{ msg_id } = { msg_id: "" }] = (sent.structured?.["results"] ?? []) as {
          msg_id: string;
        }[];
        const [id = ""] = stored(old);
        expect(id.slice(0, 8)).toBe(msg_id);
        return {
          fault,
          chat_code,
          msg_id,
          id,
          old,
          text: `${tool} now ${fault.name.replaceAll("-", " ")}`,
        };
      }),
    );
    for (const { fault, id } of cases) striking.set(id, fault);
    posts = [];
    const results = await Promise.all(
      cases.map(({ chat_code, msg_id, text }) =>
        call(client, tool, { chat_code, msg_id, ...(tool === "edit_message" && { text }) }),
      ),
    );
    striking.clear();
    for (const [index, { fault, id, old, text }] of cases.entries()) {
      const {
        structured,
        isError,
        text: words,
      } = results[index] as Awaited<ReturnType<typeof call>>;
      const isChanged = stored(old).length === 0;
      if (tool === "edit_message") expect(stored(text).length, fault.name).toBe(isChanged ? 1 : 0);
      const isDone = structured?.["status"] === "sent" || structured?.["deleted"] === true;
      const isUnknown =
        structured?.["status"] === "unknown" || (isError && words.includes("Outcome unknown."));
      if (!isUnknown) expect(isDone, `${fault.name}: ${words}`).toBe(isChanged);
      // A refusal for the rate call again with it, three times at most.
      const times = posts.filter((body) => body.includes(id)).length;
      expect(times, fault.name).toBeLessThanOrEqual(fault.name.startsWith("rate-limit") ? 3 : 1);
    }
  },
  60_000,
);

test("two processes that send at once send each message once, and share the chats", async () => {
  const [one, other] = await Promise.all([start(), start()]);
  const chats = await targets(one.client, 10);
  const sends = [one, other].flatMap(({ client }, process) =>
    chats.map(({ chat_code }, index) =>
      call(client, "send_messages", {
        messages: [{ chat_code, text: `process ${process} message ${index}` }],
      }),
    ),
  );
  for (const answer of await Promise.all(sends)) expect(statusOf(answer)).toBe("sent");
  for (const process of [0, 1]) {
    for (const index of chats.keys()) {
      expect(stored(`process ${process} message ${index}`)).toHaveLength(1);
    }
  }
});
