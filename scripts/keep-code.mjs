// Run by the build, bundled, in a process of its own: starts the program, and when told that it has answered what a host
// asks first, keeps the code that V8 has made of it by then.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { readProgram } from "../src/kept-code.ts";

const folder = resolve("dist");
const { script, codeFile, run } = readProgram(folder, process.env["PROGRAM_DIGEST"] ?? "");
process.once("message", () => {
  writeFileSync(codeFile, script.createCachedData());
  process.exit();
});
run(createRequire(`${folder}/main.js`));
