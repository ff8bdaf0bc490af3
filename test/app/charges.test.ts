// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** Where a network charges for looking, correcting and taking back, it is said before. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Money } from "../../src/adapter.ts";
import { edit } from "../../src/app/edit.ts";
import { openProject, type Project } from "../../src/app/project.ts";
import { retract } from "../../src/app/retract.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";
import { stats } from "../../src/app/stats.ts";
import { verifyPosts } from "../../src/app/verify-posts.ts";
import { sumOf } from "../../src/plan/charges.ts";
import { editList, retractionList } from "../../src/report/corrections.ts";
import { createPaint } from "../../src/report/style.ts";

const usd = (amount: number): Money => ({ amount, currency: "USD" });
const layout = { paint: createPaint(false), width: 120, wraps: false };

let folder: string;
let project: Project;
let rehearsal: Awaited<ReturnType<typeof openRehearsal>>;
const file = () => join(folder, "c.yml");
const write = (title: string) =>
  writeFileSync(file(), `kind: update\ntitle: ${title}\nbody: Words.\nchannels: [dear, sky, free]\n`);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-charges-"));
  writeFileSync(
    join(folder, "broadcast.yml"),
    'channels:\n  dear: { network: mastodon, server: "https://m.example", token: "${T}" }\n  sky: { network: bluesky, identifier: a.example, password: "${T}" }\n  free: { network: discord, webhook: "${T}" }\n',
  );
  write("The first");
  rehearsal = await openRehearsal({ folder: join(folder, ".broadcast/sandbox") });
  project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
  const { channels } = project.config;
  for (const [name, cost] of [
    ["dear", undefined],
    ["sky", () => usd(0.015)],
  ] as const) {
    const channel = channels.get(name)!;
    const charges = { edit: usd(0.015), retract: usd(0.01), read: usd(0.005) };
    channels.set(name, { ...channel, adapter: { ...channel.adapter, charges, ...(cost && { cost }) } });
  }
  expect((await send(file(), project)).code).toBe(0);
});
afterEach(async () => {
  await rehearsal.close();
  rmSync(folder, { recursive: true, force: true });
});

it("an edit says what it costs, and what it would cost to send again", async () => {
  write("The second");
  const { edits } = await edit(file(), project, { dryRun: true });
  expect(edits.map(({ is, cost }) => [is, cost])).toEqual([
    ["edit", [usd(0.015)]],
    ["cannot", [usd(0.025)]],
    ["edit", undefined],
  ]);
  const shown = editList(edits, layout);
  expect(shown).toContain("readers see that it was edited; costs about 0.015 USD");
  expect(shown).toContain("Bluesky cannot edit what is out; sending it again costs about 0.025 USD");
});

it("a retraction says what it costs", async () => {
  const { retractions } = await retract("c.yml", project, { dryRun: true });
  expect(Object.fromEntries(retractions.map(({ history, cost }) => [history.channel, cost]))).toEqual({
    dear: [usd(0.01)],
    sky: [usd(0.01)],
    free: undefined,
  });
  expect(retractionList(retractions, Date.now(), layout)).toMatch(
    /dear .*will be deleted.*; costs about 0.01 USD/,
  );
});

it("looking says what it costs before anything is asked, and who says no is not charged", async () => {
  const asked: [readonly Money[], number][] = [];
  const agree = (answer: boolean) => async (cost: readonly Money[], posts: number) => {
    asked.push([cost, posts]);
    return answer;
  };
  const { found, notAsked } = await verifyPosts(project, { agree: agree(false) });
  expect(found.map(({ delivery }) => delivery)).toEqual(["c.yml/free"]);
  expect(notAsked.map(({ channel, why }) => `${channel}: ${why}`).sort()).toEqual([
    "dear: was not asked, since it charges",
    "sky: was not asked, since it charges",
  ]);
  expect((await verifyPosts(project, { agree: agree(true) })).found).toHaveLength(3);
  expect((await stats(project, { agree: agree(true) })).rows).toHaveLength(3);
  expect(asked).toEqual(Array(3).fill([[usd(0.01)], 2]));
  // What is kept costs nothing.
  await stats(project, { cached: true, agree: agree(true) });
  expect(asked).toHaveLength(3);
});

it("sums have no dust, and currencies stay apart", () => {
  expect(sumOf([usd(0.005), usd(0.005), usd(0.005), undefined, { amount: 1, currency: "EUR" }])).toEqual([
    usd(0.015),
    { amount: 1, currency: "EUR" },
  ]);
});
