// Runs of characters that one text shares with many others. Linear in the length of the others, repetitions included: most
// places are passed over by a sample of every sixth, the rest compared by a rolling hash.

/** Length of a run that counts: a CJK character has two units, any other one. */
const RUN_UNITS = 24;

const cjk = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;

/** Units by UTF-16 code. Made on use: takes 4 ms. */
let unitsByCode: Uint8Array | undefined;

function unitTable(): Uint8Array {
  unitsByCode ??= Uint8Array.from({ length: 0x1_0000 }, (_, code) =>
    cjk.test(String.fromCharCode(code)) ? 2 : 1,
  );
  return unitsByCode;
}

/** UTF-16 codes: an array is read three times as fast as a string. Also flattens a text that `replace` left as a tree. */
function codesOf(text: string): Uint16Array {
  const bytes = Buffer.from(text, "utf16le");
  return new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
}

/** Whether a text has a run at all. */
export function hasRun(text: string): boolean {
  return hashesOf(codesOf(text), 0, Math.min(1, text.length)).count > 0;
}

/** Called with each run that a text has; returns whether the run is settled, and never reported again. */
type Report = (run: string) => boolean;

/** A run has at least twice as many characters, so it holds one of the samples whole. */
const SAMPLE = 6;
/** Bits of the filter, as a power of 2: with the 8 000 samples of a long text, one in 130 others passes. */
const FILTER_POWER = 20;
const SETTLED = 0x7fff_ffff;

/** The runs of one text, to be looked for in others. */
export class Runs {
  readonly #runs: string[] = [];
  readonly #hashes: Int32Array;
  /** For each run, the number of the group in which it was found last. */
  readonly #foundIn: Int32Array;
  /** Hash table with open addressing: the number of a run, from 1 on. */
  readonly #table: Uint32Array;
  /** Filter of all samples that the runs hold, a bit for each place. */
  readonly #samples: Uint32Array;
  #group = 0;
  #unsettled = 0;
  /** Unsettled runs that were not found in this group. */
  #wanted = 0;

  constructor(text: string) {
    const codes = codesOf(text);
    const { hashes, lengths, count } = hashesOf(codes, 0, codes.length);
    this.#hashes = new Int32Array(count);
    this.#foundIn = new Int32Array(count);
    this.#table = new Uint32Array(2 ** (33 - Math.clz32(count)));
    this.#samples = new Uint32Array(count === 0 ? 0 : 2 ** (FILTER_POWER - 5));
    const mask = this.#table.length - 1;
    for (let start = 0; start < count; start++) {
      const hash = hashes[start] ?? 0;
      let place = mixed(hash) & mask;
      for (; this.#table[place] !== 0; place = (place + 1) & mask) {
        const index = (this.#table[place] ?? 0) - 1;
        if (this.#hashes[index] === hash && text.startsWith(this.#runs[index] ?? "", start)) break;
      }
      if (this.#table[place] !== 0) continue;
      this.#hashes[this.#runs.length] = hash;
      this.#table[place] = this.#runs.push(text.slice(start, start + (lengths[start] ?? 0)));
    }
    if (count > 0) {
      for (let at = 0; at <= text.length - SAMPLE; at++) {
        const place = sampleAt(codes, at);
        this.#samples[place >>> 5] = (this.#samples[place >>> 5] ?? 0) | (1 << (place & 31));
      }
    }
    this.#unsettled = this.#runs.length;
  }

  /** In the texts of one group, each run is reported once. */
  startGroup(): void {
    this.#group += 1;
    this.#wanted = this.#unsettled;
  }

  /** Looks in a text of the group. */
  findIn(text: string, report: Report): void {
    if (this.#wanted === 0) return;
    const samples = this.#samples;
    const codes = codesOf(text);
    const last = text.length - SAMPLE;
    let from = 0;
    let to = 0;
    for (let at = 0; at <= last; at += SAMPLE) {
      const place = sampleAt(codes, at);
      if ((((samples[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 0) continue;
      const first = Math.max(to, at - (RUN_UNITS - SAMPLE));
      if (first > to) {
        this.#compare(text, { codes, from, to }, report);
        from = first;
      }
      to = at + 1;
    }
    this.#compare(text, { codes, from, to }, report);
  }

  /** Compares the runs that start at these places. */
  #compare(
    text: string,
    { codes, from, to }: { codes: Uint16Array; from: number; to: number },
    report: Report,
  ): void {
    if (from === to) return;
    const table = this.#table;
    const hashesOfRuns = this.#hashes;
    const foundIn = this.#foundIn;
    const group = this.#group;
    const mask = table.length - 1;
    const { hashes, count } = hashesOf(codes, from, to);
    for (let start = 0; start < count; start++) {
      const hash = hashes[start] ?? 0;
      for (let place = mixed(hash) & mask; table[place] !== 0; place = (place + 1) & mask) {
        const index = (table[place] ?? 0) - 1;
        if (hashesOfRuns[index] !== hash || (foundIn[index] ?? 0) >= group) continue;
        const run = this.#runs[index] ?? "";
        if (!text.startsWith(run, from + start)) continue;
        this.#found(index, report(run));
        if (this.#wanted === 0) return;
      }
    }
  }

  #found(index: number, isSettled: boolean): void {
    this.#foundIn[index] = isSettled ? SETTLED : this.#group;
    this.#wanted -= 1;
    if (isSettled) this.#unsettled -= 1;
  }
}

const mixed = (hash: number) => Math.imul(hash ^ (hash >>> 15), 0x2c1b_3c6d) >>> 8;

const BASE = 0x0100_0193;
const powers = new Int32Array(RUN_UNITS).fill(1);
for (let n = 1; n < RUN_UNITS; n++) powers[n] = Math.imul(powers[n - 1] ?? 0, BASE);

/** The place in the filter of the sample that starts here. */
function sampleAt(codes: Uint16Array, at: number): number {
  let hash = 0;
  for (let index = at; index < at + SAMPLE; index++) {
    hash = (Math.imul(hash, BASE) + (codes[index] ?? 0)) | 0;
  }
  return mixed(hash) >>> (24 - FILTER_POWER);
}

/** From each of these places on, the shortest run that is long enough: its hash and its length. */
function hashesOf(codes: Uint16Array, from: number, to: number) {
  const table = unitTable();
  const hashes = new Int32Array(to - from);
  const lengths = new Uint8Array(to - from);
  let end = from;
  let units = 0;
  let hash = 0;
  let start = from;
  for (; start < to; start++) {
    while (units < RUN_UNITS && end < codes.length) {
      const code = codes[end++] ?? 0;
      units += table[code] ?? 0;
      hash = (Math.imul(hash, BASE) + code) | 0;
    }
    if (units < RUN_UNITS) break;
    const length = end - start;
    hashes[start - from] = hash;
    lengths[start - from] = length;
    const code = codes[start] ?? 0;
    units -= table[code] ?? 0;
    hash = (hash - Math.imul(code, powers[length - 1] ?? 0)) | 0;
  }
  return { hashes, lengths, count: start - from };
}
