// The versions of Node that test/hosts/package.json installs. Node 22 reads this file without vitest.
import { existsSync } from "node:fs";
import type { TestContext } from "vitest";
import { projectFile } from "../support/paths.ts";

type Major = 20 | 22 | 24;

/** Path of a binary of this version; undefined where npm has none for the platform. */
export function findNode(major: Major): string | undefined {
  if (Number.parseInt(process.versions.node, 10) === major) return process.execPath;
  const name = `node-${major}-${process.platform}-${process.arch}`;
  const binary = projectFile(`test/hosts/node_modules/${name}/bin/node`);
  return existsSync(binary) ? binary : undefined;
}

/** For clients that need Node 22 or later. */
function findNode22OrLater(): string | undefined {
  const isLater = Number.parseInt(process.versions.node, 10) >= 22;
  return isLater ? process.execPath : findNode(22);
}

/** For `beforeEach`: skips each test, and says why. */
export function needsNode22({ skip }: TestContext): void {
  skip(findNode22OrLater() === undefined, "needs Node 22, which npm brings for Linux on x64 only");
}

/** Path of Node 22 or later. @throws where needsNode22 skips */
export function node22(): string {
  const binary = findNode22OrLater();
  if (binary === undefined) throw new Error("Node 22 is not installed: run npm ci in test/hosts");
  return binary;
}
