/** Entries of the feed that a campaign announces: read from the web, and which of them are new. */
import type { Campaign } from "../campaign/campaign.ts";
import { InputError } from "../errors.ts";
import { fetchPublic, PublicFetchError } from "../http/public-fetch.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { type Entry, entriesOf } from "../sources/feed.ts";
import { USER_AGENT } from "../version.ts";
import { conditionsOf, keepFeed, keptFeed } from "./feed-cache.ts";
import type { Project } from "./project.ts";

const MOST_BYTES = 20_000_000;
const DEADLINE = 30_000;
const TYPES =
  "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5";

/** The address of the feed that a campaign announces. */
export function feedOf({ source }: { source?: { feed?: string; releases?: string } }): string | undefined {
  if (source?.feed !== undefined) return source.feed;
  return source?.releases === undefined ? undefined : `https://github.com/${source.releases}/releases.atom`;
}

/** By what the ledger knows which entries were dealt with: another feed is looked at for the first time. */
export function sourceId({ id, announces }: Pick<Campaign, "id" | "announces">): string {
  return `${id} ${feedOf({ source: announces })}`;
}

/** Its entries that match, oldest first. Throws InputError with one problem. */
export async function readEntries(campaign: Campaign, project: Pick<Project, "config">): Promise<Entry[]> {
  const { announces, source: file } = campaign;
  const url = feedOf({ source: announces })!;
  const refuse = (message: string, remedy: string): InputError =>
    new InputError({
      severity: "error",
      code: "feed-unreadable",
      message: `the feed ${url} ${message}`,
      remedy,
      place: file.place(["source"]),
    });
  try {
    const { root } = project.config;
    const kept = await keptFeed(url, root);
    const reply = await fetchPublic(url, {
      most: MOST_BYTES,
      deadline: DEADLINE,
      allowPrivate: project.config.fetch?.private === true,
      userAgent: USER_AGENT,
      headers: { accept: TYPES, ...conditionsOf(kept) },
    });
    const isSame = reply.status === 304 && kept !== undefined;
    if (reply.status !== 200 && !isSame)
      throw refuse(`answers ${reply.status}`, "Open it in a browser: is the address right?");
    const text = isSame ? kept.body : reply.body.toString("utf8");
    const at = isSame ? kept.at : reply.url;
    const entries = parsed(text, at);
    if (!entries) throw refuse("is not a feed", "It takes an Atom, RSS or JSON feed.");
    const { etag, "last-modified": modified } = reply.headers;
    if (!isSame) await keepFeed({ url, at, etag, modified, body: text }, root);
    const match = announces?.match?.toLowerCase();
    return entries.filter(
      ({ title, tags }) =>
        match === undefined ||
        title.toLowerCase().includes(match) ||
        tags.some((tag) => tag.toLowerCase() === match),
    );
  } catch (error) {
    if (!(error instanceof PublicFetchError)) throw error;
    const isOurs = error.message.includes("this computer");
    throw refuse(
      error.message,
      isOurs
        ? "If it is meant: `fetch: { private: true }` in broadcast.yml."
        : "It is read again with the next run.",
    );
  }
}

function parsed(text: string, base: string): Entry[] | undefined {
  try {
    return entriesOf(text, base);
  } catch {
    return undefined;
  }
}

/** The project as it is for one entry. */
export function withEntry(project: Project, entry: Entry): Project {
  return { ...project, entry };
}

/** Which entry is meant: by its key, or the newest. Throws InputError when there is none. */
export async function entryFor(
  campaign: Campaign,
  project: Project,
  key: string | undefined,
): Promise<Entry> {
  const entries = await readEntries(campaign, project);
  const found = key === undefined ? entries.at(-1) : entries.find((one) => one.key === key);
  if (found) return found;
  throw new InputError({
    severity: "error",
    code: "feed-unreadable",
    message:
      key === undefined
        ? "the feed has no entry that matches"
        : `the feed has no entry \`${key}\` (any more)`,
    remedy: "`broadcast schedule` lists what is new.",
    place: campaign.source.place(["source"]),
  });
}

/** Those that are to be announced, oldest first; `known`: what the ledger says. The first look announces only the `newest`. */
export function newEntries(
  entries: readonly Entry[],
  known: ReadonlySet<string> | undefined,
  newest = 0,
): { old: Entry[]; fresh: Entry[] } {
  if (known) return { old: [], fresh: entries.filter(({ key }) => !known.has(key)) };
  const from = Math.max(0, entries.length - newest);
  return { old: entries.slice(0, from), fresh: entries.slice(from) };
}

/** What `run` would announce now. */
export async function upcomingEntries(
  campaign: Campaign,
  project: Project,
  ledger: Ledger | undefined,
): Promise<Entry[]> {
  const entries = await readEntries(campaign, project);
  return newEntries(entries, await ledger?.seenEntries(sourceId(campaign)), campaign.announces?.newest).fresh;
}
