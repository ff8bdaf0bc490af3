/**
 * The Threads API as Meta documents it (docs/threads/posts, reply-management, insights, troubleshooting) and its own Postman
 * collection has it. Read 2026-11-26. Whether a container can be published twice, no page says: here it can, since that
 * would show.
 */

import { isUrl } from "../../urls.ts";
import { api, isOneOf, type Call as SomeCall } from "../api.ts";
import { bearer, flag, text } from "../body.ts";
import { codePoints, ordinaryLinks, utf8 } from "../count.ts";
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
import { marked } from "../html.ts";
import { memberOf, numberOf } from "../ids.ts";
import { fetched } from "../media-host.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "threads";
const MAX = 500;
const LINKS = 5;
const DAY = 86_400_000;

interface Container extends Any {
  text: string;
  parent?: string;
  topic?: string;
  link?: string;
  poll?: string[];
  spoiler: boolean;
}

interface Thread extends Container {
  mediaId: string;
}

interface State {
  containers: Map<string, Container>;
  posts: Map<string, Thread>;
  sequence: number;
}

interface Who {
  id: string;
  name: string;
}

type Call = SomeCall<State, Who>;

export const threads: SandboxNetwork = {
  id: ID,
  name: "Threads",
  look: { light: "#1c1c1c", dark: "#f0f0f0", mark: "@", layout: "post", alt: true },
  ways: [
    {
      name: "token",
      media: { counts: [1, 2], before: true, processing: true },
      threads: true,
      edits: "untold",
    },
  ],
  channel: (name, base) => ({ token: `sandbox-${name}`, server: base }),
  publishes: isOneOf("POST /v1.0/me/threads_publish"),
  handle: api<State, Who>({
    id: ID,
    state: () => ({ containers: new Map(), posts: new Map(), sequence: 0 }),
    auth({ request, query }) {
      const member = memberOf(bearer(request) ?? query.get("access_token") ?? undefined);
      if (!member) throw refuse(190, "Invalid OAuth access token - Cannot parse access token", 401);
      return { id: numberOf(`threads ${member.name}`), name: member.name };
    },
    expired: () => said(190, "Error validating access token: Session has expired.", 401),
    windows: {
      posts: [{ posts: 250, ms: DAY }],
      replies: [{ posts: 1_000, ms: DAY }],
      deletes: [{ posts: 100, ms: DAY }],
    },
    limited: () => said(4, "Application request limit reached", 400),
    retryAfter: false,
    malformed: ({ malformed }) => malformed && said(100, "Invalid parameter", 400),
    unknown: unknownPath,
    routes: {
      "GET /v1.0/me": (call) => {
        const { id, name } = call.who();
        return ok(only({ id, username: name, name }, call.query, FIELDS));
      },
      "GET /v1.0/me/threads_publishing_limit": (call) => {
        call.who();
        const config = (quota_total: number) => ({ quota_total, quota_duration: 86_400 });
        return ok({
          data: [
            only({ config: config(250), reply_config: config(1_000), quota_usage: 0 }, call.query, FIELDS),
          ],
        });
      },
      "GET /v1.0/debug_token": ({ who, query, world }) => {
        who();
        if (!memberOf(query.get("input_token") ?? undefined)) throw refuse(100, "Invalid input_token");
        const expires_at = Math.round((world.now() + 60 * DAY) / 1000);
        return ok({
          data: { is_valid: true, expires_at, scopes: ["threads_basic", "threads_content_publish"] },
        });
      },
      "POST /v1.0/me/threads": create,
      "POST /v1.0/me/threads_publish": publish,
      "GET /v1.0/me/threads": (call) => {
        const { id } = call.who();
        return listed(call, ({ user, parent }) => user === id && parent === undefined);
      },
      "GET /v1.0/me/replies": (call) => {
        const { id } = call.who();
        return listed(call, ({ user, parent }) => user === id && parent !== undefined);
      },
      "GET /v1.0/:id/replies": (call) => {
        const { mediaId } = postOf(call);
        return listed(call, ({ parent }) => parent === mediaId);
      },
      "GET /v1.0/:id/conversation": (call) => {
        const root = postOf(call);
        if (root.parent !== undefined) throw refuse(100, "Only top-level threads have a conversation");
        return listed(call, (one) => one !== root && rootOf(one, call) === root);
      },
      "GET /v1.0/:id/insights": (call) => {
        const { mediaId } = ours(call);
        const answers = [...call.state.posts.values()].filter(({ parent }) => parent === mediaId).length;
        const names = (call.query.get("metric") ?? "").split(",");
        const unknown = names.find((name) => !METRICS.has(name));
        if (unknown !== undefined) throw refuse(100, `metric[0] must be one of the following values`);
        const data = names.map((name) => ({
          name,
          period: "lifetime",
          values: [{ value: name === "replies" ? answers : 0 }],
        }));
        return ok({ data });
      },
      "GET /v1.0/:id": (call) => {
        const container = call.state.containers.get(call.params.id!);
        if (!container) return ok(only(entityOf(postOf(call), call), call.query, FIELDS));
        if (container.user !== call.who().id) throw missing(call);
        return ok(only({ id: container.id, ...statusOf(container, call.world) }, call.query, FIELDS));
      },
      "DELETE /v1.0/:id": (call) => {
        const { mediaId } = ours(call);
        call.take("deletes", call.who().id);
        call.state.posts.delete(mediaId);
        call.world.remove(ID, mediaId);
        return ok({ success: true, deleted_id: mediaId });
      },
    },
  }),
};

