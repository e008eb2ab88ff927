import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { faults } from "../../src/sandbox/faults/all.ts";
import { chooseByChance, parseFaultRate } from "../../src/sandbox/faults/choice.ts";
import { MAIN } from "../support/paths.ts";

const rates = (...texts: string[]) => texts.flatMap((one) => parseFaultRate(one) ?? []);

const perRequest = [...faults.values()].filter((fault) => !("readdress" in fault));

/** How often each fault strikes in a number of requests. */
function strikes(texts: string[], seed: number, requests = 10_000) {
  const choose = chooseByChance(rates(...texts), seed);
  const counts: Record<string, number> = {};
  for (let request = 0; request < requests; request++) {
    const name = choose()?.name ?? "none";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("a fault strikes its share of the requests, and the same ones for the same seed", () => {
  const counts = strikes(["drip:0.1", "empty:.3"], 1);
  expect(counts["drip"]).toBeGreaterThan(900);
  expect(counts["drip"]).toBeLessThan(1_100);
  expect(counts["empty"]).toBeGreaterThan(2_800);
  expect(counts["empty"]).toBeLessThan(3_200);
  expect(strikes(["drip:0.1", "empty:.3"], 1)).toEqual(counts);
  expect(strikes(["drip:0.1", "empty:.3"], 2)).not.toEqual(counts);
});

test("without shares every request is struck, equally often by each fault", () => {
  const { none, drip = 0, empty = 0 } = strikes(["drip", "empty"], 1);
  expect(none).toBeUndefined();
  expect(Math.abs(drip - empty)).toBeLessThan(400);
});

test("all:0.01 strikes one request in a hundred with each fault", () => {
  const { none, ...counts } = strikes(["all:0.01"], 1, 50_000);
  expect(Object.keys(counts)).toHaveLength(perRequest.length);
  for (const count of Object.values(counts)) {
    expect(count).toBeGreaterThan(400);
    expect(count).toBeLessThan(600);
  }
});

test.each(["drip:", "drip:2", "drip:-1", "drip:0.1.2", "refused:0.1", "Drip", "", ":0.1"])(
  "%j is not a fault",
  (one) => {
    expect(parseFaultRate(one)).toBeUndefined();
  },
);

async function start(...flags: string[]) {
  const child = spawn(process.execPath, [MAIN, "sandbox", ...flags]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  const { url, token } = JSON.parse(line);
  const list = () => fetch(`${url}/user-chat/list`, { headers: { Authorization: `Bot ${token}` } });
  return { url, list, stderr: createInterface(child.stderr) };
}

test("--fault strikes the requests of any client", async () => {
  const { list, stderr } = await start("--fault", "html-502");
  const [[logged], answer] = await Promise.all([once(stderr, "line"), list()]);
  expect(answer.status).toBe(502);
  expect(await answer.text()).toContain("<h1>Bad Gateway</h1>");
  expect(logged).toContain("GET /api/v3/user-chat/list 502 html-502");
});

test("a fault of the address changes the address that is printed", async () => {
  expect((await start("--fault", "unknown-host")).url).toBe("https://sandbox.invalid/api/v3");
  expect((await start("--fault", "no-tls")).url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/api\/v3$/);
});

test("--limit, --window and --decimal-reset set the rate limit", async () => {
  const { list } = await start("--limit", "1", "--window", "2", "--decimal-reset");
  const first = await list();
  expect(first.headers.get("X-Rate-Limit-Limit")).toBe("1");
  const second = await list();
  expect(second.status).toBe(429);
  expect(second.headers.get("X-Rate-Limit-Reset")).toMatch(/^[01]\.\d+$/);
});

test("an unknown fault ends the start and suggests the nearest name", async () => {
  const child = spawn(process.execPath, [MAIN, "sandbox", "--fault", "reset-mid-bdy"]);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(code).toBe(2);
  expect(stderr).toContain("did you mean reset-mid-body?");
});
