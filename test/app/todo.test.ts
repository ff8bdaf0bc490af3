/** What people post: planned, approved and remembered like everything; done once somebody says where it is. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cancel } from "../../src/app/cancel.ts";
import { ledgerDoor } from "../../src/app/ledger.ts";
import { openProject } from "../../src/app/project.ts";
import { resolve } from "../../src/app/resolve.ts";
import { run } from "../../src/app/run.ts";
import { send } from "../../src/app/send.ts";
import { status } from "../../src/app/status.ts";
import { todos } from "../../src/app/todo.ts";
import { broadcast, folderWith } from "../cli/stand-in.ts";

const CONFIG = `channels:
  hn: { network: by-hand, place: hackernews }
  intranet: { network: by-hand, place: Our intranet, max: 80, audience: internal }
  news: { network: feed, folder: public, title: Acme, url: "https://acme.example/" }
`;
const CAMPAIGN = "kind: update\ntitle: Acme 2.4 is out\nsummary: Faster.\nlink: https://acme.example/2-4\n";

async function home(campaign = `${CAMPAIGN}channels: [hn, news]\n`) {
  const folder = folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign });
  return { folder, project: await openProject({ cwd: folder, env: {} }) };
}

describe("a channel that a person posts to", () => {
  it("waits for that person, and is not a failure; the others go out", async () => {
    const { project } = await home();
    const { histories, code } = await send("c.yml", project);
    expect(code).toBe(0);
    expect(histories.map(({ channel, state, code }) => [channel, state, code])).toEqual([
      ["hn", "scheduled", "by-hand"],
      ["news", "published", undefined],
    ]);
    const { now, later } = await todos(project);
    expect(later).toEqual([]);
    expect(now).toMatchObject([
      {
        delivery: "c.yml/hn",
        place: "Hacker News",
        title: "Acme 2.4 is out",
        url: expect.stringContaining("u=https%3A%2F%2Facme.example%2F2-4"),
      },
    ]);
    expect((await status(project)).histories[0]?.channel).toBe("hn");
  });

  it("is out where the person says, and nothing is asked twice", async () => {
    const { project } = await home();
    await send("c.yml", project);
    const url = "https://news.ycombinator.com/item?id=1";
    const { histories, code } = await resolve("hn", project, () => ({ is: "published", url }));
    expect([code, histories[0]?.state, histories[0]?.receipts[0]?.url]).toEqual([0, "published", url]);
    expect((await todos(project)).now).toEqual([]);
    const again = await send("c.yml", project);
    expect(again.histories.every(({ state }) => state === "published")).toBe(true);
    await expect(resolve("hn", project, () => ({ is: "cancel" }))).rejects.toMatchObject({
      problems: [{ code: "not-held" }],
    });
  });

  it("is cancelled like any other, and brought back", async () => {
    const { project } = await home();
    await send("c.yml", project);
    const { cancelled } = await cancel("c.yml/hn", project, async () => project);
    expect(cancelled).toEqual(["c.yml/hn"]);
    expect((await todos(project)).now).toEqual([]);
  });

  it("is asked for when it is due, with the words that the campaign has by then, and expires like any other", async () => {
    const at = Date.now() + 3_600_000;
    const { folder, project } = await home(
      `${CAMPAIGN}channels: [hn]\nat: "${new Date(at).toISOString()}"\nexpires: 1d\n`,
    );
    let now = at - 3_600_000;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    expect((await send("c.yml", project, { clock })).code).toBe(0);
    expect(await todos(project)).toMatchObject({ now: [], later: [{ delivery: "c.yml/hn" }] });
    now = at + 60_000;
    await run(["c.yml"], project, { clock });
    expect((await todos(project)).now).toHaveLength(1);
    writeFileSync(
      join(folder, "c.yml"),
      `${CAMPAIGN}channels: [hn]\nat: "${new Date(at).toISOString()}"\nexpires: 1d\nonly: { hn: { title: Other words } }\n`,
    );
    await send("c.yml", await openProject({ cwd: folder, env: {} }), { clock });
    expect((await todos(project)).now).toMatchObject([{ title: "Other words" }]);
    now = at + 2 * 86_400_000;
    await run(["c.yml"], project, { clock });
    const door = ledgerDoor(project);
    expect((await (await door.open()).list()).map(({ state }) => state)).toEqual(["expired"]);
    await door.close();
    expect((await todos(project)).now).toEqual([]);
  });

  it("has the limits of its place", async () => {
    const { folder } = await home(
      `${CAMPAIGN}channels: [intranet]\naudience: internal\nonly: { intranet: { text: ${"word ".repeat(40)} } }\n`,
    );
    const { err } = await broadcast(folder, ["plan", "c.yml"]);
    expect(err).toContain("of at most 80 characters");
    writeFileSync(join(folder, "c.yml"), "kind: update\nbody: Hi.\nchannels: [hn]\n");
    expect((await broadcast(folder, ["plan", "c.yml"])).err).toContain("no post without a title");
  });
});

describe("`broadcast todo`", () => {
  it("shows the text, the page and the command that ends it", async () => {
    const { folder, project } = await home();
    await send("c.yml", project);
    const shown = await broadcast(folder, ["todo"]);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/→ Hacker News {2}hn · c\.yml · due/);
    expect(shown.out).toContain("│ Acme 2.4 is out");
    expect(shown.out).toContain("https://news.ycombinator.com/submitlink?u=https%3A%2F%2Facme.example");
    expect(shown.out).toContain("broadcast todo c.yml/hn --published URL");
    const wrong = await broadcast(folder, ["todo", "hn", "--published", "yesterday"]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("is not the address of a post")]);
    const done = await broadcast(folder, [
      "todo",
      "hn",
      "--published",
      "https://news.ycombinator.com/item?id=1",
    ]);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining("published")]);
    expect((await broadcast(folder, ["todo"])).err).toContain("Nothing is to be posted by hand now.");
  });

  it("is named where a delivery waits for it", async () => {
    const { folder } = await home();
    const sent = await broadcast(folder, ["send", "c.yml", "--yes"]);
    expect(sent.code).toBe(0);
    expect(sent.out).toContain("by hand");
    expect(sent.out).toContain("broadcast todo");
    expect(sent.out).not.toContain("To continue");
  });
});
