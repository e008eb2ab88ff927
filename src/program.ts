// The entry: passes the process on to the command line.
import { runCommandLine } from "./cli/run.ts";

/** From package.json, set by the build: the version, and the lowest version of Node. */
declare const VERSION: string;
declare const NODE_NEEDED: string;

void runCommandLine({
  argv: process.argv.slice(2),
  env: process.env,
  version: VERSION,
  nodeNeeded: NODE_NEEDED,
});
