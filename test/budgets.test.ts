// Sizes that are the same on every machine. Times are not; `npm run bench` measures those.
import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };

const root = fileURLToPath(new URL("..", import.meta.url));
const kB = (file: string) => statSync(`${root}/dist/${file}`).size / 1000;

test("a start reads less than 300 kB", () => {
  expect(kB("main.js") + kB("program.js")).toBeLessThan(300);
});

test("no part that is loaded on use is larger than 550 kB", () => {
  const parts = readdirSync(`${root}/dist`).filter((file) => file.endsWith(".js"));
  for (const part of parts) expect(kB(part), part).toBeLessThan(550);
});

test("the tarball is smaller than 350 kB, and brings no other package", () => {
  const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [{ size }] = JSON.parse(packed);
  expect(size / 1000).toBeLessThan(350);
  expect(Object.keys(manifest)).not.toContain("dependencies");
  expect(Object.keys(manifest)).not.toContain("optionalDependencies");
  expect(Object.keys(manifest)).not.toContain("peerDependencies");
});
