// Whether this Node is new enough.
import { error, type Observation, ok } from "../finding.ts";

/** Both versions without a `v`. */
export function checkNode({ version, needed }: { version: string; needed: string }): Observation {
  const fits = version.localeCompare(needed, "en", { numeric: true }) >= 0;
  return fits
    ? ok(({ node }) => node.fits(version, needed))
    : error(({ node }) => node.old(version, needed));
}
