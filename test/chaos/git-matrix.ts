/** The git ledger's long suite, printed as a table: `KILLS=20 RACES=10 npm run test:chaos:git` takes fewer. */
import { boundariesInGit, killInGit, REMOTE_SUBJECTS, race, type Verdict } from "./git.ts";
import { inParallel, startStage } from "./harness.ts";
import type { Subject } from "./subjects.ts";

const KILLS = Number(process.env.KILLS ?? 500);
const RACES = Number(process.env.RACES ?? 200);
const APART = Math.max(1, Math.min(30, Math.ceil(KILLS / 10)));
const began = Date.now();
const seconds = () => Math.round((Date.now() - began) / 1000);
const stage = await startStage();

const single: { subject: Subject; killAt: string[] }[] = [];
for (const subject of REMOTE_SUBJECTS) {
  for (const boundary of await boundariesInGit(subject, stage)) single.push({ subject, killAt: [boundary] });
}
// Every boundary once; then kills of the runner that settles, until there are enough.
const cases =
  KILLS < single.length ? single.filter((_, n) => n % Math.ceil(single.length / KILLS) === 0) : [...single];
for (let n = 0, kills = cases.length; kills < KILLS && cases.length >= single.length; n++, kills += 2) {
  const first = single[(n * 7) % single.length]!;
  const second = single[(n * 13 + 5) % single.length]!;
  cases.push({ subject: first.subject, killAt: [...first.killAt, ...second.killAt] });
}
const killed = await inParallel(cases, 3, ({ subject, killAt }) => killInGit(subject, killAt, stage));
console.log(`${killed.length} runs with kills, ${seconds()} s`);
// On computers of their own: most of the time of these is a minute of waiting for a lease, so they wait together.
const apart = await inParallel(
  single.filter((_, n) => n % Math.ceil(single.length / APART) === 0),
  APART,
  ({ subject, killAt }) => killInGit(subject, killAt, stage, { apart: true }),
);
console.log(`${apart.length} on computers of their own, ${seconds()} s`);
const raced = await inParallel([...Array(RACES).keys()], 4, (n) =>
  race(REMOTE_SUBJECTS[n % REMOTE_SUBJECTS.length]!, stage),
);
await stage.close();

const all: Verdict[] = [...killed, ...apart, ...raced];
const wrong = all.filter((verdict) => verdict.wrong);
for (const { subject, what, wrong: why } of wrong.slice(0, 10))
  console.error(`${subject}, ${what}: ${why}\n`);
console.log(
  "| network | kills | of them on other computers | races | out once | held for a person | twice | lost | wrong |\n| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
);
const killsIn = (list: readonly Verdict[]) => list.reduce((sum, { kills }) => sum + kills, 0);
for (const { name } of REMOTE_SUBJECTS) {
  const own = (list: readonly Verdict[]) => list.filter(({ subject }) => subject === name);
  const count = (test: (verdict: Verdict) => boolean) => own(all).filter(test).length;
  const cells = [
    name,
    killsIn(own([...killed, ...apart])),
    killsIn(own(apart)),
    own(raced).length,
    count(({ exit, out }) => exit === 0 && out.every((n) => n === 1)),
    count(({ exit }) => exit === 4),
    count(({ out }) => out.some((n) => n > 1)),
    count(({ exit, out }) => exit === 0 && out.includes(0)),
    count(({ wrong: why }) => why !== undefined),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
console.log(`\n${all.length - wrong.length} passed, ${wrong.length} failed, ${seconds()} s`);
process.exit(wrong.length > 0 ? 1 : 0);
