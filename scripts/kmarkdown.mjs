// Prints a Markdown file (or stdin) as KMarkdown, its live links, and what our reader makes of it.
// `npm run kmarkdown -- FILE`.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { build } from "esbuild";

const [, , file] = process.argv;
const markdown = readFileSync(file ?? process.stdin.fd, "utf8");

const { markdownToKMarkdown } = createRequire(import.meta.url)("../dist/markdown.js");
const { content, links } = markdownToKMarkdown(markdown);

// The reader is inside dist/program.js, which does not export it.
const { outputFiles } = await build({
  entryPoints: ["src/messages/content.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  write: false,
});
const source = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
const { contentOf } = await import(`data:text/javascript;base64,${source}`);
const mentions = { users: {}, channels: {}, roles: {} };
const reading = contentOf({ type: 9, content, attachments: [], mentions });

console.log(content);
console.log(`\n===== ${content.length} characters, links: ${links.join(" ") || "none"}`);
console.log(`===== read back:\n${reading.text}`);
