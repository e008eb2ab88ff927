// One line from the host as JSON-RPC messages that the SDK accepts. Tolerant: null counts as absent, unknown members are
// dropped, batches are split. Anything else gets a refusal, so that no request stays unanswered.
import {
  ClientCapabilitiesSchema,
  ErrorCode,
  isJSONRPCErrorResponse,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCErrorResponse,
  type JSONRPCNotification,
  type JSONRPCRequest,
  type JSONRPCResultResponse,
  RELATED_TASK_META_KEY,
  type RequestId,
} from "@modelcontextprotocol/sdk/types.js";

export type Incoming =
  | { kind: "request"; request: JSONRPCRequest }
  | { kind: "notification"; notification: JSONRPCNotification }
  /**
   * `body` is missing where the message has neither result nor error. A message that has a method too is an answer if its id
   * is that of an open question, and otherwise `otherwise`.
   */
  | { kind: "answer"; id: RequestId | null; body: AnswerBody | undefined; otherwise?: Incoming }
  | { kind: "refused"; id: RequestId | null; code: Refusal; why: string }
  /** Without a readable id: it may have been the answer to any open question. */
  | { kind: "unreadable"; code: Refusal; why: string }
  | { kind: "ignored"; why: string };

export type AnswerBody =
  | Pick<JSONRPCResultResponse, "result">
  | Pick<JSONRPCErrorResponse, "error">;

export type Refusal = ErrorCode.ParseError | ErrorCode.InvalidRequest | ErrorCode.InvalidParams;

type Members = Record<string, unknown>;

/** JSON.parse turns a 16 MiB line into millions of members, and each gets an answer. Hosts batch a few requests. */
const MAX_BATCH = 100;

/** Deepest member that the protocol defines: capabilities.tasks.requests.elicitation.create, in params. */
const PROTOCOL_DEPTH = 6;

/** Ends a question whose answer cannot be read: otherwise it would wait for ever. */
export const unreadable: AnswerBody = {
  error: { code: ErrorCode.InternalError, message: "The host's answer cannot be read." },
};

/**
 * Several messages for a batch, which MCP 2025-03-26 has. Each answer is a separate line: one array of answers would
 * wait for the slowest, and for ever where a member is cancelled.
 */
export function readMessages(text: string): Incoming[] {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch {
    // Not `idLast`: in broken JSON it may be the id of something else, and answering it would end another request.
    return [refuseText(idFirst.exec(text), ErrorCode.ParseError, "not JSON")];
  }
  if (!Array.isArray(sent)) return [readMessage(sent)];
  if (sent.length > 0 && sent.length <= MAX_BATCH) return sent.map(readMessage);
  const why = sent.length === 0 ? "an empty batch" : `a batch of more than ${MAX_BATCH} messages`;
  return [unreadableLine(why)];
}

/** The beginning of a message whose id comes first, and the ends of one whose id comes last, as the official SDKs write it. */
const idFirst =
  /^\s*\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(?<id>"[^"\\\p{Cc}]{1,200}"|0|[1-9]\d{0,14})\s*,\s*"(?<member>method|result|error)"\s*:/u;
