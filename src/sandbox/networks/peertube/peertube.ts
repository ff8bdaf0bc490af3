/** PeerTube's API v1 as far as an account's videos need it: https://docs.joinpeertube.org/api-rest-reference.html. Read 2026-11-27. */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { memberOf } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  type Call,
  type Comment,
  entityOf,
  ID,
  initial,
  nextId,
  ok,
  postOf,
  privacyOf,
  refuse,
  type State,
  said,
  usernameOf,
  type Video,
  type Who,
  wordsOf,
} from "./state.ts";
import { begin, channelIdOf, piece } from "./upload.ts";

const CLIENT = { client_id: "sandbox-client", client_secret: "sandbox-client-secret" };

export const peertube: SandboxNetwork = {
  id: ID,
  name: "PeerTube",
  look: { light: "#a8470c", dark: "#ffab7a", mark: "Pt", layout: "article", alt: false },
  ways: [
    {
      name: "account",
      title: "Acme 2.4",
      media: { needed: true, type: "video/mp4", before: true, processing: true },
      edits: "untold",
      renews: true,
      answers: "headers",
    },
  ],
  channel: (name, base) => ({ server: base, username: usernameOf(name), password: `sandbox-${name}` }),
  publishes: isOneOf("PUT /api/v1/videos/:id"),
  publishing(body) {
    // Files beside a video come as a form.
    if (!body.toString("latin1", 0, 1).startsWith("{")) return false;
    const { privacy, scheduleUpdate } = JSON.parse(body.toString("utf8")) as Record<string, unknown>;
    return (privacy !== undefined && privacy !== 3) || Boolean(scheduleUpdate);
  },
  handle: api<State, Who>({
    id: ID,
    state: initial,
    first: ({ state, world }) => publishDue(state, world),
    auth({ request, state }) {
      const token = bearer(request) ?? "";
      const name = state.tokens.get(token);
      if (name !== undefined) return { name };
      throw refuse(401, "Token is invalid", undefined, "invalid_token");
    },
    expired({ request, state }) {
      state.tokens.delete(bearer(request) ?? "");
      return said(401, "Token is invalid", undefined, "invalid_token");
    },
    windows: { requests: [{ posts: 50, ms: 10_000 }] },
    always: { window: "requests", account: ({ name }) => name },
    rateHeaders: ({ limit, remaining, seconds }) => ({
      "ratelimit-limit": String(limit),
      "ratelimit-remaining": String(remaining),
      "ratelimit-reset": String(Math.ceil(seconds)),
    }),
    limited: () => ({
      ...said(429, "Too many requests, please try again later."),
      headers: { "content-type": "application/problem+json", "ratelimit-limit": "50" },
    }),
    malformed: () => said(400, "The body cannot be parsed"),
    unknown: ({ path }) => (path.startsWith("/api/v1/") ? said(404, "Not found") : undefined),
    open: {
      "GET /api/v1/oauth-clients/local": () => ok(CLIENT),
      "POST /api/v1/users/token": token,
    },
    routes: {
      "GET /api/v1/users/me": (call) => {
        const { name } = call.who();
        const videoChannels = [
          { id: channelIdOf(name), name: `${name}_channel`, displayName: `Main ${name} channel` },
        ];
        return ok({ id: 1, username: name, videoChannels });
      },
      "POST /api/v1/videos/upload-resumable": begin,
      "PUT /api/v1/videos/upload-resumable": piece,
      "GET /api/v1/videos/:id": (call) => ok(entityOf(videoOf(call, "seen"), call)),
      "PUT /api/v1/videos/:id": update,
      "PUT /api/v1/videos/:id/captions/:language": (call) => {
        const video = videoOf(call);
        const [file] = call.files();
        if (
          file?.name !== "captionfile" ||
          !/^(?:WEBVTT|\s*\d+\s*\r?\n)/.test(file.bytes.toString("utf8", 0, 50))
        )
          throw refuse(400, "Incorrect request parameters: captionfile");
        video.captions.push(call.params.language!);
        return { status: 204 };
      },
      "DELETE /api/v1/videos/:id": (call) => {
        const { uuid } = videoOf(call);
        call.state.videos.delete(uuid);
        call.world.remove(ID, uuid);
        return { status: 204 };
      },
      "GET /api/v1/videos/:id/comment-threads": (call) => {
        const { uuid } = videoOf(call, "seen");
        const all = call.state.comments.filter(({ on, parent }) => on === uuid && !parent).reverse();
        const start = Number(call.query.get("start") ?? 0);
        const data = all.slice(start, start + Number(call.query.get("count") ?? 15));
        return ok({ total: all.length, data: data.map((one) => commentOf(one, call)) });
      },
      "GET /api/v1/videos/:id/comment-threads/:comment": (call) => {
        const { uuid } = videoOf(call, "seen");
        const found = call.state.comments.find(
          ({ on, id }) => on === uuid && String(id) === call.params.comment,
        );
        if (!found) throw refuse(404, "Video comment thread not found");
        const answers = call.state.comments.filter(({ parent }) => parent === found.id);
        const children = answers.map((one) => ({ comment: commentOf(one, call), children: [] }));
        return ok({ comment: commentOf(found, call), children });
      },
      "POST /api/v1/videos/:id/comment-threads": (call) => comment(call),
      "POST /api/v1/videos/:id/comments/:parent": (call) => comment(call, Number(call.params.parent)),
    },
  }),
  posts(world) {
    publishDue(world.state(ID, initial), world);
    return [];
  },
};

