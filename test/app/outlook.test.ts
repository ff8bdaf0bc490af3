// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** What a plan will meet: full windows are foreseen, and a budget is not exceeded. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { budgetProblems } from "../../src/app/budget.ts";
import { withLedger } from "../../src/app/ledger.ts";
import { planCampaign } from "../../src/app/plan.ts";
import { openProject, type Project } from "../../src/app/project.ts";
import { quotaWarnings } from "../../src/app/quotas.ts";
import { openRehearsal } from "../../src/app/sandbox.ts";
import { send } from "../../src/app/send.ts";

let folder: string;
let rehearsal: Awaited<ReturnType<typeof openRehearsal>>;
const file = () => join(folder, "c.yml");
const write = (title: string, more = "") =>
  writeFileSync(file(), `kind: update\ntitle: ${title}\nbody: Words.\nchannels: [dear, free]\n${more}`);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "broadcast-outlook-"));
  rehearsal = await openRehearsal({ folder: join(folder, ".broadcast/sandbox") });
});
afterEach(async () => {
  await rehearsal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function opened(budget = "", rates = [{ posts: 2, per: "24h" }]): Promise<Project> {
  writeFileSync(
    join(folder, "broadcast.yml"),
    `channels:\n  dear: { network: mastodon, server: "https://m.example", token: "\${T}" }\n  free: { network: feed, folder: public, title: F, url: "https://f.example/" }\n${budget}`,
  );
  const project = await openProject({ cwd: folder, env: {}, override: rehearsal.override });
  const { channels } = project.config;
  const dear = channels.get("dear")!;
  const cost = () => ({ amount: 0.2, currency: "USD" });
  channels.set("dear", { ...dear, adapter: { ...dear.adapter, cost, rates } });
  return project;
}

/** As if the rehearsal's ledger were the real one. */
async function spoken(project: Project, now = Date.now()): Promise<{ quota: string[]; budget: string[] }> {
  const { deliveries } = (await planCampaign(file(), project)).plan;
  return withLedger(project, async (door) => {
    const ledger = await door.existing();
    const real = { ...project, rehearsal: false };
    const words = (found: { message: string }[]) => found.map(({ message }) => message);
    return {
      quota: words(await quotaWarnings(deliveries, project, ledger, now)),
      budget: words(await budgetProblems(deliveries, real, ledger, now)),
    };
  });
}

it("counts what the account has sent in its window", async () => {
  const project = await opened();
  for (const title of ["One", "Two"]) {
    write(title, `id: ${title}\n`);
    expect((await spoken(project)).quota).toEqual([]);
    expect((await send(file(), project)).code).toBe(0);
  }
  write("Three", "id: Three\n");
  const { quota } = await spoken(project);
  expect(quota).toEqual([
    expect.stringMatching(/^`dear`: 2 of 2 posts in 24h are used; this goes out about \d{4}-/),
  ]);
  expect((await spoken(project, Date.now() + 25 * 3_600_000)).quota).toEqual([]);
});

it("says how many parts of a thread go out in time", async () => {
  const project = await opened();
  write(
    "One",
    `body: ${"Many words make a thread. ".repeat(50)}\n`.replace(/^body/, "only:\n  dear:\n    body"),
  );
  const { quota } = await spoken(project);
  expect(quota).toEqual([
    expect.stringMatching(/takes 2 posts in 24h; 2 of these \d posts in time, the last about/),
  ]);
});

it("refuses what costs more than is left of the month, and counts what is out and what waits", async () => {
  const project = await opened("budget: { month: 0.5 }\n");
  write("One", "id: One\n");
  expect((await send(file(), project)).code).toBe(0);
  write("Two", "id: Two\n");
  expect((await spoken(project)).budget).toEqual([]);
  expect((await send(file(), project)).code).toBe(0);
  write("Three", "id: Three\n");
  const { budget } = await spoken(project);
  expect(budget).toEqual([
    "these posts cost about 0.2 USD, and 0.4 USD of this month are used or planned: more than the budget of 0.5 USD a month",
  ]);
  const next = new Date();
  expect((await spoken(project, Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 1))).budget).toEqual(
    [],
  );
});

it("does not let a send begin that would exceed it", async () => {
  const project = { ...(await opened("budget: { month: 0.1 }\n")), rehearsal: false };
  write("One");
  await expect(send(file(), project)).rejects.toMatchObject({
    problems: [{ code: "over-budget", place: { line: 4 } }],
  });
});

it("cannot compare another currency", async () => {
  const project = await opened("budget: { month: 100, currency: EUR }\n");
  write("One");
  expect((await spoken(project)).budget).toEqual(["the budget is in EUR, and some posts cost 0.2 USD"]);
});
