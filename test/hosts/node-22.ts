// Clients whose packages ask for Node 22: each is a program of its own, run on Node 22, that prints what it got as JSON.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeBinary, projectFile } from "./nodes.ts";

/** Runs a file of this folder on Node 22 and gives what it printed. @throws when it exits with anything but 0 */
export async function runOnNode22(file: string) {
  // With the key of a model's provider in the environment, some clients report to the provider what they do.
  const env = { PATH: process.env["PATH"] };
  const program = projectFile(`test/hosts/${file}`);
  const { stdout } = await promisify(execFile)(nodeBinary(22), [program], { env });
  return JSON.parse(stdout);
}
