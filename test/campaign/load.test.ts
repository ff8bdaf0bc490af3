import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { contentFor } from "../../src/campaign/campaign.ts";
import { loadCampaign } from "../../src/campaign/load.ts";
import { resolveCampaign } from "../../src/campaign/resolve.ts";
import { adapters, brief, CONFIG, campaign, config, project } from "./project.ts";

const GOOD = `kind: release
title: Acme 2.4 is out
body: |
  **Acme** {{ version }}
vars: { version: 2.4.0 }
tags: ["#release", opensource]
channels: [all]
`;

describe("a good campaign", () => {
  test("is read whole, its groups expanded, its identity its path", async () => {
    const folder = project({ "broadcast.yml": CONFIG, "campaigns/2-4.yml": GOOD });
    const { config: known } = await config(folder);
    const { campaign, problems } = await loadCampaign("campaigns/2-4.yml", known, adapters, folder);
    expect(problems).toEqual([]);
    expect(campaign).toMatchObject({
      id: "campaigns/2-4.yml",
      kind: "release",
      title: "Acme 2.4 is out",
      channels: ["bird", "staff"],
      audience: "external",
      tags: ["release", "opensource"],
      vars: { version: "2.4.0" },
      options: { bird: {}, staff: {} },
    });
  });

  test("has one identity by whichever link it is reached", async () => {
    const folder = project({ "broadcast.yml": CONFIG, "campaigns/2-4.yml": GOOD });
    symlinkSync(join(folder, "campaigns"), join(folder, "now"));
    const { config: known } = await config(folder);
    const { campaign } = await loadCampaign("now/2-4.yml", known, adapters, folder);
    expect(campaign?.id).toBe("campaigns/2-4.yml");
  });

  test("says to a channel its own words first, then its network's, then everyone's", async () => {
    const { campaign: read, config: known } = await campaign(`${GOOD}only:
  birdsong: { title: For birds, body: Chirp, options: { visibility: unlisted, warning: loud } }
  bird: { title: For this bird, options: { visibility: public }, at: 2026-12-01 09:00 Europe/Rome }
  staff: { skip: true }
`);
    const bird = contentFor(read!, known!.channels.get("bird")!);
    expect(bird).toMatchObject({
      title: { value: "For this bird", path: ["only", "bird", "title"] },
      body: { value: "Chirp", path: ["only", "birdsong", "body"] },
      tags: [
        { value: "release", path: ["tags", 0] },
        { value: "opensource", path: ["tags", 1] },
      ],
      at: { value: "2026-12-01 09:00 Europe/Rome" },
      options: { visibility: "public", warning: "loud" },
      skip: false,
    });
    expect(contentFor(read!, known!.channels.get("staff")!).skip).toBe(true);
  });

  test("speaks each channel's language, with or without its region", async () => {
    const { campaign: read, problems } = await campaign(
      "kind: update\nlang: en\ntitle: { en: Hello, it: Ciao }\nchannels: [all]\n",
    );
    expect(problems).toEqual([]);
    expect(contentFor(read!, { name: "bird", network: "birdsong" }).title?.value).toBe("Hello");
    expect(contentFor(read!, { name: "staff", network: "roomy", lang: "it-CH" }).title?.value).toBe("Ciao");
  });
});

test("a text that is written once beside translated ones is pointed out, for the channels in another language", async () => {
  const body = "body: { en: Words in English, it: Parole italiane }\nchannels: [all]\n";
  const { problems } = await campaign(`kind: update\nlang: en\ntitle: Faster morning rounds\n${body}`);
  expect(problems).toMatchObject([
    {
      severity: "warning",
      code: "mixed-languages",
      message: "`title` is written once and other texts by language: `staff` gets it as it is",
      place: { line: 3, column: 8 },
    },
  ]);
  // A name is the same everywhere, and where nothing is translated nothing is mixed.
  expect((await campaign(`kind: update\nlang: en\ntitle: Acme 2.4\n${body}`)).problems).toEqual([]);
  const once =
    "kind: update\nlang: en\ntitle: Faster morning rounds\nbody: Words in English\nchannels: [all]\n";
  expect((await campaign(once)).problems).toEqual([]);
});

