// The built server on its sandbox, as the clients of this folder start it.
import { projectFile } from "./nodes.ts";

/** Command and arguments, in the form that hosts' configurations have. */
export const sandboxServer = {
  command: process.execPath,
  args: [projectFile("dist/main.js"), "--sandbox"],
};
