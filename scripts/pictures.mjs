// Takes the README's pictures of MCP Inspector's web page, attached to the built server on its sandbox, light and dark: an
// inbox, and the question before a message is sent. By hand, as it needs Debian's packages chromium, fonts-noto-cjk and
// fonts-symbola (for Inspector's icons) besides `npm run build` and `npm ci --prefix test/hosts`, and ports 6274 and 6275.
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

const WAITING = "1000166306";

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  const folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  const inspector = startInspector(folder);
  const browser = await chromium.launchPersistentContext(join(folder, "profile"), {
    executablePath: "/usr/bin/chromium",
    viewport: { width: 1320, height: 660 },
    colorScheme: scheme,
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
    await connect(page);
    await showInbox(page);
    await picture(page, `inbox-${scheme}`);
    await showForm(page);
    await picture(page, `form-${scheme}`);
  } finally {
    await browser.close();
    inspector.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} folder */
function startInspector(folder) {
  const config = join(folder, "mcp.json");
  // Paths as a reader of the picture would type them, not those of the machine that it was made on.
  const args = ["dist/main.js", "--sandbox", "--messages", "read,send", "--language", "en"];
  const kook = { command: "node", args: [...args, "--time-zone", "Asia/Shanghai"] };
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

/** @param {any} page @param {string} name */
function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

/** @param {any} page */
async function connect(page) {
  await page.getByRole("switch").first().click({ force: true });
  await page.getByText("Tools", { exact: true }).click();
  // Connecting lists the resources; wait for it, then clear the history.
  await page.getByText("resources/list", { exact: true }).first().waitFor();
  // The history of requests takes a third of the page.
  await page.locator("header button").last().click();
}

/** @param {any} page */
async function showInbox(page) {
  await fill(page, "list_inbox", { since: "24h", limit: 3 });
  await button(page, "Execute Tool").click();
  await page.getByText("Structured Output").waitFor();
  await away(page);
}

/** @param {any} page */
async function showForm(page) {
  const text = "可以退，**3 到 5 天**原路退回。[退款说明](https://www.kookapp.cn/help)";
  await fill(page, "send_messages", { messages: [{ target_id: WAITING, text }] });
  await button(page, "Execute Tool").click();
  await page.getByText("A model asks to send").first().waitFor();
  await away(page);
}

/** Writes a tool's arguments as JSON. @param {any} page @param {string} tool @param {object} args */
async function fill(page, tool, args) {
  await page.getByText(tool, { exact: true }).click();
  await page.getByText("Edit as JSON").click({ force: true });
  await page.locator(".ace_content").click({ force: true });
  await page.keyboard.press("Control+A");
  await page.keyboard.insertText(JSON.stringify(args, null, 2));
}

/** @param {any} page @param {string} name */
async function picture(page, name) {
  await page.screenshot({ path: join(project, `docs/${name}.png`), animations: "disabled" });
}

/** Away from the button, whose hint would cover the picture, and without Inspector's notes. @param {any} page */
async function away(page) {
  await page.mouse.move(660, 655);
  await page.getByRole("tooltip").waitFor({ state: "hidden" });
  await page.addStyleTag({ content: ".mantine-Notifications-root { display: none }" });
}
