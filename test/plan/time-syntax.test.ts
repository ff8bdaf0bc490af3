import { describe, expect, it } from "vitest";
import { readEnd, readTime, zoneIn } from "../../src/plan/time-syntax.ts";

const iso = (read: ReturnType<typeof readTime>) =>
  "at" in read ? new Date(read.at).toISOString() : read.problem;

describe("a time as written", () => {
  it.each([
    ["2026-12-01 09:00 Europe/Rome", undefined, "2026-12-01T08:00:00.000Z"],
    ["2026-12-01T09:00:30 Europe/Rome", undefined, "2026-12-01T08:00:30.000Z"],
    ["2026-12-01 09:00[Europe/Rome]", undefined, "2026-12-01T08:00:00.000Z"],
    ["2026-12-01 09:00", "America/New_York", "2026-12-01T14:00:00.000Z"],
    ["2026-12-01 09:00 UTC", "America/New_York", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01 9:00", "UTC", "2026-12-01T09:00:00.000Z"],
    ["2026-12-01", "UTC", "2026-12-01T00:00:00.000Z"],
    ["2026-12-01T09:00:00Z", undefined, "2026-12-01T09:00:00.000Z"],
    ["2026-12-01 09:00+05:30", undefined, "2026-12-01T03:30:00.000Z"],
    ["2028-02-29 12:00 Asia/Kathmandu", undefined, "2028-02-29T06:15:00.000Z"],
  ])("%s, in a channel of zone %s, is %s", (text, zone, expected) => {
    expect(iso(readTime(text, zone))).toBe(expected);
  });

  it.each([
    ["tomorrow", "UTC", /is not a time/],
    ["2026-12-01 09:00", undefined, /no time zone/],
    ["2026-12-01 25:00", undefined, /not a date and time that exists/],
    ["2026-13-01 09:00", "UTC", /not a date and time that exists/],
    ["2027-02-29 09:00", "UTC", /not a date and time that exists/],
    ["2026-12-01 09:00 Europe/Roma", undefined, /not a time zone/],
    // Clocks go forward at 02:00 in Rome on 29 March 2026, and back at 03:00 on 25 October; in Sydney the other way round.
    // Lord Howe moves by half an hour; Samoa left the 30th of December 2011 out.
    ["2026-03-08 02:30 America/New_York", undefined, /does not exist/],
    ["2026-11-01 01:30 America/New_York", undefined, /comes twice/],
    ["2026-10-04 02:15 Australia/Lord_Howe", undefined, /does not exist/],
    ["2026-04-05 01:45 Australia/Lord_Howe", undefined, /comes twice/],
    ["2011-12-30 12:00 Pacific/Apia", undefined, /does not exist/],
    ["2026-03-29 02:30 Europe/Rome", undefined, /does not exist/],
    ["2026-10-25 02:30 Europe/Rome", undefined, /comes twice/],
    ["2026-10-04 02:30 Australia/Sydney", undefined, /does not exist/],
    ["2026-04-05 02:30 Australia/Sydney", undefined, /comes twice/],
  ])("%s in zone %s is refused", (text, zone, expected) => {
    expect(iso(readTime(text, zone))).toMatch(expected);
  });

  it("names its zone, or none", () => {
    expect(zoneIn("2026-12-01 09:00 Europe/Rome")).toBe("Europe/Rome");
    expect(zoneIn("2026-12-01 09:00")).toBeUndefined();
    expect(zoneIn("2026-12-01T09:00:00+01:00")).toBeUndefined();
    expect(zoneIn("2026-12-01T09:00:00Z")).toBe("UTC");
  });

  it("that comes twice or not at all is given back with an offset that makes it one", () => {
    const remedy = (text: string) => (readTime(text, undefined) as { remedy?: string }).remedy;
    expect(remedy("2026-11-01 01:30 America/New_York")).toContain("`2026-11-01T01:30-04:00`");
    expect(remedy("2026-03-29 02:30 Europe/Rome")).toContain("`2026-03-29T03:30+02:00`");
    expect(iso(readTime("2026-11-01T01:30-04:00", undefined))).toBe("2026-11-01T05:30:00.000Z");
  });

  it("may be an end counted from the beginning", () => {
    expect(readEnd("2h", undefined, 1000)).toEqual({ at: 7_201_000 });
    expect(iso(readEnd("2026-12-02 09:00 UTC", undefined, 0))).toBe("2026-12-02T09:00:00.000Z");
  });
});
