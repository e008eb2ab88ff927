// A valid PNG of any size in pixels and in bytes.
import { crc32, deflateSync } from "node:zlib";

/**
 * Grey bands, 8 bits a pixel.
 * @param size in bytes: reached by padding in a private chunk that every decoder skips
 */
export function png(width: number, height: number, size: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const pixels = Buffer.alloc((width + 1) * height);
  for (let row = 0; row < height; row++) {
    const start = row * (width + 1);
    pixels.fill(Math.floor(row / 40) % 2 ? 0xdd : 0xff, start + 1, start + 1 + width);
  }
  const chunks = [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(pixels)),
  ];
  const end = chunk("IEND", Buffer.alloc(0));
  const bytes = chunks.reduce((sum, part) => sum + part.length, end.length);
  const padding = size - bytes - CHUNK_OVERHEAD;
  const filler = padding > 0 ? [chunk("paDd", Buffer.alloc(padding))] : [];
  return Buffer.concat([...chunks, ...filler, end]);
}

/** Length, name and checksum. */
const CHUNK_OVERHEAD = 12;

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
