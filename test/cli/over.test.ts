/** Campaigns whose time is over: what a person hears before they send, what `send` does, and how it goes out after all. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "./stand-in.ts";

const FILE = "campaigns/talk.yml";
const campaign = (times: string) =>
  `kind: update\ntitle: Office hour\nbody: Come in.\nchannels: [news]\n${times}\n`;

function project(times: string): string {
  const folder = folderWith({ [FILE]: campaign(times) });
  const feed = `network: feed, timezone: UTC, folder: ${folder}/public, title: News, url: "https://acme.example/"`;
  writeFileSync(join(folder, "broadcast.yml"), `channels:\n  news: { ${feed} }\n`);
  return folder;
}

function posts(folder: string): number {
  try {
    return JSON.parse(readFileSync(join(folder, "public/feed.json"), "utf8")).items.length;
  } catch {
    return 0;
  }
}

const OVER = "at: 2025-12-01 09:00\nexpires: 6h";
const SKIPPED = "at: 2025-12-01 09:00\nlate: skip";
const ASKED = "at: 2025-12-01 09:00\nlate: ask";

describe("a time that is over", { timeout: 30_000 }, () => {
  it.each([
    [OVER, "over since 2025-12-01 15:00 UTC: not sent", "talk.yml:6:10  warning  `news` is not sent"],
    [SKIPPED, "was due 2025-12-01 09:00 UTC: not sent so late", "talk.yml:6:7  warning  `news` is not sent"],
    [ASKED, "was due 2025-12-01 09:00 UTC: you are asked", "talk.yml:6:7  warning  `news` is held"],
  ])("is told by plan, preview, approve and a dry run: %s", async (times, when, warning) => {
    const folder = project(times);
    for (const argv of [["plan"], ["preview"], ["approve", "--as", "ada", "--yes"]]) {
      const { code, out, err } = await broadcast(folder, [argv[0]!, FILE, ...argv.slice(1)]);
      expect(code, err).toBe(0);
      expect(out).toContain(when);
      expect(out).not.toContain("due now");
      expect(err).toContain(warning);
      expect(err).not.toContain("To send it:");
    }
    expect((await broadcast(folder, ["plan", FILE, "--markdown"])).out).toContain(
      warning.replace(/.*warning {2}/, ""),
    );
    const dry = await broadcast(folder, ["send", FILE, "--dry-run"]);
    expect(dry.err).toContain(warning);
    expect(dry.out).not.toContain("file ");
    expect(dry.err).not.toContain("To send it:");
    const machine = JSON.parse((await broadcast(folder, ["send", FILE, "--dry-run", "--json"])).out);
    expect(machine.problems).toMatchObject([{ severity: "warning", channel: "news" }]);
  });

  it.each([
    [OVER, "over since 2025-12-01 15:00 UTC", 3],
    [SKIPPED, "not sent so late", 3],
    [ASKED, "you are asked", 4],
  ])("is told by send, which does what was said: %s", async (times, when, code) => {
    const folder = project(times);
    const sent = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(sent.code).toBe(code);
    expect(sent.err).toContain(when);
    expect(posts(folder)).toBe(0);
  });

  it("is told of a plan that was kept too long", async () => {
    const folder = project("at: 2025-12-01 09:00");
    await broadcast(folder, ["plan", FILE, "--out", "plan.json"]);
    const kept = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
    expect(kept.problems.map(({ code }: { code: string }) => code)).toEqual(["past-due"]);
    writeFileSync(join(folder, FILE), campaign(OVER));
    await broadcast(folder, ["plan", FILE, "--out", "plan.json"]);
    const late = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
    // As it was before the time was over.
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ ...late, problems: [] }));
    const { err } = await broadcast(folder, ["send", "--plan", "plan.json", "--yes"]);
    expect(err).toContain("warning  `news` is not sent");
  });

  it("says nothing of it where all is out already", async () => {
    const folder = project("at: 2025-12-01 09:00");
    expect((await broadcast(folder, ["send", FILE, "--yes", "--late"])).code).toBe(0);
    writeFileSync(join(folder, FILE), campaign(OVER));
    const again = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(again.code, again.err).toBe(0);
    expect(again.err).not.toContain("warning");
  });

  it.each([OVER, SKIPPED])("goes out after all when a person retries it by name: %s", async (times) => {
    const folder = project(times);
    const sent = await broadcast(folder, ["send", FILE, "--yes"]);
    const advice = "broadcast retry campaigns/talk.yml/news";
    expect(sent.out).toContain(advice);
    const retried = await broadcast(folder, advice.split(" ").slice(1));
    expect(retried.code, retried.err + retried.out).toBe(0);
    expect(posts(folder)).toBe(1);
    // And once only.
    expect((await broadcast(folder, ["send", FILE, "--yes"])).code).toBe(0);
    expect(posts(folder)).toBe(1);
  });

  it.each(["at: 2025-12-01 09:00", "at: 2025-12-01 09:00\nexpires: 2099-01-01"])(
    "goes out with the next send once the campaign gives it more time: %s",
    async (times) => {
      const folder = project(OVER);
      await broadcast(folder, ["send", FILE, "--yes"]);
      expect((await broadcast(folder, ["send", FILE, "--yes"])).code).toBe(3);
      writeFileSync(join(folder, FILE), campaign(times));
      // Something will be sent, so a person is asked.
      const asked = await broadcast(folder, ["send", FILE], { answers: [true] });
      expect(asked.asked).toHaveLength(1);
      expect(asked.code, asked.err).toBe(0);
      expect(posts(folder)).toBe(1);
    },
  );
});

describe("`retry CAMPAIGN` when nothing has failed", { timeout: 30_000 }, () => {
  it.each([
    [OVER, "1 expired", "broadcast retry campaigns/talk.yml/news"],
    [ASKED, "1 held", "broadcast resolve campaigns/talk.yml/news --resend"],
  ])("says what waits instead, and the command for it: %s", async (times, tally, command) => {
    const folder = project(times);
    await broadcast(folder, ["send", FILE, "--yes"]);
    for (const argv of [["retry", FILE], ["retry"]]) {
      const { code, err, out } = await broadcast(folder, argv);
      expect({ code, out }).toEqual({ code: 0, out: "" });
      expect(err).toContain(`Nothing has failed; ${tally}.`);
      expect(err).toContain(command);
    }
  });

  it("tells what was cancelled only when the campaign is named", async () => {
    const folder = project("at: 2099-12-01 09:00");
    await broadcast(folder, ["send", FILE, "--yes"]);
    await broadcast(folder, ["cancel", FILE]);
    const named = await broadcast(folder, ["retry", FILE]);
    expect(named.err).toContain("Nothing has failed; 1 cancelled.");
    expect(named.err).toContain("broadcast retry campaigns/talk.yml/news");
    expect((await broadcast(folder, ["retry"])).err).toBe("Nothing has failed.\n");
  });
});

describe("a time that is past, and nothing says what then", { timeout: 30_000 }, () => {
  const PAST = "at: 2025-12-01 09:00";

  it("is told by plan, with its age, and not called due now", async () => {
    const { code, out, err } = await broadcast(project(PAST), ["plan", FILE]);
    expect(code).toBe(0);
    expect(out).toMatch(/was due 2025-12-01 09:00 .*, \d+ d ago/);
    expect(out).not.toContain("due now");
    expect(err).toMatch(/warning {2}its time is past: it was due \d+ d ago/);
  });

  it("is told with its age also where `late: send` has answered", async () => {
    const { out } = await broadcast(project(`${PAST}\nlate: send`), ["plan", FILE]);
    expect(out).toMatch(/was due 2025-12-01 09:00 .*, \d+ d ago/);
  });

  it("is not sent where nobody can be asked, unless --late says so", async () => {
    const folder = project(PAST);
    const { code, err } = await broadcast(folder, ["send", FILE, "--yes"]);
    expect(code).toBe(2);
    expect(err).toContain("--late");
    expect(posts(folder)).toBe(0);
    expect((await broadcast(folder, ["send", FILE, "--yes", "--late"])).code).toBe(0);
    expect(posts(folder)).toBe(1);
    // What is out is too late for nothing.
    expect((await broadcast(folder, ["send", FILE, "--yes"])).code).toBe(0);
  });

  it("is sent when a person says so, who is told how long ago it was", async () => {
    const folder = project(PAST);
    const no = await broadcast(folder, ["send", FILE], { answers: [false] });
    expect(no.code).toBe(2);
    expect(posts(folder)).toBe(0);
    const yes = await broadcast(folder, ["send", FILE], { answers: [true] });
    expect(yes.asked).toEqual([expect.stringMatching(/^It was due \d+ d ago\. Send this/)]);
    expect(yes.code).toBe(0);
    expect(posts(folder)).toBe(1);
  });

  it.each(["late: send", "only: { news: { late: send } }"])(
    "is sent when the campaign says %s",
    async (late) => {
      const folder = project(`${PAST}\n${late}`);
      expect((await broadcast(folder, ["send", FILE, "--yes"])).code).toBe(0);
      expect(posts(folder)).toBe(1);
    },
  );
});
