// The official conformance suite against the server behind a bridge. Which of its scenarios apply, and with how many checks
// passed, stands in docs/clients.md for people to read; what the suite reports is compared with that.
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

/** Runs one scenario and gives the checks of its report. Whether any failed is for the caller to see. */
async function run(scenario: string): Promise<Check[]> {
  const folder = temporaryFolder();
  // It exits with 1 when a check failed, which the report tells better.
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

  test("has no scenario that docs/clients.md does not speak of", async () => {
    const { stdout } = await suite("list", "--server");
    const offered = [...stdout.matchAll(/^ {2}- ([\w-]+)/gm)].map(([, name]) => name);
    expect(offered.length).toBeGreaterThan(0);
    expect(documented.map(({ name }) => name).sort()).toEqual(offered.sort());
  });

  test("reports a failure as one, so that a pass means something", async () => {
    expect(await run("prompts-list")).toMatchObject([{ status: "FAILURE" }]);
  });
});
