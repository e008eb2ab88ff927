import { expect, test } from "vitest";
import { holdsTokenShape, shownValue, withoutTokens } from "../../src/text/token-pattern.ts";

test.each([
  ["1/MTIzNDU=/c2FuZGJveC10b2tlbg==", "[token]"],
  ["http://localhost/1/MTIzNDU=/c2FuZGJveC10b2tlbg==", "http://localhost/[token]"],
  ["http://localhost/1/MTIzNDU=/c2FuZGJveC10b2tlbg", "http://localhost/[token]"],
  ["GET /api/v3/1/MTIzNDU=/c2FuZGJveC10b2tlbg==", "GET /api/v[token]"],
  ["https://x/1%2FMTIzNDU%3D%2Fc2FuZGJveA%3d%3d", "https://x/[token]"],
  ["not MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=.", "not [token]."],
  ["MTIzNDU2Nzg5MDEyMzQ1+jc4OTAxMjM0NTY3ODkwMTI", "[token]"],
])("%s is redacted", (text, shown) => {
  expect(withoutTokens(text)).toBe(shown);
});

test.each([
  "/home/me/node-v20.18.1/bin/node",
  "https://www.kookapp.cn/api/v3/user-chat/list?page=1&page_size=50",
  "chat 0123456789abcdef0123456789abcdef",
  "/Users/somebody/Projects/kook/secrets/token",
])("%s stays as it is", (text) => {
  expect(withoutTokens(text)).toBe(text);
  expect(shownValue(text)).toBe(text);
});

test.each([
  "1/MTIzNDU=/c2FuZGJveC10b2tlbg==",
  "看1/MTIzNDU=/c2FuZGJveC10b2tlbg，好",
  "https://x/1%2FMTIzNDU%3D%2Fc2FuZGJveC10b2tlbg%3d%3d",
  "1/MTIzNDU2/c2FuZGJveC10b2tlbg",
  "24/7/1/MTIzNDU=/c2Fu/GJveC10b2tlbg",
  "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=",
  "MTIzNDU2Nzg5MDEyMzQ1+jc4OTAxMjM0NTY3ODkwMTI",
])("a message with %s holds a token", (text) => {
  expect(holdsTokenShape(text)).toBe(true);
});

test.each([
  "24/7/support 24/7/customer-support-and-more",
  "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16",
  "1/iOS/AndroidAndWindows2024",
  "https://drive.google.com/drive/u/0/folders/1A2b3C4d5E6f7G8h9I0jKlMnOpQrStUvW",
  "https://www.google.com/search?q=how+to+install+minecraft+mods+on+windows",
])("a message with %s holds none", (text) => {
  expect(holdsTokenShape(text)).toBe(false);
});

test("a value of a megabyte is searched in linear time", () => {
  const startedAt = performance.now();
  for (const piece of ["a", "1/", "1/a=/", "1+"])
    withoutTokens(piece.repeat(2 ** 20 / piece.length));
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
