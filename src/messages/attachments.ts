// Media of a message: what a model is told of them.

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

/** Measures as KOOK sends them: numbers or their digits. */
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

/** An address without characters that can forge or hide anything: the URL parser encodes them. */
export function webAddress(value: unknown): string {
  if (typeof value !== "string" || !URL.canParse(value)) return "";
  const { protocol, href } = new URL(value);
  return protocol === "https:" || protocol === "http:" ? href : "";
}

function measure<Name extends string>(name: Name, value: unknown): { [key in Name]?: number } {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  const known = typeof number === "number" && Number.isFinite(number) && number > 0;
  return (known ? { [name]: number } : {}) as { [key in Name]?: number };
}

/** Cut without splitting a surrogate pair. */
export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}…`;
}
