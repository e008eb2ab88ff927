// Times in texts: written in a time zone, to the minute, and read from what a model sends.
//
// Intl is loaded on first use: its first formatter costs 15 to 25 ms, a quarter of a start.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** The last millisecond that a Date can hold. */
const MAX_TIME_MS = 8.64e15;

const isUtc = (name: string) => /^(etc\/)?(utc|gmt)$/i.test(name);

/** Whether Intl knows a zone of this name. */
export function isTimeZone(name: string): boolean {
  if (isUtc(name)) return true;
  // The list needs no formatter, but has one name of each zone only.
  const wanted = name.toLowerCase();
  if (Intl.supportedValuesOf("timeZone").some((known) => known.toLowerCase() === wanted)) {
    return true;
  }
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export class TimeZone {
  readonly #asked: string | undefined;
  #format: Intl.DateTimeFormat | undefined;

  /** @param name as `isTimeZone` accepts it; the machine's zone if absent */
  constructor(name?: string) {
    this.#asked = name;
  }

  get name(): string {
    const name = this.#asked ?? this.#formatter().resolvedOptions().timeZone;
    return isUtc(name) ? "UTC" : name;
  }

  /** `2026-11-23 14:13` */
  minute(epochMs: number): string {
    return this.#local(epochMs).slice(0, 16).replace("T", " ");
  }

  /** `2026-11-23` */
  day(epochMs: number): string {
    return this.#local(epochMs).slice(0, 10);
  }

  /**
   * Epoch milliseconds of an ISO date or time, undefined if it is none. A date is its midnight; without `Z` or an offset it
   * is meant in this zone.
   */
  parse(text: string): number | undefined {
    const match =
      /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/i.exec(
        text,
      );
    if (!match) return undefined;
    const [, date = "", clock = "00:00", zone] = match;
    const utc = Date.parse(`${date}T${clock}Z`);
    // Date.parse takes the 31st of every month, and means another day by it.
    if (Number.isNaN(utc) || !new Date(utc).toISOString().startsWith(date)) return undefined;
    if (zone === undefined) return this.#fromLocal(utc);
    const [, sign, hours = "0", minutes = "0"] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
    const offset = Number(hours) * HOUR_MS + Number(minutes) * MINUTE_MS;
    return utc - (sign === "-" ? -offset : offset);
  }

  /** A point in the past: `24h`, `3d`, `today`, an ISO date or time. Undefined if it is none of them. */
  parseSince(text: string, now: number): number | undefined {
    const word = text.trim().toLowerCase();
    const [, count, unit] = /^(\d{1,4}) ?(h|d)$/.exec(word) ?? [];
    if (count !== undefined) return now - Number(count) * (unit === "h" ? HOUR_MS : DAY_MS);
    if (word === "today") return this.parse(this.day(now));
    const time = this.parse(text.trim());
    return time !== undefined && time <= now ? time : undefined;
  }

  /** The clock of this zone, in the form of an ISO time. */
  #local(epochMs: number): string {
    const local = epochMs + this.#offsetMs(epochMs);
    // The last and first days that a Date can hold leave no room for an offset.
    return new Date(Math.max(-MAX_TIME_MS, Math.min(MAX_TIME_MS, local))).toISOString();
  }

  /** @param local the clock of this zone, as if it were UTC */
  #fromLocal(local: number): number {
    // The offset of a time close by may differ, if the clocks change between the two.
    const guess = local - this.#offsetMs(local);
    const offset = this.#offsetMs(guess);
    const time = local - offset;
    if (this.#offsetMs(time) === offset) return time;
    // The clocks skip this time: read it as after the change. Before the change, a midnight would be on the day before.
    return Math.max(guess, time);
  }

  #offsetMs(epochMs: number): number {
    if (this.#asked === undefined) return -new Date(epochMs).getTimezoneOffset() * MINUTE_MS;
    if (isUtc(this.#asked)) return 0;
    const text = this.#formatter().format(epochMs);
    const [, sign, hours, minutes, seconds = "0"] =
      /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
    const offset =
      Number(hours ?? 0) * HOUR_MS + Number(minutes ?? 0) * MINUTE_MS + Number(seconds) * 1000;
    return sign === "-" ? -offset : offset;
  }

  #formatter(): Intl.DateTimeFormat {
    this.#format ??= new Intl.DateTimeFormat("en-US", {
      timeZone: this.#asked,
      timeZoneName: "longOffset",
    });
    return this.#format;
  }
}

/** ISO 8601 UTC in whole seconds: the zeros of the milliseconds would cost tokens in every row. */
export function isoSeconds(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, -5)}Z`;
}
