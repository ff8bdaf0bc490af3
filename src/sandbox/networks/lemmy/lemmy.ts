/**
 * Lemmy 0.19's API v3: https://join-lemmy.org/docs/contributors/04-api.html, lemmy-js-client, and the server's crates
 * (utils/src/utils/validation.rs, error.rs) for lengths and words. Read 2026-11-26.
 */
import { api, isOneOf } from "../../api.ts";
import { text } from "../../body.ts";
import { memberOf, numberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  commentIn,
  commentView,
  createComment,
  createPost,
  deleteComment,
  deletePost,
  editComment,
  editPost,
  LANGUAGES,
  like,
  pageOf,
  personView,
  postIn,
  postView,
} from "./posts.ts";
import {
  type Call,
  type Caller,
  callerOf,
  communityIdOf,
  communityOf,
  ID,
  ok,
  refuse,
  type State,
  said,
} from "./state.ts";

const V3 = "/api/v3";

export const lemmy: SandboxNetwork = {
  id: ID,
  name: "Lemmy",
  look: { light: "#0b7d67", dark: "#5fd8bd", mark: "L", layout: "article", alt: true },
  ways: [{ name: "password", title: "Acme 2.4", media: { counts: [1, 2], before: true }, threads: true }],
  channel: (name, base) => ({
    server: base,
    username: name,
    password: `sandbox-${name}`,
    community: communityOf(name),
  }),
  publishes: isOneOf(`POST ${V3}/post`, `POST ${V3}/comment`),
  handle: api<State, Caller>({
    id: ID,
    state: () => ({ posts: new Map(), comments: new Map(), pictures: new Map(), last: 0 }),
    auth: callerOf,
    expired: () => said(401, "not_logged_in"),
    // local_site_rate_limit: post, comment, image.
    windows: {
      post: [{ posts: 6, ms: 600_000 }],
      comment: [{ posts: 6, ms: 600_000 }],
      image: [{ posts: 6, ms: 3_600_000 }],
    },
    limited: () => said(400, "rate_limit_error"),
    retryAfter: false,
    malformed: () => said(400, "invalid_json"),
    unknown: ({ path }) =>
      path.startsWith("/api/") || path.startsWith("/pictrs/") ? said(404, "not_found") : undefined,
    open: { [`POST ${V3}/user/login`]: login },
    routes: {
      [`GET ${V3}/site`]: (call) => {
        const { name } = call.who();
        return ok({
          version: "0.19.13",
          my_user: { local_user_view: { person: personView(name, call.world) } },
          site_view: {
            local_site_rate_limit: { post: 6, post_per_second: 600, comment: 6, comment_per_second: 600 },
          },
          all_languages: LANGUAGES,
        });
      },
      [`GET ${V3}/community`]: (call) => {
        const { room } = call.who();
        if (call.query.get("name") !== communityOf(room)) throw refuse("couldnt_find_community", 404);
        return ok({ community_view: { community: { id: communityIdOf(room), name: communityOf(room) } } });
      },
      [`GET ${V3}/user`]: (call) => {
        const { room, name } = call.who();
        if (call.query.get("username") !== name) throw refuse("couldnt_find_person", 404);
        const own = ({ user, room: its }: { user: string; room: string }) => user === name && its === room;
        return ok({
          person_view: { person: personView(name, call.world) },
          posts: pageOf([...call.state.posts.values()].filter(own), call).map((post) => postView(post, call)),
          comments: pageOf([...call.state.comments.values()].filter(own), call).map((comment) =>
            commentView(comment, call.state, call.world),
          ),
        });
      },
      [`POST ${V3}/post`]: createPost,
      [`PUT ${V3}/post`]: editPost,
      [`GET ${V3}/post`]: (call) => ok({ post_view: postView(postIn(call, call.query.get("id")), call) }),
      [`POST ${V3}/post/delete`]: deletePost,
      [`POST ${V3}/post/like`]: (call) => {
        const post = postIn(call, call.fields().post_id);
        like(call, post);
        return ok({ post_view: postView(post, call) });
      },
      [`POST ${V3}/comment`]: createComment,
      [`PUT ${V3}/comment`]: editComment,
      [`GET ${V3}/comment`]: (call) =>
        ok({ comment_view: commentView(commentIn(call, call.query.get("id")), call.state, call.world) }),
      [`POST ${V3}/comment/delete`]: deleteComment,
      [`GET ${V3}/comment/list`]: (call) => {
        const { id } = postIn(call, call.query.get("post_id"));
        const parent = call.query.get("parent_id");
        const above = parent === null ? "0." : `${commentIn(call, parent).path}.`;
        const found = [...call.state.comments.values()].filter(
          ({ post, path }) => post === id && `${path}.`.startsWith(above),
        );
        return ok({ comments: pageOf(found, call).map((one) => commentView(one, call.state, call.world)) });
      },
      "POST /pictrs/image": upload,
    },
  }),
};

function login(call: Call): SandboxReply {
  const { username_or_email, password } = call.fields();
  const member = memberOf(text(password));
  if (!member || member.name !== username_or_email) throw refuse("incorrect_login", 401);
  return ok({ jwt: `jwt-${password}`, registration_created: false, verify_email_sent: false });
}

function upload(call: Call): SandboxReply {
  const { name } = call.who();
  const file = call.files().find((part) => part.name === "images[]");
  const type = file && sniff(file.bytes);
  if (!file || !type?.startsWith("image/"))
    return { status: 400, body: { msg: "No media present for upload" } };
  call.take("image", name);
  const made = `${numberOf(`picture ${call.state.pictures.size} ${file.filename}`)}.${type.slice(6)}`;
  call.state.pictures.set(made, { type, bytes: file.bytes });
  return { status: 201, body: { msg: "ok", files: [{ file: made, delete_token: numberOf(made) }] } };
}
