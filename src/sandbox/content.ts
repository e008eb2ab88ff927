// The content of a message that a bot creates or edits, as KOOK stores it.
import { ownAttachment } from "./assets.ts";
import { mediaModule, storedCards } from "./dialogue.ts";
import { type Answer, refusals } from "./envelope.ts";
import type { SandboxAttachment } from "./message.ts";

/** In characters. Above it KOOK does not promise to deliver a message. */
const MAX_CONTENT = 8_000;
const MAX_CARDS = 5;

export interface StoredContent {
  type: number;
  content: string;
  attachments?: SandboxAttachment[];
}

/** The content as KOOK stores it, or its refusal. Plain text becomes KMarkdown; files and audio become cards. */
export function storedContent(type: number, content: string): StoredContent | { refusal: Answer } {
  if (content.trim() === "") return { refusal: refusals.badRequest };
  if (content.length > MAX_CONTENT) return { refusal: refusals.tooLong };
  switch (type) {
    case 1:
    case 9:
      return { type: 9, content };
    case 2:
    case 3:
    case 4:
    case 8: {
      const attachment = ownAttachment(content);
      if (!attachment) return { refusal: refusals.noAsset };
      if (type === 2 || type === 3) return { type, content, attachments: [attachment] };
      const module = mediaModule(type === 4 ? "file" : "audio", attachment);
      return { type: 10, content: storedCards([{ theme: "none", modules: [module] }]) };
    }
    case 10:
      return storedCard(content);
    default:
      return { refusal: refusals.badRequest };
  }
}

function storedCard(content: string): StoredContent | { refusal: Answer } {
  const cards = parseCards(content);
  if (!cards) return { refusal: refusals.badCard };
  // KOOK fetches media of other hosts and stores a copy; here that always fails.
  const sources = [...content.replaceAll("\\/", "/").matchAll(/"src"\s*:\s*"([^"]*)"/g)];
  if (sources.some(([, url = ""]) => !ownAttachment(url))) return { refusal: refusals.noAsset };
  return { type: 10, content: storedCards(cards) };
}

function parseCards(content: string): object[] | undefined {
  try {
    const cards: unknown = JSON.parse(content);
    if (!Array.isArray(cards) || cards.length === 0 || cards.length > MAX_CARDS) return undefined;
    return cards.every((card) => card?.type === "card" && Array.isArray(card.modules))
      ? cards
      : undefined;
  } catch {
    return undefined;
  }
}
