/** What a draft or a post may be made of, as the schema has it: an unknown member is an error. */
import { text } from "../../body.ts";

export interface Fields {
  title?: string;
  subtitle?: string;
  contentMarkdown?: string;
  slug?: string;
  canonical?: string;
  description?: string;
  cover?: string;
  tags: string[];
  mailed?: boolean;
  delisted?: boolean;
}

const BOTH = [
  "title",
  "subtitle",
  "contentMarkdown",
  "slug",
  "tags",
  "seriesId",
  "disableComments",
  "originalArticleURL",
];
export const CREATE = [
  ...BOTH,
  "publicationId",
  "settings",
  "metaTags",
  "coverImageOptions",
  "publishAs",
  "coAuthors",
  "publishedAt",
];
export const UPDATE = [
  ...BOTH,
  "id",
  "metaTitle",
  "metaDescription",
  "ogImage",
  "coverImage",
  "isDelisted",
  "enableToc",
  "publishAs",
];

const MOST_TAGS = 15;

/** The fields, or what is wrong with them. */
export function read(known: readonly string[], input: Record<string, unknown>): Fields | string {
  const stranger = Object.keys(input).find((name) => !known.includes(name));
  if (stranger !== undefined) return `Field "${stranger}" is not defined by type.`;
  const { tags, settings, metaTags, coverImageOptions } = input;
  const list = Array.isArray(tags) ? tags : [];
  if (list.length > MOST_TAGS) return `At most ${MOST_TAGS} tags.`;
  const slugs = list.map((tag) => text((tag as Record<string, unknown>).slug));
  if (slugs.some((slug) => slug === undefined || !/^[a-z0-9-]+$/.test(slug))) return "A tag needs a slug.";
  const { activateNewsletter, delist } = (settings ?? {}) as Record<string, unknown>;
  const { description } = (metaTags ?? {}) as Record<string, unknown>;
  const { coverImageURL } = (coverImageOptions ?? {}) as Record<string, unknown>;
  const words = (to: keyof Fields, value: unknown) => (value === undefined ? {} : { [to]: text(value) });
  return {
    ...words("title", input.title),
    ...words("subtitle", input.subtitle),
    ...words("contentMarkdown", input.contentMarkdown),
    ...words("slug", input.slug),
    ...words("canonical", input.originalArticleURL),
    ...words("description", description ?? input.metaDescription),
    ...words("cover", coverImageURL),
    ...(activateNewsletter !== undefined && { mailed: activateNewsletter === true }),
    ...(delist !== undefined && { delisted: delist === true }),
    tags: slugs.map(String),
  };
}
