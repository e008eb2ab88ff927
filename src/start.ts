// What dist/main.js is: it starts the program, from V8's own code for it where the build has left that. Nothing is written
// at a start: copies of a server start together, and an installation may be anybody's.
import { type Program, readProgram } from "./kept-code.ts";

/** Of program.js, put in at build time. */
declare const PROGRAM_DIGEST: string;

let program: Program | undefined;
try {
  program = readProgram(__dirname, PROGRAM_DIGEST);
} catch (error) {
  const { code } = error as NodeJS.ErrnoException;
  process.stderr.write(
    `kook-chat-mcp: program.js, which belongs beside main.js in dist, cannot be read (${code}). Keep dist together, or build it again.\n`,
  );
  process.exitCode = 1;
}
program?.run(require);
