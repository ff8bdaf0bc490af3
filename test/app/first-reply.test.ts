// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What we answer to our own post at once: the link, or further words, for networks where a link costs reach. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject, type Project } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import type { InputError } from "../../src/errors.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";

let folder: string;
let sandbox: Sandbox;
let project: Project;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-reply-"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:
  toot: { network: mastodon, server: "https://m.example", token: "\${A}" }
  sky: { network: bluesky, identifier: b.example, password: "\${B}", lang: it }
  news: { network: feed, folder: public, title: News, url: "https://acme.example/" }
utm: { source: "{{ network }}" }
`,
  );
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  const rehearsal = await openRehearsal({ url: sandbox.url, folder: join(folder, ".broadcast/sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function campaign(more: string, channels = "toot"): string {
  const file = join(folder, "c.yml");
  writeFileSync(
    file,
    `kind: update\nlang: en\nvars: { n: 3 }\ntitle: Acme is out\nsummary: Faster.\nlink: https://acme.example/a\nchannels: [${channels}]\n${more}\n`,
  );
  return file;
}
const textsOf = async (more: string, channels?: string) => {
  const { plan } = await planCampaign(campaign(more, channels), project, { withoutCredentials: true });
  expect(plan.problems.filter(({ severity }) => severity === "error")).toEqual([]);
  return Object.fromEntries(
    plan.deliveries.map(({ channel, posts }) => [channel, posts.map(({ post }) => post.text)]),
  );
};

describe("the first reply", () => {
  it("has the link, which the post leaves out", async () => {
    expect(await textsOf("link_in: reply")).toEqual({
      toot: ["Acme is out\n\nFaster.", "https://acme.example/a?utm_source=mastodon"],
    });
  });

  it("has words of its own, by language, filled in, and the link below them", async () => {
    const more = 'first_reply: { en: "All {{ n }} things:", it: "Tutte le {{ n }} cose:" }\nlink_in: reply\n';
    const { toot, sky } = await textsOf(more, "toot, sky");
    expect(toot![1]).toBe("All 3 things:\n\nhttps://acme.example/a?utm_source=mastodon");
    expect(sky![1]).toMatch(/^Tutte le 3 cose:\n\n/);
    expect(sky![0]).not.toContain("acme.example");
    const own = await textsOf('first_reply: "See {{ link }} for more"\nlink_in: reply');
    expect(own.toot![1]).toBe("See https://acme.example/a?utm_source=mastodon for more");
  });

  it("leaves the link where it is, unless it is asked to take it", async () => {
    const { toot } = await textsOf('first_reply: "More tomorrow."');
    expect(toot).toEqual([expect.stringContaining("https://acme.example/a"), "More tomorrow."]);
  });

  it("is not where nobody can reply: the link stays in the post, and the words are said to have no place", async () => {
    const file = campaign('first_reply: "More."\nlink_in: reply', "news");
    const { plan } = await planCampaign(file, project, { withoutCredentials: true });
    expect(plan.deliveries[0]!.posts).toHaveLength(1);
    expect(plan.deliveries[0]!.lost).toContain("the first reply, which has no place");
    expect(plan.deliveries[0]!.posts[0]!.post.link?.url).toContain("https://acme.example/a");
  });

  it("is left out or otherwise for one channel", async () => {
    const more = 'first_reply: "More."\nonly: { toot: { first_reply: false }, sky: { link_in: reply } }';
    const { toot, sky } = await textsOf(more, "toot, sky");
    expect(toot).toHaveLength(1);
    expect(sky![1]).toMatch(/^More\.\n\nhttps:\/\/acme\.example\/a|^More\.\n\nacme\.example/);
  });

  it("that is too long is told at its line", async () => {
    const file = campaign(`first_reply: "${"word ".repeat(120)}"`);
    const found = await planCampaign(file, project, { withoutCredentials: true })
      .then(({ plan }) => plan.problems)
      .catch((error: unknown) => (error as InputError).problems);
    expect(found.map(({ code, place }) => `${code} ${place?.line}`)).toEqual(["too-long 8"]);
  });

  it("is a comment with rules of its own where posts do not hang together", async () => {
    const page = `linkedin\n    author: "urn:li:organization:1"\n    token: "\${C}"`;
    writeFileSync(join(folder, "broadcast.yml"), `channels:\n  page:\n    network: ${page}\n`);
    const rehearsal = await openRehearsal({ url: sandbox.url, folder: join(folder, ".broadcast/sandbox") });
    project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
    // Written as a comment is, without the escapes that a post there needs.
    const file = campaign('first_reply: "All (of) it_:"\nlink_in: reply', "page");
    expect((await send(file, project)).code).toBe(0);
    await send(file, project);
    const [post, comment, ...more] = await sandbox.posts();
    expect(more).toEqual([]);
    expect(comment).toMatchObject({ parent: post!.id, text: "All (of) it_:\n\nhttps://acme.example/a" });
    expect(post!.text).not.toContain("acme.example");

    const long = campaign(`first_reply: "${"word ".repeat(300)}"`, "page");
    const found = await planCampaign(long, project, { withoutCredentials: true })
      .then(({ plan }) => plan.problems)
      .catch((error: unknown) => (error as InputError).problems);
    expect(found).toMatchObject([{ code: "too-long", message: expect.stringContaining("at most 1250") }]);
    // A text that is too long for the post does not go on in comments.
    const text = campaign(`only: { page: { text: "${"word ".repeat(700)}" } }`, "page");
    const refused = await planCampaign(text, project, { withoutCredentials: true })
      .then(({ plan }) => plan.problems)
      .catch((error: unknown) => (error as InputError).problems);
    expect(refused).toMatchObject([{ code: "too-long" }]);
  });

  it("goes out below the post, exactly once", async () => {
    const file = campaign('first_reply: "All of it:"\nlink_in: reply', "toot, sky");
    expect((await send(file, project)).code).toBe(0);
    await send(file, project);
    const posts = await sandbox.posts();
    for (const network of ["mastodon", "bluesky"]) {
      const [post, reply, ...more] = posts.filter((one) => one.network === network);
      expect(more).toEqual([]);
      expect(reply!.parent).toBe(post!.id);
      expect(post!.text).not.toContain("acme.example");
      expect(reply!.text).toContain("acme.example/a");
    }
  });
});
