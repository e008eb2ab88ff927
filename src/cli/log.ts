// The log: one line per event on stderr, without the contents of messages or the token.
import { problemLine } from "../config/config-error.ts";
import { logLevels } from "../config/setting-schemas.ts";
import type { Fetch } from "../kook/client.ts";

export type LogLevel = (typeof logLevels)[number];
export type Log = Record<LogLevel, (message: string) => void>;

/** A log that drops what is below `level`. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const dropped = logLevels.slice(logLevels.indexOf(level) + 1);
  const writerOf = (name: LogLevel) => (message: string) => {
    if (dropped.includes(name)) return;
    // A token may stand in a setting's value, such as the base URL.
    write(`kook-chat-mcp ${name}: ${problemLine(message)}\n`);
  };
  return {
    error: writerOf("error"),
    warn: writerOf("warn"),
    info: writerOf("info"),
    debug: writerOf("debug"),
  };
}

/**
 * Prefixes of the SDK's error texts. The rest is dropped: it quotes the message. The transport's own texts quote nothing.
 */
const sdkErrors = [
  "Received a response for an unknown message ID",
  "Received a progress notification for an unknown token",
  "Unknown message type",
  "Uncaught error in notification handler",
  "Failed to send response",
  "Failed to send an error response",
];
const transportErrors = /^(invalid message on stdin: |stdout is closed$)/;

/** The kind of a protocol error. Do not log its text: it may quote a message, with usernames and ids. */
export function kindOf(error: Error): string {
  if (transportErrors.test(error.message)) return error.message;
  return (
    sdkErrors.find((start) => error.message.startsWith(start)) ?? `protocol error (${error.name})`
  );
}

/**
 * Logs one line per request, without the query: chat codes and user ids must not reach the log. Nor the address of a file:
 * it is part of a message. Only requests to KOOK's API carry the token.
 */
export function logged(fetch: Fetch, log: Log): Fetch {
  return async (url, init) => {
    const startedAt = performance.now();
    const took = () => `${Math.round(performance.now() - startedAt)} ms`;
    const isApi = "Authorization" in init.headers;
    const request = `${init.method} ${isApi ? new URL(url).pathname : "a file"}`;
    try {
      const response = await fetch(url, init);
      log.debug(`${request} ${response.status} ${took()}`);
      return response;
    } catch (error) {
      log.debug(`${request} failed ${took()}`);
      throw error;
    }
  };
}
