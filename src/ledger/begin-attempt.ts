/** Attempts are written down before their requests leave: if the lease still holds, and the windows have room. */
import type { Rate } from "../adapter.ts";
import { exclusively, forRows, type Work } from "./database.ts";
import { freeAt, freeAtEach } from "./rate-windows.ts";
import type { Attempt, Delivery } from "./types.ts";

export interface AttemptStart {
  delivery: Delivery;
  part: number;
  /** Of the first attempt at this part. */
  startedAt: number;
  now: number;
  rates: readonly Rate[];
  /** How long its request may take. Milliseconds. */
  deadline?: number;
  /** How far the server's clock is ahead of ours, at least and at most. */
  offset?: { low: number; high: number };
}

export type AttemptStarted = { attempt: Attempt } | { waitUntil: number } | "lost";

/** Where windows are declared, each attempt takes room from the next; the others begin together. */
export function* beginEach(items: readonly AttemptStart[]): Work<AttemptStarted[]> {
  const begun: AttemptStarted[] = [];
  const unpaced = new Map<string, number>();
  yield* exclusively(items.filter(({ rates }) => rates.length > 0).map(({ delivery }) => delivery.account));
  const known = items.length > 1 ? yield* windowsOf(items) : undefined;
  for (const [at, item] of items.entries()) {
    const { delivery, now, rates } = item;
    const waitUntil = known?.get(delivery.account) ?? (yield* freeAt(delivery.account, now, rates));
    if (waitUntil > now) begun[at] = { waitUntil };
    else if ((rates.length === 0 || known?.has(delivery.account)) && !unpaced.has(delivery.id))
      unpaced.set(delivery.id, at);
    else begun[at] = (yield* attempt([item]))[0]!;
  }
  const places = [...unpaced.values()];
  const attempts = yield* attempt(places.map((at) => items[at]!));
  places.forEach((at, index) => {
    begun[at] = attempts[index]!;
  });
  return begun;
}

/** When accounts are free of which there is one attempt here: those that share an account take room from each other. */
function* windowsOf(items: readonly AttemptStart[]): Work<Map<string, number>> {
  const times = new Map<string, number>();
  for (const { delivery } of items) times.set(delivery.account, (times.get(delivery.account) ?? 0) + 1);
  const free = new Map<string, number>();
  const groups = new Map<string, AttemptStart[]>();
  for (const item of items.filter(({ delivery }) => times.get(delivery.account) === 1)) {
    const alike = JSON.stringify(item.rates);
    groups.set(alike, [...(groups.get(alike) ?? []), item]);
  }
  for (const group of groups.values()) {
    const now = Math.max(...group.map((item) => item.now));
    const accounts = group.map(({ delivery }) => delivery.account);
    for (const [account, at] of yield* freeAtEach(accounts, now, group[0]!.rates)) free.set(account, at);
  }
  return free;
}

const count = forRows(
  `update deliveries set tries = tries + 1 from (values @rows) as asked
   where id = column1 and owner = column2 and round = column3 and state = 'sending' returning id, tries`,
  "text",
  "text",
  "bigint",
);
const insert = forRows(
  `insert into attempts (delivery, part, number, round, account, started_at, at, server_from, server_to, over_at)
   values @rows`,
  "text",
  "bigint",
  "bigint",
  "bigint",
  "text",
  "bigint",
  "bigint",
  "bigint",
  "bigint",
  "bigint",
);

function* attempt(items: readonly AttemptStart[]): Work<AttemptStarted[]> {
  const held = yield* count(items.map(({ delivery: { id, owner = "", round } }) => [id, owner, round]));
  const tries = new Map(held.map((row) => [String(row.id), Number(row.tries)]));
  const begun = items.map((item): AttemptStarted => {
    const { delivery, part, startedAt, now, deadline, offset } = item;
    const number = tries.get(delivery.id);
    if (number === undefined) return "lost";
    const begun = { delivery: delivery.id, part, number, round: delivery.round, startedAt, at: now };
    const server = offset && { from: Math.floor(now + offset.low), to: Math.ceil(now + offset.high) };
    return {
      attempt: { ...begun, server, overAt: deadline === undefined ? undefined : Math.ceil(now + deadline) },
    };
  });
  yield* insert(
    begun.flatMap((one, index) => {
      if (one === "lost" || !("attempt" in one)) return [];
      const { delivery, part, number, round, startedAt, at, server, overAt } = one.attempt;
      const { account } = items[index]!.delivery;
      const times = [startedAt, at, server?.from ?? null, server?.to ?? null, overAt ?? null];
      return [[delivery, part, number, round, account, ...times]];
    }),
  );
  return begun;
}
