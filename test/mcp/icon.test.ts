import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { iconPng, rows } from "../../scripts/icon.mjs";
import { connect } from "../support/connect.ts";

/** The pixels of a PNG with one IDAT chunk. */
const pixelsOf = (png: Buffer) => {
  const at = png.indexOf("IDAT");
  return inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
};

test("the server has one icon, a PNG as a data URI of 1.5 kB at most", async () => {
  const { icons = [] } = (await connect()).getServerVersion() ?? {};
  expect(icons).toEqual([
    {
      src: expect.stringMatching(/^data:image\/png;base64,/),
      mimeType: "image/png",
      sizes: ["64x64"],
    },
  ]);
  const { src = "" } = icons[0] ?? {};
  expect(src.length).toBeLessThanOrEqual(1_500);
  const png = Buffer.from(src.replace(/^.*,/, ""), "base64");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([64, 64]);
  // The pixels, because another version of zlib may pack them in other bytes.
  expect(pixelsOf(png).equals(rows(64)), "run node scripts/icon.mjs 64").toBe(true);
  expect(pixelsOf(iconPng(64)).equals(rows(64))).toBe(true);
});

test("no tool has an icon, because each would cost a model tokens", async () => {
  const { tools } = await (await connect({ readMessages: true })).listTools();
  expect(tools.filter((tool) => "icons" in tool)).toEqual([]);
});
