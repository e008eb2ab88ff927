// The built server on its sandbox, as the clients of this folder start it.
import { MAIN } from "../support/paths.ts";

/** Command and arguments, in the form that hosts' configurations have. */
export const sandboxServer = {
  command: process.execPath,
  args: [MAIN, "--sandbox"],
};

/** Tools that every client must see. A later tool does not break these tests. */
export const chatTools = ["list_chats", "view_chat", "create_chat", "delete_chat"];
