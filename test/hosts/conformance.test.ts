// The official conformance suite against the server behind an HTTP bridge. docs/clients.md lists the scenarios that apply
// and their number of checks; the reports are compared with that list.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { projectFile } from "../support/paths.ts";
import { serveOverHttp } from "./http-bridge.ts";
import { needsNode22, node22 } from "./nodes.ts";

interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "INFO" | "SKIPPED";
  errorMessage?: string;
}

const documented = [
  ...readFileSync(projectFile("docs/clients.md"), "utf8").matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm),
].map(([, name = "", outcome = ""]) => ({
  name,
  passed: Number(/^(\d+) of \1\b/.exec(outcome)?.[1]),
}));
const applicable = documented.filter(({ passed }) => passed > 0);

const suite = (...args: string[]) =>
  promisify(execFile)(node22(), [
    projectFile("test/hosts/node_modules/@modelcontextprotocol/conformance/dist/index.js"),
    ...args,
  ]);

let bridge: Awaited<ReturnType<typeof serveOverHttp>>;

/** Runs one scenario. @returns the checks of its report, failed ones included */
async function run(scenario: string): Promise<Check[]> {
  const folder = temporaryFolder();
  // Ignore exit code 1: the report says which check failed.
  await suite("server", "--url", bridge.url, "--scenario", scenario, "-o", folder).catch(() => {});
  const [report = ""] = readdirSync(folder);
  return JSON.parse(readFileSync(join(folder, report, "checks.json"), "utf8"));
}

describe("the conformance suite", () => {
  beforeEach(needsNode22);
  beforeAll(async () => {
    bridge = await serveOverHttp();
  });
  afterAll(() => bridge.close());

  test.each(applicable)("passes in $name", async ({ name, passed }) => {
    const checks = await run(name);
    const faults = checks.filter(({ status }) => status !== "SUCCESS" && status !== "INFO");
    expect(faults).toEqual([]);
    expect(checks.filter(({ status }) => status === "SUCCESS")).toHaveLength(passed);
  });

  test("has only scenarios that docs/clients.md lists", async () => {
    const { stdout } = await suite("list", "--server");
    const offered = [...stdout.matchAll(/^ {2}- ([\w-]+)/gm)].map(([, name]) => name);
    expect(offered.length).toBeGreaterThan(0);
    expect(documented.map(({ name }) => name).sort()).toEqual(offered.sort());
  });

  test("reports a failure as a failure", async () => {
    expect(await run("prompts-list")).toMatchObject([{ status: "FAILURE" }]);
  });
});