const METRICS = setOf("views likes replies reposts quotes shares");
const KINDS = new Set(["TEXT", "IMAGE", "VIDEO", "CAROUSEL"]);
const CONTROLS = setOf("everyone accounts_you_follow mentioned_only parent_post_author_only followers_only");
const MEMBERS = setOf(
  "media_type text image_url video_url alt_text is_carousel_item children reply_to_id reply_control topic_tag link_attachment poll_attachment is_spoiler_media quote_post_id access_token",
);

function nextId(state: State): string {
  state.sequence += 1;
  return String(18_000_000_000_000_000n + BigInt(state.sequence));
}

function create(call: Call): SandboxReply {
  const { state, world, request } = call;
  const who = call.who();
  const fields = call.fields();
  const other = Object.keys(fields).find((key) => !MEMBERS.has(key));
  if (other) throw refuse(100, `Param ${other} is not known here`);
  const kind = text(fields.media_type) ?? "";
  if (!KINDS.has(kind)) throw refuse(100, "Param media_type must be one of {TEXT, IMAGE, VIDEO, CAROUSEL}");
  const words = text(fields.text) ?? "";
  const item = flag(fields.is_carousel_item);
  checkWords(words, text(fields.link_attachment));
  const parent = text(fields.reply_to_id);
  if (parent !== undefined && !state.posts.has(parent)) throw refuse(100, "The reply_to_id is not a thread");
  const control = text(fields.reply_control);
  if (control !== undefined && !CONTROLS.has(control)) throw refuse(100, "Param reply_control is invalid");
  const topic = text(fields.topic_tag);
  if (topic !== undefined && (topic === "" || codePoints(topic) > 50 || /[.&]/.test(topic)))
    throw refuse(100, "Param topic_tag is invalid");
  const poll = pollOf(fields, kind);
  if (kind === "TEXT" && (item || words === "")) throw refuse(100, "A text post needs text");
  if (fields.link_attachment !== undefined && kind !== "TEXT")
    throw refuse(100, "link_attachment is for text posts only");
  const found =
    kind === "CAROUSEL"
      ? itemsOf(fields.children, 20, who.id, state.containers)
      : fileOf(fields, kind, world);
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : 0;
  const container: Container = {
    id: nextId(state),
    user: who.id,
    kind,
    text: words,
    item,
    ...found,
    readyAt: kind === "TEXT" || wait === 0 ? 0 : world.now() + wait,
    at: world.now(),
    spoiler: flag(fields.is_spoiler_media),
    ...(parent !== undefined && { parent }),
    ...(topic !== undefined && { topic }),
    ...(text(fields.link_attachment) !== undefined && { link: text(fields.link_attachment) }),
    ...(poll && { poll }),
  };
  state.containers.set(container.id, container);
  return ok({ id: container.id });
}

/** An emoji counts as many as it has bytes. */
function lengthOf(words: string): number {
  let length = 0;
  for (const { segment } of new Intl.Segmenter().segment(words))
    length += /(?![©®™])\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u20e3\ufe0f]/u.test(segment)
      ? utf8(segment)
      : 1;
  return length;
}

function checkWords(words: string, link: string | undefined): void {
  if (lengthOf(words) > MAX) throw refuse(100, "Param text must be at most 500 characters long.");
  if (link !== undefined && !isUrl(link)) throw refuse(100, "Param link_attachment is not a valid URL");
  const links = new Set([...ordinaryLinks(words).map(({ value }) => value), ...(link ? [link] : [])]);
  if (links.size > LINKS) throw refuse(100, "THREADS_API__LINK_LIMIT_EXCEEDED");
}

function pollOf(fields: Record<string, unknown>, kind: string): string[] | undefined {
  const written = text(fields.poll_attachment);
  if (written === undefined) return undefined;
  if (kind !== "TEXT") throw refuse(100, "Polls can only be attached to text-only posts");
  const poll = JSON.parse(written) as Record<string, unknown>;
  const names = Object.keys(poll);
  const choices = Object.values(poll).map(String);
  const isFine =
    names.every((name, n) => name === `option_${"abcd"[n]}`) &&
    choices.length >= 2 &&
    choices.every((choice) => choice !== "" && codePoints(choice) <= 25);
  if (!isFine) throw refuse(100, "Param poll_attachment is invalid");
  return choices;
}

