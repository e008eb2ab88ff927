// Errors of chats/, beside those of access/ and kook/.

/** Not all chats could be searched for the allowed ones. */
export class UnfinishedSearchError extends Error {
  override readonly name = "UnfinishedSearchError";
  /** The same call again goes on. Otherwise some chats cannot be read, or KOOK does not name their users. */
  readonly goesOn: boolean;

  constructor(goesOn: boolean) {
    super("Not all chats were searched for the allowed ones.");
    this.goesOn = goesOn;
  }
}
