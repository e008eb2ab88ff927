// Attachments of a message: kind, name, size, address.

const kinds = ["image", "video", "audio", "file"] as const;
type MediaKind = (typeof kinds)[number];

export interface Attachment {
  kind: MediaKind;
  name?: string;
  bytes?: number;
  width?: number;
  height?: number;
  seconds?: number;
  /** Normalized; "" where KOOK gave none that is http(s). For the resource only: tools do not show it. */
  url: string;
}

/** Measures as KOOK sends them: numbers, or numbers as text. */
interface RawAttachment {
  name?: unknown;
  url: unknown;
  size?: unknown;
  duration?: unknown;
  width?: unknown;
  height?: unknown;
}

export function attachmentOf(kind: MediaKind, raw: RawAttachment): Attachment {
  const name = typeof raw.name === "string" ? raw.name.trim() : "";
  return {
    kind,
    ...(name !== "" && { name }),
    ...measure("bytes", raw.size),
    ...measure("width", raw.width),
    ...measure("height", raw.height),
    ...measure("seconds", raw.duration),
    url: webAddress(raw.url),
  };
}

/** @param mime tried where KOOK's own word for the kind is none of the four */
export function mediaKind(type: string, mime = ""): MediaKind | undefined {
  const main = mime.split("/")[0];
  return kinds.find((kind) => kind === type) ?? kinds.find((kind) => kind === main);
}

/** KOOK's are about 100 characters long; twenty of these fit beside a message. */
const MAX_ADDRESS = 1_000;

/** An address without characters that can forge or hide anything: the URL parser encodes them. "" for one too long. */
export function webAddress(value: unknown): string {
  if (typeof value !== "string" || !URL.canParse(value)) return "";
  const { protocol, href } = new URL(value);
  const isWeb = protocol === "https:" || protocol === "http:";
  return isWeb && href.length <= MAX_ADDRESS ? href : "";
}

function measure<Name extends string>(name: Name, value: unknown): { [key in Name]?: number } {
  const number =
    typeof value === "string" && /^\d{1,15}(\.\d+)?$/.test(value) ? Number(value) : value;
  const whole = typeof number === "number" ? Math.round(number) : 0;
  const known = Number.isSafeInteger(whole) && whole > 0;
  return (known ? { [name]: whole } : {}) as { [key in Name]?: number };
}

/** Cut without splitting a surrogate pair. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}…`;
}
