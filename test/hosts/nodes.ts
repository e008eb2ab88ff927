// Where the other versions of Node are that test/hosts/package.json brings.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Path of a file of the project's. */
export const projectFile = (path: string) =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Path of Node's binary. @throws where the npm packages of Node's binaries have none for this platform */
export function nodeBinary(major: 22 | 24): string {
  const name = `node-${major}-${process.platform}-${process.arch}`;
  const binary = projectFile(`test/hosts/node_modules/${name}/bin/node`);
  if (existsSync(binary)) return binary;
  throw new Error(`${name} is not installed: run npm ci in test/hosts, on linux-x64`);
}
