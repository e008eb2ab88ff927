// A server that may read and send messages, over a sandbox that records what is posted.
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ElicitRequestFormParams, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import type { FetchInit } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox, type SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { call, connect } from "./connect.ts";

type Options = NonNullable<Parameters<typeof connect>[0]>;

/** Times of texts are in UTC, questions in English. */
export function sending(options: Options = {}): Promise<Client> {
  return connect({
    readMessages: true,
    send: { to: "*", limit: 30 },
    language: "en",
    ...options,
  });
}

export const accept: ElicitResult = { action: "accept", content: {} };

/** A person who agrees to every form; `forms` has them. */
export function agreeing() {
  const forms: ElicitRequestFormParams[] = [];
  const elicit = (form: ElicitRequestFormParams) => {
    forms.push(form);
    return accept;
  };
  return { forms, elicit };
}

/** The text of a form: its message, and the fields' titles, values and descriptions. */
export function shownIn(form: ElicitRequestFormParams | undefined): string {
  const fields = Object.values(form?.requestedSchema.properties ?? {}).map((field) => {
    const { title, description, default: value } = field as unknown as Record<string, string>;
    return `${title}: ${value} — ${description}`;
  });
  return [form?.message, ...fields].join("\n");
}

interface StoredMessage {
  id: string;
  content: string;
  author_id: string;
  quote: { rong_id: string } | null;
}

/** One thing that KOOK, or the network in front of it, does to a request instead of answering. */
export type Mishap = (next: () => Promise<Response>) => Promise<Response> | Response;

/** A sandbox with people who wrote just now. `posts` has what was posted, `gets` the paths of what was read. */
export function recordingKook(options: SandboxOptions = {}) {
  // Not Date.now itself: a fake clock may come later.
  const now = () => Date.now();
  const sandbox = new Sandbox({ anchor: now(), limit: 10_000, now, ...options });
  const posts: { route: string; body: Record<string, unknown> }[] = [];
  const gets: string[] = [];
  const mishaps: { route: string; mishap: Mishap }[] = [];
  const fetch = async (url: string, init: FetchInit): Promise<Response> => {
    const { pathname, search } = new URL(url);
    const route = pathname.split("/v3/")[1] ?? "";
    if (init.method === "POST") posts.push({ route, body: JSON.parse(init.body ?? "{}") });
    else gets.push(route + search);
    const place = mishaps.findIndex((one) => one.route === route);
    const [found] = place < 0 ? [] : mishaps.splice(place, 1);
    return found ? found.mishap(() => sandbox.fetch(url, init)) : sandbox.fetch(url, init);
  };
  /** The messages of a chat as KOOK has them, without those that show later. */
  const stored = async (chat_code: string) => {
    const response = await sandbox.fetch(
      `https://kook.invalid/api/v3/direct-message/list?chat_code=${chat_code}&page_size=50`,
      {
        method: "GET",
        headers: { Authorization: `Bot ${SANDBOX_TOKEN}` },
        signal: new AbortController().signal,
      },
    );
    const { data } = (await response.json()) as {
      data: { items: StoredMessage[] };
    };
    return data.items;
  };
  return {
    sandbox,
    fetch,
    posts,
    gets,
    stored,
    /** The next request of this route meets this. */
    next(route: string, mishap: Mishap) {
      mishaps.push({ route, mishap });
    },
  };
}

/** Users of the seed: the support case, and others with a chat. */
export const USERS = {
  summer: { target_id: "3903536527", chat_code: "5c7ec6d021216c136c9198285c15ed47" },
  tool: { target_id: "1000007926" },
  ming: { target_id: "1000015845" },
} as const;

export interface SendResult {
  results?: { target_id: string; status: string; msg_id?: string; why?: string }[];
  left?: number;
  to?: Record<string, string>[];
  confirm_token?: string;
  answer?: string;
  next?: string;
}

/** Calls send_messages; `structured` is typed. */
export async function send(client: Client, messages: unknown, confirm_token?: string) {
  const answer = await call(client, "send_messages", {
    messages,
    ...(confirm_token !== undefined && { confirm_token }),
  });
  return { ...answer, structured: (answer.structured ?? {}) as SendResult };
}

/** The ids that list_messages shows, oldest first. */
export async function idsOf(client: Client, args: Record<string, unknown>): Promise<string[]> {
  const { structured = {} } = await call(client, "list_messages", args);
  return (structured["messages"] as { msg_id: string }[]).map(({ msg_id }) => msg_id);
}
