// Messages as the wire schema gives them, for tests of what is made of them.
import { type WireMessage, wireMessageSchema } from "../../src/kook/wire/message.ts";

export function wireMessage(fields: object): WireMessage {
  return wireMessageSchema.parse({ id: "a-1", type: 9, content: "", author_id: "8444", ...fields });
}

/** A message that is one card with these modules. */
export function cardMessage(modules: unknown[], card: object = {}): WireMessage {
  return cardsMessage([{ type: "card", theme: "primary", size: "lg", modules, ...card }]);
}

export function cardsMessage(cards: unknown): WireMessage {
  return wireMessage({ type: 10, content: JSON.stringify(cards) });
}
