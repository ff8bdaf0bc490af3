/**
 * TikTok's Content Posting API for videos that are uploaded, and photos that it fetches: https://developers.tiktok.com/doc/content-posting-api-reference-direct-post,
 * …-reference-upload-video, …-media-transfer-guide. Read 2026-11-27. The app here has passed the audit.
 */
import { api, isOneOf } from "../../api.ts";
import { bearer, text } from "../../body.ts";
import { channelOf, sha256 } from "../../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { beginPhotos } from "./photos.ts";
import {
  type Call,
  ID,
  type Info,
  initial,
  LEVELS,
  MAX,
  ok,
  type Publication,
  postOf,
  refuse,
  type State,
  said,
  statusOf,
  userOf,
  type Who,
} from "./state.ts";

const MINUTE = 60_000;
const MIB = 1024 * 1024;
const media = { needed: true, type: "video/mp4" } as const;
// Before the post they are put to the media host.
const photos = { needed: true, counts: [1, 2], type: "image/jpeg", before: true } as const;

export const tiktok: SandboxNetwork = {
  id: ID,
  name: "TikTok",
  look: { light: "#8a1538", dark: "#ff8fb0", mark: "Tk", layout: "post", alt: false },
  ways: [
    { name: "inbox", media, answers: "headers", edits: "untold", words: "none" },
    {
      name: "direct",
      settings: { mode: "direct" },
      options: { privacy: "PUBLIC_TO_EVERYONE" },
      media,
      answers: "headers",
      edits: "untold",
    },
    { name: "photos", besides: true, media: photos, lookUp: "none", edits: "untold" },
    {
      name: "photos directly",
      besides: true,
      settings: { mode: "direct" },
      options: { privacy: "PUBLIC_TO_EVERYONE" },
      media: photos,
      lookUp: "none",
      edits: "untold",
    },
  ],
  channel: (name, base, _folder, settings): Record<string, string> => ({
    token: `sandbox-${name}`,
    server: base,
    web: base,
    ...(settings?.mode === "direct" && { mode: "direct", audit: "passed" }),
  }),
  publishes: isOneOf("PUT /upload/:id", "POST /v2/post/publish/content/init/"),
  handle: api<State, Who>({
    id: ID,
    state: initial,
    auth({ request, path, state }) {
      // An upload's address says whose it is.
      const upload = state.publications.get(path.replace(/^\/upload\//, ""));
      const owner = upload?.owner ?? channelOf(bearer(request));
      if (owner === undefined)
        throw refuse(401, "access_token_invalid", "The access token is invalid or not found in the request.");
      return { owner };
    },
    expired: () =>
      said(401, "access_token_invalid", "The access token is invalid or not found in the request."),
    windows: {
      begins: [{ posts: 6, ms: MINUTE }],
      creators: [{ posts: 20, ms: MINUTE }],
      states: [{ posts: 30, ms: MINUTE }],
    },
    limited: () => said(429, "rate_limit_exceeded", "The API rate limit was exceeded."),
    retryAfter: false,
    malformed: ({ malformed }) => malformed && said(400, "invalid_params", "The body is not JSON."),
    unknown: ({ path }) =>
      path.startsWith("/v2/") ? said(404, "unsupported_path", "Unsupported path(Janus)") : undefined,
    routes: {
      "GET /v2/user/info/": (call) => {
        const { owner } = call.who();
        const open_id = sha256(`tiktok ${owner}`).toString("hex").slice(0, 32);
        return ok({ user: { open_id, display_name: owner } });
      },
      "POST /v2/post/publish/creator_info/query/": (call) => {
        const { owner } = call.who();
        call.take("creators", owner);
        return ok({
          creator_username: userOf(owner),
          creator_nickname: owner,
          privacy_level_options: LEVELS,
          comment_disabled: false,
          duet_disabled: false,
          stitch_disabled: false,
          max_video_post_duration_sec: 600,
        });
      },
      "POST /v2/post/publish/video/init/": (call) => begin(call, infoOf(call.body().fields)),
      "POST /v2/post/publish/inbox/video/init/": (call) => begin(call, undefined),
      "POST /v2/post/publish/content/init/": beginPhotos,
      "PUT /upload/:id": piece,
      "POST /v2/post/publish/status/fetch/": (call) => {
        const { owner } = call.who();
        call.take("states", owner);
        const publication = call.state.publications.get(text(call.body().fields.publish_id) ?? "");
        if (!publication || publication.owner !== owner)
          throw refuse(400, "invalid_publish_id", "The publish_id does not exist.");
        return statusOf(publication);
      },
      "POST /v2/video/query/": (call) => {
        call.who();
        const { filters } = call.body().fields as { filters?: { video_ids?: unknown[] } };
        const counts = { view_count: 0, like_count: 0, comment_count: 0, share_count: 0 };
        const videos = (filters?.video_ids ?? []).map((id) => ({ id: String(id), ...counts }));
        return ok({ videos, cursor: 0, has_more: false });
      },
    },
  }),
};

const INFO = new Set(
  "title privacy_level disable_comment disable_duet disable_stitch video_cover_timestamp_ms brand_content_toggle brand_organic_toggle is_aigc".split(
    " ",
  ),
);

function infoOf({ post_info }: Record<string, unknown>): Info {
  const given = (post_info ?? {}) as Record<string, unknown>;
  const other = Object.keys(given).find((name) => !INFO.has(name));
  if (other !== undefined) throw refuse(400, "invalid_params", `post_info.${other} is not known`);
  const title = text(given.title) ?? "";
  if (title.length > MAX) throw refuse(400, "invalid_params", "The title is too long.");
  const privacy = text(given.privacy_level) ?? "";
  if (!LEVELS.includes(privacy))
    throw refuse(403, "privacy_level_option_mismatch", "privacy_level is not one of privacy_level_options.");
  if (given.brand_content_toggle === true && privacy === "SELF_ONLY")
    throw refuse(400, "invalid_params", "Branded content cannot be private.");
  return { title, privacy };
}

function begin(call: Call, info: Info | undefined): SandboxReply {
  const { state, world } = call;
  const { owner } = call.who();
  const { fields, type } = call.body();
  if (type !== "json") throw refuse(400, "invalid_params", "The body is not JSON.");
  if (!info && fields.post_info !== undefined)
    throw refuse(400, "invalid_params", "post_info is not known here");
  const { source, video_size, chunk_size, total_chunk_count } = (fields.source_info ?? {}) as Record<
    string,
    unknown
  >;
  if (source !== "FILE_UPLOAD") throw refuse(400, "invalid_params", "The sandbox takes FILE_UPLOAD only.");
  const [size, chunk, chunks] = [Number(video_size), Number(chunk_size), Number(total_chunk_count)];
  const isWhole = chunks === 1 && chunk === size && size <= 64 * MIB;
  const isDivided =
    chunk >= 5 * MIB && chunk <= 64 * MIB && chunks === Math.floor(size / chunk) && chunks <= 1_000;
  if (!(size > 0) || !(isWhole || isDivided))
    throw refuse(400, "invalid_params", "The chunk size or the total chunk count is invalid.");
  call.take("begins", owner);
  const id = `v_${info ? "pub" : "inbox"}_file~v2-1.${sha256(`${owner} ${state.publications.size}`).toString("hex").slice(0, 19)}`;
  const begun = { id, owner, size, chunk, chunks, held: Buffer.alloc(0), begunAt: world.now() };
  state.publications.set(id, { ...begun, ...(info && { info }) });
  return ok({ publish_id: id, upload_url: `${world.base(ID)}/upload/${id}` });
}

/** In their order; the last one may be larger. */
function piece(call: Call): SandboxReply {
  const { request, state, world, params } = call;
  call.who();
  const publication = state.publications.get(params.id!);
  if (!publication || world.now() > publication.begunAt + 60 * MINUTE || publication.at !== undefined)
    return { status: 403, body: "The upload url has expired." };
  const { held, size, chunk, chunks } = publication;
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(String(request.headers["content-range"] ?? ""));
  const [from, to, total] = (range ?? []).slice(1).map(Number);
  const isLast = from === (chunks - 1) * chunk;
  const length = isLast ? size - held.length : chunk;
  if (!/^video\//.test(String(request.headers["content-type"]))) return { status: 400, body: "Content-Type" };
  if (from !== held.length || total !== size || to! - from + 1 !== length || request.body.length !== length)
    return { status: 416, headers: { "content-range": `bytes 0-${held.length}/${size}` } };
  publication.held = Buffer.concat([held, request.body]);
  if (!isLast) return { status: 206, headers: { "content-range": `bytes 0-${to}/${size}` } };
  finish(publication, call);
  return { status: 201 };
}

function finish(publication: Publication, { world }: Call): void {
  publication.at = world.now();
  const type = sniff(publication.held);
  if (!type?.startsWith("video/")) publication.failed = "file_format_check_failed";
  else world.accept(postOf(publication, type, world));
}
