// What an inquiry tells of the way to KOOK: whether it can be reached, TLS, the clock, latency and rate limits.
import { MalformedAnswerError, RateLimitError, TimeoutError } from "../kook/errors.ts";
import { error, type Finding, note, type Observation, ok, warning } from "./finding.ts";
import type { Attempt, Inquiry } from "./inquiry.ts";
import type { ProxyInForce } from "./proxy.ts";
import { clockWords, connectionWords, latencyWords, rateLimitWords, tlsWords } from "./wording.ts";

export interface Way {
  baseUrl: string;
  timeoutMs: number;
  proxy: ProxyInForce | undefined;
}

/** Nobody minds a clock that is a little off, and the Date header has whole seconds only. */
const MAX_SKEW_S = 60;

/** The findings that do not depend on the token. */
export function connectionFindings(inquiry: Inquiry, way: Way): Finding[] {
  const answers = inquiry.attempts.flatMap(({ answer }) => answer ?? []);
  const tls = tlsObservation(inquiry, way, answers.length > 0);
  const findings: Finding[] = [];
  if (tls?.status !== "error") {
    findings.push({ check: "connection", ...reachability(inquiry, way) });
  }
  if (tls) findings.push({ check: "tls", ...tls });
  if (answers.length === 0) return findings;
  findings.push({ check: "clock", ...clockObservation(inquiry.attempts) });
  if (inquiry.me) {
    findings.push({ check: "latency", ...latencyObservation(inquiry.attempts, way.timeoutMs) });
  }
  findings.push({ check: "rate-limit", ...limitObservation(inquiry) });
  return findings;
}

function reachability({ error: failure, attempts }: Inquiry, way: Way): Observation {
  if (failure instanceof TimeoutError) return error(...connectionWords.timedOut(way.timeoutMs));
  if (failure instanceof MalformedAnswerError) {
    return error(...connectionWords.notKook(failure.message));
  }
  const last = attempts.at(-1);
  if (last?.answer) return ok(connectionWords.answers(way.baseUrl, last.answer.status));
  return unreachable(last?.failure, way);
}

function unreachable(failure: unknown, { baseUrl, proxy }: Way): Observation {
  const { host, hostname } = new URL(baseUrl);
  const code = codeOf(failure);
  if (proxy?.address !== undefined) {
    const refusal = proxyRefusal(failure);
    if (refusal !== undefined) {
      return error(...connectionWords.proxyRefuses(proxy.address, refusal));
    }
    // It is the proxy that looks names up and connects: what fails here fails on the way to it.
    return error(...connectionWords.proxyUnreachable(proxy.address, code));
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return error(...connectionWords.unknownHost(hostname, code));
  }
  if (code === "ECONNREFUSED") return error(...connectionWords.refused(host));
  return error(...connectionWords.failed(code));
}

/** The system's or library's code of the innermost cause. */
function codeOf(failure: unknown): string {
  let code = "unknown error";
  for (let cause = failure; cause instanceof Error; cause = cause.cause) {
    code = (cause as NodeJS.ErrnoException).code ?? code;
  }
  return code;
}

/** The status with which a proxy refused the tunnel; undici has it in the message only. */
function proxyRefusal(failure: unknown): string | undefined {
  for (let cause = failure; cause instanceof Error; cause = cause.cause) {
    const [, status] = /Proxy response \((\d+)\)/.exec(cause.message) ?? [];
    if (status) return status;
    if (/\(407\)/.test(cause.message)) return "407";
  }
  return undefined;
}

/** OpenSSL's verdicts, as Node names them. */
const tlsProblems: [
  RegExp,
  keyof typeof tlsWords & ("outOfTime" | "untrusted" | "wrongName" | "noTls"),
][] = [
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "outOfTime"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "wrongName"],
  [
    /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET)|^CERT_UNTRUSTED$|^INVALID_CA$/,
    "untrusted",
  ],
  [/^(EPROTO|ERR_SSL_)/, "noTls"],
];

function tlsObservation(
  { attempts }: Inquiry,
  { baseUrl }: Way,
  answered: boolean,
): Observation | undefined {
  if (new URL(baseUrl).protocol !== "https:") return note(tlsWords.none);
  if (answered) return ok(tlsWords.accepted);
  const code = codeOf(attempts.at(-1)?.failure);
  const problem = tlsProblems.find(([pattern]) => pattern.test(code));
  return problem && error(...tlsWords[problem[1]](code));
}

function clockObservation(attempts: Attempt[]): Observation {
  const told = attempts.find(({ answer }) => Date.parse(answer?.date ?? "") > 0);
  if (!told) return note(clockWords.untold);
  const middle = told.endedAt - told.ms / 2;
  const skew = Math.round((Date.parse(told.answer?.date ?? "") - middle) / 1000);
  return Math.abs(skew) <= MAX_SKEW_S
    ? ok(clockWords.right(Math.abs(skew)))
    : warning(...clockWords.wrong(skew));
}

function latencyObservation(attempts: Attempt[], timeoutMs: number): Observation {
  const times = attempts.filter(({ answer }) => answer).map(({ ms }) => ms);
  times.sort((a, b) => a - b);
  const median = Math.round(times[Math.floor(times.length / 2)] ?? 0);
  return median > timeoutMs / 2
    ? warning(...latencyWords.slow(median, timeoutMs))
    : ok(latencyWords.fair(median, times.length));
}

function limitObservation({ attempts, error: failure }: Inquiry): Observation {
  if (failure instanceof RateLimitError) {
    return warning(...rateLimitWords.usedUp(failure.retryAfterSeconds));
  }
  const limits = attempts.at(-1)?.answer?.limits;
  if (limits?.limit === undefined || limits.remaining === undefined) {
    return note(rateLimitWords.untold);
  }
  const { limit, remaining, resetMs = 0 } = limits;
  return remaining * 10 < limit
    ? warning(...rateLimitWords.low(remaining, limit))
    : ok(rateLimitWords.limits(remaining, limit, Math.ceil(resetMs / 1000)));
}
