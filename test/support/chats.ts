// Chats over the real client, with a sandbox instead of KOOK, whose pages a test may change.
import type { CallOptions } from "../../src/kook/call-options.ts";
import { type Fetch, KookClient } from "../../src/kook/client.ts";
import { createServices, type ServicesOptions } from "../../src/mcp/services.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";

export const clientOver = (fetch: Fetch, { maxWaitMs = 1_000 } = {}) =>
  new KookClient({
    fetch,
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 1_000,
    maxWaitMs,
  });

export function servicesOver(fetch: Fetch, options: Partial<ServicesOptions> = {}) {
  return createServices(clientOver(fetch), { scanBudgetMs: 10_000, ...options });
}

/** The methods of both chat services together. */
export function chatsOver(fetch: Fetch, options: Partial<ServicesOptions> = {}) {
  const { chats, chatChanges } = servicesOver(fetch, options);
  return {
    list: chats.list.bind(chats),
    find: chats.find.bind(chats),
    view: chats.view.bind(chats),
    complete: chats.complete.bind(chats),
    create: async (targetId: string, call?: CallOptions) =>
      (await chatChanges.create(targetId, call)).chat,
    delete: chatChanges.delete.bind(chatChanges),
  };
}

/** A page of chats as the sandbox sends it; mutable. */
export interface SandboxPage {
  items: { code: string; unread_count: number; target_info: { id: string; username: string } }[];
  meta: { page: number; page_total: number; total: number };
}

/** A sandbox whose pages are changed before they arrive; `pages` records the requested ones. */
export function paging(
  change: (page: SandboxPage, asked: number) => void,
  sandbox = new Sandbox(),
) {
  const pages: number[] = [];
  const fetch: Fetch = async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    const { pathname, searchParams } = new URL(url);
    if (!pathname.endsWith("/list")) return answer;
    const asked = Number(searchParams.get("page"));
    pages.push(asked);
    const envelope = (await answer.json()) as { data: SandboxPage };
    change(envelope.data, asked);
    return Response.json(envelope, { headers: answer.headers });
  };
  return { fetch, pages };
}

/** A sandbox whose users have these names in turn. */
export const named = (names: readonly string[], sandbox?: Sandbox) =>
  paging((page) => {
    for (const [index, { target_info }] of page.items.entries()) {
      target_info.username = names[index % names.length] as string;
    }
  }, sandbox);
