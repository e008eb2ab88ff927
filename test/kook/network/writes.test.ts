// Writes through the real client and the real network: what was not sent is retried, and is never "unknown".
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { KookClient } from "../../../src/kook/client.ts";
import { createChat, deleteChat } from "../../../src/kook/endpoints/user-chat.ts";
import { isDoubtful } from "../../../src/kook/errors.ts";
import { createNetworkFetch } from "../../../src/kook/network/network.ts";

// No pause before a retry.
beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A client with an attempt timeout of 300 ms; `attempts` counts what reached the network. */
function connect(baseUrl: string) {
  const fetch = createNetworkFetch({});
  const seen = { attempts: 0 };
  const client = new KookClient({
    fetch: (url, init) => {
      seen.attempts++;
      return fetch(url, init);
    },
    token: { scheme: "Bot", value: "1/MTExMTE=/aaaaaaaa==" },
    baseUrl,
    timeoutMs: 300,
    maxWaitMs: 1_000,
  });
  return { client, seen };
}

test("a delete that meets a closed port is retried, and is not done", async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  const { client, seen } = connect(`http://127.0.0.1:${port}`);
  const failure = await client.call(deleteChat, { chat_code: "a" }).catch((error) => error);
  expect(failure).toMatchObject({ sent: false, code: "ECONNREFUSED" });
  expect(isDoubtful(failure)).toBe(false);
  expect(seen.attempts).toBe(3);
});

test("a delete whose connection is not ready in time is retried, and is not done", async () => {
  // Accepts connections, and never answers the TLS handshake.
  const sockets: Socket[] = [];
  const port = await listen(createServer((socket) => void sockets.push(socket)));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const { client, seen } = connect(`https://127.0.0.1:${port}`);
  const failure = await client.call(deleteChat, { chat_code: "a" }).catch((error) => error);
  expect(failure).toMatchObject({ sent: false, code: "UND_ERR_CONNECT_TIMEOUT" });
  expect(isDoubtful(failure)).toBe(false);
  expect(seen.attempts).toBe(3);
});

test("a delete that the server read before it reset is not retried, and is in doubt", async () => {
  const port = await listen(createHttpServer(({ socket }) => void socket.resetAndDestroy()));
  const { client, seen } = connect(`http://127.0.0.1:${port}`);
  const failure = await client.call(deleteChat, { chat_code: "a" }).catch((error) => error);
  expect(isDoubtful(failure)).toBe(true);
  expect(seen.attempts).toBe(1);
});

test("a create that was read once stays in doubt when the retry is not sent", async () => {
  const server = createHttpServer(({ socket }) => {
    server.close();
    socket.resetAndDestroy();
  });
  const { client, seen } = connect(`http://127.0.0.1:${await listen(server)}`);
  const failure = await client.call(createChat, { target_id: "1" }).catch((error) => error);
  expect(failure).toMatchObject({ sent: true });
  expect(isDoubtful(failure)).toBe(true);
  expect(seen.attempts).toBe(3);
});
