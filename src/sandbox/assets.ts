// The files that seeded messages link to, as KOOK's image host would serve them. Their bytes are made on request.
import { htmlPage } from "./envelope.ts";
import type { SandboxAttachment } from "./message.ts";
import { png } from "./png.ts";

const DIRECTORY = "/attachments/2026-11/";
const HOST = "https://img.kookapp.cn";

interface Asset {
  attachment: Omit<SandboxAttachment, "url">;
  /** Uploaded by the bot: the bot may send it. */
  own?: boolean;
  /** A redirect has no bytes. */
  redirect?: AssetName;
  bytes?: () => Uint8Array;
}

export type AssetName = keyof typeof table;

const image = (name: string, size: number, width: number, height: number, kind = "png") => ({
  type: "image" as const,
  name,
  file_type: `image/${kind}`,
  size,
  width,
  height,
});

const base64 = (text: string) => () => Buffer.from(text, "base64");
/** 8 × 8 pixels, made with Pillow. */
const JPEG = base64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAABP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8Ac//Z",
);
const GIF = base64("R0lGODdhCAAIAIEAAMjIyAAAAAAAAAAAACwAAAAACAAIAAAIDwABCBxIsKDBgwgTKkwYEAA7");
const WEBP = base64("UklGRhYAAABXRUJQVlA4TAoAAAAvB8ABAEWRI/of");
const HTML = () => Buffer.from("<!doctype html><title>Not an image</title>\n");

/** By the path below `/attachments/2026-11/`. */
const table = {
  "23/pay_screenshot_8f0c1b7e5a3d.png": {
    attachment: image("pay_screenshot.png", 284_113, 1170, 2532),
  },
  "18/error_dialog_08c08c.png": { attachment: image("error_dialog.png", 41_204, 640, 360) },
  "19/guide_0a1b2c.png": { attachment: image("guide.png", 20_480, 800, 600), own: true },
  "17/photo_69a6841c.jpg": { attachment: image("photo.jpg", 159, 8, 8, "jpeg"), bytes: JPEG },
  "16/sticker_69a6a01d.gif": { attachment: image("sticker.gif", 54, 8, 8, "gif"), bytes: GIF },
  "16/poster_69a6b7e2.webp": { attachment: image("poster.webp", 30, 8, 8, "webp"), bytes: WEBP },
  "15/desktop_4k_1a2b3c.png": { attachment: image("desktop_4k.png", 912_384, 3840, 2160) },
  // JPEG bytes with the name and the media type of a PNG, as chat clients produce them.
  "15/scan_69a6c111.png": { attachment: image("scan.png", 159, 8, 8), bytes: JPEG },
  "15/invoice_69a6c222.png": { attachment: image("invoice.png", 43, 600, 800), bytes: HTML },
  "14/moved_69a6c333.png": {
    attachment: image("moved.png", 41_204, 640, 360),
    redirect: "18/error_dialog_08c08c.png",
  },
  "12/clip_69a6d444.mp4": {
    attachment: {
      type: "video",
      name: "卡顿录屏.mp4",
      file_type: "video/mp4",
      size: 722_882,
      duration: 15.673,
      width: 1280,
      height: 720,
    },
  },
  "11/crash_69a6d555.log": {
    attachment: { type: "file", name: "crash.log", file_type: "text/plain", size: 7_320 },
  },
  "11/voice_69a6841c.wav": {
    attachment: { type: "file", name: "语音说明.wav", file_type: "audio/wav", size: 443_414 },
  },
} satisfies Record<string, Omit<Asset, "redirect"> & { redirect?: string }>;

const assets: ReadonlyMap<string, Asset> = new Map(
  Object.entries(table as Record<AssetName, Asset>),
);

export function attachmentOf(name: AssetName): SandboxAttachment {
  const { type, ...rest } = table[name].attachment;
  return { type, url: HOST + DIRECTORY + name, ...rest } as SandboxAttachment;
}

/** The attachment behind a URL that the bot itself uploaded. */
export function ownAttachment(url: string): SandboxAttachment | undefined {
  const name = url.startsWith(HOST + DIRECTORY) ? url.slice((HOST + DIRECTORY).length) : "";
  return assets.get(name)?.own ? attachmentOf(name as AssetName) : undefined;
}

export const isAssetPath = (path: string) => path.startsWith("/attachments/");

/**
 * The file at a path. A request with a token is refused: KOOK's image hosts need none, so it would only leak there.
 * @param path e.g. `/attachments/2026-11/17/photo_69a6841c.jpg`
 */
export function serveAsset(path: string, { method, token }: { method: string; token: boolean }) {
  const asset = assets.get(path.slice(DIRECTORY.length));
  if (!path.startsWith(DIRECTORY) || !asset) return htmlPage(404, "404 Not Found");
  if (method !== "GET") return htmlPage(405, "405 Method Not Allowed");
  if (token) return htmlPage(400, "400 Unexpected Authorization header");
  if (asset.redirect) {
    return new Response(null, { status: 302, headers: { Location: DIRECTORY + asset.redirect } });
  }
  const body = bytesOf(asset) as Uint8Array<ArrayBuffer>;
  return new Response(body, {
    headers: {
      "Content-Type": asset.attachment.file_type,
      "Content-Length": String(body.byteLength),
    },
  });
}

function bytesOf({ bytes, attachment }: Asset): Uint8Array {
  const { type, width = 1, height = 1, size } = attachment;
  if (bytes) return bytes();
  return type === "image" ? png(width, height, size) : Buffer.alloc(size, "沙盒里的文件\n");
}

/** Writes the URLs of attachments in a body as URLs of the host that serves the sandbox, escaped slashes included. */
export function toServedUrls(text: string, host: string): string {
  return text.replace(
    /https:((?:\\*\/){2})img\.kookapp\.cn(?=\\*\/attachments)/g,
    (_, slashes: string) => `http:${slashes}${host}`,
  );
}

export function fromServedUrls(text: string, host: string): string {
  return text.replace(
    /http:((?:\\*\/){2})([\w.:[\]-]+)(?=\\*\/attachments)/g,
    (url, slashes: string, found: string) =>
      found === host ? `https:${slashes}img.kookapp.cn` : url,
  );
}