function fileOf(fields: Record<string, unknown>, kind: string, world: World) {
  if (kind === "TEXT") return { files: [] };
  const address = kind === "IMAGE" ? fields.image_url : fields.video_url;
  if (text(address) === undefined) throw refuse(100, `Param ${kind.toLowerCase()}_url is required`);
  const alt = text(fields.alt_text) ?? "";
  if (codePoints(alt) > 1_000) throw refuse(100, "Param alt_text is too long");
  const file = fetched(address, world);
  const type = file && sniff(file.bytes);
  const wanted = kind === "IMAGE" ? /^image\/(jpeg|png)$/ : /^video\//;
  const most = kind === "IMAGE" ? 8_000_000 : 1_000_000_000;
  if (!file || !type || !wanted.test(type) || file.bytes.length > most)
    return { files: [], failed: file ? "UNKNOWN" : `FAILED_DOWNLOADING_${kind}` };
  return { files: [{ type, alt, bytes: file.bytes }] };
}

function statusOf(container: Container, world: World): { status: string; error_message?: string } {
  const status = stageOf(container, world.now());
  return { status, ...(status === "ERROR" && { error_message: container.failed }) };
}

function publish(call: Call): SandboxReply {
  const { state, world } = call;
  const who = call.who();
  const container = state.containers.get(text(call.fields().creation_id) ?? "");
  if (!container || container.user !== who.id || container.item)
    throw refuse(100, "The requested resource does not exist");
  const { status } = statusOf(container, world);
  if (status !== "FINISHED" && status !== "PUBLISHED") throw refuse(100, `The container is ${status}`);
  call.take(container.parent === undefined ? "posts" : "replies", who.id);
  container.published = true;
  const post: Thread = { ...container, mediaId: nextId(state), at: world.now() };
  state.posts.set(post.mediaId, post);
  world.accept(shownOf(post, who, world));
  return ok({ id: post.mediaId });
}

function postOf(call: Call): Thread {
  call.who();
  const post = call.state.posts.get(decodeURIComponent(call.params.id!));
  if (!post) throw missing(call);
  return post;
}

function ours(call: Call): Thread {
  const post = postOf(call);
  if (post.user !== call.who().id)
    throw refuse(10, "Application does not have permission for this action", 403);
  return post;
}

function rootOf(post: Thread, call: Call): Thread {
  const above = post.parent === undefined ? undefined : call.state.posts.get(post.parent);
  return above ? rootOf(above, call) : post;
}

const FIELDS = setOf(
  "id text permalink timestamp username name media_type replied_to root_post is_reply is_reply_owned_by_me status error_message config reply_config quota_usage",
);

function entityOf(post: Thread, call: Call): Record<string, unknown> {
  const { mediaId, text: words, at, parent, user, kind } = post;
  const root = rootOf(post, call);
  return {
    id: mediaId,
    ...(words !== "" && { text: words }),
    permalink: `${call.world.base(ID)}/post/${mediaId}`,
    timestamp: timeOf(at),
    media_type: kind === "TEXT" ? "TEXT_POST" : kind === "CAROUSEL" ? "CAROUSEL_ALBUM" : kind,
    username: nameOf(user, call.world),
    is_reply: parent !== undefined,
    is_reply_owned_by_me: user === call.who().id,
    ...(parent !== undefined && { replied_to: { id: parent }, root_post: { id: root.mediaId } }),
  };
}

function nameOf(user: string, world: World): string {
  return namesOf(world).get(user) ?? user;
}

const namesOf = (world: World) => world.state(`${ID} names`, () => new Map<string, string>());

function listed(call: Call, which: (post: Thread) => boolean): SandboxReply {
  const { query, state } = call;
  const since = Number(query.get("since") ?? 0) * 1000;
  const found = [...state.posts.values()].filter((post) => which(post) && post.at >= since);
  if (query.get("reverse") !== "false") found.reverse();
  const entity = (post: Thread) => only(entityOf(post, call), query, FIELDS);
  return paged(found, entity, query, "https://graph.threads.net/next");
}

function shownOf(post: Thread, who: Who, world: World): SandboxPost {
  const { mediaId, text: words, files, parent, link, poll, topic, spoiler, at } = post;
  namesOf(world).set(who.id, who.name);
  const first = link ?? ordinaryLinks(words)[0]?.value;
  const notes = [
    ...(topic === undefined ? [] : [`topic: ${topic}`]),
    ...(poll ? [`poll: ${poll.join(" · ")}`] : []),
    ...(spoiler ? ["blurred"] : []),
  ];
  return {
    network: ID,
    account: `@${who.name}`,
    id: mediaId,
    url: `${world.base(ID)}/post/${mediaId}`,
    at,
    text: words,
    html: marked(words),
    media: files,
    length: lengthOf(words),
    max: MAX,
    ...(parent !== undefined && { parent }),
    ...(first !== undefined && files.length === 0 && !poll && { card: { url: first } }),
    ...(notes.length > 0 && { notes }),
  };
}
