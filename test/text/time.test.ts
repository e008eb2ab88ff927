// Times in texts: in the zone that the setting names, and read from what a model sends.
import { describe, expect, test, vi } from "vitest";
import { isoSeconds, isTimeZone, TimeZone } from "../../src/text/time.ts";

const at = Date.parse;
const shanghai = new TimeZone("Asia/Shanghai");
const newYork = new TimeZone("America/New_York");

describe("a time", () => {
  test("is written to the minute in the zone", () => {
    const time = at("2026-11-23T16:13:11Z");
    expect(shanghai.minute(time)).toBe("2026-11-24 00:13");
    expect(shanghai.day(time)).toBe("2026-11-24");
    expect(newYork.minute(time)).toBe("2026-11-23 11:13");
    expect(new TimeZone("Asia/Kathmandu").minute(time)).toBe("2026-11-23 21:58");
    expect(new TimeZone("America/St_Johns").minute(time)).toBe("2026-11-23 12:43");
    expect(new TimeZone("utc").minute(time)).toBe("2026-11-23 16:13");
  });

  test("follows the zone's change of clocks", () => {
    expect(newYork.minute(at("2026-11-01T05:59Z"))).toBe("2026-11-01 01:59");
    expect(newYork.minute(at("2026-11-01T06:01Z"))).toBe("2026-11-01 01:01");
  });

  test("at either end of what a Date holds is written all the same", () => {
    for (const zone of [shanghai, newYork]) {
      expect(zone.minute(8.64e15)).toMatch(/^\+275760-09-1/);
      expect(zone.minute(0)).toMatch(/^19(70-01-01|69-12-31) \d\d:\d\d$/);
    }
  });

  test("in structured content is UTC in whole seconds", () => {
    expect(isoSeconds(at("2026-11-23T16:13:11.987Z"))).toBe("2026-11-23T16:13:11Z");
  });
});

describe("a name of a zone", () => {
  test.each(["Asia/Shanghai", "asia/shanghai", "UTC", "utc", "Etc/UTC", "PRC", "Europe/London"])(
    "%s is known",
    (name) => expect(isTimeZone(name)).toBe(true),
  );
  test.each(["Shanghai", "Asia/Beijing", "UTC+8 hours", "Asia/Shanghai\n", ""])(
    "%j is not",
    (name) => expect(isTimeZone(name)).toBe(false),
  );
  test("is written as the setting has it, and every spelling of UTC as UTC", () => {
    expect(shanghai.name).toBe("Asia/Shanghai");
    expect(new TimeZone("Etc/UTC").name).toBe("UTC");
  });
});

test("without a setting the machine's zone is used and named", () => {
  const machine = new TimeZone();
  const local = new Date(2026, 10, 24, 1, 13);
  expect(machine.minute(local.getTime())).toBe("2026-11-24 01:13");
  expect(machine.parse("2026-11-24T01:13")).toBe(local.getTime());
  const named = new TimeZone(machine.name);
  expect(named.minute(local.getTime())).toBe("2026-11-24 01:13");
});

describe("parse", () => {
  test("takes a date as its midnight in the zone", () => {
    expect(shanghai.parse("2026-11-23")).toBe(at("2026-11-22T16:00Z"));
    expect(newYork.parse("2026-11-01")).toBe(at("2026-11-01T04:00Z"));
    expect(newYork.parse("2026-11-02")).toBe(at("2026-11-02T05:00Z"));
  });

  test.each([
    ["America/Santiago", "2026-09-06", "2026-09-06T04:00Z"],
    ["America/Havana", "2026-03-08", "2026-03-08T05:00Z"],
    ["Atlantic/Azores", "2026-03-29", "2026-03-29T01:00Z"],
  ])(
    "in %s takes %s, whose midnight the change of clocks skips, as its first minute",
    (name, day, start) => {
      const zone = new TimeZone(name);
      expect(zone.parse(day)).toBe(at(start));
      expect(zone.parseSince("today", at(start) + 3_600_000)).toBe(at(start));
    },
  );

  test("takes a time that the clocks skip as one after the change", () => {
    expect(newYork.parse("2026-03-08T02:30")).toBe(at("2026-03-08T07:30Z"));
    expect(new TimeZone("Europe/Berlin").parse("2026-03-29T02:30")).toBe(at("2026-03-29T01:30Z"));
  });

  test("takes a time without an offset in the zone, and one with an offset as it stands", () => {
    expect(shanghai.parse("2026-11-23T14:13")).toBe(at("2026-11-23T06:13Z"));
    expect(shanghai.parse("2026-11-23 14:13:05")).toBe(at("2026-11-23T06:13:05Z"));
    expect(shanghai.parse("2026-11-23T14:13:05.5Z")).toBe(at("2026-11-23T14:13:05.5Z"));
    expect(shanghai.parse("2026-11-23T14:13+02:00")).toBe(at("2026-11-23T12:13Z"));
    expect(shanghai.parse("2026-11-23T14:13-0330")).toBe(at("2026-11-23T17:43Z"));
  });

  test.each(["2026-11-23T10:00+99:99", "2026-11-23T10:00-24:00", "2026-11-23T10:00+08:60"])(
    "refuses %j, whose offset is none",
    (text) => expect(shanghai.parse(text)).toBeUndefined(),
  );

  test.each(["2026-02-30", "2026-13-01", "2026-11-23T25:00", "2026-11", "11-23", "yesterday", ""])(
    "refuses %j",
    (text) => expect(shanghai.parse(text)).toBeUndefined(),
  );
});

describe("parseSince", () => {
  const now = at("2026-11-23T17:30:00Z");

  test("takes hours, days, today in the zone, dates and times", () => {
    expect(shanghai.parseSince("24h", now)).toBe(at("2026-11-22T17:30Z"));
    expect(shanghai.parseSince("3 D", now)).toBe(at("2026-11-20T17:30Z"));
    // It is the 24th in Shanghai already.
    expect(shanghai.parseSince("today", now)).toBe(at("2026-11-23T16:00Z"));
    expect(newYork.parseSince("Today", now)).toBe(at("2026-11-23T05:00Z"));
    expect(shanghai.parseSince("2026-11-20", now)).toBe(at("2026-11-19T16:00Z"));
    expect(shanghai.parseSince(" 2026-11-20T08:00Z ", now)).toBe(at("2026-11-20T08:00Z"));
  });

  test.each(["7", "h", "-3d", "99999d", "last week", "2026-11-25", "29b8d3f1", ""])(
    "refuses %j",
    (text) => expect(shanghai.parseSince(text, now)).toBeUndefined(),
  );
});

test("no formatter is made where none is needed", () => {
  const format = vi.spyOn(Intl, "DateTimeFormat");
  const zone = new TimeZone("Asia/Shanghai");
  expect(isTimeZone("Asia/Shanghai")).toBe(true);
  const utc = new TimeZone("UTC");
  expect([utc.name, utc.minute(0)]).toEqual(["UTC", "1970-01-01 00:00"]);
  expect(zone.name).toBe("Asia/Shanghai");
  expect(format).not.toHaveBeenCalled();
  format.mockRestore();
});
