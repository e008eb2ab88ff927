// Faults of the connection, for a sandbox that is served over HTTP.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionFault } from "./fault.ts";

export const connectionFaults: readonly ConnectionFault[] = [
  {
    name: "reset-unheard",
    does: "resets the connection without carrying out the request",
    unheard: true,
    mistreat: reset,
  },
  {
    name: "reset-before-body",
    does: "carries the request out and resets the connection",
    mistreat: reset,
  },
  {
    name: "reset-mid-body",
    does: "resets the connection in the middle of the body",
    mistreat(response, { status, body }) {
      announce(response, status, body);
      response.write(body.slice(0, body.length / 2), () => reset(response));
    },
  },
  {
    name: "closed-mid-body",
    does: "closes the connection normally in the middle of the body",
    mistreat(response, { status, body }) {
      announce(response, status, body);
      response.write(body.slice(0, body.length / 2), () => response.socket?.end());
    },
  },
  {
    name: "no-answer",
    does: "carries the request out and never answers",
    mistreat: () => {},
  },
  {
    name: "drip",
    does: "sends one byte of the body a second",
    mistreat(response, { status, body }) {
      announce(response, status, body);
      const bytes = Buffer.from(body);
      let sent = 0;
      const send = () => response.write(bytes.subarray(sent, ++sent));
      send();
      const dripping = setInterval(send, 1_000);
      response.once("close", () => clearInterval(dripping));
    },
  },
];

function announce(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=UTF-8",
    "Content-Length": Buffer.byteLength(body),
  });
}

function reset(response: ServerResponse): void {
  (response.socket as Socket | null)?.resetAndDestroy();
}
