// Budgets for what the jobs of a bot's owner cost: calls, tokens and KOOK requests, measured by scripts/jobs.mjs.
import { beforeAll, expect, test } from "vitest";
import { measure } from "../../scripts/jobs.mjs";

let rows: Awaited<ReturnType<typeof measure>>;
beforeAll(async () => {
  rows = await measure();
}, 180_000);

test("every job stays within its calls, tokens, requests and time", () => {
  expect(rows).not.toEqual([]);
  for (const { job, budget, cost } of rows) {
    for (const [what, most] of Object.entries(budget)) {
      expect(cost[what as keyof typeof cost], `${job}: ${what}`).toBeLessThanOrEqual(most);
    }
    expect(cost.text, job).toBeGreaterThan(0);
    // Text is the shorter form.
    expect(cost.text, job).toBeLessThan(cost.structured);
  }
});

test("a second look at the inbox reads no chat again", () => {
  const looks = rows.filter(({ job }) => /^[12] .* each$/.test(job));
  expect(looks.length).toBeGreaterThan(1);
  for (const { job, cost } of looks) expect(cost.second, job).toBe(10);
});
