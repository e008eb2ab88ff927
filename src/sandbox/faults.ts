// All faults, by name: ways in which KOOK, or the connection to it, fails a client. Only the `sandbox` command loads them.
import { addressFaults } from "./faults/address.ts";
import { bodyFaults } from "./faults/body.ts";
import { connectionFaults } from "./faults/connection.ts";
import { dataFaults } from "./faults/data.ts";
import type { Fault } from "./faults/fault.ts";
import { refusalFaults } from "./faults/refusal.ts";

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
