// The built server behind streamable HTTP on loopback, for clients without stdio. Messages pass unchanged between the
// SDK's two transports, so that a client tests the messages of the server.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { sandboxServer } from "./server.ts";

/** Serves the sandbox, with one process per session. */
export async function serveOverHttp() {
  const sessions = new Set<StreamableHTTPServerTransport>();

  async function openSession(): Promise<StreamableHTTPServerTransport> {
    const http = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID });
    const stdio = new StdioClientTransport({ ...sandboxServer, stderr: "ignore" });
    join(http as Transport, stdio);
    sessions.add(http);
    await Promise.all([http.start(), stdio.start()]);
    return http;
  }

  const server = createServer(async (request, response) => {
    const id = request.headers["mcp-session-id"];
    const session = id
      ? [...sessions].find(({ sessionId }) => sessionId === id)
      : await openSession();
    if (session) await session.handleRequest(request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Forwards the messages of each side to the other; if one closes, closes both. */
function join(http: Transport, stdio: Transport): void {
  http.onmessage = (message) => void stdio.send(message);
  stdio.onmessage = (message) => void http.send(message);
  http.onclose = () => void stdio.close();
  stdio.onclose = () => void http.close();
}
