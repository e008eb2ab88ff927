// What the server tells the person who runs it: lines on stderr, one an event, without contents or the token.

import { logLevels } from "../config/settings.ts";

export type LogLevel = (typeof logLevels)[number];
export type Log = Record<LogLevel, (message: string) => void>;

/** Makes a log that drops what is less important than `level` and keeps each message on one line. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const silent = logLevels.slice(logLevels.indexOf(level) + 1);
  const writerOf = (name: LogLevel) => (message: string) => {
    if (silent.includes(name)) return;
    write(`kook-chat-mcp ${name}: ${message.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")}\n`);
  };
  return {
    error: writerOf("error"),
    warn: writerOf("warn"),
    info: writerOf("info"),
    debug: writerOf("debug"),
  };
}
