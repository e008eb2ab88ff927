// Bodies that no client can read as JSON, or only with care.
import { gzipSync } from "node:zlib";
import { htmlPage } from "../envelope.ts";
import { type AnswerFault, respond, rewrite } from "./fault.ts";

/** More bytes than a client should hold in memory. */
const HUGE = 1024 ** 3;
const CHUNK = new Uint8Array(64 * 1024).fill(0x20);

export const bodyFaults: readonly AnswerFault[] = [
  {
    name: "html-200",
    does: "answers with a web page and HTTP 200, as captive portals do",
    spoil: () => htmlPage(200, "Welcome"),
  },
  {
    name: "html-502",
    does: "answers with a gateway's web page and HTTP 502",
    spoil: () => htmlPage(502, "Bad Gateway"),
  },
  {
    name: "redirect",
    does: "redirects to another path without carrying out the request",
    unheard: true,
    spoil: () => htmlPage(302, "Found", { Location: "/elsewhere" }),
  },
  { name: "empty", does: "answers with an empty body", spoil: (answer) => respond(answer, "") },
  {
    name: "truncated-json",
    does: "sends half of the body and ends the answer normally",
    spoil: (answer) => rewrite(answer, (body) => body.slice(0, body.length / 2)),
  },
  {
    name: "invalid-json",
    does: "sends a body with a trailing comma",
    spoil: (answer) => rewrite(answer, (body) => body.replace(/\}$/, ",}")),
  },
  {
    name: "invalid-utf8",
    does: "puts a byte that is not UTF-8 into each username",
    spoil: (answer) => {
      const [head = "", ...rest] = answer.body.split('"username":"');
      const parts = rest.flatMap((part) => [
        Buffer.from('"username":"'),
        Buffer.of(0xff),
        Buffer.from(part),
      ]);
      return respond(answer, Buffer.concat([Buffer.from(head), ...parts]));
    },
  },
  {
    name: "gzip",
    does: "compresses the body, which is valid and must be understood",
    spoil: (answer) => respond(answer, gzipSync(answer.body), { "Content-Encoding": "gzip" }),
  },
  {
    name: "gzip-broken",
    does: "declares a plain body as compressed",
    spoil: (answer) => respond(answer, answer.body, { "Content-Encoding": "gzip" }),
  },
  {
    name: "huge-body",
    does: "sends a body of 1 GiB",
    spoil: (answer) => respond(answer, endless(HUGE)),
  },
];

function endless(bytes: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes) return controller.close();
      sent += CHUNK.byteLength;
      controller.enqueue(CHUNK);
    },
  });
}
