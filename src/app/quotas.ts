/** What of a plan the networks' limits will make wait: said before it is sent, from what the ledger remembers. */
import type { Rate } from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import type { Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Coming, forecast } from "../plan/forecast.ts";
import type { PlannedDelivery } from "../plan/types.ts";
import { count } from "../report/code-frame.ts";
import { moment } from "../report/time.ts";
import { knownLimits } from "./account.ts";
import type { Project } from "./project.ts";

// What waits for less is not worth a word.
const LEAST = 10 * 60_000;

/** A warning for each delivery whose last post goes out more than ten minutes after it is due. */
export async function quotaWarnings(
  deliveries: readonly PlannedDelivery[],
  project: Project,
  ledger: Ledger | undefined,
  now: number,
): Promise<Problem[]> {
  const paced = await pacedOf(deliveries, project);
  if (paced.length === 0) return [];
  const accounts = [...new Set(paced.map(({ delivery }) => delivery.account))];
  const longest = Math.max(...paced.flatMap(({ rates }) => rates.map(({ per }) => milliseconds(per))));
  const uses = (await ledger?.uses(accounts, now - longest)) ?? [];
  const waiting = (await ledger?.waitingFor(accounts)) ?? [];
  return accounts.flatMap((account) => {
    const ours = paced.filter(({ delivery }) => delivery.account === account);
    const others = waiting.filter(
      (one) => one.account === account && !ours.some(({ delivery }) => delivery.id === one.id),
    );
    const used = uses.filter((one) => one.account === account).map(({ at }) => at);
    const coming: Coming[] = [
      ...others.map(({ id, posts, nextAt }) => ({ id, posts: posts.length, dueAt: nextAt })),
      ...ours.map(({ delivery }) => comingOf(delivery, now)),
    ];
    const rates = ours[0]?.rates ?? [];
    const times = forecast(coming, { used, rates, now });
    return ours.flatMap(({ delivery }) =>
      warningOf(delivery, times.get(delivery.id) ?? [], { rates, used, now }),
    );
  });
}

interface Paced {
  delivery: PlannedDelivery;
  rates: readonly Rate[];
}

async function pacedOf(deliveries: readonly PlannedDelivery[], project: Project): Promise<Paced[]> {
  const channels = deliveries.flatMap(({ channel }) => project.config.channels.get(channel) ?? []);
  const limits = await knownLimits(project, channels);
  return deliveries.flatMap((delivery) => {
    const adapter = project.config.channels.get(delivery.channel)?.adapter;
    const rates = limits.get(delivery.channel)?.rates ?? adapter?.rates ?? [];
    const mayWait = rates.some(
      ({ posts, per }) => Math.max(1, delivery.posts.length / posts) * milliseconds(per) >= LEAST,
    );
    return mayWait && delivery.byHand === undefined ? [{ delivery, rates }] : [];
  });
}

function comingOf({ id, posts, due }: PlannedDelivery, now: number): Coming {
  return { id, posts: posts.length, dueAt: due === undefined ? now : Math.max(now, Date.parse(due)) };
}

function warningOf(
  delivery: PlannedDelivery,
  times: readonly number[],
  { rates, used, now }: { rates: readonly Rate[]; used: readonly number[]; now: number },
): Problem[] {
  const { dueAt } = comingOf(delivery, now);
  const last = times.at(-1);
  if (last === undefined || last - dueAt < LEAST) return [];
  const inTime = times.filter((at) => at - dueAt < LEAST).length;
  const window = fullest(rates, used, now);
  const going =
    inTime === 0 ? "this goes out" : `${inTime} of these ${count(times.length, "post")} in time, the last`;
  const expires = delivery.expires === undefined ? undefined : Date.parse(delivery.expires);
  const late = expires !== undefined && last > expires;
  return [
    {
      severity: "warning",
      code: "quota",
      message: `\`${delivery.channel}\`: ${window}; ${going} about ${moment(last, delivery.timezone)}`,
      remedy: late
        ? "By then it has expired: send it sooner, shorter, or give it more time."
        : "Nothing, if that is soon enough; what waits goes out by itself, with `broadcast run` or a second `send`.",
      channel: delivery.channel,
    },
  ];
}

/** The window of which most is used: `98 of 100 posts in 24h are used`. */
function fullest(rates: readonly Rate[], used: readonly number[], now: number): string {
  const [first] = rates
    .map(({ posts, per }) => ({
      posts,
      per,
      taken: used.filter((at) => at > now - milliseconds(per)).length,
    }))
    .sort((a, b) => b.taken / b.posts - a.taken / a.posts || milliseconds(b.per) - milliseconds(a.per));
  if (!first) return "";
  return first.taken === 0
    ? `it takes ${count(first.posts, "post")} in ${first.per}`
    : `${first.taken} of ${count(first.posts, "post")} in ${first.per} are used`;
}
