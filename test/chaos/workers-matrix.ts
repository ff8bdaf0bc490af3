/** Workers that die, over one ledger, printed as a table: `DELIVERIES=200 KILLS=20 npm run test:workers` takes fewer. */
import { HAS_POSTGRES, startPostgres } from "../postgres/server.ts";
import { startStage } from "./harness.ts";
import { castOf, playWorkers } from "./workers.ts";

if (!HAS_POSTGRES) {
  console.error(
    "PostgreSQL is not installed (Debian: apt install postgresql), and TEST_DATABASE_URL is not set.",
  );
  process.exit(process.env.CI ? 1 : 0);
}
const DELIVERIES = Number(process.env.DELIVERIES ?? 2_000);
const KILLS = Number(process.env.KILLS ?? 200);
const CHANNELS = Math.min(50, Math.max(5, Math.ceil(DELIVERIES / 20)));
const RESTARTS = Number(process.env.RESTARTS ?? 5);
// With a key, with an id of our own, asked by look-up, and with nothing to ask.
const CAST = (process.env.ONLY ?? "mastodon,bluesky,discord,matrix,telegram").split(",");

const server = await startPostgres();
const stage = await startStage();
const verdict = await playWorkers(
  castOf(CAST),
  {
    workers: 4,
    channels: CHANNELS,
    campaigns: Math.ceil(DELIVERIES / CHANNELS),
    kills: KILLS,
    restarts: RESTARTS,
    partition: 20_000,
    ahead: 600_000,
  },
  stage,
  server,
  (text) => console.log(text),
);
await stage.close();
await server.close();
const { twice, lost, needless } = verdict;
for (const [what, list] of Object.entries({ twice, lost, needless }))
  for (const one of list.slice(0, 10)) console.error(`${what}: ${one}`);
console.log("| deliveries | kills | restarts | out once | held for a person | twice | lost | seconds |");
console.log("| --: | --: | --: | --: | --: | --: | --: | --: |");
console.log(
  `| ${[verdict.deliveries, verdict.kills, verdict.restarts, verdict.states.published ?? 0, verdict.states.held ?? 0, twice.length, lost.length, verdict.seconds].join(" | ")} |`,
);
process.exit(twice.length + lost.length + needless.length === 0 ? 0 : 1);
