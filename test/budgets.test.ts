// Sizes that are the same on every machine. Times are not; `npm run bench` measures those.
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const kB = (file: string) => statSync(`${dist}/${file}`).size / 1000;

test("a start reads no more than 400 kB", () => {
  expect(kB("main.js") + kB("program.js")).toBeLessThanOrEqual(400);
});

test("no part that is loaded on use is larger than 550 kB", () => {
  const parts = readdirSync(dist).filter((file) => file.endsWith(".js"));
  for (const part of parts) expect(kB(part), part).toBeLessThanOrEqual(550);
});

test("an installation brings no other package", () => {
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("optionalDependencies");
  expect(manifest).not.toHaveProperty("peerDependencies");
});
