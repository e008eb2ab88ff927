// Images in messages, read from KOOK's hosts only and known by their first bytes.
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { DownloadError } from "../kook/download.ts";
import { ConnectionError } from "../kook/errors.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { type Attachment, contentOf } from "./content.ts";
import { ImageError } from "./errors.ts";

export interface ImageFile {
  bytes: Uint8Array;
  mimeType: string;
  name?: string;
  width?: number;
  height?: number;
}

/** In base64 this stays below 1 MB, the most that hosts take in one result. */
const MAX_BYTES = 700 * 1024;

/** @param index of all the message's attachments, from 0; absent: the first image. @throws ImageError */
export function pickImage(message: WireMessage, index?: number): Attachment {
  const { attachments } = contentOf(message);
  const images = attachments.flatMap(({ kind }, at) => (kind === "image" ? [at] : []));
  const [first] = images;
  if (index === undefined && first === undefined) throw new ImageError("none");
  const image = attachments[index ?? first ?? 0];
  if (!image) throw new ImageError("index", images);
  if (image.kind !== "image") throw new ImageError("not_an_image", images);
  if ((image.bytes ?? 0) > MAX_BYTES) throw new ImageError("too_large", images);
  return image;
}

/** @throws ImageError; what the download throws */
export async function downloadImage(
  client: KookClient,
  image: Attachment,
  options: CallOptions,
): Promise<ImageFile> {
  const { url, name, width, height } = image;
  const limits = { accept: "image/*", maxBytes: MAX_BYTES };
  const { bytes } = await client.download(url, limits, options).catch((error: unknown) => {
    if (error instanceof DownloadError) throw new ImageError(imageReasons[error.reason]);
    // KOOK answered just before: its address is right.
    throw error instanceof ConnectionError && error.sent ? new ImageError("broken") : error;
  });
  const mimeType = typeOf(bytes);
  if (mimeType === undefined) throw new ImageError("format");
  return {
    bytes,
    mimeType,
    ...(name !== undefined && { name }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
  };
}

const imageReasons = {
  address: "host",
  redirect: "redirect",
  status: "gone",
  too_large: "too_large",
} as const satisfies Record<DownloadError["reason"], ImageError["reason"]>;

/** The types that models read. A file's name and the host's Content-Type may be wrong. */
function typeOf(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) return "image/gif";
  return /^RIFF.{4}WEBP/s.test(start) ? "image/webp" : undefined;
}
