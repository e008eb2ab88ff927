// The audit log's file: opened for each change, so that it can be moved away by a log rotation.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { AuditFile } from "../mcp/audit.ts";

/** Only its owner may read it. */
const MODE = 0o600;
/** NONBLOCK: a pipe that nobody reads must fail, not block. Windows has no such flag. */
const FLAGS =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

export function auditFile(path: string): AuditFile {
  return {
    async open() {
      const file = await open(path, FLAGS, MODE);
      return {
        close: () => file.close(),
        async append(line) {
          try {
            const bytes = Buffer.from(line);
            // One write: lines of several processes must not mix.
            const { bytesWritten } = await file.write(bytes);
            if (bytesWritten < bytes.length) throw new Error("the line was cut");
          } finally {
            await file.close();
          }
        },
      };
    },
  };
}
