// What the chats reject with, beside the errors of access/ and kook/.

/** Not all chats have been searched for the allowed ones; the same call again goes on. */
export class UnfinishedSearchError extends Error {
  override readonly name = "UnfinishedSearchError";
}
