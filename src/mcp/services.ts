// The services that tools and resources call.
import { Access } from "../access/access.ts";
import { ChatChanges } from "../chats/changes.ts";
import { Chats } from "../chats/chats.ts";
import type { KookClient } from "../kook/client.ts";
import { Inbox } from "../messages/inbox.ts";
import { Messages } from "../messages/messages.ts";

export interface ServicesOptions {
  /** Ids of the users whose chats exist for this server; all if absent. */
  allowTargets?: readonly string[] | undefined;
  /** A search stops waiting for further pages after this time. */
  scanBudgetMs: number;
  /** The messages in the chats may be read. */
  readMessages?: boolean | undefined;
}

/** What reads the messages in chats. */
export interface Reading {
  messages: Messages;
  inbox: Inbox;
}

export interface Services {
  chats: Chats;
  chatChanges: ChatChanges;
  /** Absent where messages may not be read. */
  reading: Reading | undefined;
}

export function createServices(
  client: KookClient,
  { allowTargets, scanBudgetMs, readMessages }: ServicesOptions,
): Services {
  const access = new Access(client, allowTargets);
  const chats = new Chats(client, access, { scanBudgetMs });
  const chatChanges = new ChatChanges(client, access, chats);
  if (!readMessages) return { chats, chatChanges, reading: undefined };
  const messages = new Messages(client, access, chats);
  const inbox = new Inbox(chats, messages);
  return { chats, chatChanges, reading: { messages, inbox } };
}
