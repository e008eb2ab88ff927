// Temporary folders that are removed again.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** @param atEnd registers the removal: pass `afterAll` for a folder that all tests of a file share */
export function temporaryFolder(atEnd: (remove: () => void) => void = onTestFinished): string {
  const folder = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
