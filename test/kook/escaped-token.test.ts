import { expect, test } from "vitest";
import { parseEnvelope } from "../../src/kook/answer.ts";
import { createRedaction } from "../../src/kook/redaction.ts";

const TOKEN = '1/MTIz"Nz\\k1=/c2Vj';

const hex = (letter: string) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

test.each([
  ["as it must be", JSON.stringify(TOKEN).slice(1, -1)],
  ["with its slashes, too", JSON.stringify(TOKEN).slice(1, -1).replaceAll("/", "\\/")],
  ["with one slash of two", JSON.stringify(TOKEN).slice(1, -1).replace("/", "\\/")],
  ["letter by letter", [...TOKEN].map(hex).join("")],
  [
    "in capitals",
    [...TOKEN]
      .map((letter) => hex(letter).toUpperCase())
      .join("")
      .replaceAll("U", "u"),
  ],
])("a token that an answer's JSON escapes %s is redacted", (_, escaped) => {
  const text = `{"code":1,"message":"see ${escaped}!"}`;
  expect(JSON.parse(text).message).toBe(`see ${TOKEN}!`);
  const { message } = parseEnvelope(200, text, createRedaction(TOKEN));
  expect(message).toBe("see [token]!");
});
