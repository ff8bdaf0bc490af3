/** Statuses are made, edited and deleted: https://docs.joinmastodon.org/methods/statuses/. */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, entityOf, nameOf, nextId, notFound, of, ok, own, refuse, timeOf } from "./call.ts";
import { attach, checkAlt, readDraft } from "./draft.ts";
import { ID, scheduledEntity } from "./entities.ts";
import { countReply, postOf, publish } from "./publish.ts";
import { checkSchedule } from "./schedule.ts";

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const account = call.who();
  const fields = call.fields();
  const key = text(call.request.headers["idempotency-key"]);
  const { keys, keysMs, schedules } = of(call);
  const earlier = key === undefined || keys === "ignored" ? undefined : state.keys.get(`${account} ${key}`);
  if (earlier && earlier.until > world.now()) {
    if (keys === "refused") throw refuse(400, "Duplicate idempotency key.");
    return repeat(earlier.id, call);
  }

  const draft = readDraft(fields, account, state, world, nameOf(call));
  // Who knows no schedule publishes at once.
  const at = schedules === false ? undefined : timeOf(fields.scheduled_at);
  // A time that has passed is none: the status is published at once.
  const later = at !== undefined && at > world.now();
  if (later) checkSchedule(at, account, state, world);
  call.take("posts", account);

  const made = nextId(state, world);
  attach(draft.media, made);
  if (key !== undefined) state.keys.set(`${account} ${key}`, { id: made, until: world.now() + keysMs });
  if (later) {
    const waits = { account, draft, at };
    state.scheduled.set(made, waits);
    return ok(scheduledEntity(made, waits));
  }
  const status = { ...draft, id: made, account, at: world.now(), favourites: new Set<string>() };
  publish(status, state, world);
  return ok(entityOf(status, call));
}

function repeat(id: string, call: Call): SandboxReply {
  const status = call.state.statuses.get(id);
  const later = call.state.scheduled.get(id);
  if (status) return ok(entityOf(status, call));
  if (!later) throw notFound();
  return ok(scheduledEntity(id, later));
}

/**
 * What is not said is emptied, as update_status_service.rb has it: an edit without `media_ids` takes the pictures away. The
 * visibility and the place in a thread stay. An edit that changes nothing leaves no trace.
 */
export function edit(call: Call): SandboxReply {
  const { state, world } = call;
  const status = own(call);
  const { visibility, parent, language } = status;
  const fields = call.fields();
  const descriptions = attributesOf(fields.media_attributes);
  const asked = { language, ...fields, visibility, in_reply_to_id: parent ?? undefined };
  const draft = readDraft(asked, status.account, state, world, status.software, status);
  const described = draft.media.filter((media) => descriptions.has(media.id));
  const alts = described.map(({ id }) => checkAlt(descriptions.get(id) ?? "", status.software));

  const before = JSON.stringify(entityOf(status, call));
  for (const media of status.media) delete media.status;
  attach(draft.media, status.id);
  for (const [n, media] of described.entries()) media.alt = alts[n] ?? "";
  // The same choice as before keeps its votes.
  if (draft.poll && status.poll?.options.join("\n") === draft.poll.options.join("\n"))
    draft.poll.votes = status.poll.votes;
  Object.assign(status, { poll: undefined }, draft);
  if (JSON.stringify(entityOf(status, call)) !== before) {
    status.editedAt = world.now();
    world.update(postOf(status, world));
  }
  return ok(entityOf(status, call));
}

/** `media_attributes[][id]`, as JSON or, in a form, as parallel lists. */
function attributesOf(value: unknown): Map<string, string> {
  const list = Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
  return new Map(
    list.flatMap(({ id, description }) =>
      description === undefined || description === null ? [] : [[String(id), String(description)]],
    ),
  );
}

export function remove(call: Call): SandboxReply {
  const status = own(call);
  call.take("deletes", call.who());
  const entity = { ...entityOf(status, call), text: status.text };
  call.state.statuses.delete(status.id);
  countReply(status, -1, call.state);
  call.world.remove(ID, status.id);
  return ok(entity);
}
