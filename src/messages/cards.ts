// Cards as lines of text. Source: KOOK's "卡片消息". Content is kept, decoration is not. No part nests in a part of the same
// kind, so the depth is bounded; the counts are bounded by KOOK's own limits.
import { type Attachment, attachmentOf } from "./attachments.ts";
import {
  Elements,
  isMap,
  type Json,
  joined,
  label,
  listOf,
  more,
  typeName,
  words,
} from "./card-elements.ts";
import type { Mentions } from "./kmarkdown.ts";

/** KOOK takes far less: 50 modules of 5 000 characters are the documented limit, 20 000 characters the real one. */
const MAX_JSON_LENGTH = 300_000;
const MAX_CARDS = 5;
/** In all cards together. */
const MAX_MODULES = 50;
const MAX_IMAGES = 9;
const MAX_ELEMENTS = 10;
const MAX_BUTTONS = 4;

export interface CardText {
  text: string;
  /** In the order of the text: images of sections and contexts, too. */
  attachments: Attachment[];
  /** A person sees an ordinary message with media: `text` does not name the media. */
  isOrdinary: boolean;
}

interface Line {
  text: string;
  /** A separate module that is only media. */
  isMedia?: boolean;
}

/** @returns undefined where the content is no list of cards */
export function cardText(content: string, mentions: Mentions): CardText | undefined {
  const cards = parsed(content);
  if (!cards) return undefined;
  const elements = new Elements(mentions);
  const shown = cards.slice(0, MAX_CARDS);
  const modules = shown.flatMap((card) => listOf(card["modules"]));
  const lines = modules.slice(0, MAX_MODULES).map((module) => lineOf(module, elements));
  const left = joined(
    [more(modules.length - MAX_MODULES, "module"), more(cards.length - MAX_CARDS, "card")],
    "\n",
  );
  const text = (all: Line[]) => joined([...all.map((line) => line.text), left], "\n");
  const wordsOnly = text(lines.filter((line) => !line.isMedia));
  // KOOK's client sends media with words as a card without a frame, and KOOK makes a card of each file.
  const isInvisible = shown.length > 0 && shown.every((card) => card["theme"] === "invisible");
  const isMedia = wordsOnly === "" && elements.attachments.length > 0;
  const isOrdinary = isInvisible || isMedia;
  return {
    text: isOrdinary ? wordsOnly : text(lines),
    attachments: elements.attachments,
    isOrdinary,
  };
}

function parsed(content: string): Json[] | undefined {
  if (content.length > MAX_JSON_LENGTH) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return undefined;
  }
  const cards = (Array.isArray(json) ? json : [json]).filter(isMap);
  return cards.some((card) => Array.isArray(card["modules"])) ? cards : undefined;
}

function lineOf(module: unknown, elements: Elements): Line {
  if (!isMap(module)) return { text: "" };
  const type = typeName(module["type"]);
  switch (type) {
    case "header":
      return { text: prefixed("# ", elements.inline(module["text"])) };
    case "section":
      return { text: section(module, elements) };
    case "context":
      return { text: listed(module, MAX_ELEMENTS, "element", (item) => elements.inline(item)) };
    case "action-group":
      return { text: listed(module, MAX_BUTTONS, "button", (item) => elements.button(item)) };
    case "image-group":
    case "container": {
      const images = listed(module, MAX_IMAGES, "image", (item) => elements.image(item));
      return { text: images, isMedia: true };
    }
    case "file":
    case "audio":
    case "video":
      elements.attachments.push(media(type, module));
      return { text: label(type, words(module["title"]), ": "), isMedia: true };
    case "divider":
      return { text: "---" };
    case "countdown":
      return { text: label("countdown", time(module["endTime"]), " to ") };
    case "invite":
      return { text: label("invite", words(module["code"]), ": ") };
    default:
      return { text: label("module", type, ": ") };
  }
}

function section(module: Json, elements: Elements): string {
  const accessory = module["accessory"];
  const text = elements.text(module["text"]);
  return joined([text, isMap(accessory) ? elements.inline(accessory) : ""], " ");
}

function listed(module: Json, max: number, noun: string, read: (item: unknown) => string): string {
  const items = listOf(module["elements"]);
  return joined([...items.slice(0, max).map(read), more(items.length - max, noun)], " ");
}

function media(kind: "file" | "audio" | "video", { title: name, src: url, ...module }: Json) {
  return attachmentOf(kind, { ...module, name, url });
}

function prefixed(prefix: string, text: string): string {
  return text === "" ? "" : prefix + text;
}

function time(value: unknown): string {
  const date = new Date(Number(words(value) || Number.NaN));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}