describe("what a person may write wrongly", () => {
  const hello = "kind: update\ntitle: Hello\nchannels: [bird]\n";
  test.each<[string, string, string[], RegExp]>([
    ["an unknown key", `${hello}boddy: x\n`, ["campaign.yml:4:1 unknown-key"], /Did you mean `body`/],
    [
      "an unknown key inside",
      `${hello}media: [{ file: a.png, alt: a, caption: x }]\n`,
      ["campaign.yml:4:32 unknown-key"],
      /`file`, `alt`, `decorative`, `focus` or `letterbox`/,
    ],
    ["an unknown key", `${hello}scene: network\n`, ["campaign.yml:4:1 unknown-key"], /./],
    ["nobody who waits", `${hello}schedule: netwrok\n`, ["campaign.yml:4:11 unknown-value"], /`network`/],
    ["a misspelt kind", hello.replace("update", "relase"), ["campaign.yml:1:7 unknown-kind"], /`release`/],
    ["a missing kind", hello.replace("kind: update\n", ""), ["campaign.yml:1:1 missing-key"], /Add `kind:`/],
    ["a misspelt channel", hello.replace("bird", "brid"), ["campaign.yml:3:12 unknown-channel"], /`bird`/],
    ["no channel", hello.replace("[bird]", "[]"), ["campaign.yml:3:11 wrong-value"], /names no channel/],
    [
      "a text for a list",
      hello.replace("[bird]", "bird"),
      ["campaign.yml:3:11 wrong-type"],
      /must be a list.*brackets/s,
    ],
    ["a number for a text", hello.replace("Hello", "24"), ["campaign.yml:2:8 wrong-type"], /must be text/],
    ["a key without a value", `${hello}link:\n`, ["campaign.yml:4:6 no-value"], /has no value/],
    ["a bad address", `${hello}link: acme.example\n`, ["campaign.yml:4:7 wrong-value"], /https/],
    ["a bad language", `${hello}lang: english!\n`, ["campaign.yml:4:7 wrong-value"], /language/],
    [
      "a variable that hides a word",
      `${hello}vars: { title: x }\n`,
      ["campaign.yml:4:9 reserved-name"],
      /another name/,
    ],
    [
      "a number that YAML shortens",
      `${hello}vars: { version: 2.10 }\n`,
      ["campaign.yml:4:18 number-rewritten"],
      /"2.10"/,
    ],
    ["nothing to say", "kind: update\nchannels: [bird]\n", ["campaign.yml:1:1 nothing-to-say"], /title/],
    [
      "an unknown name in only",
      `${hello}only: { birds: { title: x } }\n`,
      ["campaign.yml:4:9 unknown-channel"],
      /`bird`/,
    ],
    [
      "a channel in only that is not reached",
      `${hello}only: { staff: { title: x } }\n`,
      ["campaign.yml:4:9 no-effect"],
      /no effect/,
    ],
    [
      "an unknown network in options",
      `${hello}options: { birdsng: {} }\n`,
      ["campaign.yml:4:12 unknown-network"],
      /`birdsong`/,
    ],
    [
      "an unknown option",
      `${hello}options: { birdsong: { visibilty: x } }\n`,
      ["campaign.yml:4:24 unknown-key"],
      /`visibility`/,
    ],
    [
      "a wrong option in only",
      `${hello}only:\n  bird:\n    options: { visibility: secret }\n`,
      ["campaign.yml:6:28 unknown-value"],
      /`public` or `unlisted`/,
    ],
    [
      "a language that a channel lacks",
      "kind: update\ntitle: { en: Hello }\nchannels: [staff]\n",
      ["campaign.yml:2:1 missing-language"],
      /Add `it:`/,
    ],
    [
      "languages, and a channel without one",
      "kind: update\ntitle: { en: Hello }\nchannels: [bird]\n",
      ["campaign.yml:3:12 no-language"],
      /`lang:`/,
    ],
    ["a list at the top", "- kind: update\n", ["campaign.yml:1:1 wrong-type"], /keys and values/],
  ])("%s", async (_, content, expected, words) => {
    const { problems, campaign: read } = await campaign(content, { "a.png": "x" });
    expect(problems.map(brief)).toEqual(expected);
    expect(problems.map(({ message, remedy }) => `${message} ${remedy}`).join()).toMatch(words);
    if (problems.some(({ severity }) => severity === "error")) expect(read).toBeUndefined();
    for (const { place } of problems) expect(place?.text).toBe(content.split("\n")[place!.line! - 1]);
  });

  test("comes out all at once, in the order of the file", async () => {
    const { problems } = await campaign("kind: relase\ntitel: x\nlink: nowhere\nchannels: [brid]\ntags: x\n");
    expect(problems.map(brief)).toEqual([
      "campaign.yml:1:7 unknown-kind",
      "campaign.yml:2:1 unknown-key",
      "campaign.yml:3:7 wrong-value",
      "campaign.yml:4:12 unknown-channel",
      "campaign.yml:5:7 wrong-type",
    ]);
  });
});

