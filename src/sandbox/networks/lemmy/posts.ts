/** Posts and comments: made, edited, deleted, liked, listed, and how readers see them. */

import { isUrl } from "../../../urls.ts";
import { flag, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import {
  type Call,
  type Comment,
  communityIdOf,
  communityOf,
  ID,
  ok,
  type Post,
  personIdOf,
  refuse,
  type State,
} from "./state.ts";

const TITLE = { least: 3, most: 200 };
const BODY_MAX = 50_000;
const COMMENT_MAX = 10_000;
const ALT_MAX = 1_500;
const URL_MAX = 2_000;

type Fields = Record<string, unknown>;

export function createPost(call: Call): SandboxReply {
  const { state, world } = call;
  const { room, name: user } = call.who();
  const fields = call.fields();
  if (fields.community_id !== communityIdOf(room)) throw refuse("couldnt_find_community", 404);
  const checked = checkedPost(fields);
  language(fields.language_id);
  call.take("post", user);
  state.last++;
  const post: Post = {
    id: state.last,
    room,
    user,
    name: "",
    body: "",
    url: "",
    alt: "",
    nsfw: flag(fields.nsfw),
    at: world.now(),
    deleted: false,
    likes: new Set([user]),
    ...checked,
  };
  if (post.name === "") throw refuse("invalid_post_title");
  state.posts.set(post.id, post);
  world.accept(shownPost(post, state, world));
  return ok({ post_view: postView(post, call) });
}

/** What is named; the lengths are those of Unicode scalar values. */
function checkedPost(fields: Fields): Partial<Post> {
  const name = text(fields.name)?.trim();
  if (name !== undefined) {
    const length = codePoints(name);
    if (length < TITLE.least || length > TITLE.most || /[\r\n]/.test(name))
      throw refuse("invalid_post_title");
  }
  const body = text(fields.body);
  if (body !== undefined && codePoints(body) > BODY_MAX) throw refuse("invalid_body_field");
  const url = text(fields.url);
  if (url && (!isUrl(url) || url.length > URL_MAX)) throw refuse("invalid_url");
  const alt = text(fields.alt_text);
  if (alt !== undefined && codePoints(alt) > ALT_MAX) throw refuse("alt_text_length_overflow");
  return {
    ...(name !== undefined && { name }),
    ...(body !== undefined && { body }),
    ...(url !== undefined && { url }),
    ...(alt !== undefined && { alt }),
    ...(fields.nsfw !== undefined && { nsfw: flag(fields.nsfw) }),
  };
}

function language(id: unknown): void {
  if (id !== undefined && !LANGUAGES.some((one) => one.id === id)) throw refuse("language_not_allowed");
}

export const LANGUAGES = [
  { id: 0, code: "und", name: "Undetermined" },
  { id: 32, code: "de", name: "Deutsch" },
  { id: 37, code: "en", name: "English" },
  { id: 79, code: "it", name: "Italiano" },
];

export function editPost(call: Call): SandboxReply {
  const post = ownPost(call);
  const before = JSON.stringify(post);
  Object.assign(post, checkedPost(call.fields()));
  if (JSON.stringify(post) !== before) post.editedAt = call.world.now();
  call.world.update(shownPost(post, call.state, call.world));
  return ok({ post_view: postView(post, call) });
}

export function deletePost(call: Call): SandboxReply {
  const post = ownPost(call);
  post.deleted = call.fields().deleted === true;
  if (post.deleted) call.world.remove(ID, String(post.id));
  return ok({ post_view: postView(post, call) });
}

export function postIn(call: Call, id: unknown): Post {
  const post = call.state.posts.get(Number(id));
  if (post?.room !== call.who().room) throw refuse("couldnt_find_post", 404);
  return post;
}

function ownPost(call: Call): Post {
  const post = postIn(call, call.fields().post_id);
  if (post.user !== call.who().name) throw refuse("no_post_edit_allowed");
  return post;
}

export function createComment(call: Call): SandboxReply {
  const { state, world } = call;
  const { room, name: user } = call.who();
  const { content, post_id, parent_id, language_id } = call.fields();
  const words = checkedComment(content);
  const post = postIn(call, post_id);
  const parent = parent_id === undefined ? undefined : state.comments.get(Number(parent_id));
  if (parent_id !== undefined && parent?.post !== post.id) throw refuse("couldnt_create_comment");
  language(language_id);
  call.take("comment", user);
  state.last++;
  const comment: Comment = {
    id: state.last,
    post: post.id,
    room,
    user,
    content: words,
    path: `${parent?.path ?? "0"}.${state.last}`,
    at: world.now(),
    deleted: false,
    likes: new Set([user]),
  };
  state.comments.set(comment.id, comment);
  world.accept(shownComment(comment, world));
  return ok({ comment_view: commentView(comment, state) });
}

function checkedComment(content: unknown): string {
  const words = text(content) ?? "";
  if (words.trim() === "" || codePoints(words) > COMMENT_MAX) throw refuse("invalid_body_field");
  return words;
}

export function commentIn(call: Call, id: unknown): Comment {
  const comment = call.state.comments.get(Number(id));
  if (comment?.room !== call.who().room) throw refuse("couldnt_find_comment", 404);
  return comment;
}

function ownComment(call: Call): Comment {
  const comment = commentIn(call, call.fields().comment_id);
  if (comment.user !== call.who().name) throw refuse("no_comment_edit_allowed");
  return comment;
}

export function editComment(call: Call): SandboxReply {
  const comment = ownComment(call);
  const words = checkedComment(call.fields().content);
  if (words !== comment.content) comment.editedAt = call.world.now();
  comment.content = words;
  call.world.update(shownComment(comment, call.world));
  return ok({ comment_view: commentView(comment, call.state) });
}

export function deleteComment(call: Call): SandboxReply {
  const comment = ownComment(call);
  comment.deleted = call.fields().deleted === true;
  if (comment.deleted) call.world.remove(ID, String(comment.id));
  return ok({ comment_view: commentView(comment, call.state) });
}

export function like(call: Call, thing: { likes: Set<string> }): void {
  const { name } = call.who();
  if (Number(call.fields().score) > 0) thing.likes.add(name);
  else thing.likes.delete(name);
}

/** One page of a list, the newest first. */
export function pageOf<T extends { at: number; id: number }>(all: T[], { query }: Call): T[] {
  const limit = Math.min(50, Math.max(1, Number(query.get("limit") ?? 10)));
  const page = Math.max(1, Number(query.get("page") ?? 1));
  return all.sort((a, b) => b.at - a.at || b.id - a.id).slice((page - 1) * limit, page * limit);
}

// 0.19 writes microseconds and Z.
const timeIn = (at: number) => new Date(at).toISOString().replace("Z", "000Z");

export function personView(name: string, world: World) {
  return {
    id: personIdOf(name),
    name,
    display_name: null,
    actor_id: `${world.base(ID)}/u/${name}`,
    local: true,
  };
}

export function postView(post: Post, { state, world }: Call): Fields {
  const { id, room, user, name, body, url, alt, nsfw, at, editedAt, deleted, likes } = post;
  return {
    post: {
      id,
      name,
      ...(body && { body }),
      ...(url && { url }),
      ...(alt && { alt_text: alt }),
      nsfw,
      creator_id: personIdOf(user),
      community_id: communityIdOf(room),
      published: timeIn(at),
      ...(editedAt !== undefined && { updated: timeIn(editedAt) }),
      deleted,
      removed: false,
      ap_id: `${world.base(ID)}/post/${id}`,
    },
    creator: personView(user, world),
    community: { id: communityIdOf(room), name: communityOf(room) },
    counts: {
      score: likes.size,
      upvotes: likes.size,
      downvotes: 0,
      comments: [...state.comments.values()].filter((comment) => comment.post === id && !comment.deleted)
        .length,
    },
  };
}

export function commentView(comment: Comment, state: State, world?: World): Fields {
  const { id, post, user, content, path, at, editedAt, deleted, likes } = comment;
  const below = [...state.comments.values()].filter((one) => one.path.startsWith(`${path}.`) && !one.deleted);
  return {
    comment: {
      id,
      post_id: post,
      creator_id: personIdOf(user),
      content: deleted ? "" : content,
      path,
      published: timeIn(at),
      ...(editedAt !== undefined && { updated: timeIn(editedAt) }),
      deleted,
      removed: false,
    },
    ...(world && { creator: personView(user, world) }),
    counts: { score: likes.size, upvotes: likes.size, downvotes: 0, child_count: below.length },
  };
}

const PICTURE = /!\[([^\]\n]*)\]\(([^)\s]*\/pictrs\/image\/[^)\s]*)\)/g;

