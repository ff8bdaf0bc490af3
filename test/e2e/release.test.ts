/** From a tag to an announcement with the built CLI: a short post from long notes, all of them where there is room, each release once. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { broadcast, build } from "./built.ts";

const NOTES = `Acme 2.4 is the offline release.

### Added

- **Offline mode.** Every list that you opened in the last 30 days opens without a network, and what you tick is merged when you are back ([#812](https://acme.example/812)).
- **A command line**: \`acme export "Opening round" --since 2026-01-01 --format csv\` writes a list, or a year of lists, from a script.
- Dark theme on all platforms, which follows the system's setting by default.

### Fixed

- A crash when a list had more than 10 000 entries. It was reported by @jane.

### Security

- Session cookies are \`SameSite=Strict\`. Thanks to @jane for the report.

### Dependencies

- Bump undici from 7.1 to 7.2`;

const BARE = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", T: "t".repeat(20) };
let folder: string;

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example", ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...BARE },
    stdio: "pipe",
  });

beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), "broadcast-release-"));
  const files = {
    "broadcast.yml":
      'channels:\n  toots: { network: mastodon, server: https://m.example, token: "${T}" }\n  skies: { network: bluesky, identifier: a.example, password: "${T}" }\n  news: { network: feed, folder: out, title: News, url: https://acme.example/news/ }\n',
    "all.yml": "kind: release\nchannels: [toots, skies, news]\n",
    "news.yml": "kind: release\nwhen: release.prerelease == false\nchannels: [news]\n",
    "package.json": '{ "name": "@acme/lists", "version": "0.0.0" }\n',
    "CHANGELOG.md": `# Changelog\n\n## [2.4.0] - 2026-12-01\n\n${NOTES}\n\n## [2.3.1] - 2026-10-02\n\n- Older.\n\n[2.4.0]: https://acme.example/2.4.0\n`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  git("init", "--quiet", "-b", "main");
  git("add", ".");
  git("commit", "--quiet", "-m", "one");
  git("tag", "v2.3.1");
  git("commit", "--quiet", "--allow-empty", "-m", "two");
  git("tag", "v2.4.0");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const cli = (...argv: string[]) => broadcast(folder, argv, { env: BARE });
const FROM = ["--from", "tag", "--from", "changelog"];

interface Announced {
  version: string;
  announced: boolean;
}
const announced = async (): Promise<[string, boolean][]> => {
  const { releases } = JSON.parse((await cli("status", "--releases", "--json")).out) as {
    releases: Announced[];
  };
  return releases.map(({ version, announced }) => [version, announced]);
};

describe("a release", { timeout: 60_000 }, () => {
  it("with long notes is one short post where there is little room", async () => {
    const { deliveries } = JSON.parse((await cli("plan", "all.yml", ...FROM, "--json")).out);
    const texts = (channel: string): string[] =>
      deliveries
        .find((one: { channel: string }) => one.channel === channel)
        .posts.map(({ post }: { post: { text: string } }) => post.text);
    const short = `@\u200bacme/lists 2.4.0

• Security: Session cookies are SameSite=Strict.
• Offline mode
• A command line

https://acme.example/2.4.0`;
    expect(texts("toots")).toEqual([short]);
    // Mentions and links are marked beside the text there, so the name needs no help and the address is shown short.
    expect(texts("skies")).toEqual([short.replace("\u200b", "").replace("https://", "")]);
  });

  it("has all of its notes on a page, and nothing went out before somebody sent it", async () => {
    expect(await announced()).toEqual([
      ["2.4.0", false],
      ["2.3.1", false],
    ]);
    expect(await cli("send", "news.yml", ...FROM, "--yes")).toMatchObject({ code: 0 });
    const [entry] = JSON.parse(readFileSync(join(folder, "out/feed.json"), "utf8")).items;
    expect(entry.title).toBe("@\u200bacme/lists 2.4.0");
    for (const words of ["offline release", "merged when you are back", "10 000 entries", "Bump undici"])
      expect(entry.content_html).toContain(words);
    expect(await announced()).toEqual([
      ["2.4.0", true],
      ["2.3.1", false],
    ]);
  });

  it("is sent once, and the next one is another", async () => {
    const again = await cli("send", "news.yml", ...FROM, "--yes");
    expect(again).toMatchObject({ code: 0 });
    expect(again.err).toContain("nothing was sent");
    git("checkout", "--quiet", "v2.3.1");
    expect(await cli("send", "news.yml", ...FROM, "--yes")).toMatchObject({ code: 0 });
    expect(JSON.parse(readFileSync(join(folder, "out/feed.json"), "utf8")).items).toHaveLength(2);
  });

  it("that is a candidate stays here where `when:` says so", async () => {
    git("tag", "-d", "v2.3.1");
    git("tag", "v2.5.0-rc.1");
    const ran = await cli("send", "news.yml", "--from", "tag", "--yes");
    expect(ran).toMatchObject({ code: 0, out: "" });
    expect(ran.err).toContain("`when: release.prerelease == false` does not hold");
  });

  it("that is misspelled anywhere is bad input, and nothing is sent", async () => {
    for (const argv of [["--from", "chnagelog"], ["--from", "changelog:NOPE.md"], []]) {
      const ran = await cli("send", "news.yml", ...argv, "--yes");
      expect([argv, ran.code]).toEqual([argv, 2]);
    }
  });
});
