// Budgets for the tokens that the server costs a model's context.
import { beforeAll, expect, test } from "vitest";
import { measure } from "../../scripts/tokens.mjs";

let report: Awaited<ReturnType<typeof measure>>;
beforeAll(async () => {
  report = await measure();
});

test("the tools as a model sees them cost 650 tokens at most", () => {
  expect(report.toolsSeen).toBeLessThanOrEqual(650);
  expect(report.toolsSeen).toBeGreaterThan(0);
});

test("the tools as sent on the wire cost 1 250 tokens at most", () => {
  expect(report.toolsList).toBeLessThanOrEqual(1_250);
  expect(report.toolsList).toBeGreaterThan(0);
});

test("the instructions cost 200 tokens at most", () => {
  expect(report.instructions).toBeLessThanOrEqual(200);
  expect(report.instructions).toBeGreaterThan(0);
});

test("the tools that read messages cost 450 tokens more, and the instructions stay within 200", () => {
  expect(report.reading.toolsSeen).toBeLessThanOrEqual(450);
  expect(report.reading.toolsSeen).toBeGreaterThan(0);
  expect(report.reading.instructions).toBeLessThanOrEqual(200);
});

test("the tools that send messages cost 420 tokens more, and the instructions stay within 200", () => {
  expect(report.sending.toolsSeen).toBeLessThanOrEqual(420);
  expect(report.sending.toolsSeen).toBeGreaterThan(0);
  expect(report.sending.instructions).toBeLessThanOrEqual(200);
});

test.each(["sandbox", "hostile"])(
  "a chat of the %s page costs 48 tokens as text, 72 as structured content",
  (page) => {
    const cost = report.pages[page];
    expect(cost?.text).toBeLessThanOrEqual(48);
    expect(cost?.structured).toBeLessThanOrEqual(72);
    // Text is shorter than structured content, and both are shorter than KOOK's own answer.
    expect(cost?.text).toBeLessThan(cost?.structured ?? 0);
    expect(cost?.structured).toBeLessThan((cost?.raw ?? 0) / 1.5);
  },
);
