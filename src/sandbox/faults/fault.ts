// The three kinds of fault, and the helpers that build a faulty answer.
import type { ServerResponse } from "node:http";
import type { Handling } from "../routes/route.ts";

interface Named {
  name: string;
  /** Completes "The sandbox …", for the command's help. */
  does: string;
}

/**
 * Changes the answer; the connection works. The request is carried out first, so that a write is done although its
 * answer is lost.
 */
export interface AnswerFault extends Named {
  /** The request is not carried out, and `spoil` gets no answer of the sandbox. */
  unheard?: boolean;
  /** How the sandbox handles the request. */
  handling?: Handling;
  spoil(answer: RealAnswer): Response;
}

/** Breaks the connection instead of answering on it. Needs a sandbox that is served over HTTP. */
export interface ConnectionFault extends Named {
  /** The request is not carried out. */
  unheard?: boolean;
  mistreat(response: ServerResponse, answer: { status: number; body: string }): void;
}

/** Makes the base URL wrong that a client gets, so it affects every request or none. */
export interface AddressFault extends Named {
  readdress(url: string): string;
}

export type Fault = AnswerFault | ConnectionFault | AddressFault;

/** The sandbox's correct answer, and the token of the request. */
export interface RealAnswer {
  status: number;
  headers: Headers;
  body: string;
  token: string;
}

type Fields = Record<string, unknown>;

export function respond(
  answer: RealAnswer,
  body: ConstructorParameters<typeof Response>[0],
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), ...headers },
  });
}

export function rewrite(answer: RealAnswer, change: (body: string) => string): Response {
  return respond(answer, change(answer.body));
}

/** An HTML page has no envelope and stays as it is. */
export function edit(answer: RealAnswer, change: (envelope: Fields) => Fields): Response {
  if (!answer.headers.get("Content-Type")?.includes("json")) return respond(answer, answer.body);
  return rewrite(answer, (body) => JSON.stringify(change(JSON.parse(body))));
}

/** Changes each chat of a page, or the one chat of the answer. */
export function editChats(
  answer: RealAnswer,
  change: (chat: Fields, index: number) => Fields,
): Response {
  return edit(answer, (envelope) => {
    const data = envelope["data"] as Fields;
    const { items } = data;
    if (Array.isArray(items)) return { ...envelope, data: { ...data, items: items.map(change) } };
    return "code" in data ? { ...envelope, data: change(data, 0) } : envelope;
  });
}

/** Changes the meta of a list; undefined removes it. */
export function editMeta(
  answer: RealAnswer,
  change: (meta: Record<string, number>) => object | undefined,
): Response {
  return edit(answer, (envelope) => {
    const data = envelope["data"] as Fields;
    if (!("meta" in data)) return envelope;
    return { ...envelope, data: { ...data, meta: change(data["meta"] as Record<string, number>) } };
  });
}
