// Makes docs/inspector.png: MCP Inspector's web page, attached to the built server on its sandbox, after a call of
// list_chats. By hand, as it needs Debian's packages chromium, fonts-noto-cjk and fonts-symbola (for Inspector's icons)
// besides `npm run build` and `npm ci --prefix test/hosts`, and ports 6274 and 6275.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const hosts = join(project, "test/hosts/node_modules");
const { chromium } = createRequire(join(project, "test/hosts/package.json"))("playwright-core");

const folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
const inspector = startInspector();
const browser = await chromium.launchPersistentContext(join(folder, "profile"), {
  executablePath: "/usr/bin/chromium",
  viewport: { width: 1680, height: 960 },
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const page = await browser.newPage();
  await page.goto(await addressOf(inspector));
  await callListChats(page);
  await page.screenshot({ path: join(project, "docs/inspector.png") });
} finally {
  await browser.close();
  inspector.kill();
  rmSync(folder, { recursive: true, force: true });
}

function startInspector() {
  const config = join(folder, "mcp.json");
  // Paths as a reader of the picture would type them, not those of the machine that it was made on.
  const kook = { command: "node", args: ["dist/main.js", "--sandbox"] };
  writeFileSync(config, JSON.stringify({ mcpServers: { kook } }));
  const launcher = join(hosts, "@modelcontextprotocol/inspector/clients/launcher/build/index.js");
  return spawn(join(hosts, "node-22-linux-x64/bin/node"), [launcher, "--web", "--config", config], {
    cwd: project,
    // A temporary home: the picture must not show or change a person's list of servers.
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      MCP_AUTO_OPEN_ENABLED: "false",
      MCP_INSPECTOR_SECRET_STORE: "memory",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The page's address with its token, as Inspector prints it. @param {ReturnType<typeof startInspector>} inspector */
async function addressOf({ stdout }) {
  for await (const line of createInterface(stdout)) {
    const address = /http:\/\/\S+TOKEN=\w+/.exec(line)?.[0];
    if (address) return address;
  }
  throw new Error("Inspector ended without saying where it is");
}

/** Connects, calls the tool and shows what was sent beside what came back. @param {any} page */
async function callListChats(page) {
  const button = (/** @type {string} */ name) => page.getByRole("button", { name, exact: true });
  await page.getByRole("switch").click({ force: true });
  await page.getByText("Tools", { exact: true }).click();
  await page.getByText("list_chats", { exact: true }).click();
  // Connecting lists the resources; wait for it, then clear the history.
  await page.getByText("resources/list", { exact: true }).first().waitFor();
  await button("Clear").click();
  await page.getByLabel("page_size").fill("5");
  await button("Execute Tool").click();
  await page.getByText("Structured Output").waitFor();
  await button("Expand").click();
  await page.getByText("Parameters:").waitFor();
  // Away from the button, whose hint would cover the picture.
  await page.mouse.move(840, 950);
  await page.getByRole("tooltip").waitFor({ state: "hidden" });
}
