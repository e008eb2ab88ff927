import fc from "fast-check";
import { expect, test } from "vitest";
import {
  conversations,
  type MadeMessage,
  madeMessages,
  uuid,
  walkThrough,
} from "../support/conversations.ts";

/** Messages of which several may have the same millisecond, as when a bot sends two at once. */
const chatsOfMessages = fc
  .array(fc.constantFrom(0, 0, 1, 1, 1, 5), { maxLength: 130 })
  .map((gaps) => {
    let time = 1_700_000_000_000;
    return gaps.map((gap, index): MadeMessage => {
      time += gap;
      return { id: uuid(index + 1), type: 9, content: "x", author_id: "7", create_at: time };
    });
  });

/** A page in any order, with rows of it and newer rows, of pages before it, repeated. */
function scrambled(seed: number, repeats: number) {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const earlier: MadeMessage[] = [];
  return (items: MadeMessage[]) => {
    const rows = [...items];
    const last = items.at(-1)?.id ?? "";
    const newer = earlier.filter(({ id }) => id > last);
    for (let count = 0; count < repeats && rows.length > 0; count++) {
      const from = count % 2 === 0 || newer.length === 0 ? items : newer;
      rows.push(from[random(from.length)] as MadeMessage);
    }
    earlier.push(...items);
    for (let at = rows.length - 1; at > 0; at--) {
      const other = random(at + 1);
      [rows[at], rows[other]] = [rows[other] as MadeMessage, rows[at] as MadeMessage];
    }
    return rows;
  };
}

test("walking back gives every message once, in any order of KOOK's pages, with any rows repeated", async () => {
  await fc.assert(
    fc.asyncProperty(
      chatsOfMessages,
      fc.constantFrom(1, 2, 3, 20, 49, 50),
      fc.nat(),
      fc.nat(3),
      async (made, limit, seed, repeats) => {
        const chats = [{ code: "c", target: "7", messages: made }];
        const { messages } = conversations({ chats, page: scrambled(seed, repeats) });
        const ids = await walkThrough(messages, "c", limit);
        expect([...ids].sort()).toEqual(made.map(({ id }) => id).sort());
        // The second walk does not depend on what the first one has shown.
        expect(await walkThrough(messages, "c", limit)).toHaveLength(made.length);
      },
    ),
    { numRuns: 200 },
  );
});

test("walking on with `newer` gives every message after the first page once", async () => {
  await fc.assert(
    fc.asyncProperty(
      chatsOfMessages.filter(({ length }) => length > 0),
      fc.constantFrom(1, 3, 20, 50),
      fc.nat(),
      async (made, limit, seed) => {
        const chats = [{ code: "c", target: "7", messages: made }];
        const { messages } = conversations({ chats, page: scrambled(seed, 0) });
        const first = made[0] as MadeMessage;
        const ids: string[] = [];
        for (let after: string | undefined = first.id; after !== undefined; ) {
          const page = await messages.list({ chat_code: "c" }, { limit, after });
          ids.push(...page.messages.map(({ id }) => id));
          after = page.newer;
          if (ids.length > 1_000) throw new Error("The walk does not end.");
        }
        expect([first.id, ...ids].sort()).toEqual(made.map(({ id }) => id).sort());
      },
    ),
    { numRuns: 200 },
  );
});

test("pages are in the order of time, and hold no more than the limit where no two messages are of one millisecond", async () => {
  const made = madeMessages(130);
  const chats = [{ code: "c", target: "7", messages: made }];
  const { messages } = conversations({ chats, page: scrambled(4, 2) });
  expect(await walkThrough(messages, "c", 20)).toEqual(made.map(({ id }) => id));
  const page = await messages.list({ chat_code: "c" }, { limit: 20 });
  expect(page.messages.map(({ id }) => id)).toEqual(made.slice(-20).map(({ id }) => id));
});

test("messages without a time that can be read hide no other, wherever they are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(119), { maxLength: 2 }),
      fc.constantFrom(3, 20, 50),
      fc.boolean(),
      async (places, limit, newestFirst) => {
        const made = madeMessages(120);
        for (const place of places) Object.assign(made[place] as object, { create_at: null });
        const chats = [{ code: "c", target: "7", messages: made }];
        const page = (items: MadeMessage[]) => (newestFirst ? items.toReversed() : items);
        const ids = await walkThrough(conversations({ chats, page }).messages, "c", limit);
        // One may be repeated: its place in KOOK's page is a guess.
        expect([...new Set(ids)].sort()).toEqual(made.map(({ id }) => id).sort());
      },
    ),
    { numRuns: 300 },
  );
});