/** A password for a token, with the keys of the server's own pages. */
function token({ fields, state }: Call): SandboxReply {
  const { client_id, client_secret, grant_type, username, password } = fields();
  if (client_id !== CLIENT.client_id || client_secret !== CLIENT.client_secret)
    throw refuse(400, "Invalid client: client is invalid", undefined, "invalid_client");
  if (grant_type !== "password") throw refuse(400, "Invalid grant type", undefined, "unsupported_grant_type");
  const member = memberOf(text(password));
  if (!member || usernameOf(member.name) !== username)
    throw refuse(400, "Invalid grant: user credentials are invalid", undefined, "invalid_grant");
  const access_token = `token-${member.channel}-${nextId(state)}`;
  state.tokens.set(access_token, usernameOf(member.name));
  return ok({ token_type: "Bearer", access_token, refresh_token: `r-${access_token}`, expires_in: 14_399 });
}

function videoOf(call: Call, how: "own" | "seen" = "own"): Video {
  const { id = "" } = call.params;
  const video = [...call.state.videos.values()].find(
    ({ uuid, shortUUID }) => id === uuid || id === shortUUID,
  );
  const { name } = call.who();
  if (!video) throw refuse(404, "Video not found");
  const isOwn = video.owner === name;
  if (!isOwn && (how === "own" || video.privacy === 3))
    throw refuse(403, "Cannot manage a video of another user.");
  return video;
}

/** What is not named stays as it is. */
function update(call: Call): SandboxReply {
  const { world } = call;
  const video = videoOf(call);
  const { fields, files } = call.body();
  for (const { name, bytes } of files) {
    const type = sniff(bytes);
    if (!/^(?:thumbnail|preview)file$/.test(name) || !/^image\/(?:jpeg|png|webp)$/.test(type ?? ""))
      throw refuse(400, `Incorrect request parameters: ${name}`);
    video.thumbnail = { type: type!, bytes };
  }
  const words = wordsOf(fields, video.words);
  const privacy = privacyOf(fields.privacy, video.privacy);
  const schedule = fields.scheduleUpdate as Video["schedule"] | null | undefined;
  if (schedule && (Number.isNaN(Date.parse(schedule.updateAt)) || ![1, 2, 4].includes(schedule.privacy)))
    throw refuse(400, "Incorrect request parameters: scheduleUpdate");
  const wasSeen = video.privacy !== 3;
  Object.assign(video, { words, privacy });
  if (schedule === null) delete video.schedule;
  else if (schedule) video.schedule = schedule;
  if (privacy === 3) world.remove(ID, video.uuid);
  else if (wasSeen) world.update(postOf(video, world));
  else appear(video, world, world.now());
  return { status: 204 };
}

function appear(video: Video, world: World, at: number): void {
  video.at = at;
  world.accept(postOf(video, world));
}

function publishDue({ videos }: State, world: World): void {
  for (const video of videos.values()) {
    const { schedule } = video;
    if (!schedule || Date.parse(schedule.updateAt) > world.now()) continue;
    video.privacy = schedule.privacy;
    delete video.schedule;
    appear(video, world, Date.parse(schedule.updateAt));
  }
}

function comment(call: Call, parent?: number): SandboxReply {
  const { uuid } = videoOf(call, "seen");
  const words = text(call.fields().text) ?? "";
  if (words === "" || words.length > 10_000) throw refuse(400, "Incorrect request parameters: text");
  const { name: author } = call.who();
  const made: Comment = {
    ...{ id: nextId(call.state), on: uuid, author, text: words, at: call.world.now() },
    ...(parent !== undefined && { parent }),
  };
  call.state.comments.push(made);
  return ok({ comment: commentOf(made, call) });
}

function commentOf({ id, author, text: words, at, parent }: Comment, { state, world }: Call) {
  return {
    ...{ id, text: words, createdAt: new Date(at).toISOString(), isDeleted: false },
    url: `${world.base(ID)}/comments/${id}`,
    inReplyToCommentId: parent ?? null,
    totalReplies: state.comments.filter((one) => one.parent === id).length,
    account: { name: author, displayName: author, host: new URL(world.base(ID)).host },
  };
}
