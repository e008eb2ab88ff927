// Sends that wait for each other.
import { expect, test } from "vitest";
import type { Outgoing } from "../../src/messages/outgoing.ts";
import { Sending } from "../../src/messages/sending.ts";

const chat = { chat_code: "c", target_id: "1", username: "u" };
const outgoing = (content: string) =>
  ({
    kind: "text",
    chat,
    content,
    shown: content,
    hosts: [],
    on: undefined,
    isOnLast: true,
    leaks: [],
    state: "",
    readAt: 0,
    latest: { messages: [], newest: undefined, fromUser: undefined, ids: new Set() },
  }) as Outgoing;

test("of four queued sends two give up at their deadline: the others keep their order, and nothing is kept", async () => {
  const posted: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const sending = new Sending({
    messages: {} as never,
    preparation: {} as never,
    posting: {
      known: async () => undefined,
      async post({ content }: Outgoing) {
        posted.push(`start ${content}`);
        if (content === "1") await held;
        posted.push(`end ${content}`);
        return { chat, status: "sent" };
      },
    } as never,
    limits: { count: () => () => {} } as never,
    onChange() {},
  });
  const deliver = (content: string, ms: number) =>
    sending.deliver([{ outgoing: outgoing(content) }], (_, change) => change(), {
      deadline: performance.now() + ms,
    });
  const all = [
    deliver("1", 9_000),
    deliver("2", 50),
    deliver("3", 9_000),
    deliver("4", 50),
    deliver("5", 9_000),
  ];
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(posted).toEqual(["start 1"]);
  const late = deliver("6", 9_000);
  release();
  const results = (await Promise.all([...all, late])).flat().map(({ status }) => status);
  expect(results).toEqual(["sent", "not_sent", "sent", "not_sent", "sent", "sent"]);
  expect(posted.filter((line) => line.startsWith("start"))).toEqual([
    "start 1",
    "start 3",
    "start 5",
    "start 6",
  ]);
});