test("every unknown key is named, not only the first", async () => {
  const { problems } = await campaign(
    "kind: update\ntitle: x\nchannels: [bird]\nboddy: x\nlnik: x\nonly: { bird: { a: 1, b: 2 } }\noptions: { birdsong: { c: 1, d: 2 } }\n",
  );
  expect(problems.map(({ message }) => message.match(/^`(.*?)`/)?.[1])).toEqual([
    "boddy",
    "lnik",
    "only.bird.a",
    "only.bird.b",
    "options.birdsong.c",
    "options.birdsong.d",
  ]);
});

test("one fault does not hide another beside it", async () => {
  const { problems } = await campaign(
    "kind: update\ntitle: x\nchannels: [bird]\nonly: { bird: { bdy: x, options: { visibilty: x } } }\nvars: { title: x, 1a: y }\n",
  );
  expect(problems.map(brief)).toEqual([
    "campaign.yml:4:17 unknown-key",
    "campaign.yml:4:36 unknown-key",
    "campaign.yml:5:9 reserved-name",
    "campaign.yml:5:19 wrong-value",
  ]);
});

describe("internal stays internal", () => {
  const memo = "kind: vision\naudience: internal\ntitle: For us\nchannels: [all]\n";

  test("an internal campaign does not reach an external channel", async () => {
    const { problems, campaign: read } = await campaign(memo);
    expect(problems.map(brief)).toEqual(["campaign.yml:4:12 internal-to-external"]);
    expect(read).toBeUndefined();
  });

  test("unless the campaign lists that channel", async () => {
    const { campaign: read } = await campaign(`${memo}allow_external: [bird]\n`);
    expect(read?.channels).toEqual(["bird", "staff"]);
  });

  test("a group in the list opens nothing", async () => {
    const { problems } = await campaign(`${memo}allow_external: [all]\n`);
    expect(problems.map(({ code }) => code)).toEqual(["internal-to-external", "unknown-channel"]);
  });

  test("a channel that is skipped is not reached", async () => {
    const { problems } = await campaign(`${memo}only: { bird: { skip: true } }\n`);
    expect(problems).toEqual([]);
  });
});

describe("the environment", () => {
  const hello = "kind: update\ntitle: Hello\nchannels: [bird]\n";

  test("is asked only for the channels that a campaign uses", async () => {
    const { problems } = await campaign(hello, {}, { BIRD_TOKEN: "b" });
    expect(problems).toEqual([]);
  });

  test("and what it lacks is named, with the place that wants it", async () => {
    const { problems } = await campaign(hello, { ".env": "BIRD_TOKN=x\n" }, {});
    expect(problems.map(brief)).toEqual(["broadcast.yml:4:12 missing-env"]);
    expect(problems[0]).toMatchObject({
      message: expect.stringMatching(/BIRD_TOKEN/),
      remedy: expect.stringMatching(/`BIRD_TOKN`/),
    });
  });
});

