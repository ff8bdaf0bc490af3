/**
 * Instagram's content publishing as Meta documents it (docs/instagram-platform/content-publishing), with the members of Meta's
 * own description of IGUser and IGMedia. Read 2026-11-26. Whether a container can be published twice, no page says: here it
 * can, since that would show.
 */
import { api, isOneOf, type Call as SomeCall } from "../api.ts";
import { bearer, flag, text } from "../body.ts";
import { codePoints } from "../count.ts";
import {
  type Container as Any,
  itemsOf,
  missing,
  ok,
  only,
  paged,
  refuse,
  said,
  setOf,
  stageOf,
  timeOf,
  unknownPath,
} from "../graph-api.ts";
import { escapeHtml } from "../html.ts";
import { memberOf, numberOf } from "../ids.ts";
import { fetched } from "../media-host.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "instagram";
const MAX = 2_200;
const DAY = 86_400_000;

interface Container extends Any {
  caption: string;
}

interface Media extends Container {
  mediaId: string;
}

interface Comment {
  id: string;
  /** The post, or the comment that it answers. */
  on: string;
  media: string;
  user: string;
  text: string;
  at: number;
}

interface State {
  containers: Map<string, Container>;
  media: Map<string, Media>;
  comments: Comment[];
  sequence: number;
}

interface Who {
  user: string;
  name: string;
}

type Call = SomeCall<State, Who>;

const media = {
  counts: [1, 2],
  needed: true,
  type: "image/jpeg",
  before: true,
  processing: true,
} as const;

export const instagram: SandboxNetwork = {
  id: ID,
  name: "Instagram",
  look: { light: "#c13584", dark: "#f08ac0", mark: "Ig", layout: "post", alt: true },
  ways: [
    { name: "instagram login", media, threads: true, edits: "untold" },
    { name: "facebook login", settings: { login: "facebook" }, media, threads: true, edits: "untold" },
  ],
  channel: (name, base, _folder, settings) => ({
    user: idOf(name),
    token: `sandbox-${name}`,
    server: base,
    ...(settings?.login === "facebook" && { login: "facebook" }),
  }),
  publishes: isOneOf(
    "POST /:version/:user/media_publish",
    "POST /:version/:id/comments",
    "POST /:version/:id/replies",
  ),
  handle: api<State, Who>({
    id: ID,
    state: () => ({ containers: new Map(), media: new Map(), comments: [], sequence: 0 }),
    auth({ request, query }) {
      const member = memberOf(bearer(request) ?? query.get("access_token") ?? undefined);
      if (!member) throw refuse(190, "Invalid OAuth access token - Cannot parse access token", 401);
      return { user: idOf(member.name), name: member.name };
    },
    expired: () => said(190, "Error validating access token: Session has expired.", 401),
    windows: { posts: [{ posts: 50, ms: DAY }] },
    limited: () => said(9, "Application request limit reached", 403, 2_207_042),
    retryAfter: false,
    malformed: ({ malformed }) => malformed && said(100, "Invalid parameter", 400),
    unknown: unknownPath,
    routes: {
      "POST /:version/:user/media": create,
      "GET /:version/:user/media": (call) => listed(call, ({ kind }) => kind !== "STORIES"),
      // Those of the last day.
      "GET /:version/:user/stories": (call) =>
        listed(call, ({ kind, at }) => kind === "STORIES" && at > call.world.now() - DAY),
      "POST /:version/:user/media_publish": publish,
      "GET /:version/:user/content_publishing_limit": (call) => {
        owned(call);
        const config = { quota_total: 50, quota_duration: 86_400 };
        return ok({ data: [only({ config, quota_usage: 0 }, call.query, FIELDS, ["quota_usage"])] });
      },
      "GET /:version/:id/comments": (call) => {
        const { mediaId } = mediaOf(call);
        const found = call.state.comments.filter(({ on }) => on === mediaId).reverse();
        return paged(found, (one) => commentOf(one, call.state), call.query, NEXT);
      },
      "POST /:version/:id/comments": (call) => comment(call, mediaOf(call).mediaId, mediaOf(call).mediaId),
      "GET /:version/:id/replies": (call) => {
        const { id } = commentIn(call);
        const found = call.state.comments.filter(({ on }) => on === id).reverse();
        return paged(found, (one) => only(commentOf(one, call.state), call.query, FIELDS), call.query, NEXT);
      },
      "POST /:version/:id/replies": (call) => {
        const { id, media } = commentIn(call);
        return comment(call, id, media);
      },
      "GET /:version/:id/insights": (call) => {
        const { mediaId } = mediaOf(call);
        const names = (call.query.get("metric") ?? "").split(",");
        if (names.some((name) => !METRICS.has(name)))
          throw refuse(100, "metric[0] must be one of the following values");
        const comments = call.state.comments.filter(({ on }) => on === mediaId).length;
        const data = names.map((name) => ({
          name,
          period: "lifetime",
          values: [{ value: name === "comments" ? comments : 0 }],
        }));
        return ok({ data });
      },
      "GET /:version/:id": (call) => {
        const who = call.who();
        if (call.params.id === who.user)
          return ok(only({ id: who.user, user_id: who.user, username: who.name }, call.query, FIELDS));
        const container = call.state.containers.get(call.params.id!);
        if (call.state.comments.some(({ id }) => id === call.params.id))
          return ok(only(commentOf(commentIn(call), call.state), call.query, FIELDS));
        if (!container) return ok(only(entityOf(mediaOf(call), call.world), call.query, FIELDS));
        if (container.user !== who.user) throw missing(call);
        return ok(only({ id: container.id, ...statusOf(container, call.world) }, call.query, FIELDS));
      },
      "DELETE /:version/:id": (call) => {
        const below = call.state.comments.find(({ id }) => id === call.params.id);
        if (below) {
          if (below.user !== call.who().name) throw missing(call);
          call.state.comments = call.state.comments.filter(
            ({ id, on }) => id !== below.id && on !== below.id,
          );
          call.world.remove(ID, below.id);
          return ok({ success: true });
        }
        const { mediaId } = mediaOf(call);
        call.state.media.delete(mediaId);
        call.world.remove(ID, mediaId);
        return ok({ success: true });
      },
    },
  }),
};

