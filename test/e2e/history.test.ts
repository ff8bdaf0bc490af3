/** `broadcast history` with the built CLI: found by its words, and kept as an archive that nobody's words can break. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { broadcast, build } from "./built.ts";

let folder: string;
beforeAll(async () => {
  build();
  folder = mkdtempSync(join(tmpdir(), "broadcast-history-"));
  mkdirSync(join(folder, "campaigns"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    "channels:\n  news: { network: feed, audience: external, folder: public, title: News, url: https://acme.example/ }\n  team: { network: feed, audience: internal, folder: team, title: Team, url: https://acme.example/team }\n",
  );
  campaign(
    "sync",
    "release",
    "Sync is fast",
    "Lists sync in half the time, in Zürich too.",
    "[news, team]",
    "tags: [speed]\n",
  );
  campaign(
    "nasty",
    "update",
    "<script>alert(1)</script>",
    "=HYPERLINK() ``` <img src=x onerror=alert(1)> **b**",
    "[news]",
  );
  campaign("gone", "update", "A wrong price", "It costs nothing.", "[news]");
  for (const name of ["sync", "nasty", "gone"]) {
    const sent = await run("send", `campaigns/${name}.yml`, "--yes");
    expect(sent.code, sent.err).toBe(0);
  }
  expect((await run("retract", "campaigns/gone.yml", "--yes")).code).toBe(0);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...argv: string[]) => broadcast(folder, argv);
function campaign(
  name: string,
  kind: string,
  title: string,
  body: string,
  channels: string,
  more = "",
): void {
  const text = `kind: ${kind}\ntitle: ${JSON.stringify(title)}\nbody: ${JSON.stringify(body)}\nchannels: ${channels}\n${more}`;
  writeFileSync(join(folder, `campaigns/${name}.yml`), text);
}
const names = async (...argv: string[]) => {
  const ran = await run("history", ...argv, "--json");
  expect(ran.code, ran.err).toBe(0);
  return (JSON.parse(ran.out).posts as { campaign: string; channel: string }[])
    .map((one) => `${one.campaign.replace(/^campaigns\/|\.yml$/g, "")}/${one.channel}`)
    .sort();
};

describe("history", () => {
  it("finds by words, whatever their case and accents, and by what campaigns say", async () => {
    expect(await names("SYNC", "zurich")).toEqual(["sync/news", "sync/team"]);
    expect(await names("sync", "nothing")).toEqual([]);
    expect(await names("--kind", "release", "--channel", "team")).toEqual(["sync/team"]);
    expect(await names("--tag", "#Speed")).toEqual(["sync/news", "sync/team"]);
    expect(await names("--since", "1h")).toHaveLength(4);
    expect(await names("--until", "2020-01-01")).toEqual([]);
    const shown = await run("history", "price");
    expect(shown.out).toMatch(/news .*gone\.yml {2}taken back/);
    expect((await run("history", "unheard-of")).err).toContain("Nothing that was said has these words");
  });

  it("exports pages that nobody's words can break", async () => {
    expect((await run("history", "--export", "html", "--output", "archive")).code).toBe(0);
    const pages = readdirSync(join(folder, "archive"));
    expect(pages.sort()).toEqual([
      "campaigns-gone.html",
      "campaigns-nasty.html",
      "campaigns-sync.html",
      "index.html",
    ]);
    const html = pages.map((name) => readFileSync(join(folder, "archive", name), "utf8")).join("");
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain("Content-Security-Policy");
    expect(html).toContain("taken back");
    await run("history", "--export", "md", "--output", "pages");
    const nasty = readFileSync(join(folder, "pages/campaigns-nasty.md"), "utf8");
    expect(nasty).toContain("````text\n");
    expect(nasty.split("\n")[0]).not.toContain("<script>");
    const csv = (await run("history", "--export", "csv")).out;
    expect(csv.split("\r\n")[0]).toBe("at,campaign,kind,title,channel,network,retracted,urls,tags,text");
    expect(csv).not.toMatch(/(^|,)"?=/m);
    expect((await run("history", "--export", "html")).err).toContain("--output");
    expect((await run("history", "--export", "pdf")).code).toBe(2);
  });
});
