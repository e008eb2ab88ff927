import { expect, test } from "vitest";
import { wireChatPageSchema } from "../../src/kook/wire/chat.ts";
import listed from "../fixtures/list.json" with { type: "json" };

const [row] = listed.data.items;
const target = row?.target_info;

/** Parses a page of one row with these changes. */
const parseRow = (changes: object) => {
  const { items, skipped } = wireChatPageSchema.parse({
    items: [{ ...row, ...changes }],
    meta: {},
  });
  return { row: items[0], skipped };
};

test.each([
  ["missing", { target_info: undefined }],
  ["null", { target_info: null }],
  ["an empty list", { target_info: [] }],
])("a chat whose target is %s is kept without one", (_, changes) => {
  const { row, skipped } = parseRow(changes);
  expect(row).toMatchObject({ code: "sderwrw**" });
  expect(row?.target_info).toBeUndefined();
  expect(skipped).toBe(0);
});

test.each([[""], [null], [[]]])("a target whose id is %j keeps its name", (id) => {
  const { row } = parseRow({ target_info: { ...target, id } });
  expect(row?.target_info).toMatchObject({ id: "", username: target?.username });
});

test.each([
  [12345, "12345"],
  [{ zh: "夏天" }, '{"zh":"夏天"}'],
  [null, ""],
])("a username of %j is read as %j", (username, read) => {
  expect(parseRow({ target_info: { ...target, username } }).row?.target_info?.username).toBe(read);
});

test.each([
  ["KOOK's names", { page: 2, page_total: 3, page_size: 50, total: 130 }],
  ["Yii2's names", { currentPage: 2, pageCount: 3, perPage: 50, totalCount: 130 }],
  ["digits as text", { page: "2", page_total: "3", page_size: "50", total: "130" }],
])("a page's counts are read under %s", (_, meta) => {
  expect(wireChatPageSchema.parse({ items: [], meta }).meta).toEqual({
    page: 2,
    page_total: 3,
    page_size: 50,
    total: 130,
  });
});

test("an id may be a number that JavaScript holds exactly", () => {
  expect(parseRow({ target_info: { ...target, id: 2418200000 } }).row?.target_info?.id).toBe(
    "2418200000",
  );
  const rounded = parseRow({ target_info: { ...target, id: 2 ** 60 } });
  expect(rounded.row?.target_info?.id).toBe("");
});

test.each([
  ["0", 0, 0],
  ["null", null, 0],
  ["nothing", undefined, 0],
  ["a text of digits", "1612696873000", 1612696873000],
  ["a fraction", 1612696873000.5, 1612696873000],
  ["a fraction as text", "1612696873000.5", 1612696873000],
  ["seconds", 1612696873, 1612696873000],
  ["microseconds", 1612696873000000, 1612696873000],
  ["nanoseconds as text", "1612696873000000000", 1612696873000],
  ["what no Date can hold", 9e21, 0],
  ["ISO text", "2021-02-07T11:21:13Z", 1612696873000],
  ["a negative number", -1, 0],
])("a time of %s is read", (_, latest_msg_time, read) => {
  expect(parseRow({ latest_msg_time }).row?.latest_msg_time).toBe(read);
});

test("counts may be text, and a broken one counts as none", () => {
  expect(parseRow({ unread_count: "7" }).row?.unread_count).toBe(7);
  expect(parseRow({ unread_count: [] }).row?.unread_count).toBe(0);
  expect(parseRow({ unread_count: -1 }).row?.unread_count).toBe(0);
});

test.each([
  [true, true],
  [1, true],
  ["1", true],
  [0, false],
  ["0", false],
  [null, false],
  [undefined, false],
])("%j for online means %s", (online, meant) => {
  expect(parseRow({ target_info: { ...target, online } }).row?.target_info?.online).toBe(meant);
});

test("undocumented fields are dropped", () => {
  const read = parseRow({ secret: 1, target_info: { ...target, identify_num: "1" } }).row;
  expect(read).not.toHaveProperty("secret");
  expect(read?.target_info).not.toHaveProperty("identify_num");
});

test.each([
  ["null", null],
  ["a list", []],
  ["a row without a code", { ...row, code: undefined }],
  ["a code that forges a line", { ...row, code: "abc\nfake" }],
])("%s among fifty rows is left out and counted", (_, bad) => {
  const good = Array.from({ length: 49 }, () => row);
  const { items, skipped } = wireChatPageSchema.parse({
    items: [...good, bad],
    meta: listed.data.meta,
  });
  expect(items).toHaveLength(49);
  expect(skipped).toBe(1);
});

test.each([
  ["missing", undefined],
  ["an empty list", []],
])("a page whose meta is %s is kept without counts", (_, meta) => {
  expect(wireChatPageSchema.parse({ items: [row], meta })).toMatchObject({ skipped: 0, meta: {} });
});

test("a page without a list is refused", () => {
  expect(() => wireChatPageSchema.parse({})).toThrow();
  expect(() => wireChatPageSchema.parse([])).toThrow();
});
