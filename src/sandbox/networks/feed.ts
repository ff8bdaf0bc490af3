/**
 * The organisation's own news page: files in a folder, no API. The sandbox serves the folder as a web server would, and
 * reads JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/, read 2026-11-23) to know what was published.
 */
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, extname, join, sep } from "node:path";
import { isUrl } from "../../urls.ts";
import { readBody, text } from "../body.ts";
import { escapeHtml } from "../html.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, SandboxRequest, World } from "../network.ts";
import { sanitise } from "../sanitise.ts";
import { sniff } from "../sniff.ts";

const ID = "feed";
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/atom+xml; charset=utf-8",
  ".atom": "application/atom+xml; charset=utf-8",
  ".json": "application/feed+json; charset=utf-8",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".mp4": "video/mp4",
  ".webm": "video/webm",
};
// The pages are the feed's own work: they need styles and pictures, and no script.
const POLICY =
  "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; sandbox allow-popups";

interface State {
  /** feed.json → what it held when it was so old and so large. */
  read: Map<string, { stamp: string; posts: SandboxPost[] }>;
}

type Fields = Record<string, unknown>;

export const feed: SandboxNetwork = {
  id: ID,
  name: "Feed",
  look: { light: "#9a5b12", dark: "#e6b06a", mark: "F", layout: "article", alt: true },
  ways: [{ name: "folder", media: {}, files: true }],
  channel: (name, base, folder, settings = {}) => ({
    ...{ folder: join(folder, ID, name), title: name, url: `${base}/${name}/` },
    ...(settings.hub !== undefined && { hub: `${base}/hub` }),
  }),
  publishes: () => false,
  async handle(request, world) {
    if (request.method === "POST" && request.path === "/hub") return hub(request);
    if (request.method !== "GET" && request.method !== "HEAD")
      return { status: 405, headers: { allow: "GET, HEAD" }, body: "Method Not Allowed" };
    const file = await fileAt(request.path, world);
    if (!file) return { status: 404, body: "Not Found" };
    if ("location" in file)
      return { status: 301, headers: { location: `${world.base(ID)}${file.location}` } };
    return serve(file.path);
  },
  async posts(world) {
    const state = world.state<State>(ID, () => ({ read: new Map() }));
    const root = join(world.folder, ID);
    const names = await readdir(root).catch(() => [] as string[]);
    const lists = await Promise.all(names.map((name) => readFeed(join(root, name), name, state, world)));
    return lists.flat();
  },
};

/** A WebSub hub, as Google's: it wants to know which feed has changed. */
function hub(request: SandboxRequest): SandboxReply {
  const { fields } = readBody(request);
  const isPublish = fields["hub.mode"] === "publish" && isUrl(text(fields["hub.url"]) ?? "");
  return isPublish ? { status: 204 } : { status: 400, body: "hub.mode and hub.url are required" };
}

/** A file below the feeds' folder, also after links are followed; a folder's index; or the same with the missing slash. */
async function fileAt(
  path: string,
  world: World,
): Promise<{ path: string } | { location: string } | undefined> {
  const words = decoded(path);
  if (words === undefined || /[\0\\]/.test(words) || words.split("/").includes("..")) return undefined;
  const root = await realpath(join(world.folder, ID)).catch(() => undefined);
  const there = root && (await realpath(join(root, words)).catch(() => undefined));
  if (!root || !there || (there !== root && !there.startsWith(root + sep))) return undefined;
  const what = await stat(there);
  if (what.isFile()) return { path: there };
  if (!words.endsWith("/")) return { location: `${path}/` };
  const index = await realpath(join(there, "index.html")).catch(() => undefined);
  return index?.startsWith(root + sep) ? { path: index } : undefined;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

async function serve(path: string): Promise<SandboxReply> {
  const isRss = basename(path) === "rss.xml";
  const type = isRss
    ? "application/rss+xml; charset=utf-8"
    : (TYPES[extname(path).toLowerCase()] ?? "application/octet-stream");
  return {
    status: 200,
    headers: { "content-type": type, "content-security-policy": POLICY, "x-content-type-options": "nosniff" },
    body: await readFile(path),
  };
}

async function readFeed(folder: string, name: string, state: State, world: World): Promise<SandboxPost[]> {
  const path = join(folder, "feed.json");
  const what = await stat(path).catch(() => undefined);
  if (!what?.isFile()) return [];
  const stamp = `${what.mtimeMs} ${what.size} ${what.ino}`;
  const before = state.read.get(path);
  if (before?.stamp === stamp) return before.posts;
  const items = itemsOf(await readFile(path, "utf8"));
  const base = `${world.base(ID)}/${name}/`;
  const posts = await Promise.all(items.map((item) => postOf(item, name, base, folder)));
  state.read.set(path, { stamp, posts });
  return posts;
}

// A feed that cannot be read has nothing to show; the adapter that wrote it has its own tests.
function itemsOf(source: string): Fields[] {
  try {
    const { items } = JSON.parse(source) as Fields;
    return Array.isArray(items) ? items.filter((item) => typeof item === "object" && item !== null) : [];
  } catch {
    return [];
  }
}

// The files and the link's card are shown below the text, as with every network.
const FIGURE = /<figure>(?:(?!<\/figure>).)*<\/figure>\n?/gs;
const CARD = /<p class="card"><a href="([^"]*)">([^<]*)<\/a>(?:<br>([^<]*))?<\/p>\s*$/;

