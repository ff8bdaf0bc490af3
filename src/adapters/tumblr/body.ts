/** A post as blocks of NPF: https://github.com/tumblr/docs/blob/master/npf-spec.md */
import * as v from "valibot";
import {
  type Context,
  type Media,
  NetworkError,
  nameOf,
  type Objection,
  type Post,
  type Reach,
} from "../../adapter.ts";
import { answer, type Channel, type Options, pathOf, Post as Standing } from "./api.ts";

// "Post Content Limits" of the specification.
const BLOCK = 4_096;
const BLOCKS = 1_000;
const MENTIONS = 50;
const LINKS = 100;

interface Range {
  type: string;
  start: number;
  end: number;
  url?: string;
}

interface TextBlock {
  type: "text";
  text: string;
  formatting?: Range[];
}

function textBlocks({ title, text, blocks }: Post): TextBlock[] {
  const heading = title ? [{ type: "text", subtype: "heading1", text: title } as const] : [];
  const words = (blocks ?? (text.trim() ? [{ type: "text", text }] : [])) as TextBlock[];
  return [...heading, ...words];
}

export const isVideo = ({ type }: Pick<Media, "type">) => type.startsWith("video/");

/** What no post may be, though its length fits. */
export function objections(post: Post): Objection[] {
  const blocks = textBlocks(post);
  const longest = Math.max(0, ...blocks.map(({ text }) => [...text].length));
  const count = (type: string) =>
    blocks.flatMap(({ formatting = [] }) => formatting.filter((one) => one.type === type)).length;
  const much = (what: string, found: number, most: number): Objection[] =>
    found > most
      ? [
          {
            message: `${what} ${found.toLocaleString("en")}; Tumblr takes ${most.toLocaleString("en")}`,
            remedy: "Shorten it.",
          },
        ]
      : [];
  const untold = post.media.filter((file) => isVideo(file) && file.alt !== "");
  const commas = post.tags.filter((tag) => tag.includes(","));
  return [
    ...much("the longest paragraph has characters:", longest, BLOCK),
    ...much("the text has paragraphs:", blocks.length, BLOCKS),
    ...much("the text has mentions:", count("mention"), MENTIONS),
    ...much("the text has links:", count("link"), LINKS),
    ...commas.map((tag) => ({
      message: `the tag "${tag}" has a comma, which ends it there`,
      remedy: "Write it without.",
    })),
    ...untold.map(() => ({
      severity: "warning" as const,
      message: "Tumblr has no alternative text for a video: its own is left out",
      remedy: "Say in the text what it shows.",
      about: "media" as const,
    })),
  ];
}

/** The words that a look-up compares. */
export function wordsOf(post: Post): string {
  return saidIn(textBlocks(post));
}

/** Blocks as plain text, with the address behind each link's words. */
export function saidIn(
  blocks: readonly { type: string; text?: string; formatting?: readonly Range[] }[],
): string {
  return blocks
    .flatMap(({ type, text = "", formatting = [] }) => {
      if (type !== "text" || text === "") return [];
      const points = [...text];
      const links = formatting.filter((range) => range.type === "link" && range.url !== undefined);
      for (const { start, end, url = "" } of [...links].sort((a, b) => b.end - a.end))
        if (!url.includes(points.slice(start, end).join(""))) points.splice(end, 0, ` (${url})`);
      return [points.join("")];
    })
    .join("\n");
}

/** Part of the address that readers see, and the mark by which a lost post is known again. */
export function slugOf({ title, text }: Post, key: string): string {
  const words = (title ?? text)
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return [...(words ?? []).slice(0, 6), key.slice(0, 12)].join("-");
}

/** As JSON, or with files as parts whose names stand in the blocks. */
export async function bodyOf(post: Post<Options>, context: Context<Channel>, edited = false) {
  const { link, media, tags, canonical, options } = post;
  const content = [
    ...media.map((item, index) => blockOf(item, index)),
    ...textBlocks(post),
    ...(link ? [{ type: "link", url: link.url, ...titled(link) }] : []),
  ];
  const json = {
    content,
    ...stateOf(options, context),
    // The address of a post that is out stays.
    ...(!edited && { slug: slugOf(post, context.key) }),
    ...(tags.length > 0 && { tags: tags.join(",") }),
    ...(canonical && { source_url: canonical }),
    ...(options.reblogs && { interactability_reblog: options.reblogs }),
    ...(await placeOf(context)),
  };
  if (media.length === 0) return { json };
  const files = await Promise.all(
    media.map(async (item, index) => ({
      name: partOf(index),
      value: await context.stream(item),
      filename: nameOf(item),
      type: item.type,
    })),
  );
  return { parts: [{ name: "json", value: JSON.stringify(json), type: "application/json" }, ...files] };
}

function stateOf({ draft, private: isPrivate }: Options, { due }: Context<Channel>) {
  if (due) return { state: "queue", publish_on: due.toISOString() };
  return { state: draft ? "draft" : isPrivate ? "private" : "published" };
}

function blockOf({ type, width, height, alt }: Media, index: number) {
  const file = { type, identifier: partOf(index), ...(width && height && { width, height }) };
  // One file, and not a list of its sizes.
  if (isVideo({ type })) return { type: "video", media: file };
  return { type: "image", media: [file], ...(alt && { alt_text: alt }) };
}

function titled({ title, description }: NonNullable<Post["link"]>) {
  return { ...(title && { title }), ...(description && { description }) };
}

function partOf(index: number): string {
  return `picture-${index + 1}`;
}

/** What follows in a thread is a reblog with more words; it has to show that it knows the post. */
async function placeOf({ thread, channel, ask }: Pick<Context<Channel>, "thread" | "channel" | "ask">) {
  if (!thread) return {};
  const { parent } = thread;
  if (parent.ref?.kind === "reply")
    throw new NetworkError("rejected", "Tumblr's API cannot answer a reply, only a post or a reblog");
  const blog = parent.ref?.blog ?? channel.blog;
  const path = pathOf({ ...channel, blog }, `/posts/${encodeURIComponent(parent.id)}`);
  const there = await (ask as Reach["ask"])(
    { path, query: { post_format: "npf" } },
    answer(Parent),
    "the post before",
  );
  const { tumblelog_uuid, reblog_key } = there.response;
  return { parent_tumblelog_uuid: tumblelog_uuid, parent_post_id: parent.id, reblog_key };
}

const Parent = v.object({ ...Standing.entries, tumblelog_uuid: v.string(), reblog_key: v.string() });
