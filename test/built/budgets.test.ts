// Sizes, which are the same on every machine. `npm run bench` measures times.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { DIST } from "../support/paths.ts";

const kB = (file: string) => statSync(join(DIST, file)).size / 1000;

test("a start reads no more than 400 kB", () => {
  expect(kB("main.js") + kB("program.js")).toBeLessThanOrEqual(400);
});

test("no part that is loaded on first use is larger than 550 kB", () => {
  const parts = readdirSync(DIST).filter((file) => file.endsWith(".js"));
  for (const part of parts) expect(kB(part), part).toBeLessThanOrEqual(550);
});

test("an installation brings no other package", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("optionalDependencies");
  expect(manifest).not.toHaveProperty("peerDependencies");
});
