/** A post of Tumblr as the API and the page show it. */
import { codePoints } from "../../count.ts";
import { numberOf } from "../../ids.ts";
import type { SandboxPost, World } from "../../network.ts";
import { htmlOf } from "./npf.ts";

export const ID = "tumblr";

export interface Stored {
  id: string;
  blog: string;
  content: Record<string, unknown>[];
  state: string;
  due?: number;
  tags: string[];
  slug: string;
  source?: string;
  parent?: string;
  media: { type: string; alt: string; bytes: Uint8Array }[];
  at: number;
  likes: Set<string>;
  notes: { type: "reply" | "reblog"; blog: string; at: number; post?: string; words?: string }[];
}

/** Proves that a post is known. */
export function keyOf(id: string): string {
  return numberOf(`reblog ${id}`).slice(0, 8);
}

export function entityOf(post: Stored, world: World): object {
  return {
    object_type: "post",
    type: "blocks",
    is_blocks_post_format: true,
    id: post.id,
    id_string: post.id,
    blog_name: post.blog,
    tumblelog_uuid: `t:${post.blog}`,
    post_url: `${world.base(ID)}/${post.blog}/${post.id}/${post.slug}`,
    slug: post.slug,
    timestamp: Math.floor(post.at / 1_000),
    state: post.state === "queue" ? "queued" : post.state,
    reblog_key: keyOf(post.id),
    tags: post.tags,
    ...(post.due !== undefined && post.state === "queue" && { publish_on: new Date(post.due).toISOString() }),
    ...(post.parent && { parent_post_id: post.parent }),
    content: post.content,
    layout: [],
    trail: [],
  };
}

export function postOf(post: Stored, world: World): SandboxPost {
  const texts = post.content.filter(({ type }) => type === "text");
  const [first] = texts;
  const title = first?.subtype === "heading1" ? String(first.text) : undefined;
  const shown = title === undefined ? post.content : post.content.filter((block) => block !== first);
  const card = post.content.find(({ type }) => type === "link");
  const text = texts.map((block) => String(block.text)).join("\n");
  return {
    network: ID,
    account: post.blog,
    id: post.id,
    url: `${world.base(ID)}/${post.blog}/${post.id}`,
    at: post.at,
    ...(title !== undefined && { title }),
    text,
    html: htmlOf(shown.filter(({ type }) => type === "text")),
    media: post.media,
    ...(card && {
      card: {
        url: String(card.url),
        ...(card.title !== undefined && { title: String(card.title) }),
        ...(card.description !== undefined && { description: String(card.description) }),
      },
    }),
    length: codePoints(text),
    max: 0,
    notes: [
      ...(post.state === "private" ? ["private"] : []),
      ...post.tags.map((tag) => `#${tag}`),
      ...(post.source ? [`source ${post.source}`] : []),
    ],
    ...(post.parent && { parent: post.parent }),
  };
}
