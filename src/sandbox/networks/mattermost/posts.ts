/** Posts: made, edited, deleted, reacted to, listed. */
import { text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import {
  type Call,
  type Caller,
  type File,
  forbidden,
  ID,
  idOf,
  invalid,
  type Post,
  refuse,
  TEAM,
  unknown,
  userIdOf,
} from "./state.ts";

export const MAX = 16_383;
const FILE_IDS_MAX = 300;
const PROPS_MAX = 800_000;
// app/post.go: PendingPostIDsCacheTTL.
const PENDING_MS = 30_000;
const PER_PAGE = 200;

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const caller = call.who();
  const fields = call.fields();
  const {
    message = "",
    root_id: root = "",
    file_ids = [],
    props = {},
    metadata,
  } = fields as Record<string, never>;
  if (fields.channel_id !== caller.channel)
    throw text(fields.channel_id) ? forbidden() : invalid("channel_id");
  const pending = text(fields.pending_post_id) ?? "";
  const earlier = state.pending.get(pending);
  const there = earlier && earlier.until > world.now() ? state.posts.get(earlier.id) : undefined;
  if (pending !== "" && there)
    return { status: 201, body: { ...entityOf(there, call), metadata: undefined } };
  checkMessage(message);
  checkProps(props);
  const above = root === "" ? undefined : state.posts.get(root);
  if (root !== "" && (above?.root !== "" || above.channel !== caller.channel || above.deletedAt > 0))
    throw refuse(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.");
  const priority = priorityOf(metadata);
  if (priority && root !== "")
    throw refuse(
      400,
      "api.post.post_priority.priority_post_only_allowed_for_root_post.request_error",
      "Only root posts can have a priority.",
    );
  const files = filesOf(file_ids, caller, call);
  call.take("requests", caller.name);
  const post = keep({ message, root, props, files, ...(priority && { priority }) }, caller, call);
  for (const file of files) file.post = post.id;
  if (pending !== "") state.pending.set(pending, { id: post.id, until: world.now() + PENDING_MS });
  return { status: 201, body: { ...entityOf(post, call), pending_post_id: pending } };
}

/** Plain words where it succeeds. Longer texts become several posts: SplitWebhookPost. */
export function webhook(call: Call): SandboxReply {
  const { fields, malformed, type } = call.body();
  const payload = type === "json" ? fields : parsed(fields.payload);
  const said = (id: string, words: string) => refuse(400, `web.incoming_webhook.${id}.app_error`, words);
  if (malformed || payload === undefined) throw said("parse", "Unable to parse incoming data.");
  const words = text(payload.text) ?? "";
  if (words === "" && payload.attachments === undefined) throw said("text", "No text specified.");
  const { channel } = payload;
  const caller = call.who();
  if (channel !== undefined && channel !== caller.room) throw said("channel", "Couldn't find the channel.");
  const priority = priorityOf({ priority: payload.priority } as never);
  call.take("requests", caller.name);
  const shown = words.replace(/<([^\n<|>]+)\|([^|\n>]+)>/g, "[$2]($1)");
  const pieces = [...shown].length > MAX ? (shown.match(new RegExp(`.{1,${MAX}}`, "gsu")) ?? []) : [shown];
  for (const message of pieces)
    keep(
      { message, root: "", props: { from_webhook: "true" }, files: [], ...(priority && { priority }) },
      caller,
      call,
    );
  return { status: 200, headers: { "content-type": "text/plain" }, body: "ok" };
}

function parsed(value: unknown): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text(value) ?? "");
  } catch {
    return undefined;
  }
}

function checkMessage(message: unknown): void {
  if (typeof message !== "string") throw invalid("post");
  if (codePoints(message) > MAX)
    throw refuse(
      400,
      "model.post.is_valid.message_length.app_error",
      "Post Message property is longer than the maximum permitted length.",
    );
}

function checkProps(props: unknown): void {
  if (typeof props !== "object" || props === null || Array.isArray(props)) throw invalid("post");
  if (JSON.stringify(props).length > PROPS_MAX)
    throw refuse(400, "model.post.is_valid.props.app_error", "Invalid props.");
}

function priorityOf(metadata: { priority?: { priority?: string } } | undefined): string | undefined {
  const said = metadata?.priority?.priority;
  if (said === undefined || said === "") return undefined;
  if (!["important", "urgent"].includes(said)) throw invalid("priority");
  return said;
}

function filesOf(ids: unknown, { name, channel }: Caller, { state }: Call): File[] {
  if (!Array.isArray(ids)) throw invalid("post");
  if (JSON.stringify(ids).length > FILE_IDS_MAX)
    throw refuse(400, "model.post.is_valid.file_ids.app_error", "Invalid file ids.");
  return ids.map((id) => {
    const file = state.files.get(String(id));
    if (!file || file.author !== name || file.channel !== channel || file.post !== undefined)
      throw refuse(400, "api.post.create_post.attach_files.error", "Error attaching file to post.");
    return file;
  });
}

type Draft = Pick<Post, "message" | "root" | "props" | "files"> & { priority?: string };

function keep(draft: Draft, { room, channel, name }: Caller, { state, world }: Call): Post {
  const sequence = state.posts.size;
  const post: Post = {
    ...draft,
    id: idOf(`post ${sequence} ${name}`),
    channel,
    room,
    author: name,
    at: world.now(),
    editedAt: 0,
    deletedAt: 0,
    sequence,
    reactions: [],
  };
  state.posts.set(post.id, post);
  world.accept(shown(post, world));
  return post;
}

