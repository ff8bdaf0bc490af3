/** What is to appear later: https://docs.joinmastodon.org/methods/scheduled_statuses/. */
import type { SandboxReply, World } from "../../network.ts";
import { type Call, id, limitOf, MINUTE, nextId, ok, refuse, timeOf, waiting } from "./call.ts";
import { type State, scheduledEntity } from "./entities.ts";
import { publish } from "./publish.ts";

const MOST_SCHEDULED = 300;
const MOST_A_DAY = 25;

export function checkSchedule(
  at: number,
  account: string,
  state: State,
  world: World,
  except?: string,
): void {
  const own = [...state.scheduled].filter(([id, later]) => later.account === account && id !== except);
  const day = new Date(at).toISOString().slice(0, 10);
  const thatDay = own.filter(([, later]) => new Date(later.at).toISOString().startsWith(day));
  const failed = (words: string) => refuse(422, `Validation failed: ${words}`);
  if (at <= world.now() + 5 * MINUTE) throw failed("Scheduled at The scheduled date must be in the future");
  if (own.length >= MOST_SCHEDULED)
    throw failed(`You have exceeded the limit of ${MOST_SCHEDULED} scheduled posts`);
  if (thatDay.length >= MOST_A_DAY)
    throw failed(`You have exceeded the limit of ${MOST_A_DAY} scheduled posts for today`);
}

export function move(call: Call): SandboxReply {
  const later = waiting(call);
  const at = timeOf(call.fields().scheduled_at ?? "");
  checkSchedule(at ?? 0, later.account, call.state, call.world, id(call));
  later.at = at ?? 0;
  return ok(scheduledEntity(id(call), later));
}

/** The newest first. */
export function scheduledList({ state, query, who }: Call): SandboxReply {
  const before = query.get("max_id") ?? "";
  const own = [...state.scheduled]
    .filter(([, { account }]) => account === who())
    .filter(([id]) => !/^\d+$/.test(before) || BigInt(id) < BigInt(before))
    .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? 1 : -1));
  return ok(own.slice(0, limitOf(query)).map(([id, later]) => scheduledEntity(id, later)));
}

export function publishDue(state: State, world: World): void {
  for (const [id, { account, draft, at }] of state.scheduled) {
    if (at > world.now()) continue;
    state.scheduled.delete(id);
    // The status has an id of its own.
    publish({ ...draft, id: nextId(state, world, at), account, at, favourites: new Set() }, state, world);
  }
}
