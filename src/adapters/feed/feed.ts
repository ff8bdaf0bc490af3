/** An organisation's own news page: files in a folder, as Atom, as JSON Feed, and as pages for people. Needs no account. */
import { constants } from "node:fs";
import { access, readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Receipt } from "../../adapter.ts";
import { writeWhole } from "../../files.ts";
import { path, text, url } from "../../settings.ts";
import { atomOf } from "./atom.ts";
import { copiesOf, type Entry, entryOf, Feed, slugOf, titleOf } from "./entry.ts";
import { alone } from "./folder.ts";
import { indexPage, postPage } from "./html.ts";

const channel = v.strictObject({
  folder: path("Where the files go, such as public/news"),
  title: text("What the feed is called"),
  url: url("Where the folder is on the web, such as https://acme.example/news"),
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
type Options = v.InferOutput<typeof options>;

export const feed = defineAdapter<Channel, Options>({
  id: "feed",
  name: "Feed",
  source: { url: "https://www.jsonfeed.org/version/1.1/", checked: "2026-11-23" },
  shape: "article",

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

  async publish(post, context) {
    const { channel } = context;
    const entry = entryOf(post, context, channel.url);
    const slug = slugOf(titleOf(post), context.key);
    const copies = copiesOf(post, slug);
    await context.sending();
    return onDisk(async () => {
      // What the feed points to is there before the feed points to it.
      for (const { name, media } of copies) {
        await writeWhole(join(folderOf(channel), "media", name), await context.read(media));
      }
      await writeWhole(join(folderOf(channel), slug, "index.html"), postPage(post, entry, copies, channel));
      await change(context, (entries) =>
        newestFirst([entry, ...entries.filter(({ id }) => id !== entry.id)]),
      );
      return { id: entry.id, url: entry.url, ref: { slug } } satisfies Receipt;
    });
  },

  async verify({ channel }) {
    await onDisk(async () => {
      await access(await nearest(folderOf(channel)), constants.W_OK);
      await read(channel);
    });
    return { id: channel.url, handle: channel.title, url: `${channel.url}/` };
  },

  async remove(receipt, context) {
    const folder = folderOf(context.channel);
    await context.sending();
    await onDisk(async () => {
      await change(context, (entries) => entries.filter(({ id }) => id !== receipt.id));
      const slug = receipt.ref?.slug;
      if (!slug || slug !== basename(slug) || slug.startsWith(".")) return;
      await rm(join(folder, slug), { recursive: true, force: true });
      const media = await readdir(join(folder, "media")).catch(() => []);
      for (const name of media.filter((name) => isCopyOf(name, slug))) await rm(join(folder, "media", name));
    });
  },
});

const KEEP = 100;

/** Reads the feed, changes its entries, and writes all that is made of them, while no other process does. */
async function change(
  { channel, signal }: Context<Channel>,
  edit: (entries: Entry[]) => Entry[],
): Promise<void> {
  const folder = folderOf(channel);
  await alone(folder, signal, async () => {
    const before = await read(channel);
    const items = edit(before.items).slice(0, channel.keep ?? KEEP);
    const { title, url } = channel;
    const json = {
      ...before,
      version: "https://jsonfeed.org/version/1.1",
      title,
      home_page_url: `${url}/`,
      feed_url: `${url}/feed.json`,
      items,
    };
    await writeWhole(join(folder, "feed.json"), `${JSON.stringify(json, undefined, 2)}\n`);
    await writeWhole(join(folder, "feed.xml"), atomOf(items, channel));
    await writeWhole(join(folder, "index.html"), indexPage(items, channel));
  });
}

async function read(channel: Channel): Promise<v.InferOutput<typeof Feed>> {
  const text = await readFile(join(folderOf(channel), "feed.json"), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    },
  );
  if (text === undefined)
    return { version: "https://jsonfeed.org/version/1.1", title: channel.title, items: [] };
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Feed), text);
  if (found.success) return found.output;
  // Written over, it would be lost.
  throw new NetworkError("rejected", "feed.json in the folder is not a JSON Feed; mend it or move it away");
}

function newestFirst(entries: Entry[]): Entry[] {
  return entries.toSorted((a, b) => Date.parse(b.date_published) - Date.parse(a.date_published));
}

function folderOf({ folder }: Channel): string {
  return resolve(folder);
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
