// Draws the icon, a chat bubble: for the bundle, and as the data URI in src/mcp/icon.ts (`node scripts/icon.mjs 64`).
import { crc32, deflateSync } from "node:zlib";

/** The square, and the dots in the bubble. Not KOOK's colours. */
const COLOUR = [0x2b, 0x67, 0x77];
const WHITE = 255;
/** Samples a pixel, in each direction, and the shades between two colours that they give. */
const SAMPLES = 4;
const SHADES = 7;

/** Colour types of PNG: 3 has a palette. */
const PALETTE = 3;
const DEPTH = 4;

/**
 * A PNG of 4 bits a pixel: 8 shades from transparent to the square's colour, then 8 from there to white.
 * @param {number} size in pixels, even
 */
export function iconPng(size) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = DEPTH;
  header[9] = PALETTE;
  const shades = Array.from({ length: SHADES + 1 }, (_, shade) => shade / SHADES);
  const colours = [
    ...shades.map(() => COLOUR),
    ...shades.map((white) => COLOUR.map((part) => Math.round(part + (WHITE - part) * white))),
  ];
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(colours.flat())),
    chunk("tRNS", Buffer.from(shades.map((alpha) => Math.round(alpha * 255)))),
    chunk("IDAT", deflateSync(rows(size), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The rows of palette entries, each behind a zero: no filter. @param {number} size */
export function rows(size) {
  const width = size / 2 + 1;
  const pixels = Buffer.alloc(width * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * width + 1 + (x >> 1);
      pixels[at] = (pixels[at] ?? 0) | (shadeOf(x, y, size) << (x % 2 ? 0 : DEPTH));
    }
  }
  return pixels;
}

/** @param {number} x @param {number} y @param {number} size */
function shadeOf(x, y, size) {
  let inside = 0;
  let white = 0;
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const u = ((x + ((i % SAMPLES) + 0.5) / SAMPLES) * 64) / size;
    const v = ((y + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) * 64) / size;
    if (inBox(u, v, [0, 0, 64, 64], 14)) inside++;
    if (inBubble(u, v) && !inDots(u, v)) white++;
  }
  const samples = SAMPLES * SAMPLES;
  // The bubble does not touch the edge, so a pixel mixes two colours only.
  return inside < samples
    ? Math.round((inside / samples) * SHADES)
    : SHADES + 1 + Math.round((white / samples) * SHADES);
}

/** @param {number} u @param {number} v */
const inBubble = (u, v) =>
  inBox(u, v, [11, 14, 53, 43], 8) || (u >= 20 && v >= 42 && v - 42 <= ((33 - u) * 12) / 13);

/** @param {number} u @param {number} v */
const inDots = (u, v) => [22, 32, 42].some((centre) => Math.hypot(u - centre, v - 28.5) <= 3.6);

/**
 * A box with round corners.
 * @param {number} u @param {number} v
 * @param {[number, number, number, number]} box left, top, right, bottom
 * @param {number} radius
 */
function inBox(u, v, [left, top, right, bottom], radius) {
  const dx = Math.max(left + radius - u, u - (right - radius), 0);
  const dy = Math.max(top + radius - v, v - (bottom - radius), 0);
  return Math.hypot(dx, dy) <= radius;
}

/** @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

const [, , size] = process.argv;
if (import.meta.filename === process.argv[1] && size) {
  console.log(`data:image/png;base64,${iconPng(Number(size)).toString("base64")}`);
}
