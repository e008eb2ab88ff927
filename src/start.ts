// What dist/main.js is: it runs the program, compiled by V8 at an earlier start where that has left its code. Compiling
// anew takes a third of the time to the first answer. Node's own module.enableCompileCache() would be less to do, but is
// not there in Node 20 and saves half as much.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

/** Of program.js, put in at build time: V8 compares no more than the length of what it has code for. */
declare const PROGRAM_DIGEST: string;

/** By then the first answers have been given, and the code that gave them is worth keeping. */
const KEEP_AFTER_MS = 500;

const program = join(__dirname, "program.js");
/** Beside the program, so that whoever could put code there could change the program as well. */
const cache = join(
  __dirname,
  "code-cache",
  `${process.versions.v8}-${process.arch}-${PROGRAM_DIGEST}`,
);

const cachedData = readCache();
const script = new Script(
  `(function(exports,require,module,__filename,__dirname){${readFileSync(program, "latin1")}\n})`,
  { filename: program, ...(cachedData && { cachedData }) },
);
script.runInThisContext()(exports, require, module, program, __dirname);
if (!cachedData || script.cachedDataRejected) setTimeout(keep, KEEP_AFTER_MS).unref();

/**
 * V8 does not survive damaged code, and looks only at its head. The file therefore holds the code twice, and code that
 * differs from its copy is not used: comparing takes no time, while loading Node's crypto or zlib would take 2 ms.
 */
function readCache(): Buffer | undefined {
  try {
    const twice = readFileSync(cache);
    const code = twice.subarray(0, twice.length / 2);
    return code.equals(twice.subarray(code.length)) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Several copies of the server may do this at once: each writes a file of its own, and the last one named so stays. */
function keep(): void {
  const code = script.createCachedData();
  const written = `${cache}.${process.pid}`;
  try {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(written, Buffer.concat([code, code]));
    renameSync(written, cache);
  } catch {
    // An installation that cannot be written to starts without.
  }
}
