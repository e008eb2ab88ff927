// What dist/main.js is: it starts the program, from V8's own code for it where the build has left that. Nothing is written
// at a start: copies of a server start together, and an installation may be anybody's.
import { readProgram } from "./kept-code.ts";

readProgram(__dirname).run(require);
