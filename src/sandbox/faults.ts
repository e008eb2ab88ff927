// What can go wrong between KOOK and a client, each fault as one literal: those of the answer here, those of the
// connection in connection-faults.ts. The sandbox carries a request out first and spoils the answer then, so that a write
// is done although its answer is lost, unless the fault says otherwise.
import { type ConnectionFault, connectionFaults } from "./connection-faults.ts";

/** Spoils the answer itself; the connection holds. */
interface AnswerFault {
  name: string;
  does: string;
  spoil(answer: Answer): Response;
}

/** Lies in the address that a client is given, so it is there for every request or for none. */
interface AddressFault {
  name: string;
  does: string;
  /** Makes the base URL wrong. */
  readdress(url: string): string;
}

export type Fault = AnswerFault | ConnectionFault | AddressFault;

/** An answer that is to be spoilt, and the token that the request for it came with. */
interface Answer {
  status: number;
  headers: Headers;
  body: string;
  token: string;
}

/** How long a body is that no client should take in, in bytes. */
const HUGE = 1024 ** 3;
const CHUNK = new Uint8Array(64 * 1024).fill(0x20);

const answerFaults: readonly AnswerFault[] = [
  {
    name: "html-200",
    does: "answers with a web page and HTTP 200, as captive portals do",
    spoil: () => page(200, "Welcome", {}),
  },
  {
    name: "html-502",
    does: "answers with a gateway's web page and HTTP 502",
    spoil: () => page(502, "Bad Gateway", {}),
  },
  {
    name: "server-error",
    does: "answers with HTTP 500 and KOOK's envelope for a fault of its own",
    spoil: () => refuse(500, 500, "系统错误"),
  },
  {
    name: "redirect",
    does: "redirects to another path",
    spoil: () => page(302, "Found", { Location: "/elsewhere" }),
  },
  { name: "empty", does: "answers with no body", spoil: (answer) => rewrite(answer, () => "") },
  {
    name: "truncated-json",
    does: "ends the body, in good order, in its middle",
    spoil: (answer) => rewrite(answer, (body) => body.slice(0, body.length / 2)),
  },
  {
    name: "invalid-json",
    does: "has a comma too many in the body",
    spoil: (answer) => rewrite(answer, (body) => body.replace(/\}$/, ",}")),
  },
  {
    name: "invalid-utf8",
    does: "has a byte in each name that is no UTF-8",
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
    name: "data-list",
    does: "has [] where `data` is documented as a map",
    spoil: (answer) => edit(answer, (envelope) => ({ ...envelope, data: [] })),
  },
  {
    name: "target-missing",
    does: "leaves `target_info` out",
    spoil: (answer) => editChats(answer, ({ target_info: _, ...chat }) => chat),
  },
  {
    name: "target-null",
    does: "has null for `target_info`, as for a deleted account",
    spoil: (answer) => editChats(answer, (chat) => ({ ...chat, target_info: null })),
  },
  {
    name: "ids-numeric",
    does: "has numbers for ids",
    spoil: (answer) => editTargets(answer, (id) => id),
  },
  {
    name: "ids-too-large",
    does: "has numbers for ids that are too large for JavaScript to hold",
    spoil: (answer) => editTargets(answer, (id) => `9007199254${id}`),
  },
  {
    name: "bad-row",
    does: "has one chat in a page that has no code",
    spoil: (answer) =>
      editChats(answer, ({ code, ...chat }, index) => (index === 1 ? chat : { code, ...chat })),
  },
  {
    name: "page-repeats",
    does: "counts a page more than there is, which is the last one again",
    spoil: (answer) =>
      editMeta(answer, (meta) => ({ ...meta, page_total: (meta["page_total"] ?? 0) + 1 })),
  },
  {
    name: "page-total-0",
    does: "says that there are no pages, and gives one",
    spoil: (answer) => editMeta(answer, (meta) => ({ ...meta, page_total: 0 })),
  },
  {
    name: "gzip",
    does: "compresses the body, which is no fault but must be understood",
    spoil: (answer) => respond(answer, gzip(answer.body), { "Content-Encoding": "gzip" }),
  },
  {
    name: "gzip-broken",
    does: "says that the body is compressed, though it is not",
    spoil: (answer) => respond(answer, answer.body, { "Content-Encoding": "gzip" }),
  },
  {
    name: "token-echoed",
    does: "repeats the token, in several encodings, in message and headers",
    spoil: ({ token }) => {
      const echoes = [
        token,
        encodeURIComponent(token),
        encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase()),
        btoa(token),
        btoa(token).replace(/=+$/, ""),
        btoa(`Bot ${token}`),
        JSON.stringify(token).replaceAll("/", "\\/"),
      ];
      return refuse(400, 40_000, `bad token ${echoes.join(" ")}`, {
        "X-Rate-Limit-Bucket": token,
        "X-Echo": token,
      });
    },
  },
  {
    name: "huge-body",
    does: "goes on for 1 GiB",
    spoil: (answer) => respond(answer, endless(HUGE)),
  },
];

