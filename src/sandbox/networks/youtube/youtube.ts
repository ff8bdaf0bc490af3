/**
 * YouTube's Data API v3 as far as a channel's videos need it: https://developers.google.com/youtube/v3/docs, quotas as of 2026:
 * a hundred uploads a day, and ten thousand units for everything else. Read 2026-11-27. The app here is an audited one.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { memberOf, sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply, World } from "../../network.ts";
import {
  type Call,
  type Comment,
  channelIdOf,
  entityOf,
  ID,
  initial,
  nextId,
  ok,
  postOf,
  refuse,
  type State,
  said,
  snippetOf,
  statusOf,
  type Video,
  type Who,
} from "./state.ts";
import { begin, piece, thumbnail } from "./upload.ts";

const DAY = 86_400_000;

export const youtube: SandboxNetwork = {
  id: ID,
  name: "YouTube",
  look: { light: "#b3261e", dark: "#ff9d94", mark: "Yt", layout: "article", alt: false },
  ways: [
    {
      name: "login",
      title: "Acme 2.4",
      media: { needed: true, type: "video/mp4", before: true, processing: true },
      edits: "untold",
    },
  ],
  channel: (name, base) => ({ token: `sandbox-${name}`, server: base, login: base, web: base }),
  publishes: isOneOf("PUT /youtube/v3/videos"),
  publishing(body) {
    const { status } = JSON.parse(body.toString("utf8") || "{}") as { status?: Record<string, unknown> };
    return status !== undefined && (status.privacyStatus !== "private" || status.publishAt !== undefined);
  },
  handle: api<State, Who>({
    id: ID,
    state: initial,
    first: ({ state, world }) => publishDue(state, world),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refuse(401, "authError", "Invalid Credentials");
      return { owner: member.channel, name: member.name };
    },
    expired: () => said(401, "authError", "Invalid Credentials"),
    windows: {
      minute: [{ posts: 1_800, ms: 60_000 }],
      uploads: [{ posts: 100, ms: DAY }],
      units: [{ posts: 10_000, ms: DAY }],
    },
    always: { window: "minute", account: ({ owner }) => owner },
    limited: ({ window }) =>
      window === "minute"
        ? said(403, "rateLimitExceeded", "The request cannot be completed: too many in a short time.")
        : said(403, "quotaExceeded", "The request cannot be completed because you have exceeded your quota."),
    retryAfter: false,
    malformed: () => said(400, "parseError", "Parse Error"),
    unknown: ({ path }) => (/\/youtube\/v3\//.test(path) ? said(404, "notFound", "Not Found") : undefined),
    routes: {
      "POST /upload/youtube/v3/videos": (call) => begin(call, "videos"),
      "PUT /upload/youtube/v3/videos": piece,
      "POST /upload/youtube/v3/captions": (call) => begin(call, "captions"),
      "PUT /upload/youtube/v3/captions": piece,
      "POST /upload/youtube/v3/thumbnails/set": thumbnail,
      "GET /youtube/v3/videos": list,
      "PUT /youtube/v3/videos": update,
      "DELETE /youtube/v3/videos": remove,
      "GET /youtube/v3/channels": (call) => {
        const { owner } = call.who();
        if (call.query.get("mine") !== "true")
          throw refuse(400, "missingRequiredParameter", "No filter selected.");
        call.take("units", owner);
        const snippet = { title: owner, customUrl: `@${owner}` };
        return ok({ items: [{ kind: "youtube#channel", id: channelIdOf(owner), snippet }] });
      },
      "GET /youtube/v3/commentThreads": (call) => {
        const { id } = videoOf(call, call.query.get("videoId"), true);
        call.take("units", call.who().owner);
        const items = call.state.comments.filter(({ on }) => on === id).reverse();
        return ok({ items: items.map(threadOf) });
      },
      "POST /youtube/v3/commentThreads": comment,
    },
  }),
  posts(world) {
    publishDue(world.state(ID, initial), world);
    return [];
  },
};

function list(call: Call): SandboxReply {
  const { query, state } = call;
  const { owner } = call.who();
  const ids = query.get("id")?.split(",");
  if (!ids || ids.length > 50) throw refuse(400, "missingRequiredParameter", "No filter selected.");
  const parts = partsOf(call);
  call.take("units", owner);
  const found = ids.flatMap((id) => state.videos.get(id) ?? []).filter((video) => isSeen(video, owner));
  return ok({ kind: "youtube#videoListResponse", items: found.map((one) => entityOf(one, parts, call)) });
}

function partsOf({ query }: Call): string[] {
  const parts = query.get("part")?.split(",") ?? [];
  if (parts.length === 0) throw refuse(400, "missingRequiredParameter", "Required parameter: part");
  return parts;
}

const isSeen = ({ owner, status }: Video, who: string) => owner === who || status.privacyStatus !== "private";

function videoOf(call: Call, id: unknown, others = false): Video {
  const { owner } = call.who();
  const video = call.state.videos.get(text(id) ?? "");
  if (!video || !(video.owner === owner || (others && isSeen(video, owner))))
    throw refuse(404, "videoNotFound", "The video that you are trying to update cannot be found.");
  return video;
}

/** Each part that is named is replaced whole. */
function update(call: Call): SandboxReply {
  const { world } = call;
  const parts = partsOf(call);
  const { fields, type } = call.body();
  if (type !== "json") throw refuse(400, "badRequest", "The body must be JSON.");
  const video = videoOf(call, fields.id);
  const unasked = Object.keys(fields).find((name) => name !== "id" && !parts.includes(name));
  if (unasked !== undefined) throw refuse(400, "unexpectedPart", `'${unasked}'`);
  const snippet = parts.includes("snippet") ? snippetOf(fields.snippet, true) : video.snippet;
  const status = parts.includes("status") ? statusOf(fields.status) : video.status;
  call.take("units", video.owner, 50);
  const wasSeen = video.status.privacyStatus !== "private";
  Object.assign(video, { snippet, status });
  if (Date.parse(status.publishAt ?? "") <= world.now()) appear(video);
  if (video.status.privacyStatus === "private") world.remove(ID, video.id);
  else if (wasSeen) world.update(postOf(video, world));
  else {
    video.at = world.now();
    world.accept(postOf(video, world));
  }
  return ok(entityOf(video, parts, call));
}

