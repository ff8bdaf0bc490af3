/** `run` and `schedule` in this process, with a clock that stands still, on channels that need no server: feeds. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/commands/run.ts";
import { type ScheduleOptions, schedule } from "../../src/cli/commands/schedule.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { InputError } from "../../src/errors.ts";
import { newOwner } from "../../src/lock.ts";
import { broadcast, clockAt, folderWith, listening } from "./stand-in.ts";

const ZONES: Record<string, string> = {
  rome: "Europe/Rome",
  sydney: "Australia/Sydney",
  york: "America/New_York",
};

const config = (folder: string) =>
  `channels:\n${Object.entries(ZONES)
    .map(
      ([name, zone]) =>
        `  ${name}:\n    network: feed\n    timezone: ${zone}\n    lang: en\n    folder: ${folder}/public/${name}\n    title: ${name}\n    url: https://acme.example/${name}/\n`,
    )
    .join("")}`;

function project(campaigns: Record<string, string>): string {
  const folder = folderWith(
    Object.fromEntries(Object.entries(campaigns).map(([name, text]) => [`campaigns/${name}.yml`, text])),
  );
  writeFileSync(join(folder, "broadcast.yml"), config(folder));
  mkdirSync(join(folder, "campaigns"), { recursive: true });
  return folder;
}

const campaign = (more: string, channels = "rome") =>
  `kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [${channels}]\n${more}\n`;

interface Ran {
  code: number;
  out: string;
  err: string;
}

async function at(
  iso: string,
  folder: string,
  act: (terminal: Terminal, clock: { now(): number; sleep(ms: number): Promise<void> }) => Promise<number>,
): Promise<Ran> {
  const { ran, terminal } = listening(folder);
  const clock = clockAt(iso);
  try {
    ran.code = await act(terminal, clock);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    ran.code = 2;
    ran.err += error.message;
  }
  return ran;
}

const runAt = (iso: string, folder: string, paths: string[] = []) =>
  at(iso, folder, (terminal, clock) => run(paths, { due: true }, terminal, clock));

const scheduleAt = (iso: string, folder: string, options: ScheduleOptions = {}) =>
  at(iso, folder, (terminal, clock) => schedule([], options, terminal, clock));

// Each run opens the ledger and writes a feed with an fsync: on a busy machine that takes its time.
const SLOW = { timeout: 30_000 };

const QUIET = { code: 0, out: "", err: "" };

/** The entries of a feed: what readers see. */
function posts(folder: string, channel = "rome"): number {
  try {
    return JSON.parse(readFileSync(join(folder, "public", channel, "feed.json"), "utf8")).items.length;
  } catch {
    return 0;
  }
}

