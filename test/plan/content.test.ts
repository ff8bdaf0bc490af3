/** What a plan shows of a campaign's words is what goes out, and what does not go out is said. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import type { Problem } from "../../src/errors.ts";
import type { PlannedDelivery } from "../../src/plan/types.ts";
import { brief, project } from "../campaign/project.ts";

const env = {
  A: "1:a",
  DISC: "https://discord.com/api/webhooks/1/abc",
  HOOK: "https://hooks.slack.com/services/T/B/x",
};
const CONFIG = `channels:
  news: { network: feed, folder: public, title: T, url: "https://acme.example/" }
  toot: { network: mastodon, server: "https://mastodon.example", token: "\${A}" }
  sky: { network: bluesky, identifier: acme.example, password: "\${A}" }
  tg: { network: telegram, token: "\${A}", chat: "@acme" }
  disc: { network: discord, webhook: "\${DISC}" }
  bot: { network: discord, token: "\${A}", channel_id: "1" }
  slack: { network: slack, token: "\${A}", channel: C0ACME }
  mail: { network: email, server: "smtps://mail.acme.example", from: news@acme.example, to: all@acme.example }
  hook: { network: slack, webhook: "\${HOOK}" }
  tube: { network: youtube, token: "\${A}" }
people:
  marta:
    mastodon: marta@mastodon.example
    bluesky: marta.acme.example
    slack: { id: U0MARTA }
`;

/** A picture of two by two pixels, and bytes that nobody sees. */
function png(more = 0): Uint8Array {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(data.length);
    head.write(type, 4, "latin1");
    const body = Buffer.concat([head.subarray(4), data]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([head.subarray(0, 4), body, sum]);
  };
  const size = Buffer.from([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", size),
    chunk("IDAT", deflateSync(Buffer.alloc(6))),
    ...(more > 0 ? [chunk("acme", Buffer.alloc(more))] : []),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const FILES = { "broadcast.yml": CONFIG, "a.png": png(), "big.png": png(9_000_000) };
const IMAGE = "media: [{ file: a.png, alt: A square }]\n";
const LINK = "https://acme.example/2-4";

interface Told {
  deliveries: PlannedDelivery[];
  problems: readonly Problem[];
}

async function plan(campaign: string, files: Record<string, string> = {}): Promise<Told> {
  const cwd = project({ ...FILES, ...files, "c.yml": campaign });
  const { plan } = await planCampaign(join(cwd, "c.yml"), await openProject({ cwd, env }));
  return plan;
}

const posts = ({ deliveries }: Told, at = 0) => deliveries[at]!.posts.map(({ post }) => post);

describe("a link", () => {
  const campaign = (more: string) => `kind: update\ntitle: Acme 2.4\nbody: Faster.\nlink: ${LINK}\n${more}`;

  it("has no card where the images take its place, and one where they do not", async () => {
    const told = await plan(campaign(`channels: [sky, news]\n${IMAGE}`));
    expect(posts(told)[0]).not.toHaveProperty("link");
    expect(posts(told)[0]?.entities).toContainEqual(expect.objectContaining({ kind: "link", url: LINK }));
    expect(posts(told, 1)[0]?.link?.url).toBe(LINK);
    expect(told.problems).toEqual([]);
    expect(posts(await plan(campaign("channels: [sky]\n")))[0]?.link?.url).toBe(LINK);
  });

  it.each([
    ["sky", IMAGE, true],
    ["sky", "", false],
    ["toot", "", true],
    ["news", IMAGE, false],
  ])("that goes nowhere is told: %s %s", async (channel, media, told) => {
    const own = campaign(`channels: [${channel}]\n${media}only: { ${channel}: { text: Just words. } }\n`);
    const { problems } = await plan(own);
    expect(problems.map(brief)).toEqual(told ? ["c.yml:4:7 no-effect"] : []);
    if (told) expect(problems[0]).toMatchObject({ severity: "warning", channel, remedy: expect.any(String) });
  });

  it("in the author's own words is none that goes nowhere", async () => {
    for (const text of [`See ${LINK}`, `See [it](${LINK})`, "See {{ link }}"]) {
      const own = campaign(`channels: [sky, toot, tg]\n${IMAGE}only:\n`);
      const only = ["sky", "toot", "tg"].map((name) => `  ${name}: { text: "${text}" }\n`).join("");
      expect((await plan(own + only)).problems).toEqual([]);
    }
  });
});

it("reads as an article in a mail where its kind has no template for mails", async () => {
  const campaign = (kind: string) =>
    `kind: ${kind}\ntitle: Acme 2.4\nsummary: In short.\nbody: At length.\nlink: ${LINK}\nchannels: [mail]\n`;
  const plain = async (kind: string) => posts(await plan(campaign(kind)))[0]?.plain?.split("\n\n");
  expect(await plain("update")).toEqual(["In short.", LINK, "At length."]);
  expect(await plain("vision")).toEqual(["In short.", "At length.", LINK]);
});

describe("a campaign that comes out empty", () => {
  it("needs no more than a title where the network has a field for it", async () => {
    const told = await plan("kind: update\ntitle: Acme 2.4 is out\nchannels: [news, toot]\n");
    expect(told.problems).toEqual([]);
    expect(posts(told)[0]).toMatchObject({ title: "Acme 2.4 is out", text: "" });
  });

  it("is told with the template that makes nothing of it", async () => {
    const empty = { "templates/update/short.md": "{% if subtitle %}{{ subtitle }}{% endif %}" };
    const told = await plan("kind: update\ntitle: Acme 2.4 is out\nchannels: [toot]\n", empty);
    expect(told.problems.map(brief)).toEqual(["c.yml:2:8 nothing-to-say"]);
    expect(told.problems[0]?.message).toMatch(
      /^the post for `toot` is empty: \S*templates\/update\/short\.md produces no text$/,
    );
    expect(told.problems[0]?.remedy).not.toContain("title");
  });

  it("is told where its own text is empty", async () => {
    const told = await plan(
      'kind: update\ntitle: A\nvars: { x: "" }\nonly: { toot: { text: "{{ x }}" } }\nchannels: [toot]\n',
    );
    expect(told.problems.map(brief)).toEqual(["c.yml:4:23 nothing-to-say"]);
    expect(told.problems[0]?.message).toContain("`text` produces no text");
  });
});

describe("tags", () => {
  const campaign = (more: string) =>
    `kind: update\ntitle: Pumps\nbody: All new.\nvars: { product: field work, none: "" }\n${more}`;

  it("hold Liquid like every other text, by channel", async () => {
    const tags = `tags: ["{{ product }}", "#via {{ channel.network }}", "{{ none }}"]\n`;
    const told = await plan(campaign(`${tags}channels: [toot, sky, news]\n`));
    expect(posts(told)[0]?.text).toMatch(/#FieldWork #ViaMastodon$/);
    expect(posts(told, 1)[0]?.text).toMatch(/#FieldWork #ViaBluesky$/);
    expect(posts(told, 2)[0]?.tags).toEqual(["field work", "via feed"]);
    expect(told.problems).toEqual([]);
  });

  it.each([
    [`tags: [a, "b {{ prodct }}"]\n`, "c.yml:5:11 undefined-variable"],
    [`only: { toot: { tags: ["{{ product | shout }}"] } }\n`, "c.yml:5:24 unknown-filter"],
  ])("have their mistakes told at their place: %s", async (tags, place) => {
    const { problems } = await plan(campaign(`${tags}channels: [toot]\n`));
    expect(problems.map(brief)).toEqual([place]);
  });

  it("without a letter are remarked on where the network would not take them for one", async () => {
    const told = await plan(campaign(`tags: [acme, "#2026"]\nchannels: [toot, news, disc]\n`));
    expect(told.problems.map((one) => `${brief(one)} ${one.severity} ${one.channel}`)).toEqual([
      "c.yml:5:14 no-effect warning toot",
    ]);
    expect(told.problems[0]?.message).toContain("`#2026`");
    expect(told.problems[0]?.remedy).toBeTruthy();
  });
});

describe("a mention", () => {
  const campaign = (text: string, channels = "toot, sky, slack, tg, news") =>
    `kind: update\ntitle: Pumps\nbody: |\n  All new.\n  ${text}\nchannels: [${channels}]\n`;
  const said = (told: Told, at: number) => posts(told, at)[0]!.text.replace(/[\s\S]*All new\.\s*/, "");

  it.each(["@marta", "@MARTA", "@marta@mastodon.example", "@marta.acme.example", "@Marta@Mastodon.Example"])(
    "of somebody listed is one on every network where they are: %s",
    async (written) => {
      const told = await plan(campaign(`Thanks to ${written}.`));
      expect([0, 1, 2, 3].map((at) => said(told, at))).toEqual([
        "Thanks to @marta@mastodon.example.",
        "Thanks to @marta.acme.example.",
        "Thanks to <@U0MARTA>.",
        expect.stringMatching(/^Thanks to marta[^ ]*\.$/i),
      ]);
      expect(told.deliveries.map(({ lost }) => lost)).toEqual([
        [],
        [],
        [],
        [`${written} as a name`],
        [`${written} as a name`],
      ]);
      expect(told.problems).toEqual([]);
    },
  );

  it("of somebody who is not listed calls nobody, and the plan says so", async () => {
    const told = await plan(campaign("By @nobody and @eve@other.example.", "toot, sky"));
    for (const at of [0, 1]) {
      expect(posts(told, at)[0]?.text).not.toMatch(/(?<!\w)@/);
      expect(told.deliveries[at]?.lost).toEqual(["@nobody as a name", "@eve@other.example as a name"]);
      expect(posts(told, at)[0]?.entities.filter(({ kind }) => kind === "mention")).toEqual([]);
    }
    expect(told.problems).toEqual([]);
  });

  it("that looks like a slip is warned about once, at its place", async () => {
    const told = await plan(campaign("Thanks to @mrata.", "toot, sky, news"));
    expect(told.problems.map((one) => `${brief(one)} ${one.severity}`)).toEqual([
      "c.yml:5:13 unknown-person warning",
    ]);
    expect(told.problems[0]).toMatchObject({
      message: "`@mrata` is not listed under `people`, so this mentions nobody",
      remedy: "Did you mean `@marta`?",
    });
  });
});

describe("the words beside an image on Telegram", () => {
  const sentence = "All the pumps in the valley are new, and so are their pipes. ";
  const campaign = (more: string) =>
    `kind: update\ntitle: Pumps\nbody: |\n  ${sentence.repeat(90)}\nchannels: [tg]\n${IMAGE}${more}`;

  it("are measured by what a caption takes, the posts after it by what a message takes", async () => {
    const told = await plan(campaign(""));
    expect(told.problems).toEqual([]);
    const measured = told.deliveries[0]!.posts.map(({ measured: { length, max, fits } }) => ({
      fits,
      max,
      length,
    }));
    expect(measured[0]).toMatchObject({ fits: true, max: 1024 });
    expect(measured[0]!.length).toBeGreaterThan(300);
    expect(measured.slice(1).map(({ max }) => max)).toEqual(measured.slice(1).map(() => 4096));
    expect(measured.length).toBeLessThanOrEqual(3);
    expect(measured.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(5000);
    expect(posts(told).map(({ media }) => media.length)).toEqual([1, ...measured.slice(1).map(() => 0)]);
  });

  it("are trimmed to a caption", async () => {
    const told = await plan(campaign("fit: trim\n"));
    expect(told.deliveries[0]!.posts).toHaveLength(1);
    expect(told.deliveries[0]!.posts[0]!.measured).toMatchObject({ fits: true, max: 1024 });
    expect(told.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "trimmed: the text for `tg` is cut to 1024 characters, as `fit: trim` asks",
    ]);
  });

  it("are refused with the limit and a remedy, at the words' own place", async () => {
    const { problems } = await plan(campaign("fit: refuse\n"));
    expect(problems.map(brief)).toEqual(["c.yml:3:1 too-long"]);
    expect(problems[0]?.message).toMatch(/too long: \d+ of at most 1024 characters/);
    expect(problems[0]?.remedy).toContain("With media the limit is lower here.");
  });
});

describe("what a network refuses", () => {
  const campaign = (more: string) => `kind: update\ntitle: Pumps\nbody: |\n  All new.\n${more}`;

  it("of files together is told at the files, with a remedy and one unit", async () => {
    const media = `media:\n${"  - { file: big.png, alt: A square }\n".repeat(3)}`;
    const { problems } = await plan(campaign(`channels: [disc]\n${media}fit_media: false\n`));
    expect(problems.map(brief)).toEqual(["c.yml:7:13 media-bytes"]);
    expect(problems[0]?.message).toBe("the 3 files have 27 MB together; Discord takes 26.2 MB in a post");
    expect(problems[0]?.remedy).toBeTruthy();
  });

  it("of files or options is told there, with a remedy", async () => {
    const files = await plan(campaign(`channels: [hook]\n${IMAGE}`));
    expect(files.problems.map(brief)).toEqual(["c.yml:6:17 refused-by-network"]);
    expect(files.problems[0]?.remedy).toContain("`media: []`");
    const options = await plan(campaign("channels: [bot]\noptions: { discord: { username: Acme } }\n"));
    expect(options.problems.map(brief)).toEqual(["c.yml:6:21 refused-by-network"]);
    expect(options.problems[0]?.remedy).toBeTruthy();
  });

  it("of a kind of files is told before anything is sent: two videos where one fits", async () => {
    const film = readFileSync(join(import.meta.dirname, "../media/videos/h264.mp4"));
    const files = { "a.mp4": film, "b.mp4": film } as unknown as Record<string, string>;
    const media = "media:\n  - { file: a.mp4, alt: A demo }\n  - { file: b.mp4, alt: Another }\n";
    const { problems } = await plan(campaign(`channels: [toot]\n${media}`), files);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      "media-count: Mastodon takes 1 video in a post, not 2",
    ]);
  });

  it("may be a warning, and then the post is sent anyway", async () => {
    const film = readFileSync(join(import.meta.dirname, "../media/videos/h264.mp4"));
    const files = { "a.mp4": film } as unknown as Record<string, string>;
    const told = await plan(campaign("channels: [tube]\nmedia: [{ file: a.mp4, alt: A demo }]\n"), files);
    expect(told.problems.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "warning network-warns",
    ]);
    expect(told.deliveries).toHaveLength(1);
  });

  it("of a tag is told: more than 64 characters where a tag has its own limit", async () => {
    const tag = `A${"b".repeat(64)}`;
    const { problems } = await plan(campaign(`channels: [sky, toot]\ntags: [${tag}]\n`));
    expect(problems.map(({ code, channel }) => `${code} ${channel}`)).toEqual(["refused-by-network sky"]);
    expect(problems[0]?.message).toContain("65 characters");
    expect((await plan(campaign(`channels: [sky]\ntags: [${tag.slice(1)}]\n`))).problems).toEqual([]);
  });
});
