// docs/clients.md names the installed versions.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import project from "../../package.json" with { type: "json" };
import { projectFile } from "../support/paths.ts";
import hosts from "./package.json" with { type: "json" };

const page = readFileSync(projectFile("docs/clients.md"), "utf8");

test("docs/clients.md names every package of test/hosts with the version installed", () => {
  const named = [...page.matchAll(/`([@\w/-]+)` (\d+\.\d+\.\d+)/g)].map(
    ([, name, version]) => [name, version] as const,
  );
  expect(Object.fromEntries(named)).toEqual(hosts.dependencies);
});

test("the SDK is the one that the server is built with", () => {
  const name = "@modelcontextprotocol/sdk";
  expect(hosts.dependencies[name]).toBe(project.devDependencies[name]);
});
