// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The link's card as the author says it: words by language, a picture of the project's own, or none. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject, type Project } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { InputError } from "../../src/errors.ts";
import { planCards } from "../../src/report/plan.ts";
import { createPaint } from "../../src/report/style.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

let folder: string;
let sandbox: Sandbox;
let project: Project;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-card-"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:
  sky: { network: bluesky, identifier: a.example, password: "\${T}" }
  cielo: { network: bluesky, identifier: b.example, password: "\${U}", lang: it }
  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }
  talk: { network: discord, webhook: "\${H}" }
`,
  );
  cpSync(resolve("campaigns/images/ticks.png"), join(folder, "ticks.png"));
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  const rehearsal = await openRehearsal({ url: sandbox.url, folder: join(folder, ".broadcast/sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function campaign(more: string, channels = "sky"): string {
  const file = join(folder, "c.yml");
  writeFileSync(
    file,
    `kind: update\nlang: en\nvars: { n: 3 }\ntitle: Ours\nsummary: Words of ours.\nlink: https://acme.example/a\nchannels: [${channels}]\n${more}\n`,
  );
  return file;
}
const planned = async (more: string, channels?: string) =>
  (await planCampaign(campaign(more, channels), project, { withoutCredentials: true })).plan;
const linkOn = (plan: Awaited<ReturnType<typeof planned>>, channel: string) =>
  plan.deliveries.find((one) => one.channel === channel)?.posts[0]?.post.link;
const refused = async (more: string): Promise<string[]> => {
  try {
    return (await planned(more)).problems.map(({ code, place }) => `${code} ${place?.line}`);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ code, place }) => `${code} ${place?.line}`);
    throw error;
  }
};

describe("`card:`", () => {
  it("has the campaign's words where it says nothing else", async () => {
    expect(linkOn(await planned(""), "sky")).toEqual({
      url: "https://acme.example/a",
      title: "Ours",
      description: "Words of ours.",
    });
  });

  it("has its own words, filled in, by language and by channel", async () => {
    const plan = await planned(
      'card: { title: { en: "{{ n }} things", it: "{{ n }} cose" }, description: "See *them*" }\nonly: { news: { card: { title: Elsewhere } } }',
      "sky, cielo, news",
    );
    expect(linkOn(plan, "sky")).toMatchObject({ title: "3 things", description: "See them" });
    expect(linkOn(plan, "cielo")).toMatchObject({ title: "3 cose" });
    expect(linkOn(plan, "news")).toMatchObject({ title: "Elsewhere", description: "Words of ours." });
  });

  it("is left out with `false`", async () => {
    const plan = await planned("only: { sky: { card: false } }", "sky, news");
    expect(linkOn(plan, "sky")).toBeUndefined();
    expect(linkOn(plan, "news")).toBeDefined();
  });

  it("has a picture, in the plan, its digest, and on the network; where a card has none, that is said", async () => {
    const plan = await planned("card: { image: ticks.png }", "sky, news");
    expect(linkOn(plan, "sky")?.image).toMatchObject({ file: "ticks.png", type: "image/png" });
    expect(linkOn(plan, "news")?.image).toBeUndefined();
    expect(plan.deliveries.find(({ channel }) => channel === "news")?.lost).toContain(
      "the card without its picture",
    );
    const shown = planCards({ plan, adapters: project.adapters, now: Date.now() }, {
      paint: createPaint(false),
      width: 100,
      wraps: false,
      screen: false,
    } as never);
    expect(shown).toMatch(/card {2}Ours · Words of ours\.\n.*https:\/\/acme\.example\/a\n.*ticks\.png · /);
    expect(plan.digest).not.toBe((await planned("", "sky, news")).digest);

    expect((await send(campaign("card: { image: ticks.png }", "sky"), project)).code).toBe(0);
    const [post] = (await (await fetch(`${sandbox.url}/api/posts`)).json()) as {
      card: { image: { url: string; size: number } };
    }[];
    expect(post?.card.image.size).toBeGreaterThan(1_000);
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toMatch(new RegExp(`<image href="${post?.card.image.url}"`));
  });

  it("is checked before anything is sent", async () => {
    writeFileSync(join(folder, "big.png"), Buffer.concat([png(), Buffer.alloc(1_000_001)]));
    // Made to fit, unless that is forbidden.
    expect(await refused("card: { image: big.png }")).toEqual([]);
    expect(await refused("card: { image: big.png }\nfit_media: false")).toEqual([
      expect.stringMatching(/^media-bytes 8/),
    ]);
    expect(await refused("card: { image: missing.png }")).toEqual([
      expect.stringMatching(/^media-missing 8/),
    ]);
    expect(await refused("card: { image: ../c.png }")).toEqual([expect.stringMatching(/^media-outside 8/)]);
    expect(await refused("card: yes")).toEqual([expect.stringMatching(/ 8$/)]);
    expect(await refused('card: { title: "{{ nobody }}" }')).toEqual(["undefined-variable 8"]);
    expect(await refused("card: { title: { en: A, de: B } }")).toEqual([]);
  });
});

const png = () =>
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
