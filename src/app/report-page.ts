/** What came of what is out, as a page: counts, series and replies as far as they are known. */
import type { Measure } from "../ledger/afterwards.ts";
import type { History } from "../ledger/types.ts";
import { lookOf } from "../pages/look.ts";
import {
  REPORTED,
  type ReportChannel,
  type Reported,
  type ReportPost,
  type ReportView,
} from "../pages/report/view.ts";
import { quoted } from "../report/shell.ts";
import { aboutCampaigns, type CampaignFacts } from "./campaign-facts.ts";
import { allAdapters, type Project } from "./project.ts";
import { timeOf } from "./read-back.ts";
import { storedReplies } from "./reply-store.ts";
import { type Stats, type StatsOptions, stats, total } from "./stats.ts";

export interface ReportOptions extends Omit<StatsOptions, "by"> {
  now: number;
  command: string;
}

// More are listed by `broadcast replies`.
const MOST_REPLIES = 5;

/** Throws InputError like `stats`; asks the networks unless `cached`. */
export async function reportDocument(
  project: Project,
  { now, command, ...options }: ReportOptions,
): Promise<{ page: string; json: object; stats: Stats }> {
  const found = await stats(project, { ...options, by: "delivery" });
  const { reportPage } = await import("../pages/report/page.ts");
  const view = await viewOf(found, project, { now, command, what: options.what });
  return { page: reportPage(view), json: jsonOf(view), stats: found };
}

function jsonOf({
  title,
  campaigns,
  first,
  last,
  countedAt,
  channels,
  posts,
  repliesInAll,
}: ReportView): object {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    title,
    campaigns,
    ...(first !== undefined && { first: iso(first) }),
    ...(last !== undefined && { last: iso(last) }),
    ...(countedAt !== undefined && { counted: iso(countedAt) }),
    channels: channels.map(({ look: _, series: __, ...channel }) => channel),
    posts: posts.map(({ at, ...post }) => ({ ...post, at: iso(at) })),
    replies: repliesInAll,
  };
}

export async function viewOf(
  { rows, histories, series, notAsked }: Stats,
  project: Project,
  { now, command, what }: { now: number; command: string; what?: string },
): Promise<ReportView> {
  const facts = await aboutCampaigns(histories, project);
  const posts = histories.map((history): ReportPost => {
    const row = rows.find(({ name }) => name === history.id)!;
    return postOf(history, row, facts.get(history.campaign));
  });
  const adapters = await allAdapters(project);
  const names = [...project.config.channels.keys()].filter((name) =>
    histories.some(({ channel }) => channel === name),
  );
  const gone = [...new Set(histories.map(({ channel }) => channel))].filter((name) => !names.includes(name));
  const channels = [...names, ...gone].map((name): ReportChannel => {
    const own = histories.filter(({ channel }) => channel === name);
    const { network } = own[0]!;
    const adapter = adapters.get(network) ?? { id: network, name: network, shape: "short" as const };
    const counts = sumOf(posts.filter(({ channel }) => channel === name).map((post) => post.counts));
    const isSilent = Object.keys(counts).length === 0;
    const why =
      notAsked.find(({ channel }) => channel === name)?.why ?? `${adapter.name} has told nothing yet`;
    return {
      name,
      network,
      look: lookOf(adapter),
      posts: own.length,
      counts,
      ...(isSilent && { silent: why }),
      series: overTime(series.filter(({ delivery }) => own.some(({ id }) => id === delivery))),
    };
  });
  const times = histories.map(timeOf);
  const counted = series.map(({ at }) => at);
  const told = (await storedReplies(project, now)).filter(({ delivery }) =>
    histories.some(({ id }) => id === delivery),
  );
  const campaigns = new Set(histories.map(({ campaign }) => campaign)).size;
  return {
    title: campaigns === 1 ? posts[0]!.title : "What is out",
    ...(times.length > 0 && { first: Math.min(...times), last: Math.max(...times) }),
    ...(counted.length > 0 && { countedAt: Math.max(...counted) }),
    now,
    timezone: project.config.timezone,
    campaigns,
    channels,
    posts,
    polls: rows.flatMap(({ name, poll }) => {
      const post = poll && posts[histories.findIndex(({ id }) => id === name)];
      return post ? [{ title: post.title, channel: post.channel, choices: poll }] : [];
    }),
    replies: told.slice(0, MOST_REPLIES).map(({ name, channel, author, text, at, url, unread }) => ({
      name,
      channel,
      author: author.name ?? author.handle,
      text,
      at: Date.parse(at),
      ...(url !== undefined && { url }),
      unread,
    })),
    repliesInAll: told.length,
    command,
    repliesCommand: `broadcast replies${what === undefined ? "" : ` ${quoted(what)}`}`,
  };
}

function postOf(history: History, row: Stats["rows"][number], facts: CampaignFacts | undefined): ReportPost {
  const { campaign, channel, posts, receipts } = history;
  const url = receipts.find((one) => one.url !== undefined)?.url;
  const known = Object.keys(row.counts).some((name) => name !== "views");
  return {
    title:
      posts[0]?.title ??
      facts?.title ??
      campaign
        .replace(/\.ya?ml\b/, "")
        .split("/")
        .at(-1)!,
    campaign,
    channel,
    ...(facts?.kind !== undefined && { kind: facts.kind }),
    at: timeOf(history),
    ...(url !== undefined && { url }),
    counts: row.counts,
    ...(known && { acts: total(row) }),
  };
}

function sumOf(all: readonly ReportPost["counts"][]): ReportPost["counts"] {
  const sums: Partial<Record<Reported, number>> = {};
  for (const counts of all)
    for (const name of REPORTED) {
      const value = counts[name];
      if (value !== undefined) sums[name] = (sums[name] ?? 0) + value;
    }
  return sums;
}

/** After each time that was asked: the newest of each part, added up. */
function overTime(series: readonly Measure[]): ReportChannel["series"] {
  const newest = new Map<string, Measure["counts"]>();
  const points = new Map<number, ReportPost["counts"]>();
  for (const { delivery, part, at, counts } of [...series].sort((a, b) => a.at - b.at)) {
    newest.set(`${delivery} ${part}`, counts);
    points.set(at, sumOf([...newest.values()]));
  }
  return [...points].map(([at, counts]) => ({ at, counts }));
}
