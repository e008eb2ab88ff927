// dist/THIRD-PARTY-LICENSES.txt: the licences of what is built into dist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { DIST } from "../support/paths.ts";

const notices = readFileSync(join(DIST, "THIRD-PARTY-LICENSES.txt"), "utf8").split(
  `\n${"-".repeat(80)}\n\n`,
);
const noticeOf = (name: string) => notices.find((notice) => notice.startsWith(name));

test.each(["undici", "zod", "@modelcontextprotocol/sdk", "smol-toml", "jsonc-parser"])(
  "%s is named with its version and its licence's text",
  (name) => {
    const version = manifest.devDependencies[name as keyof typeof manifest.devDependencies];
    expect(noticeOf(`${name} ${version} (`)).toMatch(/copyright|permission/i);
  },
);

test("llhttp is named too, which undici holds as WebAssembly, with its author and licence", () => {
  const notice = noticeOf("llhttp, ");
  expect(notice).toContain(`undici ${manifest.devDependencies.undici} (MIT)`);
  expect(notice).toContain("Copyright © 2018 Fedor Indutny");
  expect(notice).toContain("Permission is hereby granted, free of charge");
});

test("no other part of dist has WebAssembly, whose licence nobody would have looked for", () => {
  const parts = readdirSync(DIST).filter((name) => name.endsWith(".js"));
  // The first bytes of a WebAssembly module, in base64.
  const found = parts.filter((name) => readFileSync(join(DIST, name), "utf8").includes("AGFzbQ"));
  expect(found).toEqual(["network.js"]);
});
