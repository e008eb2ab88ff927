// Installs the packages if they are missing or older than the lock file: on a new machine `npm run demo` is enough.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";

/** @param {string} file */
const changedAt = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

// npm writes this file last.
if (changedAt("node_modules/.package-lock.json") < changedAt("package-lock.json")) {
  // npm sets the path of its script; `npm` itself is no program on Windows.
  const npm = process.env["npm_execpath"];
  if (npm === undefined) throw new Error("Start this by npm, for example: npm run demo");
  const { status } = spawnSync(process.execPath, [npm, "ci", "--no-audit", "--no-fund"], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
