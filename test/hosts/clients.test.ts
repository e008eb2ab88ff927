// docs/clients.md and its Chinese twin name the installed versions.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import project from "../../package.json" with { type: "json" };
import { projectFile } from "../support/paths.ts";
import hosts from "./package.json" with { type: "json" };

const pages = ["docs/clients.md", "docs/clients.zh-CN.md"];

test.each(pages)("%s names every package of test/hosts with the version installed", (path) => {
  const page = readFileSync(projectFile(path), "utf8");
  const named = [...page.matchAll(/`([@\w/-]+)` (\d+\.\d+\.\d+)/g)].map(
    ([, name, version]) => [name, version] as const,
  );
  expect(Object.fromEntries(named)).toEqual(hosts.dependencies);
});

test("the SDK is the one that the server is built with", () => {
  const name = "@modelcontextprotocol/sdk";
  expect(hosts.dependencies[name]).toBe(project.devDependencies[name]);
});
