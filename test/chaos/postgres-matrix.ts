/** The long suite of the ledger in PostgreSQL, printed as a table: `KILLS=20 RACES=10 npm run test:chaos:postgres` takes fewer. */
import { HAS_POSTGRES, startPostgres } from "../postgres/server.ts";
import { REMOTE_SUBJECTS } from "./git.ts";
import { inParallel, startStage } from "./harness.ts";
import { boundariesOn, killOn, raceOn, type Verdict } from "./postgres.ts";
import type { Subject } from "./subjects.ts";

if (!HAS_POSTGRES) {
  console.error(
    "PostgreSQL is not installed (Debian: apt install postgresql), and TEST_DATABASE_URL is not set.",
  );
  process.exit(process.env.CI ? 1 : 0);
}
const KILLS = Number(process.env.KILLS ?? 300);
const RACES = Number(process.env.RACES ?? 100);
// With a key, with an id of our own, asked by look-up, and with nothing to ask; ONLY=… for others.
const only = (process.env.ONLY ?? "mastodon,bluesky,discord,matrix,slack,zulip,telegram").split(",");
const subjects = REMOTE_SUBJECTS.filter(({ network }) => only.includes(network));
const began = Date.now();
const seconds = () => Math.round((Date.now() - began) / 1000);
const stage = await startStage();
const server = await startPostgres();

const found = await inParallel(subjects, 3, async (subject) => ({
  subject,
  boundaries: await boundariesOn(subject, stage, server.url()),
}));
const single = found.flatMap(({ subject, boundaries }) =>
  boundaries.map((boundary): { subject: Subject; killAt: string[] } => ({ subject, killAt: [boundary] })),
);
console.log(`${single.length} boundaries of ${subjects.length} subjects, ${seconds()} s`);
const step = Math.max(1, single.length / KILLS);
const cases = Array.from(
  { length: Math.min(KILLS, single.length) },
  (_, n) => single[Math.floor(n * step)]!,
).map(
  // A third of them are killed a second time, while they recover.
  (one, n) =>
    n % 3 === 0 ? { ...one, killAt: [...one.killAt, single[(n * 13 + 5) % single.length]!.killAt[0]!] } : one,
);
// Those that must wait for half a minute wait together.
const killed = await inParallel(cases, 8, ({ subject, killAt }) =>
  killOn(subject, killAt, stage, server.url()),
);
console.log(`${killed.length} runs with kills, ${seconds()} s`);
const raced = await inParallel([...Array(RACES).keys()], 3, (n) =>
  raceOn(subjects[n % subjects.length]!, stage, server.url()),
);
await stage.close();
await server.close();

const all: Verdict[] = [...killed, ...raced];
const wrong = all.filter((verdict) => verdict.wrong);
for (const { subject, what, wrong: why } of wrong.slice(0, 10))
  console.error(`${subject}, ${what}: ${why}\n`);
console.log(
  "| network | kills | races | out once | held for a person | twice | lost | wrong |\n| --- | --: | --: | --: | --: | --: | --: | --: |",
);
for (const { name } of subjects) {
  const own = (list: readonly Verdict[]) => list.filter(({ subject }) => subject === name);
  const count = (test: (verdict: Verdict) => boolean) => own(all).filter(test).length;
  const cells = [
    name,
    own(killed).reduce((sum, { kills }) => sum + kills, 0),
    own(raced).length,
    count(({ exit, out }) => exit === 0 && out.every((n) => n === 1)),
    count(({ exit }) => exit === 4),
    count(({ out }) => out.some((n) => n > 1)),
    count(({ exit, out }) => exit === 0 && out.includes(0)),
    count(({ wrong: why }) => why !== undefined),
  ];
  console.log(`| ${cells.join(" | ")} |`);
}
const kills = killed.reduce((sum, verdict) => sum + verdict.kills, 0);
console.log(`${kills} kills, ${raced.length} races, ${wrong.length} wrong, ${seconds()} s`);
process.exit(wrong.length === 0 ? 0 : 1);
