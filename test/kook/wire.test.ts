import { expect, test } from "vitest";
import { parseWirePage } from "../../src/kook/wire/chat.ts";
import listed from "../fixtures/list.json" with { type: "json" };

const [row] = listed.data.items;
const target = row?.target_info;

/** What is made of one row with these changes. */
const parseRow = (changes: object) => {
  const { items, skipped } = parseWirePage({ items: [{ ...row, ...changes }], meta: {} });
  return { row: items[0], skipped };
};

test.each([
  ["missing", { target_info: undefined }],
  ["null", { target_info: null }],
  ["an empty list", { target_info: [] }],
  ["without an id", { target_info: { username: "x" } }],
])("a chat whose target is %s is kept without one", (_, changes) => {
  const { row, skipped } = parseRow(changes);
  expect(row).toMatchObject({ code: "sderwrw**" });
  expect(row?.target_info).toBeUndefined();
  expect(skipped).toBe(0);
});

test("an id may be a number, as long as it is exact", () => {
  expect(parseRow({ target_info: { ...target, id: 2418200000 } }).row?.target_info?.id).toBe(
    "2418200000",
  );
  const rounded = parseRow({ target_info: { ...target, id: 2 ** 60 } });
  expect(rounded.row?.target_info).toBeUndefined();
});

test.each([
  ["0", 0, 0],
  ["null", null, 0],
  ["nothing", undefined, 0],
  ["a text of digits", "1612696873000", 1612696873000],
  ["what no Date can hold", 9e15, 0],
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

test("fields that nobody documented are dropped", () => {
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
  const { items, skipped } = parseWirePage({ items: [...good, bad], meta: listed.data.meta });
  expect(items).toHaveLength(49);
  expect(skipped).toBe(1);
});

test.each([
  ["missing", undefined],
  ["an empty list", []],
  ["cut short", { page: 1 }],
])("a page whose meta is %s is kept without one", (_, meta) => {
  expect(parseWirePage({ items: [row], meta })).toMatchObject({ skipped: 0, meta: undefined });
});

test("a page without a list is refused", () => {
  expect(() => parseWirePage({})).toThrow();
  expect(() => parseWirePage([])).toThrow();
});