async function postOf(item: Fields, name: string, base: string, folder: string): Promise<SandboxPost> {
  const html =
    typeof item.content_html === "string" ? item.content_html : escapeHtml(String(item.content_text ?? ""));
  const text = String(item.content_text ?? html.replace(/<[^>]*>/g, ""));
  const at = Date.parse(String(item.date_published));
  const tags = Array.isArray(item.tags) ? item.tags.map((tag) => `#${tag}`) : [];
  return {
    network: ID,
    account: name,
    id: String(item.id),
    url: isUrl(String(item.url)) ? String(item.url) : base,
    at: Number.isNaN(at) ? 0 : at,
    ...(typeof item.title === "string" ? { title: item.title } : {}),
    text,
    html: sanitise(html.replace(FIGURE, "").replace(CARD, "")),
    media: await mediaOf(item, base, folder),
    ...cardOf(item, html),
    length: text.length,
    max: 0,
    notes: tags,
    ...(item.date_modified !== undefined && item.date_modified !== item.date_published
      ? { edited: true as const }
      : {}),
  };
}

/** The one in the text; else the entry's link, if the text does not have it. */
function cardOf({ external_url: link }: Fields, html: string): Pick<SandboxPost, "card"> {
  const [, url, title = "", description] = CARD.exec(html) ?? [];
  if (url !== undefined) {
    const about = description === undefined ? {} : { description: plain(description) };
    return { card: { url: plain(url), title: plain(title), ...about } };
  }
  if (typeof link !== "string" || html.includes(`href="${escapeHtml(link)}"`)) return {};
  return { card: { url: link } };
}

async function mediaOf(item: Fields, base: string, folder: string): Promise<SandboxPost["media"]> {
  const attachments = Array.isArray(item.attachments) ? (item.attachments as Fields[]) : [];
  const urls = [
    ...new Set([...attachments.map(({ url }) => url), item.image].filter((url) => typeof url === "string")),
  ];
  const alts = altsOf(String(item.content_html ?? ""));
  const files = urls.map(async (url) => {
    const path = decoded(url.startsWith(base) ? url.slice(base.length) : "");
    if (!path || path.split("/").includes("..")) return undefined;
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    const said = attachments.find((one) => one.url === url)?.title;
    return (
      bytes && {
        type: sniff(bytes) ?? "application/octet-stream",
        alt: String(said ?? alts.get(url) ?? ""),
        bytes,
      }
    );
  });
  return (await Promise.all(files)).filter((file) => file !== undefined);
}

// JSON Feed has no place for alternative text: the page's own <img> says it.
function altsOf(html: string): Map<string, string> {
  const alts = new Map<string, string>();
  for (const [tag] of html.matchAll(/<img\b[^<>]*>/g)) {
    const src = /\ssrc="([^"]*)"/.exec(tag)?.[1];
    const alt = /\salt="([^"]*)"/.exec(tag)?.[1];
    if (src && alt) alts.set(plain(src), plain(alt));
  }
  return alts;
}

function plain(value: string): string {
  return value
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
