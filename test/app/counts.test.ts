/** How long a post is: the plan says what the network's half counts by itself, and what fits by the plan the half takes. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProject, type Project } from "../../src/app/project.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { networks } from "../../src/sandbox/networks/index.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/server.ts";
import { jumpingClock } from "../sandbox/loop.ts";

const TEXTS: [what: string, text: string][] = [
  ["plain words", "Rounds are faster from today on."],
  ["a long link", `See https://acme.example/${"a-very-long-path/".repeat(8)} for all of it.`],
  [
    "several links, one of them twice",
    "https://acme.example/a https://acme.example/a and acme.example/b, (https://x.example).",
  ],
  ["families and flags", "👩‍👩‍👧‍👦 🏳️‍🌈 🇮🇹 ✍🏽 ⚙️ done"],
  ["other scripts", "日本語のお知らせ。新しい版が出ました。 हिन्दी में समाचार ประกาศ"],
  ["marks on letters", "e\u0301 n\u0303 o\u0308\u0301 and ﬁ"],
  ["signs that are written otherwise", "a < b && c > d, *not* _marked_ \\*stars\\* & `code <b>`"],
  [
    "a list with emphasis and a quotation",
    "Three things:\n\n1. **first** thing\n2. _second_ thing\n\n> as she said\n\n~~gone~~",
  ],
  ["people", "Thanks to @acme and @nobody."],
  ["tags", "It is out #OpenSource #日本語"],
];

let folder: string;
let sandbox: Sandbox;
let project: Project;
let clock: ReturnType<typeof jumpingClock>;
beforeAll(async () => {
  clock = jumpingClock();
  folder = mkdtempSync(join(tmpdir(), "broadcast-counts-"));
  cpSync(resolve("broadcast.yml"), join(folder, "broadcast.yml"));
  sandbox = await startSandbox({ networks, folder: join(folder, "stage") });
  const rehearsal = await openRehearsal({ url: sandbox.url, folder: join(folder, ".broadcast", "sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
});
afterAll(async () => {
  await sandbox.close();
  clock.restore();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends it; gives for each channel the lengths by the plan and by the half, part by part. */
async function lengths(body: string): Promise<Record<string, { plan: string[]; half: string[] }>> {
  const before = new Set((await sandbox.posts()).map(({ id, network }) => `${network} ${id}`));
  const file = join(folder, `c${before.size}.yml`);
  writeFileSync(file, `kind: update\nbody: ${JSON.stringify(body)}\nchannels: [everyone]\nmax_posts: 40\n`);
  const { plan, histories, code } = await send(file, project, { clock });
  expect([code, ...histories.map(({ state }) => state)]).toEqual([0, ...histories.map(() => "published")]);
  const posts = (await sandbox.posts()).filter(({ id, network }) => !before.has(`${network} ${id}`));
  return Object.fromEntries(
    plan.deliveries.map(({ channel, network, posts: planned }) => [
      channel,
      {
        plan: planned.map(({ measured }) => `${measured.length}/${measured.max}`),
        half: posts.flatMap((post) =>
          post.network === network && post.max > 0 ? [`${post.length}/${post.max}`] : [],
        ),
      },
    ]),
  );
}

describe("the length of a post", { timeout: 60_000 }, () => {
  it.each(TEXTS)("of %s", async (_, text) => {
    for (const [channel, { plan, half }] of Object.entries(await lengths(text))) {
      // A feed's page has no limit of its own to count against.
      if (half.length > 0) expect([channel, ...half.sort()]).toEqual([channel, ...plan.sort()]);
      else expect(channel).toBe("news");
    }
  });

  it("at its very limit is still taken, part by part", async () => {
    const text = `${"👩‍👩‍👧 wörds &c. <b> https://acme.example/x \n\n".repeat(120)}end`;
    for (const [channel, { plan, half }] of Object.entries(await lengths(text)))
      if (half.length > 0) expect([channel, ...half.sort()]).toEqual([channel, ...plan.sort()]);
  });
});
