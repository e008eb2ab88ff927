// Whether this Node can run the server.
import { error, type Observation, ok } from "../finding.ts";

/** Both versions without a `v`. */
export function checkNode({ version, needed }: { version: string; needed: string }): Observation {
  const isOld = version.localeCompare(needed, "en", { numeric: true }) < 0;
  if (isOld) return error(({ node }) => node.old(version, needed));
  // undici parses HTTP with WebAssembly.
  if (!("WebAssembly" in globalThis)) return error(({ node }) => node.jitless);
  return ok(({ node }) => node.fits(version, needed));
}
