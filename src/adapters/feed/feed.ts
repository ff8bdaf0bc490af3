/** An organisation's own news page: files in a folder, as Atom, JSON Feed and RSS, and as pages for people. Needs no account. */
import { constants } from "node:fs";
import { access, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Post, type Receipt } from "../../adapter.ts";
import { writeWhole } from "../../files.ts";
import { path, text, url } from "../../settings.ts";
import { atomOf } from "./atom.ts";
import { copiesOf, type Entry, entryOf, Feed, slugOf, titleOf, wordsIn } from "./entry.ts";
import { alone } from "./folder.ts";
import { indexPage, postPage } from "./html.ts";
import { tellHub } from "./hub.ts";
import { rssOf } from "./rss.ts";

const channel = v.strictObject({
  folder: path("Where the files go, such as public/news"),
  title: text("What the feed is called"),
  url: url("Where the folder is on the web, such as https://acme.example/news"),
  hub: v.optional(url("A WebSub hub that is told of each change, such as https://pubsubhubbub.appspot.com")),
  keep: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.description("How many posts feed and index hold; default 100"),
    ),
  ),
});

const options = v.strictObject({});

type Channel = v.InferOutput<typeof channel>;

export const feed = defineAdapter({
  id: "feed",
  name: "Feed",
  source: { url: "https://www.jsonfeed.org/version/1.1/", checked: "2026-11-23" },
  group: "writing",
  shape: "article",
  look: { mark: "Fe", light: "#8a4f0c", dark: "#e6b06a", layout: "article" },

  channel,
  options,
  auth: {
    kind: "none",
    steps: [
      "Choose a folder that your web server or static host publishes, such as public/news: that is `folder`.",
      "Set `url` to the address under which the world sees this folder, and `title` to the name of your news.",
    ],
  },

  title: { max: 200, unit: "grapheme", markup: "plain", line: true },
  // No feed has a limit; this is where a post has become a book.
  text: { max: 100_000, unit: "grapheme", markup: "html", tags: "field" },
  media: {
    count: 20,
    alt: 5000,
    image: { types: ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"], bytes: 20_000_000 },
    video: { types: ["video/mp4", "video/webm"], bytes: 200_000_000 },
    mixed: true,
  },
  thread: "none",
  card: "ours",
  rates: [],
  // The entry's id is the key, and a repeat writes the same files again. That is also how an attempt that was cut off
  // between two files is put right, so there is no `find`: "it is in the feed" would be true too early.
  idempotency: "forever",

  edits: { fields: ["text", "title", "summary", "media", "alt", "link", "tags"] },
  retracts: {},

  async publish(post, context) {
    return write(post, slugOf(titleOf(post), context.key), context);
  },

  async account({ channel }) {
    await onDisk(async () => {
      await access(await nearest(folderOf(channel)), constants.W_OK);
      await readFeed(channel);
    });
    return { id: channel.url, handle: channel.title, url: `${channel.url}/` };
  },

  async read(receipt, { channel }) {
    const { items } = await onDisk(() => readFeed(channel));
    const entry = items.find(({ id }) => id === receipt.id);
    if (entry) {
      const { title, content_html, date_modified: edited, url } = entry;
      return { title, text: wordsIn(content_html), url, ...(edited && { edited }) };
    }
    // The lists hold the newest only; its page stays.
    const slug = slugIn(receipt);
    const page = slug && (await onDisk(() => readIfThere(join(folderOf(channel), slug, "index.html"))));
    const article =
      page && /<p class="when">.*?<\/p>\n(.*?)\n(?:<ul class="tags".*)?\n?<\/article>/s.exec(page)?.[1];
    return article ? { text: wordsIn(article), url: receipt.url } : "gone";
  },

  // The address stays, also under another title.
  async edit(receipt, post, context) {
    return write(post, slugIn(receipt) ?? slugOf(titleOf(post), context.key), context);
  },

  async retract(receipt, context) {
    const folder = folderOf(context.channel);
    await context.sending();
    await onDisk(async () => {
      await change(context, (entries) => entries.filter(({ id }) => id !== receipt.id));
      const slug = slugIn(receipt);
      if (!slug) return;
      await rm(join(folder, slug), { recursive: true, force: true });
      await removeCopies(folder, slug, []);
    });
    await tellHub(context, context.channel);
  },
});

const KEEP = 100;

/** The page, the copies of its files, and the entry; one that is there already takes the new content. */
async function write(post: Post, slug: string, context: Context<Channel>): Promise<Receipt> {
  const { channel } = context;
  const folder = folderOf(channel);
  const copies = copiesOf(post, slug);
  const entry = entryOf(post, context, { base: channel.url, slug });
  await context.sending();
  await onDisk(async () => {
    // What the feed points to is there before the feed points to it.
    for (const { name, media } of copies)
      await writeWhole(join(folder, "media", name), (await context.stream(media)).open());
    await writeWhole(join(folder, slug, "index.html"), postPage(post, entry, copies, channel));
    await change(context, (entries) => {
      // Its address has the key in it as well, and an entry keeps the id that its readers know.
      const before = entries.find(({ id, url }) => id === entry.id || url === entry.url);
      const others = entries.filter((one) => one !== before);
      if (before) entry.id = before.id;
      return newestFirst([{ ...entry, ...modified(before, entry) }, ...others]);
    });
    await removeCopies(
      folder,
      slug,
      copies.map(({ name }) => name),
    );
  });
  await tellHub(context, channel);
  return { id: entry.id, url: entry.url, ref: { slug } };
}

// A repeat of the same content is not a change.
function modified(before: Entry | undefined, entry: Entry): Pick<Entry, "date_modified"> {
  if (!before) return {};
  const { date_modified, ...rest } = before;
  if (JSON.stringify(rest) !== JSON.stringify(entry)) return { date_modified: new Date().toISOString() };
  return date_modified === undefined ? {} : { date_modified };
}

/** Reads the feed, changes its entries, and writes all that is made of them, while no other process does. */
async function change(
  { channel, signal }: Context<Channel>,
  edit: (entries: Entry[]) => Entry[],
): Promise<void> {
  const folder = folderOf(channel);
  await alone(folder, signal, async () => {
    const before = await readFeed(channel);
    const items = edit(before.items).slice(0, channel.keep ?? KEEP);
    const { title, url, hub } = channel;
    const { hubs: _, ...kept } = before;
    const json = {
      ...kept,
      version: "https://jsonfeed.org/version/1.1",
      title,
      home_page_url: `${url}/`,
      feed_url: `${url}/feed.json`,
      ...(hub && { hubs: [{ type: "WebSub", url: hub }] }),
      items,
    };
    await writeWhole(join(folder, "feed.json"), `${JSON.stringify(json, undefined, 2)}\n`);
    await writeWhole(join(folder, "feed.xml"), atomOf(items, channel));
    await writeWhole(join(folder, "rss.xml"), rssOf(items, channel));
    await writeWhole(join(folder, "index.html"), indexPage(items, channel));
  });
}

async function readFeed(channel: Channel): Promise<v.InferOutput<typeof Feed>> {
  const text = await readIfThere(join(folderOf(channel), "feed.json"));
  if (text === undefined)
    return { version: "https://jsonfeed.org/version/1.1", title: channel.title, items: [] };
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Feed), text);
  if (found.success) return found.output;
  // Written over, it would be lost.
  throw new NetworkError("rejected", "feed.json in the folder is not a JSON Feed; fix it or move it away");
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function newestFirst(entries: Entry[]): Entry[] {
  return entries.toSorted((a, b) => Date.parse(b.date_published) - Date.parse(a.date_published));
}

