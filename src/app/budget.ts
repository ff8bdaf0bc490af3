/** `budget:` of broadcast.yml: what posts may cost in a month. What would exceed it is not sent. */
import { Temporal } from "temporal-polyfill";
import type { Money } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { sumOf } from "../plan/charges.ts";
import type { PlannedDelivery } from "../plan/types.ts";
import { moneyWords } from "../report/money.ts";
import type { Project } from "./project.ts";

/** An error if these posts, with what the month has cost already and what waits for it, cost more than the budget. */
export async function budgetProblems(
  deliveries: readonly PlannedDelivery[],
  project: Project,
  ledger: Ledger | undefined,
  now: number,
): Promise<Problem[]> {
  const { budget, source, timezone } = project.config;
  const planned = sumOf(deliveries.map(({ cost }) => cost));
  if (!budget || planned.length === 0 || project.rehearsal) return [];
  const { from, to } = monthOf(now, timezone);
  const ids = new Set(deliveries.map(({ id }) => id));
  const before = ledger ? await spent(project, ledger, { from, to, without: ids }) : [];
  const inMonth = deliveries.filter(({ due }) => due === undefined || Date.parse(due) < to);
  const all = sumOf([...before, ...inMonth.map(({ cost }) => cost)]);
  const foreign = all.filter(({ currency }) => currency !== budget.currency);
  const own = all.find(({ currency }) => currency === budget.currency)?.amount ?? 0;
  if (own <= budget.month && foreign.length === 0) return [];
  const limit = moneyWords([{ amount: budget.month, currency: budget.currency }]);
  const costs = moneyWords(sumOf(inMonth.map(({ cost }) => cost)));
  const used =
    before.length === 0 ? "" : `, and ${moneyWords(sumOf(before))} of this month are used or planned`;
  return [
    {
      severity: "error",
      code: "over-budget",
      message:
        foreign.length > 0
          ? `the budget is in ${budget.currency}, and some posts cost ${moneyWords(foreign)}`
          : `these posts cost about ${costs}${used}: more than the budget of ${limit} a month`,
      remedy: "Raise `budget` in broadcast.yml, or leave out what costs: `--network` and `--channel` choose.",
      place: source.place(["budget"]),
    },
  ];
}

/** The calendar month in the project's zone. */
function monthOf(now: number, timezone = "UTC"): { from: number; to: number } {
  const first = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timezone)
    .with({ day: 1 })
    .startOfDay();
  return { from: first.epochMilliseconds, to: first.add({ months: 1 }).epochMilliseconds };
}

/** What posts cost that went out in the month, or may have, and those that wait for a time in it. */
async function spent(
  { config }: Project,
  ledger: Ledger,
  { from, to, without }: { from: number; to: number; without: ReadonlySet<string> },
): Promise<Money[]> {
  const priced = [...config.channels.values()].filter(({ adapter }) => adapter.cost);
  const accounts = [...new Set(priced.map(({ accountFingerprint }) => accountFingerprint))];
  if (accounts.length === 0) return [];
  const adapters = new Map(priced.map(({ accountFingerprint, adapter }) => [accountFingerprint, adapter]));
  const waiting = (await ledger.waitingFor(accounts)).filter(
    ({ id, nextAt }) => nextAt < to && !without.has(id),
  );
  const uses = (await ledger.uses(accounts, from - 1)).filter(
    ({ isChange, delivery }) => !isChange && !without.has(delivery),
  );
  const tried = await ledger.list({ ids: [...new Set(uses.map(({ delivery }) => delivery))] });
  const posts = new Map(
    tried.flatMap((one) =>
      uses
        .filter(({ delivery }) => delivery === one.id)
        .map(({ part }) => [`${one.id} ${part}`, { ...one, post: one.posts[part] }] as const),
    ),
  );
  for (const one of waiting)
    for (const [part, post] of one.posts.entries()) posts.set(`${one.id} ${part}`, { ...one, post });
  return [...posts.values()].flatMap(({ account, post }) =>
    post ? (adapters.get(account)?.cost?.(post) ?? []) : [],
  );
}
