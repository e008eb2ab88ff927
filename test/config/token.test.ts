import { expect, test } from "vitest";
import { configOf } from "../support/config.ts";

test.each([
  ["abc=/=", { scheme: "Bot", value: "abc=/=" }],
  ["  abc\n", { scheme: "Bot", value: "abc" }],
  ["Bot abc", { scheme: "Bot", value: "abc" }],
  ["bearer  abc", { scheme: "Bearer", value: "abc" }],
  ['"abc"', { scheme: "Bot", value: "abc" }],
  ["'Bot abc'", { scheme: "Bot", value: "abc" }],
  ['Bot "abc"', { scheme: "Bot", value: "abc" }],
  ["“abc”", { scheme: "Bot", value: "abc" }],
  ["\ufeffabc\r\n", { scheme: "Bot", value: "abc" }],
])("a token may be pasted as %j, into the variable or into the file", (pasted, token) => {
  const expected = { token, problem: undefined };
  expect(configOf([], { KOOK_TOKEN: pasted })).toMatchObject(expected);
  expect(configOf(["--token-file", "t"], {}, { t: pasted })).toMatchObject(expected);
});

test("the file's token wins over the variable's", () => {
  const { token } = configOf([], { KOOK_TOKEN: "a", KOOK_TOKEN_FILE: "t" }, { t: "b" });
  expect(token).toEqual({ scheme: "Bot", value: "b" });
});

test("a missing token is not a wrong setting: the first call explains it", () => {
  expect(configOf()).toMatchObject({
    token: { problem: expect.stringContaining("No KOOK token is set") },
    problem: undefined,
    readOnly: false,
  });
});

const files = { empty: "\n", utf16: Buffer.from("\ufeffs3cret\r\n", "utf16le").toString("utf8") };

test.each([
  ["a line break in its middle", { KOOK_TOKEN: "s3cret\nmore" }, "line break"],
  ["a space in its middle", { KOOK_TOKEN: "s3cret more" }, "white space"],
  ["a Chinese character", { KOOK_TOKEN: "s3cret码" }, "another character"],
  ["only its prefix", { KOOK_TOKEN: "Bot " }, "KOOK_TOKEN holds no token"],
  ["only quotation marks", { KOOK_TOKEN: '""' }, "KOOK_TOKEN holds no token"],
  [
    "a file that is not there",
    { KOOK_TOKEN_FILE: "gone" },
    'KOOK_TOKEN_FILE: the file "gone" cannot be read (ENOENT)',
  ],
  ["a file in ~", { KOOK_TOKEN_FILE: "~/token" }, "Write the whole path"],
  ["an empty file", { KOOK_TOKEN_FILE: "empty" }, "KOOK_TOKEN_FILE holds no token"],
  ["a file in UTF-16", { KOOK_TOKEN_FILE: "utf16" }, "is UTF-16 text. Save it as UTF-8"],
])("a token with %s is a problem that names the setting and never quotes it", (_, env, told) => {
  const { token, problem, readOnly } = configOf([], env as Record<string, string>, files);
  expect(problem).toContain(told);
  expect({ token, readOnly }).toEqual({ token: { problem }, readOnly: true });
  expect(problem).not.toContain("s3cret");
});

test("the sandbox needs no token, so a wrong one is no problem there", () => {
  expect(configOf(["--sandbox"], { KOOK_TOKEN: "a b" }).problem).toBeUndefined();
});
