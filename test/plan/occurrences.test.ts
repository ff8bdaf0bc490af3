import { describe, expect, it } from "vitest";
import {
  between,
  faultIn,
  latestAt,
  nextAfter,
  occurrenceAt,
  type Recurrence,
  readWall,
} from "../../src/plan/occurrences.ts";
import { readEvery } from "../../src/plan/recurrence-syntax.ts";

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString().replace(":00.000Z", "Z");

function recurrence(text: string, zone = "UTC", more: Partial<Recurrence> = {}): Recurrence {
  const read = readEvery(text);
  if ("problem" in read) throw new Error(read.problem);
  return { patterns: read.patterns, zone: read.zone ?? zone, ...more };
}

/** The occurrences between two moments, as `wall = moment`. */
function seen(of: Recurrence, from: string, until: string): string[] {
  return between(of, at(from), at(until), 100).map((one) => `${one.wall} = ${iso(one.at)}`);
}

describe("a recurrence as written", () => {
  it.each([
    ["0 9 * * 1", ["0 9 * * 1"], undefined],
    ["*/5 9-17 * * MON-FRI", ["*/5 9-17 * * MON-FRI"], undefined],
    ["0 9 * * 1 Europe/Rome", ["0 9 * * 1"], "Europe/Rome"],
    ["@weekly", ["@weekly"], undefined],
    ["09:00", ["0 9 * * *"], undefined],
    ["every day at 9:05", ["5 9 * * *"], undefined],
    ["09:00 on weekdays", ["0 9 * * 1-5"], undefined],
    ["Weekends 10:00 UTC", ["0 10 * * 0,6"], "UTC"],
    ["monday 09:00 Europe/Rome", ["0 9 * * MON"], "Europe/Rome"],
    ["mondays, wednesdays and fridays at 17:30", ["30 17 * * MON,WED,FRI"], undefined],
    ["tuesday to thursday 08:00 and 16:15", ["0 8 * * TUE-THU", "15 16 * * TUE-THU"], undefined],
    ["first monday of the month 09:00", ["0 9 * * MON#1"], undefined],
    ["at 09:00 on the last friday of each month", ["0 9 * * FRIL"], undefined],
    ["last day of the month 18:00", ["0 18 L * *"], undefined],
    ["09:00 on the 1st and 15th", ["0 9 1,15 * *"], undefined],
    ["every hour", ["0 * * * *"], undefined],
    ["15 minutes America/Argentina/Buenos_Aires", ["*/15 * * * *"], "America/Argentina/Buenos_Aires"],
  ])("%s", (text, patterns, zone) => {
    expect(readEvery(text)).toEqual({ patterns, zone });
    expect(faultIn(patterns)).toBeUndefined();
  });

  it.each([
    "",
    "monday",
    "25:00",
    "09:60 on monday",
    "someday 09:00",
    "7 minutes",
    "0 hours",
    "2 weeks",
    "the 0th 09:00",
    "32nd 09:00",
    "monday to 09:00",
    "09:00 monday tuesday nonsense",
    "first constructor 09:00",
    "0 9 * *",
  ])("%j is none", (text) => {
    expect(readEvery(text)).toHaveProperty("problem");
  });

  it.each([
    ["0 25 * * *", /Invalid value for hour/],
    ["0 9 30 2 *", /never comes/],
    ["0 9 * * FOO", /illegal/],
    ["0 0 9 * * 1", /five fields/],
  ])("the cron expression %s has a fault", (pattern, fault) => {
    expect(faultIn([pattern])).toMatch(fault);
  });
});

describe("where the clocks are put forward", () => {
  it.each([
    // Northern and southern spring; Lord Howe moves by half an hour.
    [
      "Europe/Rome",
      "02:30",
      "2026-03-28T12:00Z",
      ["2026-03-29T02:30 = 2026-03-29T01:00Z", "2026-03-30T02:30 = 2026-03-30T00:30Z"],
    ],
    [
      "America/New_York",
      "02:30",
      "2026-03-07T12:00Z",
      ["2026-03-08T02:30 = 2026-03-08T07:00Z", "2026-03-09T02:30 = 2026-03-09T06:30Z"],
    ],
    [
      "Australia/Sydney",
      "02:30",
      "2026-10-03T00:00Z",
      ["2026-10-04T02:30 = 2026-10-03T16:00Z", "2026-10-05T02:30 = 2026-10-04T15:30Z"],
    ],
    [
      "Australia/Lord_Howe",
      "02:15",
      "2026-10-03T00:00Z",
      ["2026-10-04T02:15 = 2026-10-03T15:30Z", "2026-10-05T02:15 = 2026-10-04T15:15Z"],
    ],
  ])("what falls into the gap comes right after it: %s", (zone, time, from, expected) => {
    const until = iso(at(from) + 48 * 3_600_000);
    expect(seen(recurrence(time, zone), from, until)).toEqual(expected);
  });

  it("every hour comes once an hour: two that would meet after the gap are one", () => {
    expect(seen(recurrence("every hour", "Europe/Rome"), "2026-03-29T00:00Z", "2026-03-29T02:00Z")).toEqual([
      "2026-03-29T03:00 = 2026-03-29T01:00Z",
      "2026-03-29T04:00 = 2026-03-29T02:00Z",
    ]);
    expect(occurrenceAt(recurrence("every hour", "Europe/Rome"), "2026-03-29T02:00")).toBeUndefined();
  });
});

