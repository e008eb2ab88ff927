// A server that may read messages, over a sandbox whose chats may have other messages.
import { readFileSync } from "node:fs";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { TimeZone } from "../../src/text/time.ts";
import { connect } from "./connect.ts";

type Options = NonNullable<Parameters<typeof connect>[0]>;

/** The chat of the fixtures. */
export const CHAT = { target_id: DOCUMENTED_CHAT.targetId, chat_code: DOCUMENTED_CHAT.code };

/** Times of texts are in Shanghai. */
export const reading = (options: Options = {}): Promise<Client> =>
  connect({ readMessages: true, timeZone: new TimeZone("Asia/Shanghai"), ...options });

/** A sandbox in which every chat has these messages, as `direct-message/list` and `view` send them. `asked` has the paths. */
export function having(items: object[], sandbox = new Sandbox({ chats: 3 })) {
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    const { pathname, searchParams } = new URL(url);
    const path = pathname.split("/v3/")[1] ?? "";
    asked.push(path);
    if (path === "direct-message/list") {
      const before = items.findIndex(
        ({ id }: { id?: string }) => id === searchParams.get("msg_id"),
      );
      const size = Number(searchParams.get("page_size"));
      const page =
        searchParams.get("flag") === "after"
          ? items.slice(before + 1).slice(0, size)
          : (before < 0 ? items : items.slice(0, before)).slice(-size);
      return Response.json({ code: 0, message: "", data: { items: page } });
    }
    if (path === "direct-message/view") {
      const item = items.find(({ id }: { id?: string }) => id === searchParams.get("msg_id"));
      return Response.json({ code: 0, message: "", data: item ?? {} });
    }
    return sandbox.fetch(url, init);
  };
  return { fetch, asked };
}

let made = 0;

/** A message of the user's, a minute after the one made before. */
export function userMessage(content: string, fields: object = {}): { id: string; content: string } {
  made++;
  const digits = `${made.toString(16).padStart(8, "0")}${"0".repeat(24)}`;
  const message = {
    id: digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    type: 1,
    content,
    author_id: CHAT.target_id,
    create_at: Date.UTC(2026, 10, 20, 8, 0) + made * 60_000,
    ...fields,
  };
  return message;
}

/** The messages of a real support case. */
export const supportChat = (): object[] =>
  JSON.parse(
    readFileSync(new URL("../fixtures/messages/support-chat.json", import.meta.url), "utf8"),
  ).data.items;
