// KOOK's list counts in each form that its servers and proxies send: no chat is lost, and no claim is early.
import { describe, expect, test } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { call, connect } from "../support/connect.ts";

const CHATS = 130;

interface Envelope {
  data: { items: Record<string, unknown>[]; meta?: unknown };
}
type Meta = Record<"page" | "page_total" | "page_size" | "total", number>;

/** A sandbox of 130 chats whose list is changed on the way. */
function changing(
  change: (data: Envelope["data"]) => void,
  sandbox = new Sandbox({ chats: CHATS }),
): Fetch {
  return async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    if (!new URL(url).pathname.endsWith("/list")) return answer;
    const envelope = (await answer.json()) as Envelope;
    change(envelope.data);
    return Response.json(envelope, { headers: answer.headers });
  };
}

const withMeta = (change: (meta: Meta) => unknown, sandbox?: Sandbox) =>
  changing((data) => {
    data.meta = change(data.meta as Meta);
  }, sandbox);

const without =
  (...names: (keyof Meta)[]) =>
  (meta: Meta) =>
    Object.fromEntries(
      Object.entries(meta).filter(([name]) => !names.includes(name as keyof Meta)),
    );

const yii = ({ page, page_total, page_size, total }: Meta) => ({
  currentPage: page,
  pageCount: page_total,
  perPage: page_size,
  totalCount: total,
});

const metas: [string, (meta: Meta) => unknown][] = [
  ["KOOK's names", (meta) => meta],
  ["Yii2's names", yii],
  ["Yii2's names, without the number of pages", (meta) => ({ ...yii(meta), pageCount: undefined })],
  [
    "both, half and half",
    ({ page, page_total, ...rest }) => ({ ...rest, currentPage: page, pageCount: page_total }),
  ],
  ["digits as text", (meta) => JSON.parse(JSON.stringify(meta).replace(/\d+/g, '"$&"'))],
  ["no page_total", without("page_total")],
  ["no total", without("total")],
  ["no page_size", without("page_size")],
  ["no page", without("page")],
  ["the page alone", without("page_total", "page_size", "total")],
  ["the total alone", without("page", "page_total", "page_size")],
  ["no counts", () => ({})],
  ["an empty list", () => []],
  ["null", () => null],
  ["nothing", () => undefined],
  ["counts of 0", (meta) => ({ ...meta, page_total: 0, total: 0 })],
  ["a page of 0", (meta) => ({ ...meta, page: 0 })],
  ["pages counted from 0", (meta) => ({ ...meta, page: meta.page - 1 })],
  ["the page and the number of pages", without("page_size", "total")],
  ["0 in all parts", () => ({ page: 0, page_total: 0, page_size: 0, total: 0 })],
];

describe.each(metas)("a list whose meta is %s", (_, meta) => {
  test("gives every chat by next_page, and then ends", async () => {
    const client = await connect({ fetch: withMeta(meta) });
    const codes = new Set<unknown>();
    let page: unknown = 1;
    for (let calls = 0; page !== undefined && calls < 10; calls++) {
      const { structured } = await call(client, "list_chats", { page });
      const { chats, next_page } = structured as {
        chats: { chat_code: string }[];
        next_page?: number;
      };
      for (const { chat_code } of chats) codes.add(chat_code);
      page = next_page;
    }
    expect(page).toBeUndefined();
    expect(codes.size).toBe(CHATS);
  });

  test("is searched to the end, and complete no earlier", async () => {
    const client = await connect({ fetch: withMeta(meta) });
    let scanned = 0;
    let page: unknown = 1;
    for (let calls = 0; page !== undefined && calls < 10; calls++) {
      // A page that has one match is enough, so each call reads about one page.
      const { structured } = await call(client, "list_chats", {
        query: "夏天",
        page,
        page_size: 1,
      });
      const {
        scanned: now,
        complete,
        next_page,
      } = structured as {
        scanned: number;
        complete: boolean;
        next_page?: number;
      };
      scanned += now;
      if (complete) expect(scanned).toBe(CHATS);
      page = next_page;
    }
    expect(page).toBeUndefined();
    expect(scanned).toBe(CHATS);
  });

  test("is not called complete by a search of its first page", async () => {
    const client = await connect({ fetch: withMeta(meta) });
    const { structured, text } = await call(client, "list_chats", { query: "夏天", page_size: 1 });
    expect(structured).toMatchObject({ scanned: 50, complete: false, next_page: 2 });
    expect(text).toContain("so far; 50 of ");
  });

  test("is called complete, without a doubt, by a search of all pages", async () => {
    const client = await connect({ fetch: withMeta(meta) });
    const { structured, text } = await call(client, "list_chats", { query: "nobody" });
    expect(structured).toMatchObject({ chats: [], scanned: CHATS, total: CHATS, complete: true });
    expect(structured).not.toHaveProperty("stopped");
    expect(text).toBe(`0 chats match; all ${CHATS} were searched.`);
  });

  test("is never given a total that is too small, unless as the least", async () => {
    const client = await connect({ fetch: withMeta(meta) });
    for (const page of [1, 2, 3]) {
      const { structured, text } = await call(client, "list_chats", { page });
      const { total } = structured as { total: number };
      expect(text).toMatch(total === CHATS ? /^(at least )?130 chats/ : /^at least \d+ chats/);
    }
  });

  test("shows the last of the allowed chats", async () => {
    const sandbox = new Sandbox({ chats: CHATS });
    const open = await connect({ fetch: sandbox.fetch });
    const { structured } = await call(open, "list_chats", { page: 3 });
    const { chats } = structured as { chats: { target_id: string }[] };
    const last = chats.at(-1)?.target_id as string;
    const client = await connect({ fetch: withMeta(meta, sandbox), allowTargets: [last] });
    const listed = await call(client, "list_chats");
    expect(listed.structured).toMatchObject({ chats: [{ target_id: last }], total: 1 });
  });
});