export function postOf(call: Call): Post {
  const post = call.state.posts.get(call.params.post ?? "");
  if (!post || post.deletedAt > 0) throw unknown("app.post.get.app_error", "post");
  if (post.channel !== call.who().channel) throw forbidden();
  return post;
}

/** What is not named stays. */
export function patch(call: Call): SandboxReply {
  const post = postOf(call);
  if (post.author !== call.who().name) throw forbidden();
  const { message, props } = call.fields();
  if (message !== undefined) checkMessage(message);
  if (props !== undefined) checkProps(props);
  call.take("requests", call.who().name);
  const before = post.message;
  Object.assign(post, message !== undefined && { message }, props !== undefined && { props });
  if (post.message !== before) post.editedAt = call.world.now();
  call.world.update(shown(post, call.world));
  return { status: 200, body: entityOf(post, call) };
}

/** Of a root the answers go along. */
export function remove(call: Call): SandboxReply {
  const post = postOf(call);
  if (post.author !== call.who().name) throw forbidden();
  const { state, world } = call;
  for (const one of state.posts.values()) {
    if ((one.id !== post.id && one.root !== post.id) || one.deletedAt > 0) continue;
    one.deletedAt = world.now();
    world.remove(ID, one.id);
  }
  return { status: 200, body: { status: "OK" } };
}

export function react(call: Call): SandboxReply {
  const { user_id, post_id, emoji_name } = call.fields();
  const post = call.state.posts.get(String(post_id));
  const { name, channel } = call.who();
  if (user_id !== userIdOf(name) || post?.channel !== channel) throw forbidden();
  if (!/^[a-z0-9_+-]{1,64}$/.test(String(emoji_name))) throw invalid("reaction");
  const isThere = post.reactions.some(({ emoji, user }) => emoji === emoji_name && user === user_id);
  if (!isThere) post.reactions.push({ emoji: String(emoji_name), user: String(user_id) });
  return { status: 201, body: { user_id, post_id, emoji_name, create_at: call.world.now() } };
}

/** A channel's posts, the newest first, answers among them. */
export function list(call: Call): SandboxReply {
  const { state, query } = call;
  const { channel } = call.who();
  if (call.params.channel !== channel) throw forbidden();
  const page = Math.max(0, Number(query.get("page") ?? 0) || 0);
  const size = Math.min(PER_PAGE, Math.max(1, Number(query.get("per_page") ?? 60) || 60));
  const since = Number(query.get("since") ?? 0);
  const found = [...state.posts.values()]
    .filter(
      (post) =>
        post.channel === channel &&
        (since > 0 ? Math.max(post.at, post.editedAt) > since : post.deletedAt === 0),
    )
    .sort((a, b) => b.at - a.at || b.sequence - a.sequence);
  const shownPosts = since > 0 ? found : found.slice(page * size, (page + 1) * size);
  return { status: 200, body: listed(shownPosts, call) };
}

export function thread(call: Call): SandboxReply {
  const post = postOf(call);
  const root = post.root || post.id;
  const all = [...call.state.posts.values()]
    .filter((one) => one.deletedAt === 0 && (one.id === root || one.root === root))
    .sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  return { status: 200, body: { ...listed(all, call), has_next: false } };
}

function listed(posts: Post[], call: Call) {
  return {
    order: posts.map(({ id }) => id),
    posts: Object.fromEntries(posts.map((post) => [post.id, entityOf(post, call)])),
    next_post_id: "",
    prev_post_id: "",
  };
}

export function entityOf(post: Post, { state }: Call): Record<string, unknown> {
  const { id, channel, author, root, message, props, files, at, editedAt, deletedAt, priority } = post;
  const replies = [...state.posts.values()].filter((one) => one.root === id && one.deletedAt === 0);
  return {
    id,
    create_at: at,
    update_at: Math.max(at, editedAt),
    edit_at: editedAt,
    delete_at: deletedAt,
    is_pinned: false,
    user_id: userIdOf(author),
    channel_id: channel,
    root_id: root,
    original_id: "",
    message,
    type: "",
    props,
    hashtags: "",
    file_ids: files.map((file) => file.id),
    pending_post_id: "",
    reply_count: replies.length,
    metadata: priority ? { priority: { priority } } : {},
  };
}

function shown(post: Post, world: World): SandboxPost {
  const { id, room, author, root, message, files, at, priority } = post;
  const link = /https?:\/\/[^\s<>)]+/.exec(message)?.[0];
  return {
    network: ID,
    account: `${author} in ~${room}`,
    id,
    url: `${world.base(ID)}/${TEAM}/pl/${id}`,
    at,
    text: message,
    html: markdownHtml(message, { mention: /(?<![\p{L}\p{N}])[@~][a-z][a-z0-9._-]*[a-z0-9]/gu }),
    media: files.map(({ type, bytes }) => ({ type, alt: "", bytes })),
    length: codePoints(message),
    max: MAX,
    notes: priority ? [priority] : [],
    ...(root !== "" && { parent: root }),
    ...(link && files.length === 0 && { card: { url: link } }),
  };
}
