/** An article: as it is kept, as the API tells it, and as a reader sees it. */
import type { Call as SomeCall } from "../../api.ts";
import { utf8 } from "../../count.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost } from "../../network.ts";
import type { Fields } from "./input.ts";

export interface Article {
  id: string;
  owner: string;
  fields: Fields;
  at: number;
  updatedAt: number;
  /** Until it is removed. */
  isThere: boolean;
}

export interface State {
  articles: Article[];
  drafts: { id: string; owner: string; fields: Fields; isOpen: boolean }[];
  /** By key. */
  images: Map<string, { type: string; bytes: Buffer }>;
}

export type Call = SomeCall<State, string>;

const urlOf = ({ owner, fields }: Article, call: Call) =>
  `${call.world.base("hashnode")}/${owner}/${fields.slug}`;

export function entityOf(article: Article, call: Call) {
  const { id, fields, at, updatedAt } = article;
  return {
    ...{ id, slug: fields.slug, url: urlOf(article, call), title: fields.title },
    content: { markdown: fields.contentMarkdown },
    ...{ publishedAt: new Date(at).toISOString(), updatedAt: new Date(updatedAt).toISOString() },
    ...{ views: 0, reactionCount: 0, responseCount: 0, comments: { edges: [] } },
  };
}

const PICTURE = /!\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)\n\n/g;

export function shown(article: Article, call: Call): SandboxPost {
  const { id, owner, fields, at } = article;
  const {
    contentMarkdown: markdown = "",
    title,
    subtitle,
    canonical,
    description,
    cover,
    tags,
    mailed,
    delisted,
  } = fields;
  const base = `${call.world.base("hashnode")}/cdn/`;
  const media = [...markdown.matchAll(PICTURE)].flatMap(([, alt = "", src = ""]) => {
    const image = call.state.images.get(src.replace(base, ""));
    return image ? [{ ...image, alt: alt.replace(/\\(.)/g, "$1") }] : [];
  });
  const text = markdown.replace(PICTURE, (all, _alt: string, src: string) =>
    src.startsWith(base) ? "" : all,
  );
  return {
    ...{ network: "hashnode", account: owner, id, url: urlOf(article, call), at },
    ...(title !== undefined && { title }),
    text,
    html: markdownHtml(text),
    media,
    length: utf8(text),
    max: 500_000,
    notes: [
      ...(subtitle ? [`subtitle ${subtitle}`] : []),
      ...(description ? [`description ${description}`] : []),
      ...(canonical ? [`canonical ${canonical}`] : []),
      ...(cover ? [`cover ${cover}`] : []),
      ...(mailed ? ["mailed"] : []),
      ...(delisted ? ["delisted"] : []),
      ...tags.map((tag) => `tag ${tag}`),
    ],
  };
}
