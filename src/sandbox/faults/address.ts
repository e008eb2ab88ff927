// Wrong addresses of the sandbox.
import type { AddressFault } from "./fault.ts";

export const addressFaults: readonly AddressFault[] = [
  {
    name: "refused",
    does: "prints an address where nothing listens",
    readdress: (url) => url.replace(/:\d+/, ":2"),
  },
  {
    name: "unknown-host",
    does: "prints a host name that does not exist",
    readdress: (url) => url.replace(/^http:\/\/[^/]+/, "https://sandbox.invalid"),
  },
  {
    name: "no-tls",
    does: "prints an https address and speaks plain HTTP",
    readdress: (url) => url.replace(/^http:/, "https:"),
  },
];
