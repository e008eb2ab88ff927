// The reference: the SDK's high-level server with four tools, and nothing behind them.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import * as z from "zod";

const server = new McpServer({ name: "minimal", version: "1.0.0" });
for (const name of ["list", "view", "create", "delete"]) {
  server.registerTool(
    name,
    { description: `The tool ${name}`, inputSchema: { text: z.string().describe("Any text") } },
    ({ text }) => ({ content: [{ type: "text", text }] }),
  );
}
await server.connect(new StdioServerTransport());