describe("media", () => {
  const PNG = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const withMedia = (item: string) => `kind: update\ntitle: Hello\nmedia:\n  - ${item}\nchannels: [bird]\n`;

  test.each<[string, string, string[]]>([
    ["with alt text", "{ file: images/a.png, alt: A dot }", []],
    ["decorative", "{ file: ./images/a.png, decorative: true }", []],
    ["without alt text", "file: images/a.png", ["campaign.yml:4:5 missing-alt"]],
    ["with an empty alt text", "{ file: images/a.png, alt: '' }", ["campaign.yml:4:27 missing-alt"]],
    ["that is not there", "{ file: images/b.png, alt: b }", ["campaign.yml:4:13 media-missing"]],
    ["outside by ..", "{ file: ../secret.png, alt: b }", ["campaign.yml:4:13 media-outside"]],
    ["outside by its root", "{ file: /etc/hostname, alt: b }", ["campaign.yml:4:13 media-outside"]],
    ["a folder", "{ file: images, alt: b }", ["campaign.yml:4:13 media-not-a-file"]],
  ])("%s", async (_, item, expected) => {
    const { problems } = await campaign(withMedia(item), { "images/a.png": PNG });
    expect(problems.map(brief)).toEqual(expected);
  });

  test("outside by a link", async () => {
    const secret = project({ "secret.png": PNG });
    const folder = project({ "broadcast.yml": CONFIG, "campaign.yml": withMedia("{ file: a.png, alt: a }") });
    symlinkSync(join(secret, "secret.png"), join(folder, "a.png"));
    const { config: known } = await config(folder);
    const { problems } = await loadCampaign("campaign.yml", known, adapters, folder);
    expect(problems.map(brief)).toEqual(["campaign.yml:4:13 media-outside"]);
  });

  test("a misspelt file is suggested", async () => {
    const { problems } = await campaign(withMedia("{ file: images/b.png, alt: b }"), { "images/a.png": PNG });
    expect(problems[0]?.remedy).toMatch(/`a.png`/);
  });
});

test("is checked as far as it goes when broadcast.yml cannot be read", async () => {
  const folder = project({
    "broadcast.yml": "channels: [",
    "campaign.yml": "kind: relase\ntitle: x\nchannels: [bird]\n",
  });
  const read = await config(folder);
  const { problems } = await loadCampaign("campaign.yml", read.config, adapters, folder);
  expect([...read.problems, ...problems].map(brief)).toEqual([
    "broadcast.yml:1:11 yaml",
    "campaign.yml:1:7 unknown-kind",
  ]);
});

test("a campaign in a broken channel does not complain twice", async () => {
  const folder = project({
    "broadcast.yml": "channels:\n  bird: { network: birdsng }\n",
    "campaign.yml": "kind: update\ntitle: x\nchannels: [bird]\n",
  });
  writeFileSync(join(folder, ".env"), "");
  const read = await config(folder);
  const { problems } = await loadCampaign("campaign.yml", read.config, adapters, folder);
  expect([...read.problems, ...problems].map(brief)).toEqual(["broadcast.yml:2:20 unknown-network"]);
});

test("resolving a campaign gives a new one and leaves the old one alone", async () => {
  const { campaign: read, config: known } = await campaign(GOOD);
  const before = { ...read!, channels: [], options: {} };
  const { campaign: resolved } = resolveCampaign(before, { channels: ["all"] }, known!);
  expect(resolved).toMatchObject({ channels: ["bird", "staff"], options: { bird: {}, staff: {} } });
  expect(before).toMatchObject({ channels: [], options: {} });
});