test.each([
  ["no total", without("total")],
  ["no total and no page", without("total", "page")],
  ["no counts but the page", without("total", "page_total", "page_size")],
])("with %s, a page past the end is empty and adds nothing to the total", async (_, meta) => {
  const client = await connect({ fetch: withMeta(meta) });
  const { structured } = await call(client, "list_chats", { page: 99 });
  expect(structured).toMatchObject({ chats: [], page_total: 3, total: CHATS });
  expect(structured).not.toHaveProperty("next_page");
});

test("a total is not made from the size that was asked, where KOOK gives fewer a page", async () => {
  const fetch = withMeta(without("page_size", "total"));
  const client = await connect({
    fetch: (url, init) => fetch(url.replace("page_size=50", "page_size=20"), init),
  });
  const { text, structured } = await call(client, "list_chats", { page: 7 });
  expect(structured).toMatchObject({ chats: { length: 10 }, page_total: 7, total: 70 });
  expect(text).toMatch(/^at least 70 chats/);
});

test("a list without counts says that there may be more, and that its counts are the least", async () => {
  const client = await connect({ fetch: withMeta(() => ({})) });
  const { text, structured } = await call(client, "list_chats");
  expect(text).toMatch(/^at least 50 chats, page 1 of at least 2\. /);
  expect(structured).toMatchObject({
    next_page: 2,
    stopped: "KOOK did not say how many chats there are: there may be more.",
  });
});

test("a search without counts ends where KOOK repeats its last page", async () => {
  const client = await connect({
    fetch: withMeta(() => ({}), new Sandbox({ chats: 50 })),
  });
  expect((await call(client, "list_chats")).structured).toMatchObject({ next_page: 2 });
  const searched = await call(client, "list_chats", { query: "nobody" });
  expect(searched.structured).toMatchObject({ scanned: 50 });
  expect(searched.structured).not.toHaveProperty("next_page");
});

describe("times", () => {
  test.each([
    ["milliseconds", 1_763_625_600_000],
    ["seconds", 1_763_625_600],
    ["fractional milliseconds", 1_763_625_600_000.75],
    ["fractional seconds", 1_763_625_600.25],
    ["seconds as text", "1763625600"],
    ["fractional milliseconds as text", "1763625600000.5"],
    ["seconds with nine decimals as text", "1763625600.123456789"],
    ["microseconds", 1_763_625_600_000_000],
    ["nanoseconds as text", "1763625600000000000"],
    ["ISO 8601", "2025-11-20T08:00:00Z"],
  ])("in %s are the same time", async (_, time) => {
    const client = await connect({
      fetch: changing(({ items }) => {
        for (const item of items) item["latest_msg_time"] = time;
      }),
    });
    const { text, structured } = await call(client, "list_chats", { page_size: 1 });
    expect(structured).toMatchObject({ chats: [{ latest_msg_time: "2025-11-20T08:00:00Z" }] });
    expect(text).toContain("2025-11-20 08:00");
    expect(text).not.toContain("no messages");
  });
});

describe("a user", () => {
  const viewing = (target: object): Fetch => {
    const sandbox = new Sandbox();
    return async (url, init) => {
      const envelope = (await (await sandbox.fetch(url, init)).json()) as {
        data: { target_info: object };
      };
      Object.assign(envelope.data.target_info, target);
      return Response.json(envelope);
    };
  };
  const view = { chat_code: DOCUMENTED_CHAT.code };

  test("without an id keeps the name", async () => {
    const client = await connect({ fetch: viewing({ id: "" }) });
    const { structured } = await call(client, "view_chat", view);
    expect(structured).toMatchObject({ target_id: "", username: "夏天1" });
  });

  test("with a number as name has its digits as name", async () => {
    const client = await connect({ fetch: viewing({ username: 12345 }) });
    expect((await call(client, "view_chat", view)).structured).toMatchObject({ username: "12345" });
  });
});

test.each([
  [{ chat_code: ["不存在"] }, '{\\"chat_code\\":[\\"不存在\\"]}'],
  [["参数错误"], '[\\"参数错误\\"]'],
  [40000, "40000"],
])("KOOK's message %j is told", async (message, told) => {
  const fetch: Fetch = async () => Response.json({ code: 40_000, message, data: {} });
  const { text } = await call(await connect({ fetch }), "view_chat", { chat_code: "abc" });
  expect(text).toContain(`code 40000, HTTP 200, "${told}".`);
});
