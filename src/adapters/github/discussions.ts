/** A discussion in one of the repository's categories, by GraphQL. */
import * as v from "valibot";
import {
  type Context,
  type Found,
  type Metrics,
  NetworkError,
  type Post,
  type PostReply,
  type Preparation,
  type Reach,
  type Receipt,
  type Standing,
} from "../../adapter.ts";
import { authorOf, type Channel, graphql, isSame, isSince, type Options, Person } from "./api.ts";

const Discussion = v.object({ id: v.string(), url: v.string() });
const Place = v.object({
  repository: v.object({
    id: v.string(),
    discussionCategories: v.object({
      nodes: v.array(v.object({ id: v.string(), name: v.string(), slug: v.string() })),
    }),
  }),
});
interface Ids {
  repository: string;
  category: string;
}

/** The ids of repository and category, by their names. */
export function placeOf(context: Preparation<Channel>): Promise<Ids> {
  return context.step("category", () => askPlace(context));
}

export async function askPlace(reach: Reach<Channel>): Promise<Ids> {
  const { category } = reach.channel;
  const { repository } = await graphql(
    reach,
    "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { id discussionCategories(first: 50) { nodes { id name slug } } } }",
    repositoryOf(reach.channel),
    Place,
    { safe: true },
  );
  const { nodes } = repository.discussionCategories;
  const found = nodes.find(({ name, slug }) => name === category || slug === category);
  if (found) return { repository: repository.id, category: found.id };
  const known = nodes.map(({ name }) => name).join(", ");
  throw new NetworkError(
    "rejected",
    `the repository has no discussion category "${category}"; it has ${known || "none"}`,
  );
}

function repositoryOf({ repository }: Channel) {
  const [owner, name] = repository.split("/");
  return { owner, name };
}

export async function publish({ title, text }: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { repository, category } = await placeOf(context);
  const input = { repositoryId: repository, categoryId: category, title, body: text };
  const { createDiscussion } = await graphql(
    context,
    "mutation($input: CreateDiscussionInput!) { createDiscussion(input: $input) { discussion { id url } } }",
    { input },
    v.object({ createDiscussion: v.object({ discussion: Discussion }) }),
  );
  return createDiscussion.discussion;
}

const Recent = v.object({
  repository: v.object({
    discussions: v.object({
      nodes: v.array(
        v.object({
          ...Discussion.entries,
          title: v.string(),
          body: v.string(),
          createdAt: v.string(),
          viewerDidAuthor: v.boolean(),
        }),
      ),
    }),
  }),
});

/** Among the newest of the category, by its words. */
export async function find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
  const { category } = await placeOf(context);
  const { repository } = await graphql(
    context,
    "query($owner: String!, $name: String!, $category: ID!) { repository(owner: $owner, name: $name) { discussions(first: 50, categoryId: $category, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { id url title body createdAt viewerDidAuthor } } } }",
    { ...repositoryOf(context.channel), category },
    Recent,
    { safe: true },
  );
  for (const { id, url, title, body, createdAt, viewerDidAuthor } of repository.discussions.nodes) {
    if (!viewerDidAuthor || !isSince(createdAt, since) || (await context.taken(id))) continue;
    if (isSame(post, { title, text: body })) return { id, url };
    if (title === post.title) return { like: { id, url } };
  }
  return "absent";
}

export async function edit(
  { id }: Receipt,
  { title, text }: Post<Options>,
  context: Context<Channel>,
): Promise<Receipt> {
  const input = { discussionId: id, title, body: text };
  const { updateDiscussion } = await graphql(
    context,
    "mutation($input: UpdateDiscussionInput!) { updateDiscussion(input: $input) { discussion { id url } } }",
    { input },
    v.object({ updateDiscussion: v.object({ discussion: Discussion }) }),
  );
  return updateDiscussion.discussion;
}

export async function retract({ id }: Receipt, context: Context<Channel>): Promise<void> {
  const query =
    "mutation($input: DeleteDiscussionInput!) { deleteDiscussion(input: $input) { clientMutationId } }";
  await graphql(context, query, { input: { id } }, v.unknown(), { ok: ["NOT_FOUND", 404] });
}

const Comment = v.object({
  id: v.string(),
  url: v.string(),
  body: v.string(),
  createdAt: v.string(),
  viewerDidAuthor: v.boolean(),
  author: Person,
});
const Node = v.nullish(
  v.object({
    ...Discussion.entries,
    title: v.string(),
    body: v.string(),
    lastEditedAt: v.nullish(v.string()),
    upvoteCount: v.number(),
    reactionGroups: v.nullish(v.array(v.object({ reactors: v.object({ totalCount: v.number() }) }))),
    comments: v.object({
      totalCount: v.number(),
      nodes: v.array(v.object({ ...Comment.entries, replies: v.object({ nodes: v.array(Comment) }) })),
    }),
  }),
);
const COMMENT = "id url body createdAt viewerDidAuthor author { login url }";

async function standingOf({ id }: Receipt, reach: Reach<Channel>) {
  const query = `query($id: ID!) { node(id: $id) { ... on Discussion { id url title body lastEditedAt upvoteCount reactionGroups { reactors { totalCount } } comments(last: 50) { totalCount nodes { ${COMMENT} replies(last: 50) { nodes { ${COMMENT} } } } } } } }`;
  const part = { safe: true, ok: ["NOT_FOUND", 404] };
  const data = await graphql(reach, query, { id }, v.nullish(v.object({ node: Node })), part).catch(missing);
  return data?.node ?? "gone";
}

// A server that does not know the page says so without data.
function missing(error: unknown): undefined {
  if (error instanceof NetworkError && error.status === 404) return undefined;
  throw error;
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const found = await standingOf(receipt, reach);
  if (found === "gone") return found;
  const { title, body, url, lastEditedAt } = found;
  return { title, text: body, url, ...(lastEditedAt && { edited: new Date(lastEditedAt).toISOString() }) };
}

export async function metrics(receipt: Receipt, reach: Reach<Channel>): Promise<Metrics | "gone"> {
  const found = await standingOf(receipt, reach);
  if (found === "gone") return found;
  const reactions = (found.reactionGroups ?? []).reduce((sum, { reactors }) => sum + reactors.totalCount, 0);
  // Who writes it has an upvote of their own.
  return { likes: found.upvoteCount + reactions, replies: found.comments.totalCount };
}

export async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const found = await standingOf(receipt, reach);
  if (found === "gone") return [];
  const all = found.comments.nodes.flatMap((comment) => [
    { ...comment, parent: receipt.id },
    ...comment.replies.nodes.map((reply) => ({ ...reply, parent: comment.id })),
  ]);
  return all
    .filter(({ viewerDidAuthor, createdAt }) => !viewerDidAuthor && Date.parse(createdAt) >= since.getTime())
    .map(({ id, url, parent, author, body, createdAt }) => ({
      ...{ id, url, parent, author: authorOf(author), text: body },
      at: new Date(createdAt).toISOString(),
    }))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
