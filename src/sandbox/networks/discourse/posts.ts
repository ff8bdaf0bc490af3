/** Topics and posts: made, edited, deleted, liked, listed, and how readers see them. */
import { createHash } from "node:crypto";
import { text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import {
  type Call,
  categoryOf,
  ID,
  noAccess,
  notFound,
  ok,
  type Post,
  refuse,
  type State,
  type Topic,
  userIdOf,
} from "./state.ts";

// min_topic_title_length is 15, min_first_post_length 20 and min_post_length 5 elsewhere; this forum's administrator has set
// them lower.
export const TITLE = { least: 5, most: 255 };
const POST_LEAST = 1;
export const POST_MAX = 32_000;
const TAGS = 5;
const MEMOIZED_MS = 120_000;

/** The same request is answered as before for two minutes: DistributedMemoizer in PostsController#create. */
export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const { name } = call.who();
  const fields = call.fields();
  const signature = createHash("sha1")
    .update(JSON.stringify([name, fields]))
    .digest("hex");
  const before = state.answered.get(signature);
  if (before && world.now() - before.at < MEMOIZED_MS) return before.reply;
  const reply = fields.topic_id === undefined ? createTopic(call) : createReply(call);
  state.answered.set(signature, { reply, at: world.now() });
  return reply;
}

function createTopic(call: Call): SandboxReply {
  const { state, world } = call;
  const { room, name: user } = call.who();
  const { title, raw, category, tags = [], external_id } = call.fields();
  const called = titleIn(title);
  const words = rawIn(raw);
  if (Number(category) !== categoryOf(room)) throw noAccess();
  if (!Array.isArray(tags) || tags.length > TAGS)
    throw refuse(422, `You can only use ${TAGS} tags on a topic.`);
  const externalId = text(external_id);
  if (externalId !== undefined) {
    if (!/^[\w-]{1,50}$/.test(externalId)) throw refuse(422, "External is invalid");
    if ([...state.topics.values()].some((topic) => topic.externalId === externalId))
      throw refuse(422, "External has already been taken");
  }
  call.take("create", user);
  const topic: Topic = {
    id: state.topics.size + 11,
    room,
    user,
    title: called,
    category: categoryOf(room),
    tags: tags.map((tag) => String(tag).toLowerCase().replace(/\s+/g, "-")),
    ...(externalId !== undefined && { externalId }),
    views: 1,
    posts: [],
  };
  state.topics.set(topic.id, topic);
  const post = add(topic, user, words, undefined, state, world.now());
  world.accept(shown(post, state, world));
  return ok(entityOf(post, state));
}

function createReply(call: Call): SandboxReply {
  const { state, world } = call;
  const { name } = call.who();
  const { topic_id, raw, reply_to_post_number } = call.fields();
  const topic = topicIn(call, topic_id);
  const words = rawIn(raw);
  const above = reply_to_post_number === undefined ? undefined : Number(reply_to_post_number);
  if (above !== undefined && topic.posts[above - 1] === undefined) throw notFound();
  call.take("create", name);
  const post = add(topic, name, words, above, state, world.now());
  world.accept(shown(post, state, world));
  return ok(entityOf(post, state));
}

function add(
  topic: Topic,
  user: string,
  raw: string,
  replyTo: number | undefined,
  state: State,
  at: number,
): Post {
  const id = state.posts.size + 101;
  topic.posts.push(id);
  const number = topic.posts.length;
  const post: Post = {
    id,
    topic: topic.id,
    number,
    user,
    raw,
    at,
    version: 1,
    likes: new Set(),
    ...(replyTo !== undefined && { replyTo }),
  };
  state.posts.set(id, post);
  return post;
}

function titleIn(title: unknown): string {
  const words = text(title)?.trim() ?? "";
  const length = codePoints(words);
  if (length < TITLE.least) throw refuse(422, `Title is too short (minimum is ${TITLE.least} characters)`);
  if (length > TITLE.most) throw refuse(422, `Title is too long (maximum is ${TITLE.most} characters)`);
  return words;
}

function rawIn(raw: unknown): string {
  const words = text(raw)?.trim() ?? "";
  const length = codePoints(words);
  if (length < POST_LEAST) throw refuse(422, `Body is too short (minimum is ${POST_LEAST} characters)`);
  if (length > POST_MAX)
    throw refuse(422, `Body is limited to ${POST_MAX} characters; you entered ${length}.`);
  return words;
}

export function topicIn(call: Call, id: unknown): Topic {
  const topic = call.state.topics.get(Number(id));
  if (topic?.room !== call.who().room || topic.deletedAt !== undefined) throw notFound();
  return topic;
}

export function postIn(call: Call, id: unknown): Post {
  const post = call.state.posts.get(Number(id));
  if (!post || post.deletedAt !== undefined) throw notFound();
  topicIn(call, post.topic);
  return post;
}

export function update(call: Call): SandboxReply {
  const { state, world } = call;
  const post = postIn(call, call.params.id);
  if (post.user !== call.who().name) throw noAccess();
  const fields = call.fields();
  const changed = fields.post as { raw?: unknown } | undefined;
  if (typeof changed !== "object" || changed === null)
    throw refuse(400, "param is missing or the value is empty: post");
  const topic = topicIn(call, post.topic);
  const isFirst = post.number === 1;
  const raw = changed.raw === undefined ? post.raw : rawIn(changed.raw);
  const title = isFirst && fields.title !== undefined ? titleIn(fields.title) : topic.title;
  if (raw !== post.raw || title !== topic.title)
    Object.assign(post, { version: post.version + 1, editedAt: world.now() });
  Object.assign(post, { raw });
  Object.assign(topic, { title });
  world.update(shown(post, state, world));
  return ok({ post: entityOf(post, state) });
}

