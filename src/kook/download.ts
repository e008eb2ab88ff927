// Files that people sent: read from KOOK's file hosts only, because strangers write the addresses.
import { isRedirect } from "./errors.ts";
import { type AttemptOptions, attempt, type FetchResponse } from "./request.ts";

/** Uploads of users and bots are on these hosts (seen in Kook.Net's URL validation). */
const FILE_HOSTS = ["img.kookapp.cn", "img.kaiheila.cn", "kaiheila.oss-cn-beijing.aliyuncs.com"];
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export interface Downloaded {
  bytes: Uint8Array;
}

/**
 * Why a file was not read. `address`: not one of KOOK's file hosts, nothing was sent; `redirect`, `status`: the host's
 * answer; `too_large`: longer than allowed.
 */
export class DownloadError extends Error {
  override readonly name = "DownloadError";
  readonly reason: "address" | "redirect" | "status" | "too_large";
  /** HTTP status of the answer. */
  readonly status: number | undefined;

  constructor(reason: DownloadError["reason"], status?: number) {
    super(`The file was not read: ${status === undefined ? reason : `HTTP ${status}`}.`);
    this.reason = reason;
    this.status = status;
  }
}

/** Never carries the token: the hosts are public, and an address may be forged. */
export async function download(
  url: string,
  { baseUrl, accept, maxBytes }: { baseUrl: string; accept: string; maxBytes: number },
  options: AttemptOptions,
): Promise<Downloaded> {
  if (!isFileAddress(url, baseUrl)) throw new DownloadError("address");
  // Not compressed: images are already, and a small answer could unpack to a large one.
  const headers = { Accept: accept, "Accept-Encoding": "identity" };
  const read = async (response: FetchResponse) => ({
    status: response.status,
    bytes: await readUpTo(response, maxBytes),
  });
  const { status, bytes } = await attempt(url, { method: "GET", headers }, read, options);
  if (isRedirect(status)) throw new DownloadError("redirect", status);
  if (status !== 200) throw new DownloadError("status", status);
  if (!bytes) throw new DownloadError("too_large");
  return { bytes };
}

/** https on a file host, or the base URL's own host; there also http on loopback, for the sandbox. */
function isFileAddress(url: string, baseUrl: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return false;
  const isOwn = host === new URL(baseUrl).host;
  if (protocol === "http:") return isOwn && LOOPBACK.test(hostname);
  return protocol === "https:" && (isOwn || FILE_HOSTS.includes(host));
}

/** Undefined if the body is longer. Leaving the loop ends the transfer and frees the socket. */
async function readUpTo(
  { headers, body }: FetchResponse,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let tooLong = Number(headers.get("Content-Length")) > maxBytes;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    tooLong ||= size > maxBytes;
    if (tooLong) return undefined;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
