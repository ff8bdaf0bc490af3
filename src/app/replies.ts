/** What people answered: fetched from the networks, kept for a while, marked when it was shown. */
import { join } from "node:path";
import { answersOn } from "../adapter.ts";
import { systemClock } from "../clock.ts";
import { EXIT, usageError } from "../errors.ts";
import { lock } from "../lock.ts";
import { changeLedger, stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";
import { askEach, type NotAsked, outOf, type ReadBackOptions } from "./read-back.ts";
import {
  forgottenIn,
  rememberForgotten,
  replyName,
  type StoredReply,
  storedReplies,
  storeReplies,
  traceOf,
} from "./reply-store.ts";

export type { StoredReply } from "./reply-store.ts";

export interface RepliesOptions extends ReadBackOptions {
  /** Asks no network. */
  cached?: boolean;
  /** Leaves them unread. */
  peek?: boolean;
}

export interface Replies {
  /** Newest first. */
  replies: StoredReply[];
  notAsked: NotAsked[];
  code: number;
}

const MONTH = 30 * 86_400_000;
// What was fetched a moment ago may have had company since.
const OVERLAP = 3_600_000;

/** To a campaign, a delivery, or what came out in the last 30 days. What is given counts as read from then on. */
export async function replies(project: Project, options: RepliesOptions = {}): Promise<Replies> {
  const { clock = systemClock } = options;
  return changeLedger(project, async (ledger) => {
    const since = options.since ?? (options.what === undefined ? clock.now() - MONTH : undefined);
    const histories = await outOf({ ...options, since }, project, ledger);
    const { results, notAsked } = options.cached
      ? { results: [], notAsked: [] }
      : await askEach(
          histories,
          project,
          ledger,
          options,
          ({ adapter, settings }) =>
            answersOn(adapter, settings, "replies")
              ? undefined
              : `${adapter.name} tells no answers on this channel`,
          async ({ adapter, name, network }, own, reach) => {
            const known = await storedReplies(project, clock.now());
            const found: StoredReply[] = [];
            for (const { id: delivery, receipts } of own) {
              const last = known.find((one) => one.delivery === delivery)?.fetched;
              const from = new Date(last === undefined ? 0 : last - OVERLAP);
              for (const receipt of receipts)
                for (const reply of await adapter.replies!(receipt, reach, from))
                  found.push({
                    ...reply,
                    name: replyName(name, reply.id),
                    delivery,
                    channel: name,
                    network,
                    unread: true,
                    fetched: clock.now(),
                  });
            }
            return found;
          },
        );
    const all = await merged(project, results, clock.now(), async (kept) => {
      const ids = new Set(histories.map(({ id }) => id));
      const shown = kept.filter(({ delivery }) => ids.has(delivery));
      const rest = options.peek
        ? kept
        : kept.map((one) => (ids.has(one.delivery) ? { ...one, unread: false } : one));
      return { shown, rest };
    });
    const code = notAsked.some(({ code }) => code !== undefined) ? EXIT.failed : EXIT.ok;
    return { replies: all, notAsked, code };
  });
}

/** Erases what somebody wrote, by their handle or by the name or id of a reply. How many there were. */
export async function forgetReplies(
  project: Project,
  handleOrId: string,
  clock = systemClock,
): Promise<number> {
  const wanted = nameIn(handleOrId);
  const isTheirs = (handle: string) => nameIn(handle) === wanted || nameIn(handle).split("@")[0] === wanted;
  let forgotten = 0;
  await merged(project, [], clock.now(), async (kept) => {
    const isMeant = ({ author, id, name }: StoredReply) =>
      isTheirs(author.handle) || id === handleOrId || name === handleOrId;
    const gone = kept.filter(isMeant);
    const traces = gone.map(({ author, channel, id }) =>
      traceOf(channel, isTheirs(author.handle) ? author.handle : id),
    );
    if (traces.length > 0) await rememberForgotten(project, traces);
    forgotten = gone.length;
    return { shown: [], rest: kept.filter((one) => !isMeant(one)) };
  });
  return forgotten;
}

// With or without `@`; the server's name may be left out.
function nameIn(handle: string): string {
  return handle.replace(/^@/, "").toLowerCase();
}

/** The reply that a person means. */
export async function findReply(
  project: Project,
  typed: string,
  clock = systemClock,
): Promise<StoredReply | undefined> {
  const kept = await storedReplies(project, clock.now());
  return kept.find(({ id, name }) => id === typed || name === typed);
}

/** One process at a time changes the file. */
async function merged(
  project: Project,
  news: readonly StoredReply[],
  now: number,
  change: (kept: StoredReply[]) => Promise<{ shown: StoredReply[]; rest: StoredReply[] }>,
): Promise<StoredReply[]> {
  const held = await lock(join(stateFolder(project), "replies.lock"), {
    clock: systemClock,
    patience: 10_000,
  });
  if (!held) throw usageError("another process is reading the answers just now", "Try again in a moment.");
  try {
    const before = await storedReplies(project, now);
    const byName = new Map(before.map((one) => [one.name, one]));
    const erased = await forgottenIn(project);
    const isErased = ({ channel, author, id }: StoredReply) =>
      erased.has(traceOf(channel, author.handle)) || erased.has(traceOf(channel, id));
    for (const one of news.filter((reply) => !isErased(reply))) {
      const known = byName.get(one.name);
      // What was edited since is news.
      const unread = known === undefined || known.text !== one.text || known.unread;
      byName.set(one.name, { ...one, unread });
    }
    const { shown, rest } = await change(
      [...byName.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    );
    await storeReplies(project, rest, now);
    return shown;
  } finally {
    await held.release();
  }
}
