// list_chats with a filter, as a model meets it.
import { expect, onTestFinished, test, vi } from "vitest";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { paging } from "../support/chats.ts";
import { settled } from "../support/clock.ts";
import { call, connect } from "../support/connect.ts";

test("chats with unread messages are found in one call", async () => {
  const { text, structured } = await call(await connect(), "list_chats", {
    unread_only: true,
    page_size: 2,
  });
  const [head, first] = text.split("\n");
  expect(head).toBe(
    '13 matches so far; 50 of 480 chats were searched. Newest first. Each line: chat_code target_id "username", latest message in UTC.',
  );
  expect(first).toBe(
    '8b4b47fb5cc065182e2049ad3b9243ca 1000007926 "工具1", 2 unread, 2026-11-20 07:23',
  );
  expect(text).toMatch(/\nFor more, call list_chats with page 2 and the same filter\.$/);
  expect(structured).toMatchObject({
    chats: { length: 13 },
    page: 1,
    page_total: 10,
    total: 480,
    next_page: 2,
    scanned: 50,
    complete: false,
    next: "For more, call list_chats with page 2 and the same filter.",
  });
});

test("a filter with page_size 3 returns all matches of the page that had enough, and says so", async () => {
  const args = { unread_only: true, page_size: 3 };
  const { text, structured } = await call(await connect(), "list_chats", args);
  const { chats } = structured as { chats: unknown[] };
  expect(text).toContain(`${chats.length} matches so far; 50 of 480 chats were searched.`);
  expect(text.split("\n").filter((line) => line.includes(" unread"))).toHaveLength(chats.length);
  expect(structured).toMatchObject({ complete: false, scanned: 50, next_page: 2 });
});

test.each([1, 3, 20, 50])(
  "a filter with page_size %i returns fewer rows than that and one page of KOOK's",
  async (page_size) => {
    const { fetch } = paging((page) => {
      for (const [index, item] of page.items.entries()) item.unread_count = index % 4;
    });
    const args = { unread_only: true, page_size };
    const { structured } = await call(await connect({ fetch }), "list_chats", args);
    const { chats } = structured as { chats: unknown[] };
    expect(chats.length).toBeGreaterThanOrEqual(page_size);
    expect(chats.length).toBeLessThan(page_size + 50);
  },
);

test("a query names the only chat that it fits as a whole, for the next call", async () => {
  const client = await connect();
  const { text, structured } = await call(client, "list_chats", { query: "夏天1" });
  expect(text).toContain("11 chats match; all 480 were searched.");
  expect(text).toContain(`The whole name or id fits only ${DOCUMENTED_CHAT.code}.`);
  const { only_match } = structured as { only_match: string };
  const viewed = await call(client, "view_chat", { chat_code: only_match });
  expect(viewed.text).toContain("not blocked by either side");
});

test("a query without a match says how many chats were searched", async () => {
  const { text, structured } = await call(await connect(), "list_chats", { query: "nobody" });
  expect(text).toBe("0 chats match; all 480 were searched.");
  expect(structured).toMatchObject({ chats: [], complete: true, scanned: 480 });
});

test.each([
  [{ unread_only: "true" }, 13],
  [{ unread_only: 1 }, 13],
  [{ unread_only: " TRUE " }, 13],
  [{ query: 3903536527 }, 1],
  [{ query: "Ｎｉｇｈｔｗｉｎｇ７" }, 1],
])("%j is understood", async (args, matches) => {
  const { structured } = await call(await connect(), "list_chats", { ...args, page_size: 1 });
  expect(structured?.["chats"]).toHaveLength(matches);
});

test.each([
  { unread_only: false },
  { unread_only: "false", query: null },
  { query: "" },
  { query: "  " },
])("%j is no filter", async (args) => {
  const { structured } = await call(await connect(), "list_chats", args);
  expect(structured).not.toHaveProperty("scanned");
  expect(structured?.["chats"]).toHaveLength(50);
});

