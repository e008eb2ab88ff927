// All faults, by name: ways in which KOOK, or the connection to it, fails a client. Only the `sandbox` command loads them.
import { addressFaults } from "./address.ts";
import { bodyFaults } from "./body.ts";
import { connectionFaults } from "./connection.ts";
import { dataFaults } from "./data.ts";
import type { Fault } from "./fault.ts";
import { refusalFaults } from "./refusal.ts";

export type { Fault };

export const faults: ReadonlyMap<string, Fault> = new Map(
  [bodyFaults, refusalFaults, dataFaults, connectionFaults, addressFaults]
    .flat()
    .map((fault) => [fault.name, fault]),
);

/** The base URL that a client gets under this fault. */
export function readdress(fault: Fault, url: string): string {
  return "readdress" in fault ? fault.readdress(url) : url;
}
