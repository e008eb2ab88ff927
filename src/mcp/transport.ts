// MCP over stdin and stdout, between the host and the SDK: every request gets one answer, no message stops the server, and
// no text of a message reaches the log.
//
// Ids are translated in both directions and start at 1: the SDK ignores the cancellation of request 0, and so do hosts
// built on it.
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import {
  ErrorCode,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";
import {
  type AnswerBody,
  type Incoming,
  type Refusal,
  readMessages,
  readTooLong,
  unreadable,
} from "./incoming-message.ts";
import { LineReader } from "./lines.ts";

/** Bounds the memory; a tool call has a few kilobytes. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

const refusals: Record<Refusal, string> = {
  [ErrorCode.ParseError]: "Parse error",
  [ErrorCode.InvalidRequest]: "Invalid request",
  [ErrorCode.InvalidParams]: "Invalid params",
};

type Output = Pick<NodeJS.WritableStream, "write" | "once">;

export class StdioTransport implements Transport {
  onclose?: () => void;
  /** Gets the kind of a fault, never the text that had it. */
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;
  /** Stdin has ended. Answers may still be due: see `idle`. */
  onend?: () => void;

  readonly #input: NodeJS.ReadableStream;
  readonly #output: Output;
  readonly #lines: LineReader;
  /** The host's requests in flight: its id → ours, and back. */
  readonly #requests = new Map<RequestId, number>();
  readonly #hostIds = new Map<number, RequestId>();
  #lastId = 0;
  /** Our questions in flight, by the id that the host has seen: the SDK's + 1. */
  readonly #questions = new Set<number>();
  #unwritten = 0;
  #hasEnded = false;
  #isClosed = false;
  #idleCallbacks: (() => void)[] = [];

  constructor(input: NodeJS.ReadableStream, output: Output) {
    this.#input = input;
    this.#output = output;
    this.#lines = new LineReader(MAX_LINE_BYTES, {
      line: (text) => {
        for (const incoming of readMessages(text)) this.#receive(incoming);
      },
      tooLong: (ends) => this.#receive(readTooLong(ends, "longer than 16 MiB")),
    });
  }

  async start(): Promise<void> {
    this.#input.on("data", this.#read);
    this.#input.once("end", this.#end);
    this.#input.once("error", this.#end);
    // EPIPE: the host is gone. Unhandled, the error would end the process with a stack.
    this.#output.once("error", () => {
      this.#stop();
      this.onerror?.(new Error("stdout is closed"));
    });
  }

  async close(): Promise<void> {
    this.#input.off("data", this.#read);
    this.#input.off("end", this.#end);
    this.#input.pause();
    this.#stop();
    this.onclose?.();
  }

  /** Requests without an answer. A cancelled request gets none. */
  get pending(): number {
    return this.#requests.size;
  }

  /** Resolves when no request is pending and every answer is written. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idleCallbacks.push(resolve);
      this.#checkIdle();
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (!("method" in message)) return this.#sendAnswer(message);
    if ("id" in message) {
      const id = Number(message.id) + 1;
      this.#questions.add(id);
      if (this.#hasEnded) return this.#failQuestions(unreadable);
      return this.#write({ ...message, id });
    }
    if (message.method !== "notifications/cancelled") return this.#write(message);
    const requestId = Number(message.params?.["requestId"]) + 1;
    this.#questions.delete(requestId);
    return this.#write({ ...message, params: { ...message.params, requestId } });
  }

  async #sendAnswer(answer: Exclude<JSONRPCMessage, { method: string }>): Promise<void> {
    const ours = Number(answer.id);
    const id = this.#hostIds.get(ours);
    // The request was cancelled.
    if (id === undefined) return;
    this.#forget(id, ours);
    await this.#write({ ...("error" in answer ? plainly(answer) : answer), id });
  }

  readonly #read = (chunk: Buffer) => this.#lines.push(chunk);

  readonly #end = () => {
    this.#lines.end();
    this.#hasEnded = true;
    this.#failQuestions(unreadable);
    this.onend?.();
  };

  #receive(incoming: Incoming): void {
    if (incoming.kind === "request") this.#receiveRequest(incoming.request);
    else if (incoming.kind === "notification") this.#receiveNotification(incoming.notification);
    else if (incoming.kind === "answer") this.#receiveAnswer(incoming);
    else if (incoming.kind === "refused") this.#refuse(incoming.id, incoming.code, incoming.why);
    else if (incoming.kind === "unreadable") this.#refuseUnreadable(incoming.code, incoming.why);
    else this.#report(incoming.why);
  }

  #receiveRequest(request: JSONRPCRequest): void {
    const { id } = request;
    if (this.#requests.has(id)) {
      this.#refuse(id, ErrorCode.InvalidRequest, "a request with this id is in flight");
      return;
    }
    const ours = ++this.#lastId;
    this.#requests.set(id, ours);
    this.#hostIds.set(ours, id);
    this.onmessage?.({ ...request, id: ours });
  }

  #receiveNotification(notification: JSONRPCNotification): void {
    const { method, params } = notification;
    if (method === "notifications/cancelled") this.#cancel(params?.["requestId"] as RequestId);
    // This server asks for no progress, and the SDK would log the whole message.
    else if (method !== "notifications/progress") this.onmessage?.(notification);
  }

  #cancel(id: RequestId): void {
    const requestId = this.#requests.get(id);
    if (requestId === undefined) return;
    this.#forget(id, requestId);
    // Drop the host's reason: it is free text, and would become the error of the aborted call.
    const method = "notifications/cancelled";
    this.onmessage?.({ jsonrpc: "2.0", method, params: { requestId } });
    this.#checkIdle();
  }

  #receiveAnswer({ id, body, otherwise }: Extract<Incoming, { kind: "answer" }>): void {
    const question = Number(id);
    if (this.#questions.has(question)) {
      this.#settle(question, body ?? unreadable);
      return;
    }
    if (otherwise) this.#receive(otherwise);
    else if (body) this.#report("an answer to no question");
    else this.#refuse(id, ErrorCode.InvalidRequest, "neither method nor result");
    // Without an id: the host could not read our question, or its answer has a broken id. No other answer comes.
    if (id === null) this.#failQuestions(body && "error" in body ? body : unreadable);
  }

  /** A question whose answer was lost in this line would wait without limit. */
  #refuseUnreadable(code: Refusal, why: string): void {
    this.#refuse(null, code, why);
    this.#failQuestions(unreadable);
  }

  #failQuestions(body: AnswerBody): void {
    for (const question of this.#questions) this.#settle(question, body);
  }

  #settle(question: number, body: AnswerBody): void {
    this.#questions.delete(question);
    this.onmessage?.({ jsonrpc: "2.0", id: question - 1, ...body });
  }

  #refuse(id: RequestId | null, code: Refusal, why: string): void {
    this.#report(why);
    const message = `${refusals[code]}: ${why}.`;
    void this.#write({ jsonrpc: "2.0", id, error: { code, message } });
  }

  #report(why: string): void {
    this.onerror?.(new Error(`invalid message on stdin: ${why}`));
  }

  #forget(id: RequestId, ours: number): void {
    this.#requests.delete(id);
    this.#hostIds.delete(ours);
  }

  /** Resolves when the system has the line. A callback needs no drain listener, and comes after EPIPE too. */
  #write(message: object): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#unwritten++;
    return new Promise((resolve) => {
      this.#output.write(`${JSON.stringify(message)}\n`, () => {
        this.#unwritten--;
        this.#checkIdle();
        resolve();
      });
    });
  }

  #stop(): void {
    this.#isClosed = true;
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (!this.#isClosed && (this.pending > 0 || this.#unwritten > 0)) return;
    for (const resolve of this.#idleCallbacks.splice(0)) resolve();
  }
}

/** The SDK answers params that do not fit its schema with -32603 and zod's list of issues. */
function plainly({ error, ...answer }: JSONRPCErrorResponse): JSONRPCErrorResponse {
  if (!error.message.includes("[\n")) return { ...answer, error };
  const path = /"path": \[\s*"(params)"(?:,\s*"(\w{1,40})")?/.exec(error.message);
  if (!path) {
    return { ...answer, error: { code: ErrorCode.InternalError, message: "Internal error." } };
  }
  const name = path.slice(1).filter(Boolean).join(".");
  const message = `${refusals[ErrorCode.InvalidParams]}: ${name} is missing or not valid.`;
  return { ...answer, error: { code: ErrorCode.InvalidParams, message } };
}