function folderOf({ folder }: Channel): string {
  return resolve(folder);
}

/** The name of the post's folder, unless somebody has made another path of it. */
function slugIn({ ref }: Receipt): string | undefined {
  const slug = ref?.slug;
  return slug && slug === basename(slug) && !slug.startsWith(".") ? slug : undefined;
}

async function removeCopies(folder: string, slug: string, keep: readonly string[]): Promise<void> {
  const media = await readdir(join(folder, "media")).catch(() => []);
  for (const name of media.filter((name) => isCopyOf(name, slug) && !keep.includes(name)))
    await rm(join(folder, "media", name));
}

function isCopyOf(name: string, slug: string): boolean {
  return name.startsWith(`${slug}-`) && /^\d+\.\w+$/.test(name.slice(slug.length + 1));
}

async function nearest(folder: string): Promise<string> {
  const found = await access(folder).then(
    () => true,
    () => false,
  );
  return found || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

// A disk refuses in its own words. A repeat is safe at any time, so whatever may pass is `uncertain`.
async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof NetworkError || code === undefined) throw error;
    const forGood = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EISDIR", "ENAMETOOLONG"].includes(code);
    throw new NetworkError(forGood ? "rejected" : "uncertain", `the folder cannot be written: ${message}`, {
      cause: error,
    });
  }
}
