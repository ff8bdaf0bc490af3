/** What readers do: they look at a status and its answers, and vote. */
import { flag } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { type Call, entityOf, limitOf, maySee, notFound, ok, refuse, seen, viewer } from "./call.ts";
import { accountId, ID, pollEntity, type Status } from "./entities.ts";
import { parentOf } from "./publish.ts";

/** Ancestors and descendants that the caller may see; answers stand below what they answer. */
export function context(call: Call): SandboxReply {
  const { state } = call;
  const status = seen(call);
  const ancestors: Status[] = [];
  for (let at = parentOf(status, state); at; at = parentOf(at, state)) ancestors.unshift(at);
  const below = (id: string): Status[] =>
    [...state.statuses.values()]
      .filter(({ parent }) => parent === id)
      .flatMap((answer) => [answer, ...below(answer.id)]);
  const shown = (list: Status[]) =>
    list.filter((one) => maySee(one, viewer(call))).map((one) => entityOf(one, call));
  return ok({ ancestors: shown(ancestors), descendants: shown(below(status.id)) });
}

export function timeline(call: Call): SandboxReply {
  const { state, world, params, query } = call;
  const bound = (name: string) =>
    query.has(name) ? BigInt(/^\d+$/.exec(query.get(name) ?? "")?.[0] ?? 0) : undefined;
  const [max, since, min] = [bound("max_id"), bound("since_id"), bound("min_id")];
  const own = [...state.statuses.values()].filter(
    (status) =>
      accountId(status.account) === params.id &&
      maySee(status, viewer(call)) &&
      (max === undefined || BigInt(status.id) < max) &&
      (since === undefined || BigInt(status.id) > since) &&
      (min === undefined || BigInt(status.id) > min) &&
      !(flag(query.get("exclude_replies")) && status.parent !== null),
  );
  own.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const count = limitOf(query);
  const page = min === undefined ? own.slice(0, count) : own.slice(-count);
  const last = page.at(-1);
  const next = `${world.base(ID)}/api/v1/accounts/${params.id}/statuses?max_id=${last?.id}`;
  return {
    ...ok(page.map((status) => entityOf(status, call))),
    headers: last ? { link: `<${next}>; rel="next"` } : {},
  };
}

export function ballot(call: Call) {
  const status = seen(call);
  if (!status.poll) throw notFound();
  return pollEntity(status.poll, status, call.world);
}

export function vote(call: Call): SandboxReply {
  const status = seen(call);
  const { poll } = status;
  if (!poll) throw notFound();
  const choices = [call.fields().choices ?? []].flat().map(Number);
  if (status.at + poll.expiresIn * 1_000 <= call.world.now())
    throw refuse(422, "Validation failed: The poll has already ended");
  if (poll.votes.has(call.who()) || (choices.length > 1 && !poll.multiple))
    throw refuse(422, "Validation failed: You have already voted on this poll");
  if (choices.length === 0 || choices.some((choice) => poll.options[choice] === undefined))
    throw refuse(422, "Validation failed: The chosen vote option does not exist");
  poll.votes.set(call.who(), choices);
  return ok(ballot(call));
}
