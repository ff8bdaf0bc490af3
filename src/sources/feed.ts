/** Entries of an Atom, RSS, RDF or JSON feed, as data for campaigns. Pure. */
import { createHash } from "node:crypto";
import { parseFeed } from "feedsmith";
import { isUrl } from "../urls.ts";
import { wordsOfHtml } from "./words-of-html.ts";

/** What a template sees as `entry`. Texts are plain, without markup. */
export interface Entry {
  /** What it is known by, whatever else changes: twelve hex digits of its id, its address, or its title and time. */
  key: string;
  title: string;
  summary: string;
  url: string;
  author: string;
  tags: string[];
  image: string;
  /** ISO date-time, or empty. */
  published: string;
}

const MOST_TEXT = 2_000;
const MOST_TAGS = 20;

/** Oldest first, each once. Throws when it is not a feed. `base`: where it was read. */
export function entriesOf(text: string, base: string): Entry[] {
  const { feed } = parseFeed(text) as { feed: Loose };
  const home = baseIn(text, base);
  const all = [list(feed.items), list(feed.entries)].flat().map((one) => entryOf(one as Loose, home));
  const byKey = new Map<string, Entry>();
  for (const entry of all) if (entry && !byKey.has(entry.key)) byKey.set(entry.key, entry);
  // Feeds have the newest first; where they have dates, those decide.
  return [...byKey.values()].reverse().sort((a, b) => timeOf(a) - timeOf(b));
}

// RFC 4287, 2: what the feed as a whole calls its base.
function baseIn(text: string, base: string): string {
  const [, written = ""] =
    /<(?:feed|rss|channel|rdf:RDF)\b[^>]*?\sxml:base\s*=\s*["']([^"']*)["']/i.exec(text.slice(0, 20_000)) ??
    [];
  return written !== "" && isUrl(written, base) ? new URL(written, base).href : base;
}

type Loose = Record<string, unknown>;

function entryOf(item: Loose, base: string): Entry | undefined {
  const url = addressIn(item, base);
  const title = plain(wordsIn(item.title));
  const summary = plain(
    [item.summary, item.description, item.content_text, item.content_html, item.content, item.encoded]
      .map(wordsIn)
      .find((words) => words.trim() !== "") ?? "",
  );
  const published = dateOf([
    item.published,
    item.pubDate,
    item.date_published,
    item.updated,
    (item.dc as Loose | undefined)?.date,
  ]);
  const id = wordsIn(item.guid) || wordsIn(item.id) || url || `${title} ${published}`;
  if (id.trim() === "") return undefined;
  return {
    key: createHash("sha256").update(id).digest("hex").slice(0, 12),
    title: title || summary.slice(0, 80) || url,
    summary,
    url,
    author: plain(authorIn(item)),
    tags: tagsIn(item),
    image: imageIn(item, base),
    published,
  };
}

/** A text, whether it comes bare, as `{ value }`, or in a list. */
function wordsIn(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return wordsIn(value[0]);
  if (typeof value === "object" && value !== null) {
    const { value: own, text, name, url, encoded } = value as Loose;
    return wordsIn(own ?? text ?? name ?? url ?? encoded ?? "");
  }
  return "";
}

function addressIn(item: Loose, base: string): string {
  const links = list(item.links).map((one) => one as Loose);
  const own = links.find(({ rel }) => rel === undefined || rel === "alternate") ?? links[0];
  const found = [wordsIn(item.link), wordsIn(own?.href), wordsIn(item.url), wordsIn(item.external_url)];
  const permalink = (item.guid as Loose | undefined)?.isPermaLink === false ? "" : wordsIn(item.guid);
  return found.map((one) => webAddress(one, base)).find((one) => one !== "") ?? webAddress(permalink, "");
}

function webAddress(typed: string, base: string): string {
  const trimmed = typed.trim();
  if (trimmed === "" || !isUrl(trimmed, base || undefined)) return "";
  const { protocol, href } = new URL(trimmed, base || undefined);
  if (protocol !== "https:" && protocol !== "http:") return "";
  // What Markdown and Liquid would take for their own.
  return href.replace(
    /[()<>"'{}|\\^`*_~[\]]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function authorIn(item: Loose): string {
  const found = [item.authors, item.author, item.creator, (item.dc as Loose | undefined)?.creator].map(
    wordsIn,
  );
  // A bare address is not a name.
  return (
    found
      .find((words) => words !== "")
      ?.replace(/\S+@\S+\s*/g, "")
      .replace(/^\((.*)\)$/, "$1") ?? ""
  );
}

function tagsIn(item: Loose): string[] {
  const found = [list(item.categories), list(item.tags)].flat().map((one) => {
    const { label, term, name } = (typeof one === "object" && one !== null ? one : {}) as Loose;
    return plain(wordsIn(label ?? term ?? name ?? one));
  });
  return [...new Set(found.filter((tag) => tag !== ""))].slice(0, MOST_TAGS);
}

function imageIn(item: Loose, base: string): string {
  const enclosures = list(item.enclosures).map((one) => one as Loose);
  const picture = enclosures.find(({ type }) => String(type ?? "").startsWith("image/"));
  const media = item.media as Loose | undefined;
  const found = [
    item.image,
    item.banner_image,
    picture?.url,
    list(media?.thumbnails)[0],
    list(media?.contents)[0],
  ];
  return found.map((one) => webAddress(wordsIn(one), base)).find((one) => one !== "") ?? "";
}

function dateOf(values: readonly unknown[]): string {
  const times = values.map((value) => (value instanceof Date ? value.getTime() : Date.parse(wordsIn(value))));
  const at = times.find((time) => !Number.isNaN(time));
  return at === undefined ? "" : new Date(at).toISOString();
}

function timeOf({ published }: Entry): number {
  return published === "" ? 0 : Date.parse(published);
}

// Also what says that it is text may hold HTML.
function plain(words: string): string {
  return wordsOfHtml(words.slice(0, MOST_TEXT * 20))
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, MOST_TEXT);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}
