/** A post of Ghost: as it is kept, as the API tells it, and as a reader sees it. */
import type { Call as SomeCall } from "../../api.ts";
import { utf8 } from "../../count.ts";
import type { SandboxPost } from "../../network.ts";
import { sanitise } from "../../sanitise.ts";

export interface Post {
  id: string;
  site: string;
  title: string;
  slug: string;
  status: string;
  html: string;
  excerpt?: string;
  canonical?: string;
  /** Address of its picture, and what it shows. */
  picture?: string;
  alt?: string;
  tags: string[];
  visibility: string;
  featured: boolean;
  emailOnly: boolean;
  mailed?: { newsletter: string; segment: string };
  at: number;
  updated: number;
  /** Whether it was more than a draft in the making. */
  shown: boolean;
}

export interface Image {
  type: string;
  bytes: Buffer;
}

export interface State {
  posts: Map<string, Post>;
  /** By address. */
  images: Map<string, Image>;
}

export type Call = SomeCall<State, string>;

/** Times are kept to the second. */
export function written(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString();
}

function urlOf({ site, slug, status, id }: Post, call: Call): string {
  const base = `${call.world.base("ghost")}/${site}`;
  return status === "draft" ? `${base}/p/${id}/` : `${base}/${slug}/`;
}

export function entityOf(post: Post, call: Call) {
  const { id, slug, status, title, html, updated, at, mailed } = post;
  return {
    ...{ id, slug, status, title, html, url: urlOf(post, call), updated_at: written(updated) },
    published_at: status === "draft" ? null : written(at),
    email: mailed ? { status: "submitted", email_count: 2, opened_count: 0, delivered_count: 0 } : null,
    newsletter: mailed ? { slug: mailed.newsletter } : null,
    ...(call.query.get("include")?.includes("count.clicks") && { count: { clicks: 0 } }),
  };
}

const FIGURE = /<figure><img src="([^"]*)" alt="([^"]*)"><\/figure>\n?/g;

export function shown(post: Post, call: Call): SandboxPost {
  const {
    id,
    site,
    title,
    html,
    picture,
    alt = "",
    tags,
    visibility,
    status,
    canonical,
    mailed,
    excerpt,
  } = post;
  const pictures = [
    ...(picture === undefined ? [] : [{ url: picture, alt }]),
    ...[...html.matchAll(FIGURE)].map(([, url = "", words = ""]) => ({ url, alt: words })),
  ];
  const text = html.replace(FIGURE, "").replace(/<!--kg-card-(?:begin|end): html-->/g, "");
  return {
    network: "ghost",
    account: site,
    id,
    url: urlOf(post, call),
    at: post.at,
    title,
    text,
    html: sanitise(text),
    media: pictures.flatMap(({ url, alt: words }) => {
      const image = call.state.images.get(url);
      return image ? [{ ...image, alt: words }] : [];
    }),
    length: utf8(text),
    max: 1_000_000,
    notes: [
      ...(status === "published" ? [] : [status]),
      ...(visibility === "public" ? [] : [`for ${visibility}`]),
      ...(mailed ? [`mailed by ${mailed.newsletter} to ${mailed.segment}`] : []),
      ...tags.map((tag) => `tag ${tag}`),
      ...(canonical ? [`canonical ${canonical}`] : []),
      ...(excerpt ? [`excerpt ${excerpt}`] : []),
    ],
  };
}