const idLast =
  /^\s*\{\s*"(?<member>method|result|error)"\s*:.*,\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(?<id>"[^"\\\p{Cc}]{1,200}"|0|[1-9]\d{0,14})\s*\}$/su;

/** Refuses a line that is too long. @param ends its beginning and its end */
export function readTooLong(ends: string, why: string): Incoming {
  return refuseText(idFirst.exec(ends) ?? idLast.exec(ends), ErrorCode.InvalidRequest, why);
}

/** @param found the id of the text, and the member that tells a request from an answer */
function refuseText(found: RegExpExecArray | null, code: Refusal, why: string): Incoming {
  const { id, member } = found?.groups ?? {};
  if (id === undefined) return unreadableLine(why, code);
  return member === "method"
    ? { kind: "refused", id: JSON.parse(id), code, why }
    : { kind: "answer", id: JSON.parse(id), body: unreadable };
}

function readMessage(sent: unknown): Incoming {
  if (!isObject(sent)) return unreadableLine("not an object");
  const { method, result, error } = sent;
  const id = isId(sent["id"]) ? sent["id"] : null;
  if (isAbsent(method)) return readAnswer(id, sent);
  const otherwise = readCall(id, sent);
  if (isAbsent(result) && isAbsent(error)) return otherwise;
  return { kind: "answer", id, body: unreadable, otherwise };
}

function readCall(id: RequestId | null, sent: Members): Incoming {
  const { jsonrpc, method } = sent;
  if (typeof method !== "string") return invalid(id, "method must be a string");
  if (!isAbsent(jsonrpc) && jsonrpc !== "2.0") return invalid(id, 'jsonrpc must be "2.0"');
  const params = readParams(method, sent["params"]);
  const message = { jsonrpc: "2.0", method, ...(params !== undefined && { params }) };
  // Some hosts write `id: null` into notifications.
  if (sent["id"] === undefined || (sent["id"] === null && method.startsWith("notifications/"))) {
    return isJSONRPCNotification(message)
      ? { kind: "notification", notification: message }
      : { kind: "ignored", why: "a notification with invalid params" };
  }
  if (id === null) return invalid(null, "id must be a string or an integer below 2^53");
  const request = { ...message, id };
  if (isJSONRPCRequest(request)) return { kind: "request", request };
  const why = isObject(params) ? "params._meta is not valid" : "params must be an object";
  return { kind: "refused", id, code: ErrorCode.InvalidParams, why };
}

function readParams(method: string, params: unknown): unknown {
  if (isAbsent(params)) return undefined;
  if (!isObject(params)) return params;
  // Drop the rest: a bad member must not keep a delete from being cancelled.
  if (method === "notifications/cancelled") return { requestId: params["requestId"] };
  // Arguments of a tool are the model's, and null may mean something in them.
  dropNulls(params, PROTOCOL_DEPTH, method === "tools/call" ? params["arguments"] : undefined);
  // This server declares no tasks. MCP: process such a request normally, without the task. The SDK refuses it.
  delete params["task"];
  if (isObject(params["_meta"])) delete params["_meta"][RELATED_TASK_META_KEY];
  if (method !== "initialize") return params;
  // Required by the SDK's schema, and needed for nothing: their absence must not lock a host out.
  const { capabilities = {}, clientInfo = {} } = params;
  const named = isObject(clientInfo) ? { name: "", version: "", ...clientInfo } : clientInfo;
  return { ...params, capabilities: readCapabilities(capabilities), clientInfo: named };
}

/**
 * The SDK refuses `initialize` if one capability is not an object. `true` and PHP's `[]` mean a declared elicitation: without
 * it no delete would be confirmed. Other invalid capabilities are dropped, because this server uses none of them.
 */
function readCapabilities(declared: unknown): Members {
  if (!isObject(declared)) return {};
  const { elicitation, ...others } = declared;
  const { shape } = ClientCapabilitiesSchema;
  const valid = Object.entries(others).filter(
    ([name, value]) =>
      !Object.hasOwn(shape, name) || shape[name as keyof typeof shape].safeParse(value).success,
  );
  return {
    ...Object.fromEntries(valid),
    ...(Boolean(elicitation) && { elicitation: readElicitation(elicitation) }),
  };
}

/** An object without valid modes is the form mode, which is older than the modes. */
function readElicitation(declared: unknown): Members {
  const modes = Object.entries(isObject(declared) ? declared : {});
  return Object.fromEntries(
    modes.filter(([, mode]) => mode).map(([name, mode]) => [name, isObject(mode) ? mode : {}]),
  );
}

function readAnswer(id: RequestId | null, { result, error }: Members): Incoming {
  const isAnswer = result !== undefined || error !== undefined;
  return { kind: "answer", id, body: isAnswer ? readBody(result, error) : undefined };
}

function readBody(result: unknown, error: unknown): AnswerBody {
  const envelope = { jsonrpc: "2.0", id: 0 };
  if (isAbsent(error)) {
    dropNulls(result, PROTOCOL_DEPTH);
    const answer = { ...envelope, result };
    return isJSONRPCResultResponse(answer) ? { result: answer.result } : unreadable;
  }
  const answer = { ...envelope, error };
  if (!isAbsent(result) || !isJSONRPCErrorResponse(answer)) return unreadable;
  const { code, message } = answer.error;
  return { error: { code, message } };
}

/** Deletes members that are null. Elements of arrays stay: they have a position. */
function dropNulls(value: unknown, depth: number, except?: unknown): void {
  if (!isObject(value) || depth === 0) return;
  for (const [name, member] of Object.entries(value)) {
    if (member === null) delete value[name];
    else if (member !== except) dropNulls(member, depth - 1);
  }
}

function unreadableLine(why: string, code: Refusal = ErrorCode.InvalidRequest): Incoming {
  return { kind: "unreadable", code, why };
}

function invalid(id: RequestId | null, why: string): Incoming {
  return { kind: "refused", id, code: ErrorCode.InvalidRequest, why };
}

/** JSON.parse rounds larger integers, and an answer with a rounded id is an answer to nothing. */
function isId(value: unknown): value is RequestId {
  return typeof value === "string" || Number.isSafeInteger(value);
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
