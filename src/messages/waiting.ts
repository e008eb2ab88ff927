// Whether the user of a chat waits for an answer, and since when.
import type { WireMessage } from "../kook/wire/message.ts";
import { isSystem } from "./message.ts";
import { type ReadMessages, Walk } from "./paging.ts";

/** The most messages that an inbox shows of a chat; also enough to tell since when most users wait. */
const INBOX_MESSAGES = 10;
/** A user who has written more without an answer waits at least since the oldest of these. */
const MAX_UNANSWERED = 100;

/** The newest messages of a chat, and whether its user waits. */
export interface ChatState {
  /** Up to 10 messages, oldest first. */
  newest: WireMessage[];
  /** Time of the first message that nobody answered, in epoch milliseconds; absent if the last message is answered. */
  waitingSince?: number;
  /** The other side is a bot. */
  withBot: boolean;
}

/**
 * @param latestAt time of the chat's last message, used where no message has a readable time
 * @throws what reading throws
 */
export async function readState(
  read: ReadMessages,
  isUser: (message: WireMessage) => boolean,
  latestAt: number,
): Promise<ChatState> {
  const walk = new Walk(read);
  await walk.next(INBOX_MESSAGES);
  const newest = walk.messages.slice(-INBOX_MESSAGES);
  // KOOK's own messages ask and answer nothing. A reaction answers its message and those before it, not a later one.
  const isAnswered = (message: WireMessage) =>
    isUser(message) ? message.reactions.some(({ me }) => me) : !isSystem(message);
  const answered = () => walk.messages.findLastIndex(isAnswered);
  while (answered() < 0 && walk.messages.length < MAX_UNANSWERED && !walk.ended) {
    await walk.next();
  }
  const first = walk.messages.slice(answered() + 1).find(isUser);
  return {
    newest,
    ...(first && { waitingSince: first.create_at || latestAt }),
    withBot: newest.some((message) => isUser(message) && message.author_is_bot),
  };
}
