/** `run --due` on a machine that slept, for campaigns that say what then: `late: skip` and `late: ask`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../src/cli/commands/run.ts";
import { broadcast, clockAt, folderWith, listening } from "./stand-in.ts";

function project(more: string): string {
  const folder = folderWith({
    "campaigns/talk.yml": `kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [news]\n${more}\n`,
  });
  const feed = `network: feed, timezone: Europe/Rome, folder: ${folder}/public, title: News, url: "https://acme.example/"`;
  writeFileSync(join(folder, "broadcast.yml"), `channels:\n  news: { ${feed} }\n`);
  mkdirSync(join(folder, "campaigns"), { recursive: true });
  return folder;
}

async function runAt(iso: string, folder: string) {
  const { ran, terminal } = listening(folder);
  const clock = clockAt(iso);
  ran.code = await run([], { due: true }, terminal, clock);
  return ran;
}

function posts(folder: string): number {
  try {
    return JSON.parse(readFileSync(join(folder, "public/feed.json"), "utf8")).items.length;
  } catch {
    return 0;
  }
}

const QUIET = { code: 0, out: "", err: "" };

describe("`run --due`, more than an hour late", { timeout: 30_000 }, () => {
  it.each([
    ["skip", ""],
    ["ask", ""],
    ["skip", "only: { news: { late: skip } }"],
  ])("is not late within the hour: %s %s", async (late, only) => {
    const folder = project(`at: 2026-12-01 09:00\nlate: ${late}\n${only}`);
    expect((await runAt("2026-12-01T09:00:00Z", folder)).code).toBe(0);
    expect(posts(folder)).toBe(1);
  });

  it.each(["at: 2026-12-01 09:00\nlate: skip", "at: 2026-12-01 09:00\nonly: { news: { late: skip } }"])(
    "leaves out what says skip, says so once, and does not come back to it: %s",
    async (words) => {
      const folder = project(words);
      const late = await runAt("2026-12-01T09:00:01Z", folder);
      expect(late.out).toMatch(
        /^– {2}campaigns\/talk\.yml\/news {2}expired {2}it was more than an hour late/,
      );
      expect(late.out.trim().split("\n")).toHaveLength(1);
      expect(await runAt("2026-12-01T09:05:00Z", folder)).toEqual(QUIET);
      expect(posts(folder)).toBe(0);
    },
  );

  it("asks about what says ask: held, exit 4, once; and a person lets it go or leaves it", async () => {
    const folder = project("at: 2026-12-01 09:00\nlate: ask");
    const late = await runAt("2026-12-01T11:00:00Z", folder);
    expect(late.code).toBe(4);
    expect(late.out).toMatch(/^\? {2}campaigns\/talk\.yml\/news {2}held {2}.*does it still go out\?/);
    expect(await runAt("2026-12-01T11:05:00Z", folder)).toEqual(QUIET);
    expect(posts(folder)).toBe(0);

    const status = await broadcast(folder, ["status"]);
    expect(status.out).toContain("broadcast resolve campaigns/talk.yml/news --resend");
    const sent = await broadcast(folder, ["resolve", "news", "--resend"]);
    expect(sent.code, sent.err).toBe(0);
    expect(posts(folder)).toBe(1);
    expect(await runAt("2026-12-01T11:10:00Z", folder)).toEqual(QUIET);

    const left = project("at: 2026-12-01 09:00\nlate: ask");
    await runAt("2026-12-01T11:00:00Z", left);
    expect((await broadcast(left, ["resolve", "news", "--cancel"])).code).toBe(0);
    expect(await runAt("2026-12-01T11:10:00Z", left)).toEqual(QUIET);
    expect(posts(left)).toBe(0);
  });

  it("skips one time of a recurrence, and the next one comes", async () => {
    const folder = project("every: 09:00\nfrom: 2026-12-01\nlate: skip");
    await runAt("2026-12-01T08:00:00Z", folder);
    expect(posts(folder)).toBe(1);
    expect((await runAt("2026-12-02T12:00:00Z", folder)).out).toContain("expired");
    expect(posts(folder)).toBe(1);
    await runAt("2026-12-03T08:10:00Z", folder);
    expect(posts(folder)).toBe(2);
  });
});
