// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What a person hears about a campaign that is wrong in several ways: all of it, at once, and nothing made up. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { InputError, type Problem } from "../../src/errors.ts";
import { brief, project } from "../campaign/project.ts";

// One pixel.
const TINY = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const CHANNELS = `channels:
  feed: { network: feed, folder: public, title: T, url: "https://acme.example/" }
`;

async function problems(campaign: string, config = CHANNELS): Promise<readonly Problem[]> {
  const cwd = project({ "broadcast.yml": config, "c.yml": campaign });
  const home = await openProject({ cwd, env: {} });
  try {
    return (await planCampaign(join(cwd, "c.yml"), home)).plan.problems;
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

const briefly = async (campaign: string, config?: string) => (await problems(campaign, config)).map(brief);

describe("a campaign with several mistakes", () => {
  it("is told all of them at once, in the order of the file", async () => {
    const campaign = `kind: update
titel: Hello
body: |
  One {{ nope }} and {{ nada }}.
  {{ body | shout }} {{ vars.x }}
channels: [feed, fed]
at: nexd tuesday
media: [{ file: none.png, alt: "{{ nobody }}" }]
`;
    expect(await briefly(campaign)).toEqual([
      "c.yml:2:1 unknown-key",
      "c.yml:4:10 undefined-variable",
      "c.yml:4:25 undefined-variable",
      "c.yml:5:3 unknown-filter",
      "c.yml:5:25 undefined-variable",
      "c.yml:6:18 unknown-channel",
      "c.yml:7:5 bad-time",
      "c.yml:8:17 media-missing",
    ]);
  });

  it("is told those of its words together with its times, where the structure is right", async () => {
    const campaign = `kind: update
title: "{{ one }}"
summary: "{{ two }}"
body: "{% if title %}{{ three }}{% endif %}"
link: "https://acme.example/{{ four }}"
channels: [feed]
expires: whenever
`;
    expect(await briefly(campaign)).toEqual([
      "c.yml:2:12 undefined-variable",
      "c.yml:3:14 undefined-variable",
      "c.yml:4:25 undefined-variable",
      "c.yml:5:7 undefined-variable",
      "c.yml:7:10 bad-time",
    ]);
  });

  it("does not hear of what follows from another mistake", async () => {
    // The variables are there, under keys that are not; without its channel nothing is sent; without its time nothing waits.
    const campaign = `kind: update
vers: { version: 2 }
body: "{{ version }} {{ vers }} {{ vars.build }}"
vars: { build: [1, { two: 2 }], summary: 3 }
channels: [fed]
schedule: network
at: soon
`;
    expect(await briefly(campaign)).toEqual([
      "c.yml:2:1 unknown-key",
      "c.yml:4:33 reserved-name",
      "c.yml:5:12 unknown-channel",
    ]);
    expect(
      await briefly(`kind: update\nbody: Hello\nchannels: [feed]\nschedule: network\nat: soon\n`),
    ).toEqual(["c.yml:4:11 cannot-schedule", "c.yml:5:5 bad-time"]);
  });

  it("knows the channels beside one that is not a name", async () => {
    const campaign = `kind: update
body: Hello
channels: [fed, feed, 7]
only: { feed: { summary: Hi } }
`;
    expect(await briefly(campaign)).toEqual(["c.yml:3:12 unknown-channel", "c.yml:3:23 wrong-type"]);
  });

  it("is shown the line of each file, also after one that is none", async () => {
    const cwd = project({
      "broadcast.yml":
        'channels:\n  feed: { network: mastodon, server: "https://m.example", token: "${TOKEN}" }\n',
      "text.png": "no picture",
      "small.png": TINY,
      "huge.png": Buffer.concat([TINY, Buffer.alloc(20_000_000)]),
      "c.yml": `kind: update
body: Hello
channels: [feed]
fit_media: false
media:
  - { file: small.png, alt: A }
  - { file: text.png, alt: B }
  - { file: huge.png, alt: C }
`,
    });
    const home = await openProject({ cwd, env: { TOKEN: "t-secret" } });
    const { plan } = await planCampaign(join(cwd, "c.yml"), home);
    expect(plan.problems.map(brief)).toEqual(["c.yml:7:13 media-type", "c.yml:8:13 media-bytes"]);
  });

  it("hears of its own beside those of broadcast.yml", async () => {
    const config = `${CHANNELS}  other: { network: nowhere }\n`;
    expect(await briefly('kind: update\ntitle: "{{ nope }}"\nchannels: [feed]\n', config)).toEqual([
      "broadcast.yml:3:21 unknown-network",
      "c.yml:2:12 undefined-variable",
    ]);
  });

  it("hears of a loop without end once, and soon", async () => {
    const campaign = `kind: update
title: Hello
body: "{% for i in (1..9000) %}{% for j in (1..9000) %}{% endfor %}{% endfor %} {{ a }}"
summary: "{{ a }}"
channels: [feed]
`;
    const started = performance.now();
    const found = await briefly(campaign);
    expect(found).toEqual([
      expect.stringMatching(/^c\.yml:3:\d+ template-limit$/),
      "c.yml:4:14 undefined-variable",
    ]);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
