/** Pages as a person asks for them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = `channels:\n  news: { network: feed, folder: public, title: Acme, url: "https://acme.example/" }\ntimezone: Europe/Rome\n`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nbody: Faster.\nchannels: [news]\n";
const soon = new Date(Date.now() + 86_400_000).toISOString();
const project = () =>
  folderWith({
    "broadcast.yml": CONFIG,
    "c.yml": CAMPAIGN,
    "campaigns/soon.yml": `${CAMPAIGN}at: ${soon}\n`,
  });

describe("`preview --html`", () => {
  it("writes one file and sends nothing", async () => {
    const folder = project();
    const { code, out, err } = await broadcast(folder, ["preview", "c.yml", "--html", "pages/p.html"]);
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect(err).toContain("Written to pages/p.html");
    expect(readFileSync(join(folder, "pages/p.html"), "utf8")).toContain("Faster.");
    expect(existsSync(join(folder, ".broadcast/ledger.db"))).toBe(false);
    expect(existsSync(join(folder, "public"))).toBe(false);
  });

  it("is written with its problems, and the exit code says that there are some", async () => {
    const folder = folderWith({
      "broadcast.yml": CONFIG,
      "c.yml": CAMPAIGN.replace("Acme 2.4 is out", "x".repeat(201)),
    });
    const { code } = await broadcast(folder, ["preview", "c.yml", "--html", "p.html"]);
    expect(code).toBe(2);
    expect(readFileSync(join(folder, "p.html"), "utf8")).toContain("1 problem");
  });

  it.each([
    [["--html", "p.html", "--watch"], "--watch"],
    [["--html", "p.html", "--json"], "--json"],
    [["--serve", "--html", "p.html"], "--html"],
    [["--serve", "--sandbox"], "--serve"],
    [["--port", "4000"], "--port"],
    [["--key", "k"], "--key"],
  ])("does not take %j", async (options, named) => {
    const { code, out, err } = await broadcast(project(), ["preview", "c.yml", ...options]);
    expect(code).toBe(2);
    expect(out + err).toContain(named);
  });

  it("shows only the channels that are named", async () => {
    const folder = folderWith({
      "broadcast.yml": CONFIG.replace(
        "timezone",
        '  other: { network: feed, folder: o, title: Acme, url: "https://o.example/" }\ntimezone',
      ),
      "c.yml": CAMPAIGN.replace("[news]", "[news, other]"),
    });
    const pageOf = async (...only: string[]) => {
      await broadcast(folder, ["preview", "c.yml", ...only, "--html", "p.html"]);
      return readFileSync(join(folder, "p.html"), "utf8").match(/<article/g)?.length;
    };
    expect(await pageOf()).toBe(2);
    expect(await pageOf("--channel", "other")).toBe(1);
  });

  it("is not written for a channel that the campaign does not go to", async () => {
    const folder = project();
    const { code, err } = await broadcast(folder, [
      "preview",
      "c.yml",
      "--channel",
      "newz",
      "--html",
      "p.html",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("no network or channel `newz`");
    expect(err).toContain("`news`");
    expect(existsSync(join(folder, "p.html"))).toBe(false);
  });
});

describe("`calendar` and `report`", () => {
  it("are pages, and say so when there is no place for one", async () => {
    for (const command of ["calendar", "report"]) {
      const { code, err } = await broadcast(project(), [command]);
      expect(code).toBe(2);
      expect(err).toContain("--html FILE");
    }
  });

  it("put what is planned on its day, with a preview beside it", async () => {
    const folder = project();
    const { code } = await broadcast(folder, [
      "calendar",
      "--html",
      "out/calendar.html",
      "--previews",
      "out/p",
    ]);
    expect(code).toBe(0);
    const page = readFileSync(join(folder, "out/calendar.html"), "utf8");
    expect(page).toContain('<a href="p/soon.html"');
    expect(readFileSync(join(folder, "out/p/soon.html"), "utf8")).toContain("Faster.");
  });

  it("keep previews apart whose campaigns have one name", async () => {
    const folder = folderWith({
      "broadcast.yml": CONFIG,
      "campaigns/a/x.yml": `${CAMPAIGN.replace("Faster.", "From a.")}at: ${soon}\n`,
      "campaigns/b/x.yml": `${CAMPAIGN.replace("Faster.", "From b.")}at: ${soon}\n`,
    });
    await broadcast(folder, ["calendar", "--html", "c.html", "--previews", "p"]);
    const pages = ["p/x.html", "p/x-2.html"].map((file) => readFileSync(join(folder, file), "utf8"));
    expect(pages.map((page) => /From [ab]\./.exec(page)?.[0]).sort()).toEqual(["From a.", "From b."]);
  });

  it("say the same to a program", async () => {
    const { out } = await broadcast(project(), ["calendar", "--json"]);
    expect(JSON.parse(out).entries).toMatchObject([
      { title: "Acme 2.4 is out", channel: "news", state: "planned", at: soon },
    ]);
  });

  it("show what is out, from the ledger", async () => {
    const folder = project();
    await broadcast(folder, ["send", "c.yml", "--yes"]);
    const { out } = await broadcast(folder, ["calendar", "--json"]);
    expect(
      JSON.parse(out).entries.map(({ campaign, state }: { campaign: string; state: string }) => [
        campaign,
        state,
      ]),
    ).toEqual([
      ["c.yml", "out"],
      ["campaigns/soon.yml", "planned"],
    ]);
    const { code } = await broadcast(folder, ["report", "--cached", "--html", "report.html"]);
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("Acme 2.4 is out");
  });
});
