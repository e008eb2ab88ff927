// Runs the clients whose packages need Node 22. Each is a program that prints its results as JSON.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectFile } from "../support/paths.ts";
import { node22 } from "./nodes.ts";

/** Runs a file of this folder on Node 22. @returns its output @throws when it exits with another code than 0 */
export async function runOnNode22(file: string) {
  // Without API keys of the environment: with one, some clients send telemetry to the provider.
  const env = { PATH: process.env["PATH"] };
  const program = projectFile(`test/hosts/${file}`);
  const { stdout } = await promisify(execFile)(node22(), [program], { env });
  return JSON.parse(stdout);
}
