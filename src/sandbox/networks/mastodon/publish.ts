/** A status appears: it counts as an answer, and readers see it. */
import { spans } from "../../count.ts";
import { marked } from "../../html.ts";
import { shownLinks } from "../../linkers/mastodon.ts";
import type { SandboxPost, World } from "../../network.ts";
import { lengthOf } from "./draft.ts";
import { ID, pageOf, type State, type Status } from "./entities.ts";
import { softwareNamed } from "./software.ts";

export function publish(status: Status, state: State, world: World): void {
  state.statuses.set(status.id, status);
  countReply(status, 1, state);
  world.accept(postOf(status, world));
}

export function countReply({ parent }: Status, by: 1 | -1, { replies }: State): void {
  if (parent !== null) replies.set(parent, (replies.get(parent) ?? 0) + by);
}

export function postOf(status: Status, world: World): SandboxPost {
  const { poll } = status;
  const link = spans(status.text, shownLinks).find(({ kind }) => kind === "link")?.value;
  return {
    network: ID,
    account: `@${status.account}`,
    id: status.id,
    url: pageOf(status, world),
    at: status.at,
    text: status.text,
    html:
      softwareNamed(status.software).html?.(status.text) ??
      marked(status.text, spans(status.text, shownLinks)),
    media: status.media.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: lengthOf(status.text, status.warning),
    max: softwareNamed(status.software).max,
    notes: [
      ...(status.visibility === "public" ? [] : [status.visibility]),
      ...(status.warning === "" ? [] : [`Content warning: ${status.warning}`]),
      ...(status.sensitive && status.warning === "" ? ["sensitive media"] : []),
      ...(status.language ? [`language ${status.language}`] : []),
      ...(poll ? [`poll: ${poll.options.join(" / ")}`] : []),
    ],
    ...(status.parent ? { parent: status.parent } : {}),
    // The server fetches a card for a link unless there are media or a warning; the sandbox fetches nothing.
    ...(link && status.media.length === 0 && status.warning === "" ? { card: { url: link } } : {}),
  };
}

export function parentOf({ parent }: Status, state: State): Status | undefined {
  return parent === null ? undefined : state.statuses.get(parent);
}