const addressFaults: readonly AddressFault[] = [
  {
    name: "refused",
    does: "gives an address at which nothing listens",
    readdress: (url) => url.replace(/:\d+/, ":2"),
  },
  {
    name: "unknown-host",
    does: "gives a host name that does not exist",
    readdress: (url) => url.replace(/^http:\/\/[^/]+/, "https://sandbox.invalid"),
  },
  {
    name: "no-tls",
    does: "gives an https address and speaks no TLS",
    readdress: (url) => url.replace(/^http:/, "https:"),
  },
];

/** All faults, by name. */
export const faults: ReadonlyMap<string, Fault> = new Map(
  [...answerFaults, ...connectionFaults, ...addressFaults].map((fault) => [fault.name, fault]),
);

/** The base URL that a client is given under this fault. */
export function readdress(fault: Fault, url: string): string {
  return "readdress" in fault ? fault.readdress(url) : url;
}

type Fields = Record<string, unknown>;

function respond(
  answer: Answer,
  body: ConstructorParameters<typeof Response>[0],
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status: answer.status,
    headers: { ...Object.fromEntries(answer.headers), ...headers },
  });
}

/** The settings know the faults, so a start should not load what one of them needs. */
function gzip(body: string): Uint8Array<ArrayBuffer> {
  return process.getBuiltinModule("node:zlib").gzipSync(body);
}

function rewrite(answer: Answer, change: (body: string) => string): Response {
  return respond(answer, change(answer.body));
}

function page(status: number, title: string, headers: Record<string, string>): Response {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return new Response(body, { status, headers: { "Content-Type": "text/html", ...headers } });
}

function refuse(status: number, code: number, message: string, headers = {}): Response {
  return Response.json({ code, message, data: { status } }, { status, headers });
}

function edit(answer: Answer, change: (envelope: Fields) => Fields): Response {
  return rewrite(answer, (body) => JSON.stringify(change(JSON.parse(body))));
}

/** Changes each chat of a page, or the one chat that the answer has. */
function editChats(answer: Answer, change: (chat: Fields, index: number) => Fields): Response {
  return edit(answer, (envelope) => {
    const data = envelope["data"] as Fields;
    const { items } = data;
    if (Array.isArray(items)) return { ...envelope, data: { ...data, items: items.map(change) } };
    return "code" in data ? { ...envelope, data: change(data, 0) } : envelope;
  });
}

/** Numbers past 2^53 can be written into JSON only as text. */
function editTargets(answer: Answer, change: (id: string) => string): Response {
  return rewrite(answer, (body) =>
    body.replace(
      /"target_info":\{"id":"(\d+)"/g,
      (_, id: string) => `"target_info":{"id":${change(id)}`,
    ),
  );
}

function editMeta(answer: Answer, change: (meta: Record<string, number>) => object): Response {
  return edit(answer, (envelope) => {
    const data = envelope["data"] as Fields;
    if (!("meta" in data)) return envelope;
    return { ...envelope, data: { ...data, meta: change(data["meta"] as Record<string, number>) } };
  });
}

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