const METRICS = setOf("views reach likes comments saved shares total_interactions");
const KINDS = new Set(["IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"]);
const MEMBERS = setOf(
  "media_type image_url video_url caption alt_text is_carousel_item children collaborators share_to_feed cover_url thumb_offset location_id user_tags audio_name access_token",
);
const FIELDS = setOf(
  "id user_id username caption permalink timestamp media_type status status_code config quota_usage text replies like_count",
);

const idOf = (name: string) => numberOf(`${ID} ${name}`).slice(0, 17);
const NEXT = "https://graph.instagram.com/next";

function nextId(state: State): string {
  state.sequence += 1;
  return String(17_900_000_000_000_000n + BigInt(state.sequence));
}

function owned({ params, who }: Call): Who {
  const known = who();
  if (params.user !== known.user)
    throw refuse(10, "Application does not have permission for this action", 403);
  return known;
}

/** Newest first. */
function listed(call: Call, which: (one: Media) => boolean): SandboxReply {
  const { user } = owned(call);
  const since = Number(call.query.get("since") ?? 0) * 1000;
  const own = [...call.state.media.values()]
    .filter((one) => one.user === user && one.at >= since && which(one))
    .reverse();
  return paged(own, (one) => only(entityOf(one, call.world), call.query, FIELDS), call.query, NEXT);
}

function create(call: Call): SandboxReply {
  const { state, world, request } = call;
  const { user } = owned(call);
  const fields = call.fields();
  const other = Object.keys(fields).find((key) => !MEMBERS.has(key));
  if (other) throw refuse(100, `Param ${other} is not known here`);
  const kind = text(fields.media_type) ?? "IMAGE";
  if (!KINDS.has(kind)) throw refuse(100, "Param media_type is invalid");
  const caption = text(fields.caption) ?? "";
  const item = flag(fields.is_carousel_item);
  const tags = caption.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  const mentions = caption.match(/(?<![\w])@[\w.]+/g)?.length ?? 0;
  if (caption.length > MAX || tags > 30 || mentions > 20)
    throw refuse(100, "The caption was too long", 400, 2_207_010);
  if (item && caption !== "") throw refuse(100, "An item of a carousel has no caption");
  const found =
    kind === "CAROUSEL" ? itemsOf(fields.children, 10, user, state.containers) : fileOf(fields, kind, world);
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : 0;
  const container: Container = {
    id: nextId(state),
    user,
    kind,
    caption,
    item,
    ...found,
    readyAt: wait === 0 ? 0 : world.now() + wait,
    at: world.now(),
  };
  state.containers.set(container.id, container);
  return ok({ id: container.id });
}

