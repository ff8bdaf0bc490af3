/** The long suite: at least a thousand kills, printed as a table. `KILLS=200 npm run test:chaos` takes fewer. */
import { boundaries, inParallel, killAndSettle, SUBJECTS, startStage, type Verdict } from "./harness.ts";

const KILLS = Number(process.env.KILLS ?? 1_000);
const stage = await startStage();
const began = Date.now();

const single: { subject: (typeof SUBJECTS)[number]; killAt: string[] }[] = [];
for (const subject of SUBJECTS) {
  for (const boundary of await boundaries(subject, stage)) single.push({ subject, killAt: [boundary] });
}
// Every boundary once; then kills during the recovery from a kill, until there are enough.
const verdicts = await settle(single);
for (let n = 0; killsOf(verdicts) < KILLS; ) {
  const more: typeof single = [];
  for (; more.length < Math.ceil((KILLS - killsOf(verdicts)) / 2); n++) {
    const first = single[(n * 7) % single.length]!;
    const second = single[(n * 13 + 5) % single.length]!;
    more.push({ subject: first.subject, killAt: [...first.killAt, ...second.killAt] });
  }
  console.error(`${killsOf(verdicts)} kills …`);
  verdicts.push(...(await settle(more)));
  if (verdicts.some(({ wrong }) => wrong)) break;
}
await stage.close();

const wrong = verdicts.filter((verdict) => verdict.wrong);
for (const { subject, killAt, wrong: why } of wrong.slice(0, 10))
  console.error(`${subject} killed at ${killAt.join(", then ")}: ${why}\n`);
console.log(table(verdicts));
console.log(
  `\n${killsOf(verdicts)} kills in ${verdicts.length} campaigns, ${Math.round((Date.now() - began) / 1000)} s. ${verdicts.length - wrong.length} passed, ${wrong.length} failed`,
);
process.exit(wrong.length > 0 ? 1 : 0);

function settle(cases: typeof single): Promise<Verdict[]> {
  return inParallel(cases, 4, ({ subject, killAt }) => killAndSettle(subject, killAt, stage));
}

function killsOf(all: readonly Verdict[]): number {
  return all.reduce((sum, { kills }) => sum + kills, 0);
}

function table(all: readonly Verdict[]): string {
  const head =
    "| network | campaigns | kills | out once | held for a person | twice | lost | wrong |\n| --- | --: | --: | --: | --: | --: | --: | --: |";
  const rows = SUBJECTS.map(({ name }) => {
    const own = all.filter(({ subject }) => subject === name);
    const count = (test: (verdict: Verdict) => boolean) => own.filter(test).length;
    return `| ${name} | ${own.length} | ${killsOf(own)} | ${count(({ exit, out }) => exit === 0 && out.every((n) => n === 1))} | ${count(({ exit }) => exit === 4)} | ${count(({ out }) => out.some((n) => n > 1))} | ${count(({ exit, out }) => exit === 0 && out.includes(0))} | ${count(({ wrong: why }) => why !== undefined)} |`;
  });
  return [head, ...rows].join("\n");
}