describe("where the clocks are put back", () => {
  it.each([
    [
      "Europe/Rome",
      "02:30",
      "2026-10-24T12:00Z",
      ["2026-10-25T02:30 = 2026-10-25T00:30Z", "2026-10-26T02:30 = 2026-10-26T01:30Z"],
    ],
    [
      "America/New_York",
      "01:30",
      "2026-10-31T12:00Z",
      ["2026-11-01T01:30 = 2026-11-01T05:30Z", "2026-11-02T01:30 = 2026-11-02T06:30Z"],
    ],
    [
      "Australia/Sydney",
      "02:30",
      "2026-04-04T00:00Z",
      ["2026-04-05T02:30 = 2026-04-04T15:30Z", "2026-04-06T02:30 = 2026-04-05T16:30Z"],
    ],
    [
      "Australia/Lord_Howe",
      "01:45",
      "2026-04-04T00:00Z",
      ["2026-04-05T01:45 = 2026-04-04T14:45Z", "2026-04-06T01:45 = 2026-04-05T15:15Z"],
    ],
  ])("what would come twice comes once, at the first: %s", (zone, time, from, expected) => {
    const until = iso(at(from) + 48 * 3_600_000);
    expect(seen(recurrence(time, zone), from, until)).toEqual(expected);
  });

  it("is the latest one during the second pass too, and does not come again", () => {
    const daily = recurrence("02:30", "Europe/Rome");
    // 02:10 for the second time: the wall clock is before 02:30, and it has been.
    const now = at("2026-10-25T01:10Z");
    expect(latestAt(daily, now)?.wall).toBe("2026-10-25T02:30");
    expect(nextAfter(daily, now)?.wall).toBe("2026-10-26T02:30");
  });
});

describe("days that are not everywhere", () => {
  it("the 29th of February comes in leap years", () => {
    expect(seen(recurrence("0 9 29 2 *"), "2026-01-01T00:00Z", "2033-01-01T00:00Z")).toEqual([
      "2028-02-29T09:00 = 2028-02-29T09:00Z",
      "2032-02-29T09:00 = 2032-02-29T09:00Z",
    ]);
  });

  it("the 31st comes where there is one, the last day in every month", () => {
    const walls = (text: string) =>
      between(recurrence(text), at("2027-01-01T00:00Z"), at("2027-05-01T00:00Z"), 9).map(({ wall }) => wall);
    expect(walls("31st 09:00")).toEqual(["2027-01-31T09:00", "2027-03-31T09:00"]);
    expect(walls("last day of the month 09:00")).toEqual([
      "2027-01-31T09:00",
      "2027-02-28T09:00",
      "2027-03-31T09:00",
      "2027-04-30T09:00",
    ]);
  });

  it("the day that Samoa left out has none", () => {
    expect(seen(recurrence("09:00", "Pacific/Apia"), "2011-12-28T20:00Z", "2011-12-31T12:00Z")).toEqual([
      "2011-12-29T09:00 = 2011-12-29T19:00Z",
      "2011-12-31T09:00 = 2011-12-30T19:00Z",
    ]);
    expect(latestAt(recurrence("09:00", "Pacific/Apia"), at("2011-12-30T18:00Z"))?.wall).toBe(
      "2011-12-29T09:00",
    );
  });

  it("a zone that changes its rules moves the moment, not the name", () => {
    // Until 2016 Istanbul kept winter time; since then it has stayed three hours ahead.
    expect(
      seen(recurrence("0 9 1 12 *", "Europe/Istanbul"), "2014-11-01T00:00Z", "2017-01-01T00:00Z"),
    ).toEqual([
      "2014-12-01T09:00 = 2014-12-01T07:00Z",
      "2015-12-01T09:00 = 2015-12-01T07:00Z",
      "2016-12-01T09:00 = 2016-12-01T06:00Z",
    ]);
  });

  it("a midnight that does not exist comes with the first minute of the day", () => {
    expect(seen(recurrence("00:00", "Africa/Cairo"), "2026-04-23T12:00Z", "2026-04-24T12:00Z")).toEqual([
      "2026-04-24T00:00 = 2026-04-23T22:00Z",
    ]);
  });
});