export function deletePost(call: Call): SandboxReply {
  const post = postIn(call, call.params.id);
  if (post.user !== call.who().name) throw noAccess();
  if (post.number === 1) throw noAccess();
  post.deletedAt = call.world.now();
  call.world.remove(ID, String(post.id));
  return { status: 200 };
}

export function deleteTopic(call: Call): SandboxReply {
  const topic = topicIn(call, call.params.id);
  if (topic.user !== call.who().name) throw noAccess();
  topic.deletedAt = call.world.now();
  for (const id of topic.posts) call.world.remove(ID, String(id));
  return { status: 200 };
}

export function like(call: Call): SandboxReply {
  const { id, post_action_type_id } = call.fields();
  if (Number(post_action_type_id) !== 2) throw refuse(400, "post_action_type_id is invalid");
  const post = postIn(call, id);
  post.likes.add(call.who().name);
  return ok(entityOf(post, call.state));
}

export function byExternalId(call: Call): SandboxReply {
  const found = [...call.state.topics.values()].find(
    ({ externalId, room, deletedAt }) =>
      externalId === call.params.id && room === call.who().room && deletedAt === undefined,
  );
  if (!found) throw notFound();
  const location = `${call.world.base(ID)}/t/${slugOf(found)}/${found.id}.json`;
  return { status: 301, headers: { location }, body: "" };
}

export function showTopic(call: Call): SandboxReply {
  const topic = topicIn(call, call.params.id);
  const { state } = call;
  const there = postsIn(topic, state);
  const raw = call.query.get("include_raw") !== null;
  topic.views++;
  return ok({
    id: topic.id,
    title: topic.title,
    slug: slugOf(topic),
    tags: topic.tags.map((name, at) => ({ id: at + 1, name, slug: name })),
    category_id: topic.category,
    views: topic.views,
    like_count: there.reduce((sum, { likes }) => sum + likes.size, 0),
    posts_count: there.length,
    deleted_at: null,
    post_stream: {
      posts: there.slice(0, 20).map((post) => entityOf(post, state, raw)),
      stream: there.map(({ id }) => id),
    },
  });
}

export function showPosts(call: Call): SandboxReply {
  const topic = topicIn(call, call.params.id);
  const asked = call.query.getAll("post_ids[]").map(Number);
  const raw = call.query.get("include_raw") !== null;
  const posts = postsIn(topic, call.state).filter(({ id }) => asked.includes(id));
  return ok({
    post_stream: { posts: posts.map((post) => entityOf(post, call.state, raw)) },
    id: topic.id,
  });
}

function postsIn(topic: Topic, { posts }: State): Post[] {
  return topic.posts.flatMap((id) => posts.get(id) ?? []).filter(({ deletedAt }) => deletedAt === undefined);
}

function slugOf({ title }: Topic): string {
  const slug = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return slug || "topic";
}

function entityOf(post: Post, state: State, raw = true) {
  const topic = state.topics.get(post.topic)!;
  const below = postsIn(topic, state).filter(({ replyTo }) => replyTo === post.number);
  return {
    id: post.id,
    name: post.user,
    username: post.user,
    user_id: userIdOf(post.user),
    created_at: new Date(post.at).toISOString(),
    updated_at: new Date(post.editedAt ?? post.at).toISOString(),
    cooked: markdownHtml(post.raw),
    ...(raw && { raw: post.raw }),
    post_number: post.number,
    post_type: 1,
    post_url: `/t/${slugOf(topic)}/${topic.id}/${post.number}`,
    reply_count: below.length,
    reply_to_post_number: post.replyTo ?? null,
    topic_id: topic.id,
    topic_slug: slugOf(topic),
    version: post.version,
    actions_summary: post.likes.size > 0 ? [{ id: 2, count: post.likes.size }] : [],
    user_deleted: false,
  };
}

const PICTURE = /!\[([^\]\n|]*)(?:\|\d+x\d+)?\]\((upload:\/\/[^)\s]+)\)/g;

function shown(post: Post, state: State, world: World): SandboxPost {
  const topic = state.topics.get(post.topic)!;
  const media = [...post.raw.matchAll(PICTURE)].flatMap(([, alt = "", address = ""]) => {
    const upload = state.uploads.get(address);
    return upload ? [{ ...upload, alt }] : [];
  });
  const words = post.raw.replace(PICTURE, "").trim();
  const page = `${world.base(ID)}/t/${slugOf(topic)}/${topic.id}`;
  return {
    network: ID,
    account: `@${post.user} in category ${topic.category}`,
    id: String(post.id),
    url: post.number > 1 ? `${page}/${post.number}` : page,
    at: post.at,
    ...(post.number === 1
      ? { title: topic.title }
      : { parent: String(topic.posts[(post.replyTo ?? 1) - 1]) }),
    text: words,
    html: markdownHtml(words),
    media,
    length: codePoints(post.raw),
    max: POST_MAX,
    ...(post.number === 1 && topic.tags.length > 0 && { notes: topic.tags.map((tag) => `tag ${tag}`) }),
  };
}
