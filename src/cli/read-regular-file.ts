// Reads files whose paths come from settings and configurations.
import { readFileSync, statSync } from "node:fs";

/**
 * Reads a text file whole. Refuse pipes and devices: a blocking read would hang the process, signals included.
 * @throws an error whose `code` says why: the system's code, or words
 */
export function readRegularFile(path: string, maxBytes: number): string {
  const file = statSync(path);
  if (!file.isFile()) throw refusal("not a regular file");
  if (file.size > maxBytes) throw refusal(`larger than ${maxBytes / 1024} KiB`);
  return readFileSync(path, "utf8");
}

const refusal = (code: string) => Object.assign(new Error(code), { code });
