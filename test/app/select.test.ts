// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Some channels of a campaign: chosen by name, or those that are ready. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openProject, send } from "../../src/index.ts";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const feed = (name: string) =>
  `  ${name}: { network: feed, folder: public/${name}, title: Acme, url: "https://acme.example/${name}/" }\n`;
const CONFIG = `channels:\n${feed("one")}${feed("two")}  team: { network: slack, token: "\${SLACK}", channel: C1 }\n`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4\nbody: Faster.\nchannels: [one, two, team]\n";

const project = (config = CONFIG) => folderWith({ "broadcast.yml": config, "c.yml": CAMPAIGN });
const out = (folder: string) =>
  ["one", "two"].filter((name) => existsSync(join(folder, "public", name, "feed.json")));

describe("--channel", () => {
  it("sends to this one, whatever the others lack, and to the rest later", async () => {
    const folder = project();
    const first = await broadcast(folder, ["send", "c.yml", "--channel", "two", "--yes"]);
    expect(first.code, first.err).toBe(0);
    expect(out(folder)).toEqual(["two"]);
    expect(first.err + first.out).not.toContain("SLACK");
    const both = await broadcast(folder, ["send", "c.yml", "--channel", "one", "--channel", "two", "--yes"]);
    expect(both.code, both.err).toBe(0);
    expect(out(folder)).toEqual(["one", "two"]);
  });

  it("needs the credential of the one that it names", async () => {
    const folder = project();
    const { code, err } = await broadcast(folder, ["send", "c.yml", "--channel", "team", "--yes"]);
    expect(code).toBe(2);
    expect(err).toContain("SLACK");
  });

  it("takes only channels of the campaign", async () => {
    const { code, err } = await broadcast(project(), ["send", "c.yml", "--channel", "tow", "--yes"]);
    expect(code).toBe(2);
    expect(err).toContain("Did you mean `two`?");
  });

  it("shows these alone in plan and preview", async () => {
    for (const command of ["plan", "preview"]) {
      const shown = await broadcast(project(), [command, "c.yml", "--channel", "one"]);
      expect(shown.out).toMatch(/^one /m);
      expect(shown.out).not.toMatch(/^two /m);
    }
  });

  it("is covered by an approval of the whole, and by nothing less", async () => {
    const folder = project(`${CONFIG}policy:\n  - by: [marta]\n`);
    const one = ["send", "c.yml", "--channel", "one", "--yes"];
    expect((await broadcast(folder, one)).code).toBe(5);
    expect((await broadcast(folder, ["approve", "c.yml", "--as", "marta", "--yes"])).code).toBe(0);
    const sent = await broadcast(folder, one);
    expect(sent.code, sent.err).toBe(0);
    expect(out(folder)).toEqual(["one"]);
  });

  it("works with a kept plan", async () => {
    const folder = project();
    expect((await broadcast(folder, ["plan", "c.yml", "--out", "plan.json"])).code).toBe(0);
    const sent = await broadcast(folder, ["send", "--plan", "plan.json", "--channel", "one", "--yes"]);
    expect(sent.code, sent.err).toBe(0);
    expect(out(folder)).toEqual(["one"]);
  });
});

describe("--skip-unready", () => {
  it("sends to those that are ready, and says which are left out", async () => {
    const folder = project();
    const { code, err } = await broadcast(folder, ["send", "c.yml", "--skip-unready", "--yes"]);
    expect(err).toMatch(/! Left out, without a working credential: [a-z-]+/);
    expect(code, err).toBe(0);
    expect(err).toMatch(/warning {2}`team` is left out: .*SLACK/);
    expect(out(folder)).toEqual(["one", "two"]);
  });

  it("does not excuse a campaign none of whose channels is ready", async () => {
    const folder = folderWith({
      "broadcast.yml": CONFIG,
      "c.yml": CAMPAIGN.replace("one, two, team", "team"),
    });
    const home = await openProject({ cwd: folder, env: {} });
    await expect(send("c.yml", home, { skipUnready: true })).rejects.toThrow(/SLACK/);
  });
});
