// The built program as a script of V8's, and the code that V8 made of it when it was built: compiling it anew takes a
// quarter of the time to the first answer.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Script } from "node:vm";

export interface Program {
  script: Script;
  /** Where the code is kept, of this very program for this very Node. */
  codeFile: string;
  /** @param require loads the program's parts, which lie beside it */
  run(require: NodeJS.Require): void;
}

/**
 * Reads the program in `folder`, with the code that was kept for it, if there is any.
 * @param digest of the program: of what V8 is given code for, it compares no more than the length
 * @throws the system's error where the program is not there
 */
export function readProgram(folder: string, digest: string): Program {
  const filename = join(folder, "program.js");
  const { version, platform, arch } = process;
  const codeFile = join(folder, `program-${digest}-${version}-${platform}-${arch}.code`);
  const cachedData = readIfThere(codeFile);
  // As Node wraps a CommonJS module. The build escapes all that is not ASCII.
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, "latin1")}\n})`;
  const script = new Script(source, { filename, ...(cachedData && { cachedData }) });
  const run = (require: NodeJS.Require) => {
    const module = { exports: {} };
    script.runInThisContext()(module.exports, require, module, filename, folder);
  };
  return { script, codeFile, run };
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
