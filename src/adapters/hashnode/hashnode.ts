/** Hashnode: an article in a publication. A draft is made first; publishing it uses it up. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Found,
  NetworkError,
  oneByOne,
  type Post,
  type Reach,
} from "../../adapter.ts";
import {
  ask,
  type Channel,
  channel,
  type Options,
  options,
  Published,
  Refused,
  receiptOf,
  tagsOf,
  upload,
  wantedSlug,
  withoutPictures,
  wordsOf,
} from "./api.ts";

const Draft = v.object({ createDraft: v.object({ draft: v.object({ id: v.string() }) }) });
const FromDraft = v.nullish(v.object({ publishDraft: v.nullish(v.object({ post: v.nullish(Published) })) }));
const Article = v.object({
  ...Published.entries,
  title: v.optional(v.string()),
  content: v.optional(v.object({ markdown: v.string() })),
  publishedAt: v.optional(v.string()),
  updatedAt: v.nullish(v.string()),
  views: v.nullish(v.number()),
  reactionCount: v.optional(v.number()),
  responseCount: v.optional(v.number()),
  comments: v.optional(
    v.object({
      edges: v.array(
        v.object({
          node: v.object({
            id: v.string(),
            dateAdded: v.string(),
            content: v.object({ text: v.string() }),
            author: v.object({ username: v.string(), name: v.optional(v.string()) }),
          }),
        }),
      ),
    }),
  ),
});
type Article = v.InferOutput<typeof Article>;
const InPublication = v.object({ publication: v.nullish(v.object({ post: v.nullish(Article) })) });
const Me = v.object({
  me: v.object({ id: v.string(), username: v.string() }),
  publication: v.nullish(v.object({ id: v.string(), title: v.string(), url: v.nullish(v.string()) })),
});
const Edited = v.object({ updatePost: v.object({ post: Published }) });
const MOST_TAGS = 15;

export const hashnode = defineAdapter({
  id: "hashnode",
  name: "Hashnode",
  source: { url: "https://github.com/Hashnode/gql-skill", checked: "2026-11-27" },
  group: "writing",
  shape: "article",
  look: { mark: "Ha", light: "#1d4fd8", dark: "#93b1ff", layout: "article", avatar: "soft" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://hashnode.com/settings/developer",
    steps: [
      "Upgrade the publication to Hashnode Pro: without it the API publishes nothing.",
      "Open Account settings, Developer, choose Generate new token, and copy it: that is `token`.",
      "Open the publication's dashboard: the 24 signs in its address are `publication`.",
    ],
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: `Bearer ${token}` } }),
  errors: [
    { words: /"code":\s*"UNAUTHENTICATED"/, code: "auth" },
    { status: 200, words: /"code":\s*"UNAUTHENTICATED"/, code: "auth" },
    { status: 200, words: /"code":\s*"(?:RATE_LIMITED|TOO_MANY_REQUESTS)"/, code: "limited" },
    // A draft is used up once, so publishing it may be tried again.
    { status: 200, words: /"code":\s*"INTERNAL_SERVER_ERROR"/, code: "unavailable" },
    { status: 200, words: /"errors":\s*\[\s*\{/, code: "rejected" },
  ],
  own: { body: Refused },

  title: { max: 250, unit: "utf16", markup: "plain", line: true, required: true },
  text: { max: 500_000, unit: "byte", markup: "markdown", tags: "field" },
  media: {
    count: 20,
    alt: 1_000,
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 8_000_000 },
  },
  thread: "none",
  card: "none",
  rates: [{ posts: 500, per: "1m" }],
  // The draft is used up once; `find` looks at what has become of it.
  idempotency: "none",
  edits: {
    fields: ["text", "title", "summary", "media", "alt", "tags", "options"],
    fixed: ["slug", "newsletter", "delisted", "cover"],
  },
  retracts: {},

  check(post) {
    const tags = tagsOf(post).length;
    return tags > MOST_TAGS
      ? {
          message: `an article has ${MOST_TAGS} tags at most, and this one has ${tags}`,
          remedy: "Name the best ones with `options: { hashnode: { tags: […] } }`.",
          about: "options",
        }
      : undefined;
  },

  async publish(post, context) {
    const images = await context.uploads(post, (media) => upload(media, context));
    const draftId = await draftOf(post, images, context);
    const query =
      "mutation ($input: PublishDraftInput!) { publishDraft(input: $input) { post { id slug url } } }";
    const data = await ask(context, query, { input: { draftId } }, FromDraft, { ok: ["NOT_FOUND"] });
    if (data?.publishDraft?.post) return receiptOf(data.publishDraft.post);
    if (data !== null && data !== undefined && data.publishDraft !== null)
      throw new NetworkError("uncertain", "answered without a post");
    // The draft is used up: an attempt before this one has done it, or a person.
    const there = await articleAt(wantedSlug(post, context.key), context);
    if (there) return receiptOf(there);
    throw new NetworkError("uncertain", "the draft is gone, and no article is at its address");
  },

  async find(post, context): Promise<Found> {
    // Before there is a draft, nothing can have been published.
    if ((await context.done("draft")) === undefined) return "absent";
    const there = await articleAt(wantedSlug(post, context.key), context);
    return there ? receiptOf(there) : "absent";
  },

  async account(reach) {
    const query = "query ($id: ObjectId!) { me { id username } publication(id: $id) { id title url } }";
    const { me, publication } = await ask(reach, query, { id: reach.channel.publication }, Me, {
      safe: true,
    });
    if (!publication) throw new NetworkError("rejected", "there is no publication with this id");
    return {
      id: me.id,
      handle: `@${me.username} in ${publication.title}`,
      ...(publication.url && { url: publication.url }),
    };
  },

  async read(receipt, reach) {
    const article = await standing(receipt, reach);
    if (!article) return "gone";
    const { title, content, url, publishedAt = "", updatedAt } = article;
    const isEdited = updatedAt && Date.parse(updatedAt) > Date.parse(publishedAt);
    return {
      text: withoutPictures(content?.markdown ?? ""),
      ...(title && { title }),
      url,
      ...(isEdited && { edited: new Date(updatedAt).toISOString() }),
    };
  },

  async edit({ id }, post, context) {
    const images = await context.uploads(post, (media) => upload(media, context));
    const { series, comments, subtitle } = post.options;
    const input = {
      id,
      title: post.title ?? "",
      contentMarkdown: wordsOf(post, images),
      subtitle: subtitle ?? "",
      tags: tagsOf(post).map((slug) => ({ slug, name: slug })),
      ...(post.summary && { metaDescription: post.summary }),
      ...(post.canonical && { originalArticleURL: post.canonical }),
      ...(series && { seriesId: series }),
      ...(comments !== undefined && { disableComments: !comments }),
    };
    const query =
      "mutation ($input: UpdatePostInput!) { updatePost(input: $input) { post { id slug url } } }";
    return receiptOf((await ask(context, query, { input }, Edited)).updatePost.post);
  },

  async retract({ id }, { http }) {
    const query = "mutation ($input: RemovePostInput!) { removePost(input: $input) { post { id } } }";
    // One that was removed already is not found.
    const json = { query, variables: { input: { id } } };
    await http({ method: "POST", path: "/", json, ok: ["NOT_FOUND", 404] });
  },

  metrics: oneByOne(async (receipt, reach) => {
    const article = await standing(receipt, reach);
    const { views, reactionCount, responseCount } = article ?? {};
    return article
      ? { views: views ?? undefined, likes: reactionCount ?? 0, replies: responseCount }
      : "gone";
  }),

  async replies(receipt, reach, since) {
    const article = await standing(receipt, reach);
    const { me } = await ask(reach, "query { me { id username } }", {}, v.object({ me: Me.entries.me }), {
      safe: true,
    });
    return (article?.comments?.edges ?? [])
      .map(({ node: { id, dateAdded, content, author } }) => ({
        ...{ id, parent: receipt.id, text: content.text.trim(), at: new Date(dateAdded).toISOString() },
        url: `https://hashnode.com/posts/${article?.slug}/${receipt.id}/comment/${id}`,
        author: {
          handle: `@${author.username}`,
          ...(author.name && { name: author.name }),
          url: `https://hashnode.com/@${author.username}`,
        },
      }))
      .filter(({ at, author }) => Date.parse(at) >= since.getTime() && author.handle !== `@${me.username}`)
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  },
});

/** Drafts are not seen by readers: one whose answer was lost is left over, and does no harm. */
function draftOf(post: Post<Options>, images: readonly string[], context: Context<Channel>): Promise<string> {
  const { channel, key } = context;
  const { subtitle, cover, series, newsletter, delisted, comments } = post.options;
  const input = {
    publicationId: channel.publication,
    title: post.title ?? "",
    contentMarkdown: wordsOf(post, images),
    slug: wantedSlug(post, key),
    tags: tagsOf(post).map((slug) => ({ slug, name: slug })),
    settings: {
      slugOverridden: true,
      ...(newsletter !== undefined && { activateNewsletter: newsletter }),
      ...(delisted !== undefined && { delist: delisted }),
    },
    ...(subtitle && { subtitle }),
    ...(post.summary && { metaTags: { description: post.summary } }),
    ...(post.canonical && { originalArticleURL: post.canonical }),
    ...(cover && { coverImageOptions: { coverImageURL: cover } }),
    ...(series && { seriesId: series }),
    ...(comments !== undefined && { disableComments: !comments }),
  };
  const query = "mutation ($input: CreateDraftInput!) { createDraft(input: $input) { draft { id } } }";
  return context.step(
    "draft",
    async () => (await ask(context, query, { input }, Draft)).createDraft.draft.id,
  );
}

const FIELDS =
  "id slug url title content { markdown } publishedAt updatedAt views reactionCount responseCount " +
  "comments(first: 100) { edges { node { id dateAdded content { text } author { username name } } } }";

/**
 * What is at this address in the publication; what was removed is not. Queries may be answered from a cache for 25 s, so each
 * has a name of its own.
 */
async function articleAt(slug: string, reach: Reach<Channel>): Promise<Article | undefined> {
  const name = `At${Date.now()}`;
  const query = `query ${name}($id: ObjectId!, $slug: String!) { publication(id: $id) { post(slug: $slug) { ${FIELDS} } } }`;
  const variables = { id: reach.channel.publication, slug };
  const { publication } = await ask(reach, query, variables, InPublication, { safe: true });
  return publication?.post ?? undefined;
}

/** The post of this receipt, unless its address belongs to another one now. */
async function standing(
  { id, ref }: { id: string; ref?: Record<string, string> },
  reach: Reach<Channel>,
): Promise<Article | undefined> {
  const article = await articleAt(ref?.slug ?? "", reach);
  return article?.id === id ? article : undefined;
}
