// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** The preview: what it says, and that it can do nothing but be read. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { approve } from "../../src/app/approve.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { previewOf } from "../../src/app/preview-page.ts";
import { openProject } from "../../src/app/project.ts";
import { digestWords } from "../../src/pages/digest-words.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-preview-"));
  mkdirSync(join(folder, "campaigns"));
  copyFileSync("campaigns/images/acme-2-4.png", join(folder, "hero.png"));
  config();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function config(policy = ""): void {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:
  social: { network: mastodon, server: "https://mastodon.example", token: "\${TOKEN}", lang: en }
  skies: { network: bluesky, identifier: acme.example, password: "\${PASSWORD}" }
  team: { network: slack, token: "\${SLACK}", channel: C0ACME, audience: internal }
  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }
timezone: Europe/Rome
${policy}`,
  );
}

function campaign(lines: Record<string, unknown>): string {
  const file = join(folder, "campaigns/release.yml");
  writeFileSync(
    file,
    JSON.stringify({
      kind: "update",
      title: "A title",
      body: "Some **words** with [a link](https://acme.example/a).",
      channels: ["social", "skies", "team", "news"],
      ...lines,
    }),
  );
  return file;
}

const env = { TOKEN: "t0ken-of-mastodon", PASSWORD: "pass-word-of-bluesky", SLACK: "xoxb-of-slack" };
const project = () => openProject({ cwd: folder, env });

async function page(file: string, now?: number): Promise<string> {
  const made = await previewOf({ file }, await project(), { command: "broadcast preview", now });
  return made.page;
}

describe("the preview", () => {
  it("shows every channel, with its length, in its order, and the digest in words", async () => {
    const file = campaign({});
    const html = await page(file);
    const { plan } = await planCampaign(file, await project(), { withoutCredentials: true });
    const shown = [...html.matchAll(/<article class="proof[^"]*" id="at-([\w-]+)"/g)].map(
      ([, channel]) => channel,
    );
    expect(shown).toEqual(["social", "skies", "team", "news"]);
    const { length, max } = plan.deliveries[0]!.posts[0]!.measured;
    expect(html).toContain(`<b>${length}</b> of ${max}`);
    for (const word of digestWords(plan.digest)) expect(html).toContain(word);
    expect(html).toMatch(/data-aud="internal"/);
  });

  it("says when in the channel's zone, what it costs and what could not be said natively", async () => {
    const html = await page(
      campaign({ at: "2026-12-01 09:00 Europe/Rome", body: "> a quote\n\n**bold**" }),
      Date.parse("2026-11-27T08:00:00Z"),
    );
    expect(html).toContain("<b>Tue 1 Dec, 09:00</b> Rome");
    expect(html).toContain("Said otherwise here:");
  });

  it("has its pictures inside, small, each once, with their alternative text", async () => {
    const alt = 'A "laptop" <b>';
    const html = await page(campaign({ media: [{ file: "hero.png", alt }] }));
    expect(html.match(/data:image\/webp;base64,/g)).toHaveLength(1);
    expect(html.match(/<use href="#m-/g)!.length).toBeGreaterThan(2);
    expect(html).toContain("A &quot;laptop&quot; &lt;b&gt;</p></details>");
  });

  it("shows threads, first replies, polls and cards", async () => {
    const html = await page(
      campaign({
        channels: ["skies", "social"],
        body: `${"A sentence that is long enough to need two posts. ".repeat(9)}`,
        only: {
          social: {
            text: "Which?",
            poll: { choices: ["One <1>", "Two"], open: "1d" },
            first_reply: "And below.",
          },
        },
      }),
    );
    expect(html).toContain("<span>1 of 2</span>");
    expect(html).toContain("One &lt;1&gt;</li>");
    expect(html).toMatch(/First reply, by us[\s\S]*And below\./);
  });

  it("says what changed since it was approved, and who is still needed", async () => {
    config("policy: [{ by: [marta, chinwe], approvals: 2, not_author: false }]\n");
    const file = campaign({ body: "It takes 5 seconds." });
    await approve({ file }, await project(), { by: "marta" });
    const before = await page(file);
    expect(before).toContain("<bdi>marta</bdi>: ");
    expect(before).toContain("<bdi>chinwe</bdi>: missing");
    expect(before).toContain("As approved on");
    const after = await page(campaign({ body: "It takes 4 seconds." }));
    expect(after).toContain("<del>5</del><ins>4</ins>");
    expect(after).toContain("stale");
    expect(after).not.toContain("As approved on");
  });

  it("lists what is wrong first, with what to do", async () => {
    const html = await page(campaign({ channels: ["skies"], title: "T", body: "Words.", tags: ["c++"] }));
    expect(html).toContain("1 warning");
    expect(html).toContain("Write it in words, such as <code><bdi>cpp</bdi></code>");
  });

  it("is the library's too", async () => {
    const { previewPage } = await import("../../src/index.ts");
    const html = await previewPage(campaign({}), await project());
    expect(html.match(/<article class="proof/g)).toHaveLength(4);
  });

  it("holds no credential", async () => {
    const html = await page(campaign({}));
    for (const secret of Object.values(env)) expect(html).not.toContain(secret);
  });
});

describe("the page's policy", () => {
  it("allows the one sheet and the one script that are in it, and no request", async () => {
    const html = await page(campaign({ media: [{ file: "hero.png", alt: "A" }] }));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/
      .exec(html)![1]!
      .replaceAll("&#39;", "'");
    const sheets = [...html.matchAll(/<style>([\s\S]*?)<\/style>/g)].map(([, text]) => text!);
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text!);
    expect([sheets.length, scripts.length]).toEqual([1, 1]);
    const hash = (text: string) => createHash("sha256").update(text).digest("base64");
    expect(policy).toContain(`style-src 'sha256-${hash(sheets[0]!)}'`);
    expect(policy).toContain(`script-src 'sha256-${hash(scripts[0]!)}'`);
    expect(policy).toMatch(/^default-src 'none';.*connect-src 'none'; form-action 'none'; base-uri 'none'$/);
    expect(html).not.toMatch(/ style="| on\w+="|<link rel="stylesheet"|<script src|@import|url\(/);
    // Every address in it is behind a link that somebody has to follow.
    expect(html.replace(/<a [^>]*href="https:[^"]*"/g, "")).not.toMatch(/(?:src|href)="https?:/);
  });
});
