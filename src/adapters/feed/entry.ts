/** What one entry of the feed is, as JSON Feed 1.1 has it: https://www.jsonfeed.org/version/1.1/. feed.json is the source of all else. */
import * as v from "valibot";
import type { Context, Media, Post } from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { shownText } from "../../text/likeness.ts";
import { isUrl } from "../../urls.ts";
import { uuidFrom } from "../../uuid.ts";

export const Entry = v.looseObject({
  id: v.string(),
  url: v.string(),
  title: v.string(),
  content_html: v.string(),
  date_published: v.string(),
  date_modified: v.optional(v.string()),
  summary: v.optional(v.string()),
  external_url: v.optional(v.string()),
  image: v.optional(v.string()),
  language: v.optional(v.string()),
  tags: v.optional(v.array(v.string())),
  attachments: v.optional(
    v.array(v.looseObject({ url: v.string(), mime_type: v.string(), size_in_bytes: v.optional(v.number()) })),
  ),
});
export type Entry = v.InferOutput<typeof Entry>;

export const Feed = v.looseObject({
  version: v.pipe(v.string(), v.startsWith("https://jsonfeed.org/version/1")),
  title: v.string(),
  items: v.array(Entry),
});

/** A copied media file: `name` below `media/`. */
export interface Copy {
  name: string;
  media: Media;
}

/** The feed's reader knows an entry by its id, so the id comes from the key alone. */
export function idOf(key: string): string {
  return `urn:uuid:${uuidFrom(key)}`;
}

/** The name of the entry's folder: readable, and different for every post. */
export function slugOf(title: string, key: string): string {
  const words = title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-+|-+$/g, "");
  return `${words || "post"}-${key.slice(0, 6)}`;
}

export function titleOf({ title, summary, text }: Post): string {
  const words = title ?? summary ?? textOfHtml(text);
  const line = words.replace(/\s+/g, " ").trim();
  const letters = [...line];
  return letters.length > 100 ? `${letters.slice(0, 99).join("")}…` : line || "Untitled";
}

export function copiesOf(post: Post, slug: string): Copy[] {
  return post.media.map((media, index) => ({
    name: `${slug}-${index + 1}.${EXTENSIONS[media.type] ?? "bin"}`,
    media,
  }));
}

/** `base` is the feed's URL, without a trailing slash. */
export function entryOf(
  post: Post,
  { key, startedAt }: Pick<Context, "key" | "startedAt">,
  { base, slug }: { base: string; slug: string },
): Entry {
  const title = titleOf(post);
  const copies = copiesOf(post, slug);
  const image = copies.find(({ media }) => media.type.startsWith("image/"));
  return {
    id: idOf(key),
    url: `${base}/${slug}/`,
    title,
    content_html: bodyOf(post, copies, `${base}/media`),
    ...(post.summary && { summary: post.summary }),
    ...(post.link && { external_url: encoded(post.link.url) }),
    ...(image && { image: `${base}/media/${image.name}` }),
    date_published: startedAt.toISOString(),
    ...(post.lang && { language: post.lang }),
    ...(post.tags.length > 0 && { tags: post.tags }),
    ...(copies.length > 0 && {
      attachments: copies.map(({ name, media }) => ({
        url: `${base}/media/${name}`,
        mime_type: media.type,
        size_in_bytes: media.bytes,
      })),
    }),
  };
}

/** Text, media and the link's card as one piece of HTML; `folder` is where the media are, seen from the reader. */
export function bodyOf(post: Post, copies: Copy[], folder: string): string {
  return [below(post.text), ...copies.map((copy) => figure(copy, folder)), card(post)]
    .filter(Boolean)
    .join("\n");
}

/** The title is the page's only heading of the first level: if the text has others, all its headings are a level lower. */
function below(html: string): string {
  if (!/<h1>/.test(html)) return html;
  return html.replace(/<(\/?)h([1-5])>/g, (_, end, level) => `<${end}h${Number(level) + 1}>`);
}

/** As a URL is written where only ASCII is one. */
function encoded(url: string): string {
  return isUrl(url) ? new URL(url).href : url;
}

/** The words of such a piece as readers read them, without media and card. */
export function wordsIn(html: string): string {
  return shownText(html.replaceAll(/<figure>.*?<\/figure>|<p class="card">.*?<\/p>/gs, "")).trim();
}

function figure({ name, media }: Copy, folder: string): string {
  const source = escapeHtml(`${folder}/${name}`);
  const size = media.width && media.height ? ` width="${media.width}" height="${media.height}"` : "";
  if (media.type.startsWith("video/")) {
    return `<figure><video src="${source}"${size} controls preload="metadata" aria-label="${escapeHtml(media.alt)}"></video></figure>`;
  }
  return `<figure><img src="${source}" alt="${escapeHtml(media.alt)}"${size}></figure>`;
}

/** What stands above it already is not said again: the title, the summary, and all of it where the text has the link. */
function card({ link, title, text }: Post): string {
  if (!link || !/^https?:\/\//i.test(link.url)) return "";
  const said = lettersIn(`${title ?? ""} ${textOfHtml(text)}`);
  const isNew = (words: string | undefined): words is string =>
    words !== undefined && !said.includes(lettersIn(words));
  const name = isNew(link.title) ? link.title : undefined;
  const words = isNew(link.description) ? `<br>${escapeHtml(link.description)}` : "";
  if (name === undefined && words === "" && text.includes(`href="${escapeHtml(link.url)}"`)) return "";
  const label = name ?? link.url.replace(/^https?:\/\/(www\.)?|\/$/gi, "");
  return `<p class="card"><a href="${escapeHtml(link.url)}">${escapeHtml(label)}</a>${words}</p>`;
}

function lettersIn(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

const EXTENSIONS: Record<string, string> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "video/mp4": "mp4",
  "video/webm": "webm",
};
