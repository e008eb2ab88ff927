// The services that tools and resources call.
import { Access } from "../access/access.ts";
import { ChatChanges } from "../chats/changes.ts";
import { Chats } from "../chats/chats.ts";
import type { KookClient } from "../kook/client.ts";

export interface ServicesOptions {
  /** Ids of the users whose chats exist for this server; all if absent. */
  allowTargets?: readonly string[] | undefined;
  /** A search stops waiting for further pages after this time. */
  scanBudgetMs: number;
}

export interface Services {
  chats: Chats;
  chatChanges: ChatChanges;
}

export function createServices(
  client: KookClient,
  { allowTargets, scanBudgetMs }: ServicesOptions,
): Services {
  const access = new Access(client, allowTargets);
  const chats = new Chats(client, access, { scanBudgetMs });
  return { chats, chatChanges: new ChatChanges(client, access, chats) };
}