describe("beginning and end", () => {
  const daily = (more: Partial<Recurrence>) => recurrence("09:00", "Europe/Rome", more);

  it("comes from the first time to the last, both included", () => {
    const limited = daily({ from: "2026-12-01T09:00", until: "2026-12-03T09:00" });
    expect(seen(limited, "2026-01-01T00:00Z", "2027-01-01T00:00Z")).toHaveLength(3);
    expect(latestAt(limited, at("2026-12-01T07:59:59Z"))).toBeUndefined();
    expect(latestAt(limited, at("2026-12-01T08:00:00Z"))?.wall).toBe("2026-12-01T09:00");
    expect(latestAt(limited, at("2027-06-01T00:00Z"))?.wall).toBe("2026-12-03T09:00");
    expect(nextAfter(limited, at("2026-12-03T08:00:00Z"))).toBeUndefined();
    expect(occurrenceAt(limited, "2026-11-30T09:00")).toBeUndefined();
    expect(occurrenceAt(limited, "2026-12-04T09:00")).toBeUndefined();
    expect(occurrenceAt(limited, "2026-12-02T10:00")).toBeUndefined();
  });

  it("is counted from the first", () => {
    const three = daily({ from: "2026-12-01T00:00", count: 3 });
    expect(nextAfter(three, at("2026-12-01T09:00Z"))).toMatchObject({ wall: "2026-12-02T09:00", number: 2 });
    expect(latestAt(three, at("2027-01-01T00:00Z"))).toMatchObject({ wall: "2026-12-03T09:00", number: 3 });
    expect(nextAfter(three, at("2026-12-03T08:00Z"))).toBeUndefined();
    expect(occurrenceAt(three, "2026-12-04T09:00")).toBeUndefined();
  });

  it("takes the earliest of several times", () => {
    const twice = recurrence("08:00 and 16:15 on weekdays", "UTC");
    // A Friday afternoon.
    expect(nextAfter(twice, at("2026-11-27T09:00Z"))?.wall).toBe("2026-11-27T16:15");
    expect(nextAfter(twice, at("2026-11-27T16:15Z"))?.wall).toBe("2026-11-30T08:00");
    expect(latestAt(twice, at("2026-11-29T16:15Z"))?.wall).toBe("2026-11-27T16:15");
  });

  it.each([
    ["2026-12-01", "2026-12-01T00:00"],
    ["2026-12-01 09:30", "2026-12-01T09:30"],
    ["2026-12-01 09:30 Europe/Rome", undefined],
    ["2027-02-29", undefined],
    ["tomorrow", undefined],
  ])("%s is read as %s", (text, wall) => {
    expect(readWall(text)).toBe(wall);
  });
});

describe("whoever looks, whenever", { timeout: 30_000 }, () => {
  it("the latest one now was the next one a moment before it", () => {
    const zones = [
      "Europe/Rome",
      "America/New_York",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "Asia/Kathmandu",
    ];
    const phrases = [
      "09:00",
      "02:30 on weekdays",
      "every hour",
      "first monday of the month 00:00",
      "*/20 1-3 * * *",
    ];
    // A fixed walk through two years, in steps that meet every hour of the day.
    for (const zone of zones) {
      for (const phrase of phrases) {
        const of = recurrence(phrase, zone);
        for (
          let now = at("2025-12-31T00:00Z");
          now < at("2027-12-31T00:00Z");
          now += 1061 * 3_600_000 + 420_000
        ) {
          const next = nextAfter(of, now)!;
          expect(next.at, `${phrase} ${zone} ${iso(now)}`).toBeGreaterThan(now);
          expect(latestAt(of, next.at), `${phrase} ${zone} ${iso(now)}`).toEqual(next);
          expect(latestAt(of, next.at - 1)!.at).toBeLessThanOrEqual(now);
          expect(occurrenceAt(of, next.wall)).toEqual(next);
        }
      }
    }
  });
});