describe("a campaign with a time", SLOW, () => {
  it("is left alone before it, sent at it, and not again", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00") });
    expect(await runAt("2026-12-01T07:59:59Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(0);
    const sent = await runAt("2026-12-01T08:00:00Z", folder);
    expect(sent).toMatchObject({ code: 0, err: "" });
    expect(sent.out).toMatch(
      /^✓ {2}campaigns\/once\.yml\/rome {2}published {2}https:\/\/acme\.example\/rome\/\S+\n$/,
    );
    expect(await runAt("2026-12-01T08:05:00Z", folder)).toEqual(QUIET);
    expect(await runAt("2026-12-05T08:05:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(1);
  });

  it("is caught up with for a week, then left to a person", async () => {
    const slept = project({ once: campaign("at: 2026-12-01 09:00") });
    expect((await runAt("2026-12-08T07:59:00Z", slept)).code).toBe(0);
    expect(posts(slept)).toBe(1);
    const forgotten = project({ once: campaign("at: 2026-12-01 09:00") });
    expect(await runAt("2026-12-08T08:01:00Z", forgotten)).toEqual(QUIET);
    expect((await scheduleAt("2026-12-08T08:01:00Z", forgotten)).out).toMatch(
      /^7 d ago!.*only `broadcast send` sends it\n$/,
    );
  });

  it("that says `late: send` is held after a week, which is told once", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00\nlate: send") });
    const left = await runAt("2026-12-08T08:01:00Z", folder);
    expect(left.code).toBe(4);
    expect(left.out).toMatch(/campaigns\/once\.yml\/rome {2}held/);
    expect(await runAt("2026-12-08T08:06:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(0);
    expect((await broadcast(folder, ["status"])).out).toContain("held");
    expect((await broadcast(folder, ["resolve", "rome", "--resend"])).code).toBe(0);
    expect(posts(folder)).toBe(1);
  });

  it("comes on each channel by its own clock, the later ones with later runs", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00", "rome, sydney, york") });
    const count = () => Object.keys(ZONES).map((channel) => posts(folder, channel));
    await runAt("2026-11-30T22:00:00Z", folder);
    expect(count()).toEqual([0, 1, 0]);
    await runAt("2026-12-01T08:00:00Z", folder);
    expect(count()).toEqual([1, 1, 0]);
    await runAt("2026-12-01T14:00:00Z", folder);
    expect(count()).toEqual([1, 1, 1]);
  });

  it("whose time is over is not sent", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00\nexpires: 2h") });
    const { code, out } = await runAt("2026-12-01T10:00:00Z", folder);
    expect(code).toBe(3);
    expect(out).toMatch(/^– {2}campaigns\/once\.yml\/rome {2}expired/);
    expect(await runAt("2026-12-01T10:05:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(0);
  });

  it("keeps its channels apart by `stagger`", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00 UTC\nstagger: 30m", "rome, york") });
    await runAt("2026-12-01T09:29:00Z", folder);
    expect([posts(folder, "rome"), posts(folder, "york")]).toEqual([1, 0]);
    await runAt("2026-12-01T09:30:00Z", folder);
    expect([posts(folder, "rome"), posts(folder, "york")]).toEqual([1, 1]);
  });

  it("one without a time is not sent by `run`, but what `send` left is", async () => {
    const folder = project({ whenever: campaign(""), later: campaign("at: 2099-12-01 09:00") });
    expect((await broadcast(folder, ["send", "campaigns/later.yml", "--yes"])).code).toBe(0);
    // Entered is entered: the file may be gone by then.
    rmSync(join(folder, "campaigns/later.yml"));
    expect(await runAt("2099-12-01T07:00:00Z", folder)).toEqual(QUIET);
    expect((await runAt("2099-12-01T08:00:00Z", folder)).out).toContain(
      "campaigns/later.yml/rome  published",
    );
    expect(posts(folder)).toBe(1);
  });
});

describe("a campaign that comes again", SLOW, () => {
  const WEEKLY = campaign("every: monday 09:00\nfrom: 2026-12-01");

  it("goes out once each time, however often `run` comes", async () => {
    const folder = project({ weekly: WEEKLY });
    for (const day of ["01", "06", "07", "14"]) {
      await runAt(`2026-12-${day}T07:59:00Z`, folder);
      await Promise.all([1, 2, 3].map(() => runAt(`2026-12-${day}T08:00:00Z`, folder)));
      await runAt(`2026-12-${day}T08:05:00Z`, folder);
    }
    expect(posts(folder)).toBe(2);
    const { out } = await broadcast(folder, ["status", "--json"]);
    expect(
      JSON.parse(out)
        .deliveries.map(({ id }: { id: string }) => id)
        .sort(),
    ).toEqual(["campaigns/weekly.yml/rome/2026-12-07T09:00", "campaigns/weekly.yml/rome/2026-12-14T09:00"]);
  });

  it("is caught up with once, by the latest time that was missed", async () => {
    const folder = project({ daily: campaign("every: 09:00") });
    await runAt("2026-12-01T08:00:00Z", folder);
    const { out } = await runAt("2026-12-05T11:00:00Z", folder);
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(out).toContain("campaigns/daily.yml/rome/2026-12-05T09:00");
    expect(posts(folder)).toBe(2);
  });

  it("is not flooded by what waited: one time is over when the next one comes", async () => {
    const folder = project({ daily: campaign("every: 09:00", "rome, york") });
    // Both are entered, Rome's is sent; then the machine sleeps over New York's.
    await runAt("2026-12-01T08:00:00Z", folder);
    const { code, out } = await runAt("2026-12-02T15:00:00Z", folder);
    expect(out).toMatch(/daily\.yml\/york\/2026-12-01T09:00 {2}expired/);
    expect(out).toMatch(/daily\.yml\/york\/2026-12-02T09:00 {2}published/);
    expect(code).toBe(3);
    expect([posts(folder, "rome"), posts(folder, "york")]).toEqual([2, 1]);
  });

  it("written at noon does not go out for nine o'clock, nor when its time is moved", async () => {
    const folder = project({ daily: campaign("every: 09:00") });
    expect(await runAt("2026-12-01T11:00:00Z", folder)).toEqual(QUIET);
    expect((await runAt("2026-12-02T08:00:00Z", folder)).out).toContain("2026-12-02T09:00");
    writeFileSync(join(folder, "campaigns/daily.yml"), campaign("every: 08:30"));
    expect(await runAt("2026-12-02T08:05:00Z", folder)).toEqual(QUIET);
    writeFileSync(join(folder, "campaigns/daily.yml"), campaign("every: 09:03"));
    expect(await runAt("2026-12-02T08:10:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(1);
  });

  it("is remembered by the ledger where the rest of the disk is new", async () => {
    const folder = project({ daily: campaign("every: 09:00") });
    await runAt("2026-12-01T08:00:00Z", folder);
    rmSync(join(folder, ".broadcast/seen.json"));
    expect(await runAt("2026-12-01T08:05:00Z", folder)).toEqual(QUIET);
    rmSync(join(folder, ".broadcast/seen.json"));
    expect((await runAt("2026-12-02T15:00:00Z", folder)).out).toContain("2026-12-02T09:00");
  });

  it("comes by each channel's own clock under one name, and ends after `count`", async () => {
    const folder = project({
      talk: campaign(
        "every: 09:00\nfrom: 2026-12-01\ncount: 2\nsummary: 'Part {{ occurrence.number }} of {{ occurrence.count }}, {{ occurrence.date }}'",
        "rome, sydney",
      ),
    });
    for (let hour = 0; hour < 24 * 4; hour += 4)
      await runAt(new Date(Date.parse("2026-11-30T20:00:00Z") + hour * 3_600_000).toISOString(), folder);
    expect([posts(folder, "rome"), posts(folder, "sydney")]).toEqual([2, 2]);
    expect(readFileSync(join(folder, "public/rome/feed.json"), "utf8")).toContain("Part 2 of 2, 2026-12-02");
  });
});

describe("which time", SLOW, () => {
  const DAILY = campaign("every: 09:00\nfrom: 2026-12-01\nsummary: 'On {{ occurrence.date }}'");

  it("is planned and sent as asked for", async () => {
    const folder = project({ daily: DAILY });
    const argv = ["campaigns/daily.yml", "--occurrence", "2099-12-03 09:00"];
    const { code, out } = await broadcast(folder, ["plan", ...argv]);
    expect(code).toBe(0);
    expect(out).toContain("due 2099-12-03 09:00 CET (08:00 UTC)");
    expect(out).toContain("On 2099-12-03");
    const sent = await broadcast(folder, ["send", ...argv, "--yes", "--json"]);
    expect(JSON.parse(sent.out).deliveries).toMatchObject([
      {
        id: "campaigns/daily.yml/rome/2099-12-03T09:00",
        state: "scheduled",
        due: "2099-12-03T08:00:00.000Z",
      },
    ]);
  });

  it.each([
    ["2099-12-03 10:00", /is not an occurrence of this campaign/],
    ["soon", /is not an occurrence of this campaign/],
    ["2026-11-30T09:00", /is not an occurrence of this campaign/],
  ])("%s is refused when it is none", async (occurrence, message) => {
    const argv = ["plan", "campaigns/daily.yml", "--occurrence", occurrence];
    const { code, err } = await broadcast(project({ daily: DAILY }), argv);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("is approved by itself: without approval `run` enters nothing, and names the command", async () => {
    const folder = project({ daily: DAILY });
    const policy = "policy:\n  - by: [marta]\n    not_author: false\n";
    writeFileSync(join(folder, "broadcast.yml"), config(folder) + policy);
    const refused = await runAt("2026-12-02T08:00:00Z", folder);
    expect(refused).toMatchObject({ code: 5, out: "" });
    const command = "broadcast approve campaigns/daily.yml --occurrence 2026-12-02T09:00 --as marta";
    expect(refused.err).toContain(command);
    expect((await broadcast(folder, ["status"])).err).toContain("Nothing was sent");
    const approved = await broadcast(folder, [...command.split(" ").slice(1), "--yes"]);
    expect(approved.code, approved.err).toBe(0);
    expect((await runAt("2026-12-02T08:05:00Z", folder)).out).toContain("2026-12-02T09:00  published");
    expect((await runAt("2026-12-03T08:00:00Z", folder)).code).toBe(5);
    expect(posts(folder)).toBe(1);
  });
});

describe("mistakes", SLOW, () => {
  it("in one file do not stop the others", async () => {
    const folder = project({
      bad: campaign("every: someday"),
      broken: "kind: update\ntitle: [\nat: x",
      good: campaign("at: 2026-12-01 09:00"),
    });
    const { code, out, err } = await runAt("2026-12-01T08:00:00Z", folder, ["campaigns"]);
    expect(code).toBe(2);
    expect(out).toContain("campaigns/good.yml/rome  published");
    expect(err).toContain("campaigns/bad.yml:5:8  error  `someday` is not a recurrence");
    expect(err).toContain("campaigns/broken.yml:");
  });

  it.each([
    ["at: 2026-12-01 09:00\nevery: monday 09:00", "exclude each other"],
    ["every: monday 09:00\ncount: 3", "needs a day to count from"],
    ["until: 2026-12-01", "belongs to `every`"],
    ["every: monday 09:00\nfrom: 2026-12-01 09:00 Europe/Rome", "without a zone"],
    ["every: 0 9 30 2 *", "never comes"],
    ["every: monday 09:00 Europe/Roma", "is not a time zone"],
    ["every: monday 09:00\nonly: { rome: { at: 2026-12-01 09:00 } }", "has an `at` of its own"],
    ["every: monday 09:00\nuntil: 2020-01-01", "has no more occurrences"],
    ["stagger: 10m", "needs a time to start from"],
    ["at: 2026-12-01 09:00\nstagger: soon", "is not a length of time"],
    ["every: monday 09:00\ncount: 0\nfrom: 2026-12-01", "must be at least 1"],
  ])("%s is refused by `plan`, with its place", async (more, message) => {
    const folder = project({ wrong: campaign(more) });
    const { code, err } = await broadcast(folder, ["plan", "campaigns/wrong.yml"]);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).toMatch(/campaigns\/wrong\.yml:\d+:\d+/);
  });

  it("in a path are told", async () => {
    const { code, err } = await runAt("2026-12-01T08:00:00Z", project({}), ["campains"]);
    expect({ code, err }).toEqual({ code: 2, err: "there is no file or folder `campains`" });
  });
});

describe("the lock", SLOW, () => {
  it("of a living run lets another one go quietly, that of a dead one does not count", async () => {
    const folder = project({ once: campaign("at: 2026-12-01 09:00") });
    mkdirSync(join(folder, ".broadcast"));
    const living = newOwner();
    const lockOf = (owner: string) => join(folder, `.broadcast/run.lock.${encodeURIComponent(owner)}`);
    writeFileSync(lockOf(living), "");
    expect(await runAt("2026-12-01T08:00:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(0);
    renameSync(lockOf(living), lockOf(living.replace(`:${process.pid}:`, ":999999999:")));
    expect((await runAt("2026-12-01T08:00:00Z", folder)).out).toContain("published");
    expect(readdirSync(join(folder, ".broadcast")).filter((name) => name.startsWith("run.lock"))).toEqual([]);
  });
});

describe("schedule", SLOW, () => {
  const folder = () =>
    project({
      weekly: campaign("every: monday 09:00", "rome, york"),
      once: `${campaign("at: 2026-12-02 09:00 UTC")}lang: en\n`,
      whenever: campaign(""),
    });

  it("lists what is coming, with countdowns, by local time and UTC", async () => {
    const { code, out, err } = await scheduleAt("2026-12-01T08:00:00Z", folder(), { days: 7 });
    expect({ code, err }).toEqual({ code: 0, err: "\nTo send what is due:  broadcast run --due\n" });
    expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  ").trim())).toEqual([
      "in 1 d 1 h  2026-12-02 09:00 UTC  campaigns/once.yml  rome  Office hour",
      "in 6 d  2026-12-07 09:00 CET (08:00 UTC)  campaigns/weekly.yml  rome  Office hour",
      "in 6 d 6 h  2026-12-07 09:00 GMT-5 (14:00 UTC)  campaigns/weekly.yml  york  Office hour",
      "",
    ]);
  });

  it.each([
    ["at: 2026-12-02 09:00\nschedule: network", "cannot get it ahead of time"],
    ["at: 2026-12-02 09:00\nsummary: '{{ nope }}'", "`nope` is not defined"],
    ["every: 09:00\nmedia: [{ file: none.png, alt: Nothing }]", "none.png"],
  ])("does not list what cannot be planned, and says why: %s", async (words, why) => {
    const broken = project({ broken: campaign(words), once: campaign("at: 2026-12-02 09:00") });
    const { code, out, err } = await scheduleAt("2026-12-01T08:00:00Z", broken);
    expect(code).toBe(2);
    expect(out.trim().split("\n")).toHaveLength(1);
    expect(out).toContain("campaigns/once.yml");
    expect(err).toContain("campaigns/broken.yml:");
    expect(err).toContain(why);
  });

  it("does not call overdue what is over, and says so", async () => {
    const late = project({ once: campaign("at: 2026-12-01 09:00\nexpires: 2h", "rome, york") });
    const { code, out, err } = await scheduleAt("2026-12-01T12:00:00Z", late);
    expect(code).toBe(0);
    expect(out).toMatch(/^in 2 h .* york .*\n$/);
    expect(err).toMatch(/once\.yml:6:10 {2}warning {2}`rome` is not sent: its time is past/);
    expect(err).not.toContain("overdue");
  });

  it("is JSON for machines", async () => {
    const { out } = await scheduleAt("2026-12-01T08:00:00Z", folder(), { days: 2, json: true });
    expect(JSON.parse(out)).toMatchObject({
      version: 2,
      command: "schedule",
      coming: [
        { id: "campaigns/once.yml/rome", channel: "rome", due: "2026-12-02T09:00:00.000Z", state: "coming" },
      ],
    });
  });

  it("is a calendar", async () => {
    const { out } = await scheduleAt("2026-12-01T08:00:00Z", folder(), { ics: true, days: 2 });
    expect(out.startsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")).toBe(true);
    expect(out).toContain("DTSTART:20261202T090000Z\r\n");
    expect(out).toContain("SUMMARY:Office hour → rome\r\n");
    expect(out.split("\r\n").every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(out.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("prints one thing at a time", async () => {
    expect(await scheduleAt("2026-12-01T08:00:00Z", folder(), { ics: true, json: true })).toMatchObject({
      code: 2,
    });
  });
});
