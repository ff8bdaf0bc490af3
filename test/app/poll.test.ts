// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** A poll in a campaign: native, or a list; filled in, checked, in the digest, and in the channel's language. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { approvedOf } from "../../src/approval/approval.ts";
import { changesBetween } from "../../src/approval/changes.ts";
import type { Plan } from "../../src/plan/types.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-poll-"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:
  social: { network: mastodon, server: "https://m.example", token: "\${T}" }
  talk: { network: discord, webhook: "\${H}" }
  sky: { network: bluesky, identifier: acme.bsky.social, password: "\${T}" }
  amici: { network: bluesky, identifier: it.bsky.social, password: "\${T}", lang: it }
  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function planned(yaml: string, channels = "social"): Promise<Plan> {
  writeFileSync(
    join(folder, "c.yml"),
    `kind: question\ntitle: Which one?\nbody: Choose.\nchannels: [${channels}]\n${yaml}\n`,
  );
  const project = await openProject({
    cwd: folder,
    near: join(folder, "c.yml"),
    env: { T: "abcdefghijk", H: "https://discord.com/api/webhooks/1/abcdefghijk" },
  });
  return (await planCampaign(join(folder, "c.yml"), project, { withoutCredentials: true })).plan;
}

const codes = ({ problems }: Plan) =>
  problems.filter(({ code }) => code !== "literal-secret").map(({ code, message }) => `${code}: ${message}`);
const first = ({ deliveries }: Plan, channel: string) =>
  deliveries.find((one) => one.channel === channel)!.posts[0]!.post;

const POLL = "poll: { choices: [Tea, Coffee], open: 1d }";

describe("a poll in a campaign", () => {
  it("is native where the network has polls, and said to be a list where not", async () => {
    const plan = await planned(POLL, "social, talk, sky, news");
    expect(first(plan, "social").poll).toEqual({ choices: ["Tea", "Coffee"], open: "1d" });
    expect(first(plan, "talk").poll).toEqual({ choices: ["Tea", "Coffee"], open: "1d" });
    expect(first(plan, "social").text).not.toContain("Tea");
    const sky = plan.deliveries.find(({ channel }) => channel === "sky")!;
    expect(first(plan, "sky").poll).toBeUndefined();
    expect(first(plan, "sky").text).toMatch(/• Tea\n• Coffee\n\nAnswer in the replies\.$/);
    expect(sky.lost).toContain("the poll, which becomes a list");
    // Nobody can answer in a feed.
    expect(first(plan, "news").text).toContain("Tea");
    expect(first(plan, "news").text).not.toContain("replies");
  });

  it("is written by language, filled in, and what ends the list can be said", async () => {
    const plan = await planned(
      'lang: en\nvars: { n: 3 }\npoll: { choices: [{ en: "{{ n }} cups", it: "{{ n }} tazze" }, { en: "*None*", it: "*Nessuna*" }] }',
      "sky, amici",
    );
    expect(first(plan, "sky").text).toContain("• 3 cups\n• *None*\n\nAnswer in the replies.");
    expect(first(plan, "amici").text).toContain("• 3 tazze\n• *Nessuna*\n\nRispondi nei commenti.");
    const own = await planned("poll: { choices: [A, B], answer: Tell us! }", "sky");
    expect(first(own, "sky").text).toMatch(/Tell us!$/);
    await expect(planned("lang: en\npoll: { choices: [{ en: A }, { en: B }] }", "amici")).rejects.toThrow(
      "has no text in `it`",
    );
  });

  it("has no choice twice, and none that is empty", async () => {
    expect(codes(await planned("poll: { choices: [A, B, A] }"))).toEqual([
      "bad-poll: `social`: the choice `A` is there twice",
    ]);
    expect(codes(await planned('poll: { choices: [A, " "] }')).join()).toContain("0 characters");
  });

  it("is counted and checked before anything is sent", async () => {
    expect(codes(await planned(`poll: { choices: [A, ${"x".repeat(51)}] }`)).join()).toMatch(
      /bad-poll.*51 characters/,
    );
    expect(codes(await planned("poll: { choices: [A, B, C, D, E] }")).join()).toContain(
      "2 to 4 choices, not 5",
    );
    expect(codes(await planned("poll: { choices: [A, B], open: 1m }")).join()).toContain("is open for 5 min");
    await expect(planned("poll: { choices: [A] }")).rejects.toThrow("two choices");
    await expect(planned("poll: { choices: [A, B], open: soon }")).rejects.toThrow("not a length of time");
  });

  it("can be left out for one channel, and is part of the digest and of what is approved", async () => {
    const without = await planned(`${POLL}\nonly: { social: { poll: false } }`);
    expect(first(without, "social").poll).toBeUndefined();
    const one = await planned(POLL);
    const other = await planned("poll: { choices: [Tea, Water], open: 1d }");
    expect(one.digest).not.toBe(other.digest);
    expect(changesBetween(approvedOf(one), approvedOf(other))).toMatchObject([{ what: ["poll"] }]);
  });

  it("stands on the first post of a thread", async () => {
    const plan = await planned(`${POLL}\nonly: { social: { body: "${"Words and more. ".repeat(60)}" } }`);
    const [{ posts }] = plan.deliveries as [Plan["deliveries"][number]];
    expect(posts.length).toBeGreaterThan(1);
    expect(posts.map(({ post }) => post.poll !== undefined)).toEqual(posts.map((_, index) => index === 0));
  });
});
