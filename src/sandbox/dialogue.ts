// How a seeded dialogue is written down: one line for each message.
import { type AssetName, attachmentOf } from "./assets.ts";
import type { SandboxAttachment } from "./message.ts";

export interface Line {
  by: "user" | "bot";
  type: number;
  /** `{item}`, `{order}`, `{role}`, `{n}`, `{clock}`, `{userId}` and `{botId}` are filled in. */
  content: string;
  attachments?: SandboxAttachment[];
  /** Fixed id, where another text refers to it. */
  id?: string;
  /** Seconds before the last message of the chat, where the seed does not decide. */
  ago?: number;
  /** The bot edited it some minutes later. */
  edited?: boolean;
  /** Lines back to the quoted one. */
  quotes?: number;
  /** Emoji, or id and name of a server's emoji, by who reacted. */
  reactions?: { emoji: string; id?: string; by: ("user" | "bot")[] }[];
  embeds?: object[];
  mentions?: { users?: Record<string, string>; channels?: Record<string, string> };
}

type Extra = Partial<Omit<Line, "by" | "type" | "content">>;

/** KMarkdown of the user. */
export const u = (content: string, extra: Extra = {}): Line => ({
  by: "user",
  type: 9,
  content,
  ...extra,
});
/** KMarkdown of the bot. */
export const b = (content: string, extra: Extra = {}): Line => ({
  ...u(content, extra),
  by: "bot",
});

/** Reactions of the bot: the message counts as handled. */
export const handled = (emoji = "👍"): Extra => ({ reactions: [{ emoji, by: ["bot"] }] });

/** An image, a video or a file as KOOK stored it before files became cards. */
export function media(type: 2 | 3 | 4, name: AssetName, by: Line["by"] = "user"): Line {
  const attachment = attachmentOf(name);
  return { by, type, content: attachment.url, attachments: [attachment] };
}

export const poke = (): Line => ({
  by: "user",
  type: 12,
  content: '{"type":"item","data":{"user_id":"{userId}","target_id":"{botId}","item_id":10001}}',
});

export const card = (
  by: Line["by"],
  theme: string,
  modules: object[],
  extra: Extra = {},
): Line => ({
  by,
  type: 10,
  content: storedCards([{ type: "card", theme, size: "lg", modules }]),
  ...extra,
});

/** Cards as KOOK stores them: defaults filled in, slashes escaped. */
export function storedCards(cards: readonly object[]): string {
  const stored = cards.map((one) => {
    const { theme = "primary", size = "lg", modules = [] } = one as Record<string, unknown>;
    const filled = (modules as object[]).map((module) => ({
      ...module,
      elements: elementsOf(module),
    }));
    return { theme, color: "", size, expand: false, modules: filled, type: "card" };
  });
  return JSON.stringify(stored).replaceAll("/", "\\/");
}

const elementsOf = (module: object) => ("elements" in module ? module.elements : []);

export const section = (content: string) => ({
  type: "section",
  text: { type: "kmarkdown", content },
});

/** A file, an audio or a video inside a card. KOOK fills in the size. */
export function mediaModule(type: "file" | "audio" | "video", { url, ...file }: SandboxAttachment) {
  const { name: title, size, duration } = file;
  return {
    type,
    title,
    src: url,
    external: false,
    size,
    canDownload: true,
    ...(type === "audio" && { cover: "" }),
    ...(type !== "file" && { duration: duration ?? 0 }),
  };
}

/** The module of a picture under a text, as KOOK's own client sends it. */
export const container = (...names: AssetName[]) => ({
  type: "container",
  elements: names.map((name) => ({ type: "image", src: attachmentOf(name).url })),
});
