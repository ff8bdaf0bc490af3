/** `broadcast new` makes no statements for anybody: what is not written stays a TODO, and no plan sends one. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { broadcast, build, root } from "./built.ts";

beforeAll(build, 120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-new-"));
  mkdirSync(join(folder, "campaigns"));
  config(
    "  team: { network: feed, audience: internal, folder: team, title: Team, url: https://acme.example/team }\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function config(more: string): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  news: { network: feed, audience: external, folder: public, title: News, url: https://acme.example/ }\n${more}`,
  );
}
const run = (...argv: string[]) => broadcast(folder, argv);
const read = (name: string) => readFileSync(join(folder, name), "utf8");

describe("a new campaign", () => {
  it.each(["release", "update", "demo", "commentary", "community", "question"])(
    "of the kind %s is not sent before somebody has written it",
    async (kind) => {
      const made = await run("new", kind, "--title", "It is out", "--yes", "--out", "campaigns/c.yml");
      expect(made.code, made.err).toBe(0);
      expect(read("campaigns/c.yml")).toMatch(/TODO: .*\.\n/);
      expect(read("campaigns/c.yml")).not.toMatch(/summary|vars/);
      const sent = await run("send", "campaigns/c.yml", "--yes");
      expect(sent.code).toBe(2);
      expect(sent.err).toMatch(/campaigns\/c\.yml:\d+:3\s+error.*`body` is not written yet/s);
      writeFileSync(join(folder, "campaigns/c.yml"), read("campaigns/c.yml").replace(/TODO: .*/, "It is."));
      expect((await run("send", "campaigns/c.yml", "--yes")).code).toBe(0);
    },
  );

  it("may be about a TODO list", async () => {
    writeFileSync(
      join(folder, "campaigns/c.yml"),
      "kind: update\ntitle: Your TODO list syncs\nbody: |\n  TODO items and todo: entries sync, METODO and TODOS too.\nchannels: [news]\n",
    );
    expect((await run("plan", "campaigns/c.yml")).code).toBe(0);
  });

  it.each([
    "body: See later. TODO fill in the price.",
    "body: Price is TODO",
    'body: "**TODO** write"',
    'body: "[TODO] link"',
    'body: "TODO(ada): price"',
    'body: "<!-- TODO -->"',
    'body: "Price {{ p }}"\nvars: { p: "TODO: price" }',
    'body: x\nonly: { news: { text: "hi TODO x" } }',
    'body: x\ncard: { title: "TODO" }',
  ])("is refused wherever it was left: %s", async (words) => {
    writeFileSync(
      join(folder, "campaigns/c.yml"),
      `kind: update\ntitle: Hello\n${words}\nlink: https://acme.example/\nchannels: [news]\n`,
    );
    const { code, err } = await run("plan", "campaigns/c.yml");
    expect([code, err]).toEqual([2, expect.stringContaining("is not written yet")]);
  });

  it("that is usually internal stays inside, or asks", async () => {
    const made = await run("new", "decision", "--title", "Two versions", "--yes", "--out", "campaigns/c.yml");
    expect(made.code, made.err).toBe(0);
    expect(read("campaigns/c.yml")).toMatch(/audience: internal\nchannels: \[team\]/);
    await run(
      "new",
      "decision",
      "--title",
      "For all",
      "--audience",
      "external",
      "--yes",
      "--out",
      "campaigns/d.yml",
    );
    expect(read("campaigns/d.yml")).toMatch(/^channels: \[news\]/m);
    config("");
    const refused = await run("new", "vision", "--title", "Where we go", "--yes");
    expect(refused.code).toBe(2);
    expect(refused.err).toContain("--audience external");
  });

  it("begins like an earlier one: its words, media and comments, without its times", async () => {
    cpSync(join(root, "campaigns/images/ticks.png"), join(folder, "campaigns/a.png"));
    writeFileSync(
      join(folder, "campaigns/november.yml"),
      `# For the newsletter team.\nid: november\nkind: update\ntitle: November\nbody: | # keep it short\n  Words.\nat: 2026-11-01 09:00 Europe/Rome\nexpires: 2d\nlate: send\nmedia:\n  - file: a.png # the graph\n    alt: A graph\nchannels: [news]\nonly:\n  news:\n    at: 2026-11-02 09:00 Europe/Rome\n    title: Here\n`,
    );
    const made = await run(
      "new",
      "--like",
      "campaigns/november.yml",
      "--title",
      "December",
      "--out",
      "campaigns/december.yml",
    );
    expect(made.code, made.err).toBe(0);
    const text = read("campaigns/december.yml");
    for (const kept of [
      "# For the newsletter team.",
      "# keep it short",
      "# the graph",
      "alt: A graph",
      "title: December",
      "title: Here",
    ])
      expect(text).toContain(kept);
    expect(text).not.toMatch(/^\s*(id|at|expires|late):/m);
    expect((await run("new", "--like", "campaigns/nothing.yml")).code).toBe(2);
  });
});
