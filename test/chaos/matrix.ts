/**
 * The long suite: at least a thousand kills, printed as a table. `KILLS=200 npm run test:chaos` takes fewer, SEED others,
 * `ONLY=mastodon` those of one network, `NAMED=poisoned` those with that in their name, `OF=60` so many of what is killed, spread evenly. Three quarters of the kills are single ones, at every boundary if there are enough; the others fall into the
 * recovery from one.
 */
import { type Case, seeded, spread, twice } from "./choice.ts";
import { boundaries, inParallel, startStage } from "./harness.ts";
import { SUBJECTS } from "./subjects.ts";
import { killAndSettle, type Verdict } from "./verdict.ts";

const KILLS = Number(process.env.KILLS ?? 1_000);
const SEED = Number(process.env.SEED ?? 1);
const ONLY = process.env.ONLY;
const AGAIN = Math.ceil(KILLS / 4);
const random = seeded(SEED);
const wanted = SUBJECTS.filter(
  ({ network, name }) =>
    (ONLY === undefined || network === ONLY) && (!process.env.NAMED || name.includes(process.env.NAMED)),
);
if (wanted.length === 0) throw new Error(`nothing is called ${ONLY ?? ""} ${process.env.NAMED ?? ""}`);
const most = Number(process.env.OF ?? wanted.length);
const subjects = wanted.filter(
  (_, n) => Math.floor((n * most) / wanted.length) !== Math.floor(((n - 1) * most) / wanted.length),
);
const stage = await startStage();
const began = Date.now();

const singles: Case[] = [];
const verdicts: Verdict[] = [];
const measured = await inParallel(subjects, 4, async (subject): Promise<Case[] | Verdict> => {
  try {
    return (await boundaries(subject, stage)).map((boundary) => ({ subject, killAt: [boundary] }));
  } catch (error) {
    // A program that is broken on purpose may be wrong before anything is killed; the others tell how wrong.
    return { subject: subject.name, killAt: [], kills: 0, out: [], exit: null, wrong: String(error) };
  }
});
for (const one of measured) Array.isArray(one) ? singles.push(...one) : verdicts.push(one);
verdicts.push(...(await settle(spread(singles, KILLS - AGAIN, random))));
while (killsOf(verdicts) < KILLS && !verdicts.some(({ wrong }) => wrong)) {
  console.error(`${killsOf(verdicts)} kills …`);
  verdicts.push(...(await settle(twice(singles, Math.ceil((KILLS - killsOf(verdicts)) / 2), random))));
}
await stage.close();

const wrong = verdicts.filter((verdict) => verdict.wrong);
for (const { subject, killAt, wrong: why } of wrong.slice(0, 10))
  console.error(`${subject} killed at ${killAt.join(", then ") || "no time"}: ${why}\n`);
console.log(table(verdicts));
console.log(
  `\n${killsOf(verdicts)} kills in ${verdicts.length} campaigns (seed ${SEED}; ${singles.length} boundaries), ${Math.round((Date.now() - began) / 1000)} s. ${verdicts.length - wrong.length} passed, ${wrong.length} failed`,
);
process.exit(wrong.length > 0 ? 1 : 0);

function settle(cases: readonly Case[]): Promise<Verdict[]> {
  return inParallel(cases, 4, ({ subject, killAt }) => killAndSettle(subject, killAt, stage));
}

function killsOf(all: readonly Verdict[]): number {
  return all.reduce((sum, { kills }) => sum + kills, 0);
}

function table(all: readonly Verdict[]): string {
  const head =
    "| what | campaigns | kills | campaigns with two | out once | held for a person | twice | lost | wrong |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: |";
  const rows = subjects.map(({ name }) => {
    const own = all.filter(({ subject }) => subject === name);
    const count = (test: (verdict: Verdict) => boolean) => own.filter(test).length;
    const cells = [
      name,
      own.length,
      killsOf(own),
      count(({ kills }) => kills > 1),
      count(({ exit, out }) => exit === 0 && out.every((n) => n === 1)),
      count(({ exit }) => exit === 4),
      count(({ out }) => out.some((n) => n > 1)),
      // What was to be taken back is not lost.
      name.endsWith("by retract") ? 0 : count(({ exit, out }) => exit === 0 && out.includes(0)),
      count(({ wrong: why }) => why !== undefined),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [head, ...rows].join("\n");
}
