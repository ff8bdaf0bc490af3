// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Options that hold variables: filled in, and checked as what they have become. */
import { expect, it } from "vitest";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject } from "../../src/app/project.ts";
import { InputError } from "../../src/errors.ts";
import { brief, project } from "../campaign/project.ts";

const CONFIG =
  'channels:\n  toot: { network: mastodon, server: "https://m.example", token: "${A}" }\n  code: { network: github, repository: acme/acme, as: release, token: "${A}" }\n';

async function planned(campaign: string) {
  const folder = project({
    "broadcast.yml": CONFIG,
    "c.yml": `kind: update\ntitle: T\nbody: B\n${campaign}`,
  });
  const opened = await openProject({ cwd: folder, env: { A: "a-long-secret" } });
  try {
    const { plan } = await planCampaign("c.yml", opened, { withoutCredentials: true });
    const options = Object.fromEntries(
      plan.deliveries.map((one) => [one.channel, one.posts[0]?.post.options]),
    );
    return { options, problems: plan.problems };
  } catch (error) {
    if (error instanceof InputError) return { options: {}, problems: [...error.problems] };
    throw error;
  }
}

it("are filled in, by channel too", async () => {
  const { options, problems } = await planned(
    'vars: { version: "2.4.0", who: unlisted }\noptions:\n  github: { tag: "v{{ version }}" }\n  mastodon: { visibility: "{{ who }}", spoiler_text: "On {{ channel.network }}" }\nchannels: [code, toot]\n',
  );
  expect(problems).toEqual([]);
  expect(options.code).toMatchObject({ tag: "v2.4.0" });
  expect(options.toot).toMatchObject({ visibility: "unlisted", spoiler_text: "On mastodon" });
});

it("are checked once they are filled in", async () => {
  const { problems } = await planned(
    'vars: { who: everybody }\nchannels: [toot]\noptions:\n  mastodon: { visibility: "{{ who }}" }\n',
  );
  expect(problems.map(brief)).toEqual(["c.yml:7:27 unknown-value"]);
  expect(problems[0]?.message).toContain("once it is filled in");
});

it("name the variable that is not there, at its place", async () => {
  const { problems } = await planned(
    'channels: [code]\noptions:\n  github: { tag: "v{{ vershun }}" }\nvars: { version: 1 }\n',
  );
  expect(problems.map(brief)).toEqual(["c.yml:6:23 undefined-variable"]);
});

it("are checked as they are where nothing is filled in, beside others", async () => {
  const { problems } = await planned(
    'vars: { v: 1 }\nchannels: [toot]\noptions:\n  mastodon: { visibilty: "{{ v }}", sensitive: 3, spoiler_text: "{{ v }}" }\n',
  );
  expect(problems.map(brief)).toEqual(["c.yml:7:15 unknown-key", "c.yml:7:48 wrong-type"]);
});
