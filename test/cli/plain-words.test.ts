/** What people write wrongly, and the words that help them: what is wrong, where, what to do. */
import { describe, expect, it } from "vitest";
import { suggest } from "../../src/suggest.ts";
import { broadcast, folderWith } from "./stand-in.ts";

const CONFIG = "channels:\n  news: { network: feed, folder: out, url: https://news.example/, title: News }\n";
const inProject = (campaign: string) => folderWith({ "broadcast.yml": CONFIG, "c.yml": campaign });

describe("a campaign", () => {
  it.each<[string, string, string, string, string]>([
    [
      "a hashtag in a list",
      "kind: update\nbody: x\ntags: [#retail]\nchannels: [news]\n",
      "c.yml:3:8  error  `#` starts a comment",
      'Leave the `#` out, or put the value in quotes: "#retail".',
      "yaml",
    ],
    [
      "a hashtag later in a list",
      "kind: update\nbody: x\ntags: [a, #retail]\nchannels: [news]\n",
      "c.yml:3:11  error  `#` starts a comment",
      'Leave the `#` out, or put the value in quotes: "#retail".',
      "yaml",
    ],
    [
      "a hashtag as an item",
      "kind: update\nbody: x\ntags:\n  - #retail\n  - b\nchannels: [news]\n",
      "`tags[0]` has no value",
      "`#` starts a comment: leave it out, or put the value in quotes.",
      "no-value",
    ],
    [
      "a space too many",
      "kind: update\n title: x\nchannels: [news]\n",
      "c.yml:2:2  error  this line is indented too far",
      "Start it in the same column as the key above it.",
      "yaml",
    ],
    [
      "a space before the first line",
      " kind: update\ntitle: x\nchannels: [news]\n",
      "c.yml:1:1  error  this line begins with a space, and the next one does not",
      "Take the space away.",
      "yaml",
    ],
    [
      "a space too few below a dash",
      "kind: update\nmedia:\n  - file: a\n   alt: b\nchannels: [news]\n",
      "c.yml:4:1  error  this line is not indented like its neighbours",
      "Start keys that belong together in the same column.",
      "yaml",
    ],
    [
      "a line without a colon",
      "kind: update\ntitle\nbody: x\n",
      "c.yml:2:1  error  this line has no colon, so it is not a key",
      "Write `key: value`",
      "yaml",
    ],
    [
      "a picture under another key",
      "kind: update\nbody: x\nimage: hero.png\nchannels: [news]\n",
      "`image` is not a known key here",
      "Write it under `media:`, as `- file: hero.png` with `alt:` below it.",
      "unknown-key",
    ],
    [
      "a picture without keys",
      "kind: update\nbody: x\nmedia: [x.png]\nchannels: [news]\n",
      "`media[0]` must say `file:` before its name",
      "Write `- file: x.png`, and `alt:` below it.",
      "wrong-type",
    ],
    [
      "a path from Windows",
      "kind: update\nbody: x\nmedia: [{ file: img\\one.png, alt: a }]\nchannels: [news]\n",
      "there is no file `img\\one.png`",
      "Write `/` between folders: `img/one.png`.",
      "media-missing",
    ],
    [
      "braces of another program",
      "kind: update\nbody: Set `${{ secrets.TOKEN }}` first.\nchannels: [news]\n",
      "`secrets` is not defined",
      "To show the braces as they are, write `{% raw %}` before them and `{% endraw %}` after them.",
      "undefined-variable",
    ],
    [
      "braces that may be a variable",
      "kind: update\nbody: Hello {{ person }}.\nchannels: [news]\n",
      "`person` is not defined",
      "Add `person:` under `vars:`; or, to show the braces as they are, write `{% raw %}`",
      "undefined-variable",
    ],
  ])("with %s", async (_, campaign, message, remedy, code) => {
    const { code: exit, err } = await broadcast(inProject(campaign), ["plan", "c.yml"]);
    expect(exit).toBe(2);
    expect(err).toContain(message);
    expect(err.replace(/\n +/g, " ")).toContain(remedy);
    expect(err).toContain(`broadcast explain ${code}`);
  });

  it("whose text YAML cuts off at a `#` is warned about, with the place", async () => {
    const folder = inProject(
      "kind: update # what it is\ntitle: Fixes #12 and more\nsummary: All about C # and music\nbody: Words.  # a remark\ntags: [a #1\n  ]\nchannels: [news]\n",
    );
    const { code, out } = await broadcast(folder, ["plan", "c.yml", "--json"]);
    expect(code).toBe(0);
    const { problems } = JSON.parse(out) as {
      problems: { code: string; severity: string; place: { line: number; column: number } }[];
    };
    const cut = problems.filter((one) => one.code === "yaml-comment");
    expect(cut.map(({ severity, place }) => [severity, place.line, place.column])).toEqual([
      ["warning", 2, 14],
      ["warning", 3, 22],
      ["warning", 5, 10],
    ]);
  });

  it("that comes every day is listed whole, and a longer list says that it is cut", {
    timeout: 30_000,
  }, async () => {
    const every = (when: string) =>
      inProject(
        `kind: update\ntitle: T\nbody: "{{ occurrence.date }}"\nevery: "${when}"\nchannels: [news]\n`,
      );
    const days = await broadcast(every("09:00 Europe/Rome"), [
      "schedule",
      "c.yml",
      "--days",
      "400",
      "--json",
    ]);
    expect(JSON.parse(days.out)).toMatchObject({
      more: false,
      coming: expect.objectContaining({ length: 400 }),
    });
    const minutes = every("every minute UTC");
    const cut = await broadcast(minutes, ["schedule", "c.yml", "--days", "2", "--json"]);
    expect(JSON.parse(cut.out)).toMatchObject({
      more: true,
      coming: expect.objectContaining({ length: 1000 }),
    });
    const { err } = await broadcast(minutes, ["schedule", "c.yml", "--days", "2"]);
    expect(err).toContain("There are more: the first 1000 of each campaign and channel are listed.");
  });
});

describe("a suggestion", () => {
  it.each([
    ["memo", ["demo", "release"], undefined],
    ["edit", ["init", "send"], undefined],
    ["sned", ["send", "plan"], "send"],
    ["ext", ["text"], "text"],
    ["updaet", ["update"], "update"],
    ["at", ["it"], undefined],
    ["mastadon", ["mastodon", "discord"], "mastodon"],
  ])("for `%s`", (typed, known, expected) => {
    expect(suggest(typed, known)).toBe(expected);
  });

  it("for a command or a kind is close, or there is none", async () => {
    expect((await broadcast(folderWith({}), ["edit"])).err).not.toContain("Did you mean");
    expect((await broadcast(folderWith({}), ["sned"])).err).toContain("Did you mean `send`?");
    const memo = await broadcast(inProject("kind: memo\nbody: x\nchannels: [news]\n"), ["plan", "c.yml"]);
    expect(memo.err).toContain("`kind` must be one of");
    expect(memo.err).not.toContain("Did you mean");
  });
});