function fileOf(fields: Record<string, unknown>, kind: string, world: World) {
  const isVideo =
    kind === "VIDEO" || kind === "REELS" || (kind === "STORIES" && fields.video_url !== undefined);
  const address = isVideo ? fields.video_url : fields.image_url;
  if (text(address) === undefined) throw refuse(100, "Only photo or video can be accepted", 400, 2_207_023);
  const alt = text(fields.alt_text) ?? "";
  if (isVideo && alt !== "") throw refuse(100, "alt_text is for images only");
  if (codePoints(alt) > 1_000) throw refuse(100, "Param alt_text is too long");
  const file = fetched(address, world);
  if (!file) throw refuse(9_004, "The media could not be fetched from this URI", 400, 2_207_052);
  const type = sniff(file.bytes) ?? "";
  const isFine = isVideo ? /^video\//.test(type) : type === "image/jpeg" && file.bytes.length <= 8_000_000;
  const failed = isFine ? {} : { failed: "Error: The image format is not supported." };
  return { files: isFine ? [{ type, alt, bytes: file.bytes }] : [], ...failed };
}

function statusOf(container: Container, world: World): { status_code: string; status?: string } {
  const status_code = stageOf(container, world.now());
  return { status_code, ...(status_code === "ERROR" && { status: container.failed }) };
}

function publish(call: Call): SandboxReply {
  const { state, world } = call;
  const who = owned(call);
  const container = state.containers.get(text(call.fields().creation_id) ?? "");
  if (!container || container.user !== who.user || container.item)
    throw refuse(100, "The media builder with creation id does not exist", 400, 2_207_006);
  const { status_code } = statusOf(container, world);
  if (status_code !== "FINISHED" && status_code !== "PUBLISHED")
    throw refuse(9_007, "Media ID is not available", 400, 2_207_027);
  call.take("posts", who.user);
  container.published = true;
  const post: Media = { ...container, mediaId: nextId(state), at: world.now() };
  state.media.set(post.mediaId, post);
  world.accept(shownOf(post, who, world));
  return ok({ id: post.mediaId });
}

/** A post; only those of the account that asks. */
function mediaOf(call: Call): Media {
  const { user } = call.who();
  const post = call.state.media.get(decodeURIComponent(call.params.id!));
  // Somebody else may comment.
  if (!post || (post.user !== user && call.method !== "POST")) throw missing(call);
  return post;
}

function entityOf({ mediaId, caption, at }: Media, world: World): Record<string, unknown> {
  return {
    id: mediaId,
    ...(caption !== "" && { caption }),
    permalink: `${world.base(ID)}/p/${mediaId}`,
    timestamp: timeOf(at),
  };
}

/** …/reference/ig-media/comments: at most 300 characters, four hashtags and one address, and not all in capitals. */
function comment(call: Call, on: string, media: string): SandboxReply {
  const { state, world, who } = call;
  const message = text(call.fields().message) ?? "";
  const tags = message.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0;
  const links = message.match(/https?:\/\/\S+/g)?.length ?? 0;
  const isShouted = /\p{Lu}/u.test(message) && !/\p{Ll}/u.test(message);
  if (message.trim() === "" || codePoints(message) > 300 || tags > 4 || links > 1 || isShouted)
    throw refuse(100, "Invalid parameter: message");
  const made: Comment = { id: nextId(state), on, media, user: who().name, text: message, at: world.now() };
  state.comments.push(made);
  world.accept({
    network: ID,
    account: `@${made.user}`,
    id: made.id,
    url: `${world.base(ID)}/p/${media}`,
    at: made.at,
    text: message,
    html: escapeHtml(message),
    media: [],
    length: codePoints(message),
    max: 300,
    parent: on,
  });
  return ok({ id: made.id });
}

/** A comment on a post of the account that asks, or of anybody where somebody answers. */
function commentIn({ state, params, who, method }: Call): Comment {
  const { user } = who();
  const found = state.comments.find(({ id }) => id === decodeURIComponent(params.id!));
  const post = found && state.media.get(found.media);
  if (!found || (post?.user !== user && method !== "POST")) throw missing({ params });
  return found;
}

function commentOf({ id, user, text: words, at }: Comment, state: State): Record<string, unknown> {
  const answers = state.comments.filter(({ on }) => on === id).map((one) => commentOf(one, state));
  return {
    id,
    username: user,
    text: words,
    timestamp: timeOf(at),
    like_count: 0,
    ...(answers.length > 0 && { replies: { data: answers } }),
  };
}

/** Links in captions lead nowhere; tags and mentions do. */
function shownOf({ mediaId, caption, files, at, kind }: Media, who: Who, world: World): SandboxPost {
  return {
    network: ID,
    account: `@${who.name}`,
    id: mediaId,
    url: `${world.base(ID)}/p/${mediaId}`,
    at,
    text: caption,
    html: escapeHtml(caption),
    media: files,
    length: caption.length,
    max: MAX,
    ...(kind === "REELS" && { notes: ["reel"] }),
    ...(kind === "STORIES" && { notes: ["story"] }),
  };
}