function appear({ status }: Video): void {
  status.privacyStatus = "public";
  delete status.publishAt;
}

function publishDue({ videos }: State, world: World): void {
  for (const video of videos.values()) {
    const due = Date.parse(video.status.publishAt ?? "");
    if (!(due <= world.now())) continue;
    appear(video);
    video.at = due;
    world.accept(postOf(video, world));
  }
}

function remove(call: Call): SandboxReply {
  const { id, owner } = videoOf(call, call.query.get("id"));
  call.take("units", owner, 50);
  call.state.videos.delete(id);
  call.world.remove(ID, id);
  return { status: 204 };
}

function comment(call: Call): SandboxReply {
  const { snippet } = call.fields() as {
    snippet?: { videoId?: unknown; topLevelComment?: { snippet?: object } };
  };
  const { id } = videoOf(call, snippet?.videoId, true);
  const words = text((snippet?.topLevelComment?.snippet as { textOriginal?: unknown })?.textOriginal) ?? "";
  if (words === "") throw refuse(400, "commentTextRequired", "The comment must have a text.");
  const { name } = call.who();
  const made: Comment = {
    id: `${nextId(call.state, "comment")}${sha256(words).toString("base64url").slice(0, 15)}`,
    ...{ on: id, author: name, text: words, at: call.world.now() },
  };
  call.state.comments.push(made);
  return ok(threadOf(made));
}

function threadOf({ id, on, author, text: textOriginal, at }: Comment) {
  const snippet = {
    textOriginal,
    textDisplay: textOriginal,
    authorDisplayName: `@${author}`,
    authorChannelId: { value: channelIdOf(author) },
    publishedAt: new Date(at).toISOString(),
  };
  return { id, snippet: { videoId: on, topLevelComment: { id, snippet } } };
}
