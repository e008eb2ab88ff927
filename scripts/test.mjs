// Runs everything that must be green: the build, the checks, all tests with real clients. Ends with one line of counts,
// summed from the runners' own reports.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";

const reports = ".reports";
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

let broken = false;
/** @param {string} command @param {string[]} args */
function run(command, args) {
  console.log(`\n$ ${command} ${args.join(" ")}`);
  // npm is a script on Windows, which only a shell can start.
  const shell = process.platform === "win32";
  const { status } = spawnSync(command, args, { stdio: "inherit", shell });
  if (status === 0) return;
  broken = true;
  console.error(`\nFailed: ${command} ${args.join(" ")}`);
}

run("npm", ["run", "--silent", "build"]);
run("npm", ["run", "--silent", "check"]);
run("npm", ["ci", "--prefix", "test/hosts", "--no-audit", "--no-fund"]);
run("npx", ["tsc", "-p", "test/hosts"]);
const vitest = `${reports}/vitest.json`;
run("npx", [
  "vitest",
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${vitest}`,
]);

const { passed, failed } = readReport(vitest);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(broken || failed > 0 || passed === 0 ? 1 : 0);

/** @param {string} file */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    // A file that cannot be loaded has no tests of its own to fail.
    const unloaded = report.testResults.filter(
      (/** @type {{ status: string, assertionResults: unknown[] }} */ result) =>
        result.status === "failed" && result.assertionResults.length === 0,
    ).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
