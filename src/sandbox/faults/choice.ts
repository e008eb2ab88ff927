// Decides which fault strikes a request: at random, with a seed.
import { type Fault, faults } from "./all.ts";

/** A fault, and the share of requests that it strikes, from 0 to 1. */
export interface FaultRate {
  fault: Fault;
  rate: number;
}

/** Returns the fault for the next request, or undefined for none. */
export type ChooseFault = () => Fault | undefined;

/**
 * Parses `name`, `name:0.01` or `all:0.01`; without a share the fault strikes every request. `all` leaves out the faults
 * of the address, which cannot strike single requests.
 * @returns undefined for any other text
 */
export function parseFaultRate(text: string): FaultRate[] | undefined {
  const [, name = "", share = "1"] = /^([a-z0-9-]+)(?::(0|1|0?\.\d+|1\.0+))?$/.exec(text) ?? [];
  const rate = Number(share);
  if (name === "all") return perRequest.map((fault) => ({ fault, rate }));
  const fault = faults.get(name);
  if (!fault || ("readdress" in fault && rate !== 1)) return undefined;
  return [{ fault, rate }];
}

const perRequest = [...faults.values()].filter((fault) => !("readdress" in fault));

/**
 * Chooses at random. The seed fixes the sequence of choices; with concurrent requests, their order of arrival decides
 * which request gets which choice. At most one fault strikes a request. If the rates add up to more than 1, every request
 * is struck, and each fault keeps its proportion.
 */
export function chooseByChance(rates: readonly FaultRate[], seed: number): ChooseFault {
  const random = mulberry32(seed);
  const striking = rates.filter(({ fault }) => !("readdress" in fault));
  const total = striking.reduce((sum, { rate }) => sum + rate, 0);
  return () => {
    let left = random() * Math.max(1, total);
    for (const { fault, rate } of striking) {
      if (left < rate) return fault;
      left -= rate;
    }
    return undefined;
  };
}

/** Pseudorandom numbers in [0, 1): Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