test("a filter of the wrong kind is refused and says what is right", async () => {
  const { text, isError } = await call(await connect(), "list_chats", { unread_only: "maybe" });
  expect(isError).toBe(true);
  expect(text).toBe("list_chats: unread_only must be true or false. Nothing was done.");
});

test("a search that the rate limit ends returns its matches, the reason and the next page, in both forms", async () => {
  const sandbox = new Sandbox({ limit: 3, windowSeconds: 60 });
  const client = await connect({ fetch: sandbox.fetch });
  const { text, structured, isError } = await call(client, "list_chats", { unread_only: true });
  const stopped = expect.stringMatching(
    /^The search ended early: KOOK's rate limit .* Wait \d+ s before the next call\.$/,
  );
  expect(isError).toBe(false);
  expect(structured).toMatchObject({ scanned: 150, complete: false, next_page: 4, stopped });
  expect(text).toContain(`\n${structured?.["stopped"]}\n`);
});

test("chats that cannot be read are counted, and a list that changed is named", async () => {
  const { fetch } = paging((page, asked) => {
    if (asked === 1) page.items[0] = {} as (typeof page.items)[0];
  });
  const skipping = await call(await connect({ fetch }), "list_chats", { query: "nobody" });
  expect(skipping.text).toContain("1 could not be read and is left out.");
  expect(skipping.structured).toMatchObject({
    complete: false,
    stopped: "1 could not be read and is left out.",
  });

  const moving = paging((page, asked) => {
    page.meta.total -= asked;
  });
  const { text } = await call(await connect(moving), "list_chats", { query: "nobody" });
  expect(text).toContain("The list changed during the search: a chat may be missing.");
});

test("a host that asks for progress gets a report for each page", async () => {
  const told: unknown[] = [];
  const client = await connect();
  await client.callTool({ name: "list_chats", arguments: { query: "nobody" } }, undefined, {
    onprogress: ({ message }) => told.push(message),
  });
  expect(told[2]).toBe("searched page 3 of 10");
  expect(told.at(-1)).toBe("searched page 10 of 10");
});

test("a host that asks for progress is told once that several pages wait", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const told: unknown[] = [];
  const sandbox = new Sandbox({ limit: 3, windowSeconds: 0.3 });
  const client = await connect({ fetch: sandbox.fetch });
  const listing = client.callTool(
    { name: "list_chats", arguments: { query: "nobody" } },
    undefined,
    { onprogress: ({ message }) => told.push(message) },
  );
  await settled(listing);
  const waits = told.filter((message) => /^waiting/.test(String(message)));
  expect(waits.length).toBeGreaterThan(0);
  for (const [index, message] of told.entries()) expect(message).not.toBe(told[index + 1]);
});

test("with an allow-list no text names a chat outside it", async () => {
  const hidden = "8b4b47fb5cc065182e2049ad3b9243ca";
  const client = await connect({ allowTargets: [DOCUMENTED_CHAT.targetId] });
  const listed = await call(client, "list_chats");
  expect(listed.structured).toMatchObject({ chats: { length: 1 }, total: 1, page_total: 1 });
  const { resources } = await client.listResources();
  const listedChats = resources.filter(({ uri }) => /\/[0-9a-f]{32}$/.test(uri));
  expect(listedChats.map(({ uri }) => uri)).toEqual([`kook://chats/${DOCUMENTED_CHAT.code}`]);
  const outcomes = await Promise.all([
    call(client, "view_chat", { chat_code: hidden }),
    call(client, "delete_chat", { chat_code: hidden }),
    call(client, "create_chat", { target_id: "1000007926" }),
  ]);
  for (const { text, isError } of outcomes) {
    expect(isError).toBe(true);
    expect(text).toContain("KOOK_ALLOW_TARGETS");
    expect(text).not.toMatch(/工具|1000007926|40\d/);
  }
  await expect(client.readResource({ uri: `kook://chats/${hidden}` })).rejects.toMatchObject({
    code: -32002,
  });
});
