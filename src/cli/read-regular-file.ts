// Reads files that others may have named.
import { readFileSync, statSync } from "node:fs";

/**
 * Reads a text file whole. A pipe or a device may never end, and would stop the program where no signal reaches it.
 * @throws an error whose `code` says why it cannot be read: the system's, or words
 */
export function readRegularFile(path: string, maxBytes: number): string {
  const file = statSync(path);
  if (!file.isFile()) throw refusal("not a regular file");
  if (file.size > maxBytes) throw refusal(`larger than ${maxBytes / 1024} KiB`);
  return readFileSync(path, "utf8");
}

const refusal = (code: string) => Object.assign(new Error(code), { code });
