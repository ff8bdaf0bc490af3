/**
 * Tells the team, in a channel of its own, what needs a person: once each, by the ledger like everything. That it cannot be
 * told stops nothing.
 */
import type { Clock } from "../clock.ts";
import { NOT_READY } from "../config/config.ts";
import { describeDuration, milliseconds } from "../duration.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History, NewDelivery } from "../ledger/types.ts";
import { digest } from "../plan/digest.ts";
import { inMarkdown } from "../text/in-markdown.ts";
import { accountsKnown } from "./account.ts";
import { deliverAll } from "./deliver.ts";
import type { ToolsOptions } from "./delivery-tools.ts";
import { NOTICES } from "./notice.ts";
import { onePost } from "./one-post.ts";
import type { Project } from "./project.ts";

interface Notice {
  /** What it is about, and what is the matter: told once. */
  about: unknown;
  /** Plain. */
  words: string;
}

/** Of what was tried, and of credentials that end soon. Never throws for its own failure. */
export async function notify(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
  options: ToolsOptions & { clock: Clock },
): Promise<void> {
  const { notify: wanted, channels } = project.config;
  const channel = wanted && channels.get(wanted.channel);
  if (!wanted || channel?.audience !== "internal" || channel.problems.some(({ code }) => NOT_READY.has(code)))
    return;
  try {
    const now = options.clock.now();
    const notices = [
      ...histories.flatMap((history) => noticeOf(history, project) ?? []),
      ...(await endings(project, milliseconds(wanted.expires ?? "14d"), now)),
    ];
    const deliveries: NewDelivery[] = [];
    for (const { about, words } of notices) {
      const { post } = await onePost(inMarkdown(words), channel);
      const campaign = NOTICES + digest(about).slice(0, 12);
      const posts = [post];
      deliveries.push({
        id: `${campaign}/${channel.name}`,
        campaign,
        channel: channel.name,
        network: channel.network,
        account: channel.accountFingerprint,
        digest: digest(posts),
        posts,
        dueAt: now,
      });
    }
    if (deliveries.length === 0) return;
    const known = new Set((await ledger.list({ ids: deliveries.map(({ id }) => id) })).map(({ id }) => id));
    const news = deliveries.filter(({ id }) => !known.has(id));
    if (news.length === 0) return;
    await ledger.add(news, now);
    await deliverAll(project, ledger, { ...options, ids: news.map(({ id }) => id) });
  } catch (error) {
    // A ledger that fails is another matter; everything else stops nothing.
    if (error instanceof LedgerError) throw error;
  }
}

function noticeOf(history: History, project: Pick<Project, "config">): Notice | undefined {
  const { id, state, code, message, round, campaign, channel } = history;
  if (campaign.startsWith(NOTICES) || channel === project.config.notify?.channel) return undefined;
  const about = { id, round, state, code };
  const why = message === undefined ? "" : `: ${message}`;
  if (state === "held") {
    const words = code === "late" ? "was missed and waits for a decision" : "waits for a person";
    return { about, words: `${id} ${words}${why}. To settle it: broadcast resolve ${id}` };
  }
  if (state === "failed")
    return { about, words: `${id} was refused${why}. To try again: broadcast retry ${id}` };
  if (state === "scheduled" && code === "by-hand")
    return { about, words: `${id} is to be posted by a person. What and where: broadcast todo` };
  if (state === "scheduled" && code === "auth")
    return {
      about: { channel, code },
      words: `${channel} needs a login${why}. To log in: broadcast login ${channel}`,
    };
  return undefined;
}

async function endings(project: Project, soon: number, now: number): Promise<Notice[]> {
  const accounts = await accountsKnown(project);
  return [...project.config.channels.values()].flatMap((channel): Notice[] => {
    const expires = accounts.get(channel.accountFingerprint)?.expires;
    const at = expires === undefined ? Number.NaN : Date.parse(expires);
    if (Number.isNaN(at) || at - now > soon) return [];
    const left = at > now ? `ends in ${describeDuration(at - now)}` : "has ended";
    return [
      {
        about: { channel: channel.name, expires },
        words: `the credential of ${channel.name} ${left}. To renew it: broadcast login ${channel.name}`,
      },
    ];
  });
}
