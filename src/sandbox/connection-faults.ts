// Faults of the connection, for a sandbox that is served over HTTP.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Mistreats the connection instead of answering on it. */
export interface ConnectionFault {
  name: string;
  does: string;
  /** The request is not carried out. */
  unheard?: boolean;
  mistreat(response: ServerResponse, answer: { status: number; body: string }): void;
}

export const connectionFaults: readonly ConnectionFault[] = [
  {
    name: "reset-unheard",
    does: "resets the connection before the request is carried out",
    unheard: true,
    mistreat: reset,
  },
  {
    name: "reset-before-body",
    does: "resets the connection once the request has been carried out",
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
    does: "closes the connection, in good order, in the middle of the body",
    mistreat(response, { status, body }) {
      announce(response, status, body);
      response.write(body.slice(0, body.length / 2), () => response.socket?.end());
    },
  },
  {
    name: "no-answer",
    does: "takes the request and never answers",
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
