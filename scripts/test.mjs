// Runs everything that must be green: the build, the checks, and the test projects. Ends with the time of each step and
// one line of counts, summed from the reports of the test runner.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";

const reports = ".reports";
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports);

/** @type {{ step: string, seconds: number, ok: boolean }[]} */
const steps = [];
let passed = 0;
let failed = 0;

run("build", "npm run --silent build");
run("check", "npm run --silent check");
runProject("unit");
runProject("property");
runProject("built");
run("hosts: install", "npm ci --prefix test/hosts --no-audit --no-fund --loglevel=error");
run("hosts: types", "npx tsc -p test/hosts");
runProject("hosts");

console.log();
for (const { step, seconds, ok } of steps) {
  console.log(`${step.padEnd(16)}${seconds.toFixed(1).padStart(6)} s${ok ? "" : "  failed"}`);
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 || steps.some(({ ok }) => !ok) ? 1 : 0);

/** @param {string} step @param {string} command */
function run(step, command) {
  console.log(`\n$ ${command}`);
  const startedAt = performance.now();
  // Through a shell, because npm is a script on Windows.
  const { status } = spawnSync(command, { stdio: "inherit", shell: true });
  steps.push({ step, seconds: (performance.now() - startedAt) / 1000, ok: status === 0 });
}

/** @param {string} project */
function runProject(project) {
  const report = `${reports}/${project}.json`;
  const reporters = `--reporter=default --reporter=json --outputFile.json=${report}`;
  run(project, `npx vitest run --project ${project} ${reporters}`);
  const counts = readReport(report);
  passed += counts.passed;
  failed += counts.failed;
}

/** @param {string} file */
function readReport(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    // A test file that fails to load has no failed test.
    const unloaded = report.testResults.filter(
      (/** @type {{ status: string, assertionResults: unknown[] }} */ result) =>
        result.status === "failed" && result.assertionResults.length === 0,
    ).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + unloaded };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
