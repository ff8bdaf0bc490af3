/** What can be foreseen of polls, titles and files that must be on the web, network by network. */
import { describe, expect, it } from "vitest";
import type { PollRules, Post } from "../../src/adapter.ts";
import type { Channel } from "../../src/config/config.ts";
import { checkPoll } from "../../src/plan/checks.ts";
import { checkFiles } from "../../src/plan/file-checks.ts";
import { checkTitle } from "../../src/plan/length-checks.ts";

const channel = { name: "news", adapter: { name: "Birdsong" } } as Channel;
const place = { file: "c.yml" };
const rules: PollRules = { choices: [2, 4], length: 10, open: ["5m", "7d"] };

function told(check: (report: (problem: { code: string; message: string }) => void) => void): string[] {
  const found: string[] = [];
  check(({ code, message }) => found.push(`${code}: ${message}`));
  return found;
}

describe("a poll", () => {
  const post = (part: Partial<NonNullable<Post["poll"]>> = {}, media: Post["media"] = []): Post => ({
    text: "Which?",
    entities: [],
    media,
    tags: [],
    options: {},
    poll: { choices: ["Tea", "Coffee"], open: "1d", ...part },
  });
  const problems = (one: Post, declared: PollRules | undefined = rules) =>
    told((report) => checkPoll(one, declared, channel, place, report));

  it("that fits is taken, and having none does not matter", () => {
    expect(problems(post())).toEqual([]);
    expect(problems({ ...post(), poll: undefined })).toEqual([]);
  });

  it("is refused where there are none", () => {
    expect(told((report) => checkPoll(post(), undefined, channel, place, report))).toEqual([
      "bad-poll: `news`: Birdsong has no polls",
    ]);
  });

  it.each([
    [post({ choices: ["Tea"] }), "2 to 4 choices, not 1"],
    [post({ choices: ["1", "2", "3", "4", "5"] }), "2 to 4 choices, not 5"],
    [post({ choices: ["Tea", "A cup of coffee"] }), "`A cup of coffee` has 15 characters"],
    [post({ choices: ["Tea", ""] }), "has 0 characters"],
    [post({ open: "1m" }), "open for 5 min to 7 d"],
    [post({ open: "8d" }), "open for 5 min to 7 d"],
    [post({ multiple: true }), "one choice only"],
    [
      post({}, [{ file: "a.png", sha256: "", type: "image/png", bytes: 1, alt: "" }]),
      "no files beside a poll",
    ],
  ])("%# is refused with its limit", (one, words) => {
    const found = problems(one);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });
});

describe("a title", () => {
  const field = { max: 10, unit: "grapheme", markup: "plain", line: true } as const;
  const problems = (title: string | undefined, required: boolean) =>
    told((report) => checkTitle(title, { ...field, required }, channel, place, report)).map(
      (problem) => problem.split(":")[0],
    );

  it("must be there where the network takes no post without", () => {
    expect(problems(undefined, true)).toEqual(["title-missing"]);
    expect(problems(" ", true)).toEqual(["title-missing"]);
    expect(problems(undefined, false)).toEqual([]);
    expect(problems("Acme", true)).toEqual([]);
    expect(problems("Acme 2.4 is out", true)).toEqual(["title-too-long"]);
  });
});

describe("files that the network fetches itself", () => {
  it("need a place on the web", () => {
    const media = [{ file: "a.png", sha256: "", type: "image/png", bytes: 1, alt: "A" }];
    const image = { types: ["image/png"], bytes: 10 };
    const problems = (by: "url" | "bytes") =>
      told((report) => checkFiles(media, { count: 1, alt: 9, by, image }, channel, () => place, {}, report));
    expect(problems("url")).toEqual([expect.stringMatching(/^no-media-host: Birdsong fetches files/)]);
    expect(problems("bytes")).toEqual([]);
    // One kind is fetched, the others are not.
    const some = (type: string) =>
      told((report) => {
        const video = { types: ["video/mp4"], bytes: 10 };
        const rules = { count: 1, alt: 9, image: { ...image, by: "url" as const }, video };
        checkFiles([{ ...media[0]!, type }], rules, channel, () => place, {}, report);
      });
    expect(some("image/png")).toEqual([expect.stringMatching(/^no-media-host/)]);
    expect(some("video/mp4")).toEqual([]);
  });
});
