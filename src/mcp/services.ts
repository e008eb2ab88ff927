// The services that tools and resources call.
import { Access, type SendTo } from "../access/access.ts";
import { ChatChanges } from "../chats/changes.ts";
import { Chats } from "../chats/chats.ts";
import type { KookClient } from "../kook/client.ts";
import type { ChatOfMessages } from "../messages/chat.ts";
import { Inbox } from "../messages/inbox.ts";
import { Messages } from "../messages/messages.ts";
import { Preparation } from "../messages/outgoing.ts";
import { OwnMessages } from "../messages/own-messages.ts";
import { Posting } from "../messages/posting.ts";
import { SendLimits } from "../messages/send-limits.ts";
import { Sending } from "../messages/sending.ts";
import { SentMessages } from "../messages/sent.ts";

export interface ServicesOptions {
  /** Ids of the users whose chats exist for this server; all if absent. */
  allowTargets?: readonly string[] | undefined;
  /** A search stops waiting for further pages after this time. */
  scanBudgetMs: number;
  /** The messages in the chats may be read. */
  readMessages?: boolean | undefined;
  /** Messages may be sent, edited and deleted; absent where not. */
  send?: { to: SendTo; limit: number } | undefined;
}

/** The services that read the messages in chats. */
export interface Reading {
  messages: Messages;
  inbox: Inbox;
}

/** The services that send messages, and edit and delete the bot's own. */
export interface Answering {
  messages: Messages;
  sending: Sending;
  own: OwnMessages;
}

export interface Services {
  chats: Chats;
  chatChanges: ChatChanges;
  /** Absent where messages may not be read. */
  reading: Reading | undefined;
  /** Absent where no message may be sent. */
  answering: Answering | undefined;
}

export function createServices(
  client: KookClient,
  { allowTargets, scanBudgetMs, readMessages, send }: ServicesOptions,
): Services {
  const access = new Access(client, allowTargets, send?.to);
  const chats = new Chats(client, access, { scanBudgetMs });
  const chatChanges = new ChatChanges(client, access, chats);
  const messages = new Messages(client, access, chats, { canSend: send !== undefined });
  const inbox = new Inbox(chats, messages);
  return {
    chats,
    chatChanges,
    reading: readMessages ? { messages, inbox } : undefined,
    answering: send && answeringOf(client, { access, messages, inbox, limit: send.limit }),
  };
}

function answeringOf(
  client: KookClient,
  rooms: { access: Access; messages: Messages; inbox: Inbox; limit: number },
): Answering {
  const { access, messages, inbox } = rooms;
  const sent = new SentMessages();
  const shared = {
    messages,
    preparation: new Preparation(client, access, messages, sent),
    limits: new SendLimits(rooms.limit),
    onChange: (chat: ChatOfMessages) => inbox.forget(chat),
  };
  const sending = new Sending({ ...shared, posting: new Posting(client, messages, sent) });
  return { messages, sending, own: new OwnMessages({ ...shared, client, sent }) };
}