function shownPost(post: Post, { pictures }: State, world: World): SandboxPost {
  const { id, room, user, name, body, url, alt, nsfw, at } = post;
  const listed = [...body.matchAll(PICTURE)].map(([, words = "", address = ""]) => ({ words, address }));
  const media = [
    ...(url.includes("/pictrs/image/") ? [{ words: alt, address: url }] : []),
    ...listed,
  ].flatMap(({ words, address }) => {
    const picture = pictures.get(address.split("/").at(-1) ?? "");
    return picture ? [{ ...picture, alt: words }] : [];
  });
  const words = body.replace(PICTURE, "").trim();
  return {
    network: ID,
    account: `@${user} in !${communityOf(room)}`,
    id: String(id),
    url: `${world.base(ID)}/post/${id}`,
    at,
    title: name,
    text: words,
    html: markdownHtml(words),
    media,
    length: codePoints(body),
    max: BODY_MAX,
    notes: nsfw ? ["nsfw"] : [],
    ...(url && !url.includes("/pictrs/image/") && { card: { url } }),
  };
}

function shownComment(comment: Comment, world: World): SandboxPost {
  const { id, room, user, content, path, post, at } = comment;
  return {
    network: ID,
    account: `@${user} in !${communityOf(room)}`,
    id: String(id),
    url: `${world.base(ID)}/comment/${id}`,
    at,
    text: content,
    html: markdownHtml(content),
    media: [],
    length: codePoints(content),
    max: COMMENT_MAX,
    parent: path.split(".").length > 2 ? (path.split(".").at(-2) ?? "") : String(post),
  };
}
