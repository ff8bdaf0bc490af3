/** A campaign with the facts of a release: its identity, its condition, its words. */
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const CONFIG = "channels:\n  news:\n    network: mastodon\n    server: https://m.example\n    token: ${T}\n";
const CHANGELOG = `# Changelog

## [2.4.0](https://acme.example/2.4.0) - 2026-12-01

### Fixed

- A crash.

### Added

- Offline mode: \`{{ not liquid }}\` stays.
- A command line.
- Export.
- More.

## 2.3.1

- Older.
`;

interface Planned {
  campaign: { id: string };
  skipped?: string;
  deliveries: { id: string; posts: { post: { text: string; link?: { url: string } } }[] }[];
  problems: { code: string; message: string; remedy?: string; place?: { line?: number } }[];
  error?: { problems: Planned["problems"] };
}

async function plan(campaign: string, ...args: string[]): Promise<Planned & { code: number }> {
  return planWith(CHANGELOG, campaign, ...args);
}

async function planWith(
  changelog: string,
  campaign: string,
  ...args: string[]
): Promise<Planned & { code: number }> {
  const folder = folderWith({ "broadcast.yml": CONFIG, "CHANGELOG.md": changelog, "c.yml": campaign });
  const ran = await broadcast(folder, ["plan", "c.yml", "--json", ...args], { env: { T: "t".repeat(20) } });
  return { ...JSON.parse(ran.out), code: ran.code };
}

const textOf = ({ deliveries }: Planned) => deliveries[0]!.posts.map(({ post }) => post.text).join("\n--\n");

describe("release facts", { timeout: 30_000 }, () => {
  it("fill `release`, and give each version an identity of its own", async () => {
    const planned = await plan(
      'kind: release\ntitle: "Acme {{ release.version }}"\nbody: "After {{ release.previous }}: {{ release.highlights | first }}"\nlink: "{{ release.url }}"\nchannels: [news]\n',
      "--from",
      "changelog",
    );
    expect(planned.campaign.id).toBe("c.yml@2.4.0");
    expect(planned.deliveries[0]?.id).toBe("c.yml@2.4.0/news");
    expect(textOf(planned)).toContain("Acme 2.4.0\n\nAfter 2.3.1: Offline mode");
    expect(planned.deliveries[0]?.posts[0]?.post.link?.url).toBe("https://acme.example/2.4.0");
  });

  it.each([
    ["## 2.4.0\n\n## 2.3.1\n\n- Older.\n", "the release 2.4.0 has no notes"],
    [
      "## 2.4.0\n\n### Dependencies\n\n- Bump a from 1 to 2\n",
      "the notes of 2.4.0 say nothing that a short post repeats",
    ],
  ])("that say nothing are a warning: %j", async (changelog, message) => {
    const bare = "kind: release\nchannels: [news]\n";
    const planned = await planWith(changelog, bare, "--from", "changelog");
    expect(planned.problems).toMatchObject([{ severity: "warning", code: "no-notes", message }]);
    expect(planned.code).toBe(0);
    const own = await planWith(changelog, `${bare}title: X\nbody: Y\n`, "--from", "changelog");
    expect(own.problems).toEqual([]);
  });

  it("stand where the id names them", async () => {
    const planned = await plan(
      'id: "acme-{{ release.version }}"\nkind: release\ntitle: X\nchannels: [news]\n',
      "--from",
      "changelog",
    );
    expect(planned.campaign.id).toBe("acme-2.4.0");
  });

  it("give words to a campaign that has none: highlights where there is little room, Liquid in them untouched", async () => {
    const planned = await plan("kind: release\nchannels: [news]\n", "--from", "changelog");
    expect(textOf(planned)).toContain("{{ not liquid }}");
    expect(textOf(planned)).toContain("A command line.");
    expect(textOf(planned)).toContain("https://acme.example/2.4.0");
    // The fourth in weight has no room among three.
    expect(textOf(planned)).not.toContain("A crash");
  });

  it("leave a campaign's own words alone", async () => {
    const planned = await plan(
      "kind: release\ntitle: Mine\nbody: My own.\nchannels: [news]\n",
      "--from",
      "changelog",
    );
    expect(textOf(planned)).toBe("Mine\n\nMy own.");
  });

  it("that are missing are asked for, with the place and the option", async () => {
    const planned = await plan('kind: release\ntitle: "Acme {{ release.version }}"\nchannels: [news]\n');
    expect(planned.code).toBe(2);
    expect(planned.problems[0]).toMatchObject({ code: "no-release", place: { line: 2 } });
    expect(planned.problems[0]?.remedy).toContain("--from changelog");
  });

  it("that are spelled wrongly are named", async () => {
    const planned = await plan(
      'kind: release\ntitle: "{{ release.versoin }}"\nchannels: [news]\n',
      "--from",
      "changelog",
    );
    expect(planned.problems[0]).toMatchObject({ code: "undefined-variable" });
    expect(planned.problems[0]?.remedy).toContain("version");
  });

  it("make no link out of what is none", async () => {
    const planned = await plan(
      'kind: release\ntitle: X\nlink: "{{ release.name }}"\nchannels: [news]\n',
      "--from",
      "changelog",
    );
    expect(planned.problems[0]).toMatchObject({ code: "bad-link", place: { line: 3 } });
  });
});

describe("when:", { timeout: 30_000 }, () => {
  const withWhen = (when: string) => `kind: release\nwhen: ${when}\ntitle: X\nchannels: [news]\n`;

  it.each([
    ["release.prerelease == false", false],
    ["release.prerelease", true],
    ['release.version contains "2.4" and kind == "release"', false],
    ['release.version == "9.9.9" or release.previous == "2.3.1"', false],
    ["release.highlights.size > 10", true],
  ])("%s", async (when, skipped) => {
    const planned = await plan(withWhen(when), "--from", "changelog");
    expect(planned.code).toBe(0);
    expect(planned.skipped).toBe(skipped ? when : undefined);
    expect(planned.deliveries).toHaveLength(skipped ? 0 : 1);
  });

  it("needs to be understood: nothing is sent by a misspelling", async () => {
    for (const when of [
      "release.preerelease == false",
      "relase.prerelease == false",
      "'open",
      "release.prerelease = false",
      "release.prerelease == false garbage",
      "release.prerelease ==",
      "not",
      "release.version | size > 3",
    ]) {
      const planned = await plan(withWhen(`"${when}"`), "--from", "changelog");
      expect([when, planned.code]).toEqual([when, 2]);
    }
  });

  it("needs a release when it asks for one", async () => {
    const planned = await plan(withWhen("release.prerelease == false"));
    expect(planned.code).toBe(2);
    expect((planned.error?.problems ?? planned.problems)[0]).toMatchObject({
      code: "no-release",
      place: { line: 2 },
    });
  });
});

describe("status --releases", () => {
  it("shows the release that nobody has announced", async () => {
    const folder = folderWith({
      "broadcast.yml": CONFIG,
      "CHANGELOG.md": CHANGELOG,
      "c.yml": "kind: release\nchannels: [news]\n",
    });
    const ran = await broadcast(folder, ["status", "--releases", "--json"], { env: { T: "t".repeat(20) } });
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out).releases).toMatchObject([
      { version: "2.4.0", announced: false, deliveries: [] },
      { version: "2.3.1", announced: false },
    ]);
    const told = await broadcast(folder, ["status", "--releases"], { env: { T: "t".repeat(20) } });
    expect(told.out).toMatch(/! {2}2\.4\.0 .*nothing announced/);
  });
});
