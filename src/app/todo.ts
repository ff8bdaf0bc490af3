/** What people are to post: the texts that were planned for places without an API, and where they are written. */
import type { Delivery, History } from "../ledger/types.ts";
import type { Todo } from "../report/todo.ts";
import { readLedger } from "./ledger.ts";
import type { Project } from "./project.ts";

export interface Todos {
  /** What is due, the oldest first. */
  now: Todo[];
  /** What will be. */
  later: Todo[];
}

/** Changes nothing. */
export function todos(project: Project): Promise<Todos> {
  const nothing: Todos = { now: [], later: [] };
  return readLedger(
    project,
    async (ledger) => {
      const open = await ledger.list({ states: ["scheduled"] });
      const ours = open.filter(({ channel }) => project.config.channels.get(channel)?.adapter.byHand);
      const found = ours
        .sort((a, b) => a.dueAt - b.dueAt)
        .flatMap((delivery) => ({ delivery, todo: todoOf(delivery, project) }));
      return {
        now: found.filter(({ delivery }) => isByHand(delivery)).map(({ todo }) => todo),
        later: found.filter(({ delivery }) => !isByHand(delivery)).map(({ todo }) => todo),
      };
    },
    nothing,
  );
}

export function isByHand({ state, code }: Pick<History, "state" | "code">): boolean {
  return state === "scheduled" && code === "by-hand";
}

function todoOf({ id, campaign, channel: name, dueAt, expiresAt, posts }: Delivery, project: Project): Todo {
  const channel = project.config.channels.get(name)!;
  const post = posts[0]!;
  const { title, text, link, tags, media } = post;
  return {
    delivery: id,
    campaign,
    channel: name,
    dueAt,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(title !== undefined && { title }),
    text,
    ...(link && { link: link.url }),
    tags,
    files: media.map(({ file, alt }) => ({ file, alt })),
    ...channel.adapter.byHand!(post, channel.settings),
  };
}
