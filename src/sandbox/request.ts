// Parses a request: path, query and body.

export interface SandboxRequest {
  method: string;
  /** Path with query, e.g. `/api/v3/user-chat/list?page=1`. */
  url: string;
  headers: Headers;
  body: string;
}

export type RouteParams = Readonly<Record<string, string>>;

/**
 * Splits a request target into path and query.
 * @returns undefined for `*`, `//…`, an absolute URL and broken percent escapes
 */
export function parseTarget(url: string): URL | undefined {
  if (!/^\/(?!\/)/.test(url)) return undefined;
  try {
    decodeURIComponent(url);
    return new URL(`http://sandbox.invalid${url}`);
  } catch {
    return undefined;
  }
}

/** KOOK takes JSON and forms; ids come as strings or numbers, and null means absent. */
export function parseBody(headers: Headers, body: string): RouteParams | undefined {
  if (headers.get("Content-Type")?.includes("form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    const entries = Object.entries(JSON.parse(body) as object);
    const given = entries.filter(([, value]) => value !== null);
    return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}
