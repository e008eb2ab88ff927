// Whether KOOK can be reached: connection, TLS, clock, latency and rate limit, all from one probe.
import type { Route } from "../../config/proxy.ts";
import {
  MalformedAnswerError,
  type ProxyError,
  RateLimitError,
  TimeoutError,
} from "../../kook/errors.ts";
import { error, type Finding, note, type Observation, of, ok, warning } from "../finding.ts";
import type { Messages } from "../messages.en.ts";
import type { Attempt, Probe } from "../probe.ts";

export interface Way {
  baseUrl: string;
  timeoutMs: number;
  route: Route;
}

/** The Date header has whole seconds only, and a small difference harms nothing. */
const MAX_SKEW_S = 60;

/** The findings that do not depend on the token. */
export function checkConnection(probe: Probe, way: Way): Finding[] {
  const answered = probe.attempts.some(({ answer }) => answer);
  const tls = checkTls(probe, way, answered);
  const findings = tls?.status === "error" ? [] : of("connection", reachability(probe, way));
  if (tls) findings.push(...of("tls", tls));
  if (!answered) return findings;
  findings.push(...of("clock", checkClock(probe.attempts)));
  if (probe.me) findings.push(...of("latency", checkLatency(probe.attempts, way.timeoutMs)));
  findings.push(...of("rate-limit", checkLimit(probe)));
  return findings;
}

function reachability({ error: failure, attempts }: Probe, way: Way): Observation {
  if (failure instanceof TimeoutError) {
    return error(({ connection }) => connection.timedOut(way.timeoutMs));
  }
  if (failure instanceof MalformedAnswerError) {
    return error(({ connection }) => connection.notKook(failure.status));
  }
  const last = attempts.at(-1);
  const status = last?.answer?.status;
  if (status !== undefined) return ok(({ connection }) => connection.answers(way.baseUrl, status));
  return unreachable(last?.failure, way);
}

function unreachable(failure: unknown, { baseUrl, route }: Way): Observation {
  // checkProxy() has said why.
  if (route.kind === "unusable") return note(({ connection }) => connection.noProxy);
  const { host, hostname } = new URL(baseUrl);
  const code = codeOf(failure);
  if (isProxyError(failure) && route.kind === "proxy") {
    const { address } = route;
    const { status } = failure;
    return error(({ connection }) =>
      status === undefined
        ? connection.proxyUnreachable(address, code)
        : connection.proxyRefuses(address, String(status)),
    );
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return error(({ connection }) => connection.unknownHost(hostname, code));
  }
  if (code === "ECONNREFUSED") return error(({ connection }) => connection.refused(host));
  // import() of a part of dist.
  if (code === "MODULE_NOT_FOUND") return error(({ connection }) => connection.incomplete);
  return error(({ connection }) => connection.failed(code));
}

/** The code of the innermost cause. */
function codeOf(failure: unknown): string {
  let code = "unknown error";
  for (let cause = failure; cause instanceof Error; cause = cause.cause) {
    code = (cause as NodeJS.ErrnoException).code ?? code;
  }
  return code;
}

/** By its name: the build gives doctor a copy of the class, and the network throws another. */
const isProxyError = (failure: unknown): failure is ProxyError =>
  failure instanceof Error && failure.name === "ProxyError";

type TlsProblem = keyof Messages["tls"] & ("outOfTime" | "untrusted" | "wrongName" | "noTls");

/** OpenSSL's verdicts, by Node's names. */
// biome-ignore format: one row a verdict.
const tlsProblems: [RegExp, TlsProblem][] = [
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "outOfTime"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "wrongName"],
  [/^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET)|^CERT_UNTRUSTED$|^INVALID_CA$/, "untrusted"],
  [/^(EPROTO|ERR_SSL_)/, "noTls"],
];

function checkTls(
  { attempts }: Probe,
  { baseUrl }: Way,
  answered: boolean,
): Observation | undefined {
  if (new URL(baseUrl).protocol !== "https:") return undefined;
  if (answered) return ok(({ tls }) => tls.accepted);
  const code = codeOf(attempts.at(-1)?.failure);
  const problem = tlsProblems.find(([pattern]) => pattern.test(code));
  return problem && error(({ tls }) => tls[problem[1]](code));
}

function checkClock(attempts: Attempt[]): Observation {
  const dated = attempts.find(({ answer }) => Date.parse(answer?.date ?? "") > 0);
  if (!dated) return note(({ clock }) => clock.unknown);
  const middle = dated.endedAt - dated.ms / 2;
  const skew = Math.round((Date.parse(dated.answer?.date ?? "") - middle) / 1000);
  return Math.abs(skew) <= MAX_SKEW_S
    ? ok(({ clock }) => clock.right(Math.abs(skew)))
    : warning(({ clock }) => clock.wrong(Math.abs(skew), skew > 0));
}

function checkLatency(attempts: Attempt[], timeoutMs: number): Observation {
  const times = attempts.filter(({ answer }) => answer).map(({ ms }) => ms);
  times.sort((a, b) => a - b);
  const median = Math.round(times[Math.floor(times.length / 2)] ?? 0);
  return median > timeoutMs / 2
    ? warning(({ latency }) => latency.slow(median, timeoutMs))
    : ok(({ latency }) => latency.fair(median, times.length));
}

function checkLimit({ attempts, error: failure }: Probe): Observation {
  if (failure instanceof RateLimitError) {
    return warning(({ rateLimit }) => rateLimit.usedUp(failure.retryAfterSeconds));
  }
  const limits = attempts.at(-1)?.answer?.limits;
  if (limits?.limit === undefined || limits.remaining === undefined) {
    return note(({ rateLimit }) => rateLimit.unknown);
  }
  const { limit, remaining, resetMs = 0 } = limits;
  return remaining * 10 < limit
    ? warning(({ rateLimit }) => rateLimit.low(remaining, limit))
    : ok(({ rateLimit }) => rateLimit.limits(remaining, limit, Math.ceil(resetMs / 1000)));
}
