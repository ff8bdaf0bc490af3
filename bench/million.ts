/** What a ledger in PostgreSQL with a million deliveries costs: `node scripts/run.mjs bench/million.ts`. Milliseconds, the median of many. */
import { findInPostgres } from "../src/ledger/open.ts";
import { postgresPlace } from "../src/postgres-address.ts";
import { ask, HAS_POSTGRES, startPostgres } from "../test/postgres/server.ts";

const COUNT = Number(process.env.COUNT ?? 1_000_000);

if (HAS_POSTGRES) await main();
else console.log("PostgreSQL is not installed: nothing is measured");

async function main(): Promise<void> {
  const server = await startPostgres();
  const url = server.url();
  const ledger = await (await findInPostgres(postgresPlace(url)!)).open();
  const posts = `[{"text":"Acme 2.4 is out: lists sync in half the time.","entities":[],"media":[],"tags":[],"options":{}}]`;
  const now = Date.now();
  // One in a thousand is still open, over two hundred channels.
  await ask(
    url,
    `insert into deliveries (id, campaign, channel, network, account, state, digest, posts, seed, round, due_at, next_at,
       failures, tries, created_at, updated_at)
     select 'c/' || n, 'c' || n / 200, 'ch' || n % 200, 'mastodon', 'acc' || n % 200,
       case when n % 1000 = 7 then 'scheduled' else 'published' end, 'd', '${posts}', md5(n::text), 0,
       ${now} - n, ${now} - n, 0, 1, ${now} - n, ${now} - n from generate_series(1, ${COUNT}) as n;
     insert into attempts (delivery, part, number, round, account, started_at, at, ended_at, outcome)
     select 'c/' || n, 0, 1, 0, 'acc' || n % 200, ${now} - n * 1000::bigint, ${now} - n * 1000::bigint, ${now} - n * 1000::bigint + 50, 'published'
       from generate_series(1, ${COUNT}) as n where n % 1000 <> 7;
     insert into receipts (delivery, part, post_id, at)
     select 'c/' || n, 0, n::text, ${now} - n * 1000::bigint from generate_series(1, ${COUNT}) as n where n % 1000 <> 7;
     analyze`,
  );
  console.log(`${COUNT} deliveries`);
  const rates = [{ posts: 300, per: "3h" as const }];
  let channel = 7;
  const next = () => {
    channel = (channel + 1) % 200;
    return { channel: `ch${channel}`, account: `acc${channel}` };
  };
  await time("claim of a channel's next delivery", () =>
    ledger.claimNext({ owner: "me", now, until: now + 60_000, dead: [], ...next() }),
  );
  await time("channels at which something is due", () => ledger.dueChannels(now));
  await time("backlog", () => ledger.backlog(now));
  await time("when an account may post again", () => ledger.freeAt(next().account, now, rates));
  await time("history of a delivery", () => ledger.history(`c/${1 + Math.floor(Math.random() * COUNT)}`));
  await time("deliveries of a campaign", () =>
    ledger.list({ campaign: `c${Math.floor(Math.random() * 5_000)}` }),
  );
  await time("what is open (status)", () => ledger.outlines({ states: ["scheduled", "sending"] }));
  for (const sql of [
    `select distinct channel from deliveries where state in ('scheduled', 'sending') and next_at <= ${now}`,
    `select id from deliveries where channel = 'ch9' and account = 'acc9' and state = 'scheduled' and next_at <= ${now} order by next_at, created_at, id limit 1`,
    `select at, ended_at from attempts where account = 'acc9' and at > ${now - 10_800_000} order by at desc limit 4 offset 299`,
  ])
    console.log(
      [
        sql,
        ...(await ask(url, `explain (analyze, costs off) ${sql}`)).map((row) => `  ${row["QUERY PLAN"]}`),
      ].join("\n"),
    );
  await ledger.close();
  await server.close();
}

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const all: number[] = [];
  for (let n = 0; n < 60; n++) {
    const began = performance.now();
    await work();
    all.push(performance.now() - began);
  }
  const median = all.sort((a, b) => a - b)[all.length / 2]!;
  console.log(`${what.padEnd(40)} ${median.toFixed(1)} ms, at most ${all.at(-1)!.toFixed(1)}`);
}
