// The real client, and networks that stand at its Fetch seam.
import { readFileSync } from "node:fs";
import { type Fetch, type FetchInit, KookClient, type Token } from "../../src/kook/client.ts";

export const TOKEN = "1/MTA=/c2VjcmV0+dG9rZW4=";
export const BASE_URL = "https://kook.invalid/api/v3";

interface KookOptions {
  token?: Token;
  baseUrl?: string;
  language?: string;
  timeoutMs?: number;
}

export function kook(
  fetch: Fetch,
  {
    token = { scheme: "Bot", value: TOKEN },
    baseUrl = BASE_URL,
    language = "zh-CN",
    timeoutMs = 1000,
  }: KookOptions = {},
): KookClient {
  return new KookClient({ fetch, token, baseUrl, language, timeoutMs });
}

/** A file of test/fixtures, parsed. */
export function fixture<T = unknown>(name: string): T {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

/** A KOOK that answers everything alike, and keeps what it was asked. */
export function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const requests: { url: URL; init: FetchInit }[] = [];
  const fetch: Fetch = async (url, init) => {
    requests.push({ url: new URL(url), init });
    return new Response(text, { status, headers });
  };
  return { fetch, requests };
}

/** What a promise rejects with. @throws if it does not */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome) return outcome.error;
  throw new Error(`resolved with ${JSON.stringify(outcome.value)}`);
}
