// Measures this server beside others, in turns, and prints one table; `npm run bench -- memory scan` measures a part.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { prepare } from "./contestants.mjs";
import { latency } from "./latency.mjs";
import { memory } from "./memory.mjs";
import { scan } from "./scan.mjs";
import { startUp } from "./start-up.mjs";
import { format, isMet } from "./table.mjs";
import { throughput } from "./throughput.mjs";

/** @type {Record<string, (options: { rounds: number }) => Promise<import("./table.mjs").Row[]>>} */
const families = { "start-up": startUp, memory, latency, throughput, scan };

const { values, positionals } = parseArgs({
  options: { rounds: { type: "string", default: "25" } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(families);
const unknown = names.find((name) => !(name in families));
const rounds = Number(values.rounds);
if (unknown !== undefined || !(rounds >= 1)) {
  console.error(`usage: npm run bench -- [${Object.keys(families).join(" | ")}]… [--rounds N]`);
  process.exit(2);
}

await prepare();
const rows = [];
for (const name of names) {
  console.error(`measuring ${name} …`);
  rows.push(...((await families[name]?.({ rounds })) ?? []));
}

const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, rounds };
console.log(`\nNode ${machine.node}, ${machine.cores} × ${machine.cpu}, ${rounds} rounds\n`);
console.log(format(rows));
const file = ".reports/bench.json";
mkdirSync(".reports", { recursive: true });
const results = rows.map((row) => ({ ...row, met: isMet(row) }));
writeFileSync(file, `${JSON.stringify({ takenAt: new Date(), machine, results }, null, 2)}\n`);
console.log(`\n${file} has the figures. A busy machine adds to all of them; see bench/README.md.`);
