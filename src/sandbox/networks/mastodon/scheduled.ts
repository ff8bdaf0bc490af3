/** Statuses that wait for their time: https://docs.joinmastodon.org/methods/scheduled_statuses/, limits from scheduled_status.rb. */
import { readBody, text } from "../../body.ts";
import type { SandboxReply, SandboxRequest, World } from "../../network.ts";
import { scheduledEntity } from "./entities.ts";
import { ok, refuse } from "./responses.ts";
import { MINUTE, nextId, type State } from "./state.ts";
import { publish } from "./statuses.ts";

const MOST_SCHEDULED = 300;
const MOST_A_DAY = 25;

export function scheduleRefused(
  at: number,
  account: string,
  state: State,
  world: World,
  except?: string,
): SandboxReply | undefined {
  const own = [...state.scheduled].filter(([id, later]) => later.account === account && id !== except);
  const day = new Date(at).toISOString().slice(0, 10);
  const thatDay = own.filter(([, later]) => new Date(later.at).toISOString().startsWith(day));
  const failed = (words: string) => refuse(422, `Validation failed: ${words}`);
  if (at <= world.now() + 5 * MINUTE) return failed("Scheduled at The scheduled date must be in the future");
  if (own.length >= MOST_SCHEDULED)
    return failed(`You have exceeded the limit of ${MOST_SCHEDULED} scheduled posts`);
  if (thatDay.length >= MOST_A_DAY)
    return failed(`You have exceeded the limit of ${MOST_A_DAY} scheduled posts for today`);
  return undefined;
}

// One that waits: read, moved to another time, or taken away. Once it is out nobody finds it here.
export function scheduledStatus(
  request: SandboxRequest,
  id: string,
  account: string,
  state: State,
  world: World,
): SandboxReply | undefined {
  const later = state.scheduled.get(id);
  if (later?.account !== account) return refuse(404, "Record not found");
  switch (request.method) {
    case "GET":
      return ok(scheduledEntity(id, later.draft, later.at));
    case "PUT": {
      const at = Date.parse(text(readBody(request).fields.scheduled_at) ?? "");
      if (Number.isNaN(at)) return refuse(422, "Validation failed: Scheduled at is invalid");
      const refusal = scheduleRefused(at, account, state, world, id);
      if (refusal) return refusal;
      later.at = at;
      return ok(scheduledEntity(id, later.draft, at));
    }
    case "DELETE":
      state.scheduled.delete(id);
      for (const media of later.draft.media) media.attached = false;
      return ok({});
    default:
      return undefined;
  }
}

export function publishDue(state: State, world: World): void {
  for (const [id, { account, draft, at }] of state.scheduled) {
    if (at > world.now()) continue;
    state.scheduled.delete(id);
    // The status has an id of its own.
    publish({ ...draft, id: nextId(state, world, at), account, at }, state, world);
  }
}
