// A KOOK to measure against: the sandbox on loopback, in a process of its own, with the limit, size and delay asked for.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { SANDBOX_TOKEN, Sandbox } from "../src/sandbox/sandbox.ts";

const [limit, chats, delayMs] = process.argv.slice(2).map(Number) as [number, number, number];
const sandbox = new Sandbox({ limit, chats });

const server = createServer(async (request, response) => {
  const body = await text(request);
  if (delayMs > 0) await pause(delayMs);
  const answer = await sandbox.fetch(`http://sandbox.invalid${request.url}`, {
    method: request.method === "POST" ? "POST" : "GET",
    headers: request.headers as Record<string, string>,
    body,
    signal: new AbortController().signal,
  });
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(await answer.text());
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/v3`;
  process.stdout.write(`${JSON.stringify({ url, token: SANDBOX_TOKEN })}\n`);
});
process.stdin.resume().on("end", () => process.exit());
