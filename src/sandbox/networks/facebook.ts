/**
 * A page's posts in the Graph API: https://developers.facebook.com/docs/pages-api/posts, members of requests as in Meta's own
 * description of Page and PagePost. Read 2026-11-23. The same words twice are taken, though the last post's are refused there
 * (code 506): here that would hide a post that goes out twice.
 */

import { isUrl } from "../../urls.ts";
import { api, isOneOf, type Call as SomeCall } from "../api.ts";
import { bearer, flag, text } from "../body.ts";
import { ordinaryLinks } from "../count.ts";
import { ok, only, paged, refuse, said, setOf, timeOf, unknownPath } from "../graph-api.ts";
import { marked } from "../html.ts";
import { memberOf, numberOf } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";
import { sniff } from "../sniff.ts";

const ID = "facebook";
const MAX = 63_206;
const PHOTO_BYTES = 10_000_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

interface Photo {
  id: string;
  page: string;
  type: string;
  alt: string;
  bytes: Uint8Array;
  used?: true;
}

interface Item {
  id: string;
  page: string;
  /** Who wrote it: the page, or somebody else. */
  from: { id: string; name: string };
  message: string;
  at: number;
  /** Of a comment: what it hangs below. */
  parent?: string;
  photos: Photo[];
  link?: string;
  due?: number;
}

interface State {
  items: Map<string, Item>;
  photos: Map<string, Photo>;
  sequence: number;
}

interface Who {
  page: string;
  id: string;
  name: string;
}

type Call = SomeCall<State, Who>;

const initial = (): State => ({ items: new Map(), photos: new Map(), sequence: 0 });

export const facebook: SandboxNetwork = {
  id: ID,
  name: "Facebook",
  look: { light: "#1060c9", dark: "#7fb2ff", mark: "f", layout: "post", alt: true },
  ways: [{ name: "page", media: { counts: [1, 2], before: true }, threads: true, edits: "untold" }],
  channel: (name, base) => ({
    page: numberOf(name).slice(0, 15),
    token: `sandbox-${name}`,
    server: base,
    web: base,
  }),
  publishes: isOneOf("POST /:version/:page/feed", "POST /:version/:id/comments"),
  handle: api<State, Who>({
    id: ID,
    state: initial,
    first: ({ state, world }) => publishDue(state, world),
    auth({ request, query }) {
      const member = memberOf(bearer(request) ?? query.get("access_token") ?? undefined);
      if (!member) throw refuse(190, "Invalid OAuth access token.", 401);
      const page = numberOf(member.channel).slice(0, 15);
      return member.name === member.channel
        ? { page, id: page, name: member.channel }
        : { page, id: numberOf(`${member.channel} ${member.name}`), name: member.name };
    },
    expired: () => said(190, "Error validating access token: Session has expired.", 401),
    windows: { calls: [{ posts: 200, ms: 60 * MINUTE }] },
    limited: () => said(32, "(#32) Page request limit reached", 400),
    // The wait stands in a header of its own, in minutes.
    retryAfter: false,
    malformed: ({ malformed }) => malformed && said(100, "(#100) Invalid parameter", 400),
    unknown: unknownPath,
    routes: {
      "POST /:version/:page/feed": feed,
      "POST /:version/:page/photos": photo,
      "GET /:version/:page/published_posts": (call) =>
        listed(call, (item) => !item.parent && item.due === undefined),
      "GET /:version/:page/scheduled_posts": (call) => listed(call, ({ due }) => due !== undefined),
      "GET /:version/:id/comments": (call) => {
        const { id } = itemOf(call);
        return listed(call, ({ parent }) => parent === id);
      },
      "POST /:version/:id/comments": comment,
      "GET /:version/:id": (call) => {
        const who = call.who();
        if (call.params.id === who.page) {
          const link = `${call.world.base(ID)}/${who.page}`;
          return ok(only({ id: who.page, name: `Page ${who.name}`, link }, call.query, FIELDS, USUAL));
        }
        return ok(only(entityOf(itemOf(call), call), call.query, FIELDS, USUAL));
      },
      "POST /:version/:id": (call) => {
        const item = ours(call);
        const message = text(call.fields().message);
        if (message === undefined) throw refuse(100, "(#100) message is required");
        checkLength(message);
        item.message = message;
        if (item.due === undefined) call.world.update(postOf(item, call.world));
        return ok({ success: true });
      },
      "DELETE /:version/:id": (call) => {
        const item = ours(call);
        for (const one of [...call.state.items.values()])
          if (one.id === item.id || one.parent === item.id) {
            call.state.items.delete(one.id);
            call.world.remove(ID, one.id);
          }
        return ok({ success: true });
      },
    },
  }),
  posts(world) {
    publishDue(world.state(ID, initial), world);
    return [];
  },
};

function nextId(state: State): string {
  state.sequence += 1;
  return String(122_000_000_000_000_000n + BigInt(state.sequence));
}

const MEMBERS = setOf(
  "message link attached_media published scheduled_publish_time targeting feed_targeting fields access_token",
);

function feed(call: Call): SandboxReply {
  const { state, world, params } = call;
  const who = call.who();
  if (params.page !== who.page) throw refuse(200, "(#200) Permissions error", 403);
  const fields = call.fields();
  const other = Object.keys(fields).find((key) => !MEMBERS.has(key));
  if (other) throw refuse(100, `(#100) Param ${other} is not known here`);
  const message = text(fields.message) ?? "";
  const link = text(fields.link);
  checkLength(message);
  if (link !== undefined && !isUrl(link)) throw refuse(100, "(#100) link URL is not properly formatted");
  const photos = attached(fields.attached_media, who, state);
  if (message === "" && link === undefined && photos.length === 0)
    throw refuse(100, "(#100) Missing message or attachment");
  const due = dueOf(fields, world);
  call.take("calls", who.page);
  const item: Item = {
    id: `${who.page}_${nextId(state)}`,
    page: who.page,
    from: { id: who.id, name: who.name },
    message,
    at: world.now(),
    photos,
    ...(link !== undefined && { link }),
    ...(due !== undefined && { due }),
  };
  for (const one of photos) one.used = true;
  state.items.set(item.id, item);
  if (due === undefined) world.accept(postOf(item, world));
  return ok(only(entityOf(item, call), call.query, FIELDS));
}

function checkLength(message: string): void {
  if (message.length > MAX) throw refuse(100, "(#100) The text is too long");
}

function attached(value: unknown, who: Who, state: State): Photo[] {
  const list = typeof value === "string" ? (JSON.parse(value) as unknown) : (value ?? []);
  if (!Array.isArray(list)) throw refuse(100, "(#100) attached_media must be an array");
  return list.map(({ media_fbid }: { media_fbid?: unknown }) => {
    const photo = state.photos.get(String(media_fbid));
    if (!photo || photo.page !== who.page) throw refuse(100, "(#100) media_fbid is not a photo of this page");
    return photo;
  });
}

/** Seconds; from ten minutes to thirty days ahead. */
function dueOf(fields: Record<string, unknown>, world: World): number | undefined {
  const { published, scheduled_publish_time: time } = fields;
  if (time === undefined) {
    if (published !== undefined && !flag(published))
      throw refuse(100, "(#100) An unpublished post needs scheduled_publish_time here");
    return undefined;
  }
  if (published === undefined || flag(published))
    throw refuse(100, "(#100) scheduled_publish_time needs published=false");
  const at = Number(time) * 1000;
  if (!(at >= world.now() + 10 * MINUTE && at <= world.now() + 30 * DAY))
    throw refuse(100, "(#100) The specified scheduled publish time is invalid.");
  return at;
}

function publishDue(state: State, world: World): void {
  for (const item of state.items.values()) {
    if (item.due === undefined || item.due > world.now()) continue;
    item.at = item.due;
    delete item.due;
    world.accept(postOf(item, world));
  }
}

function photo(call: Call): SandboxReply {
  const { state, params } = call;
  const who = call.who();
  if (params.page !== who.page) throw refuse(200, "(#200) Permissions error", 403);
  const fields = call.fields();
  const [file] = call.files();
  if (file?.name !== "source") throw refuse(324, "(#324) Requires upload file");
  const type = sniff(file.bytes);
  if (!/^image\/(jpeg|png|gif)$/.test(type ?? "") || file.bytes.length > PHOTO_BYTES)
    throw refuse(324, "(#324) Missing or invalid image file");
  if (flag(fields.published ?? "true"))
    throw refuse(100, "(#100) The sandbox takes photos for a post only: published=false");
  const id = nextId(state);
  state.photos.set(id, {
    id,
    page: who.page,
    type: type!,
    alt: text(fields.alt_text_custom) ?? "",
    bytes: file.bytes,
  });
  return ok({ id });
}

function comment(call: Call): SandboxReply {
  const { state, world } = call;
  const who = call.who();
  const on = itemOf(call);
  const message = text(call.fields().message) ?? "";
  if (message === "") throw refuse(100, "(#100) Missing message or attachment");
  if (message.length > 8_000) throw refuse(100, "(#100) The comment is too long");
  call.take("calls", who.page);
  const id = `${on.id.split("_").at(-1)}_${nextId(state)}`;
  const item: Item = {
    id,
    page: on.page,
    from: { id: who.id, name: who.name },
    message,
    at: world.now(),
    parent: on.id,
    photos: [],
  };
  state.items.set(id, item);
  world.accept(postOf(item, world));
  return ok(only(entityOf(item, call), call.query, FIELDS));
}

function itemOf({ params, state, who }: Call): Item {
  const { page } = who();
  const item = state.items.get(decodeURIComponent(params.id!));
  if (item && item.page === page) return item;
  throw refuse(
    100,
    `Unsupported request. Object with ID '${params.id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
  );
}

function ours(call: Call): Item {
  const item = itemOf(call);
  if (item.from.id !== call.who().id) throw refuse(200, "(#200) Permissions error", 403);
  return item;
}

const USUAL = ["id", "message", "created_time"];
const FIELDS = setOf(
  "id message created_time permalink_url scheduled_publish_time from parent shares comments reactions name link",
);

function entityOf(
  { id, from, message, at, parent, due }: Item,
  { state, world }: Call,
): Record<string, unknown> {
  const below = [...state.items.values()].filter((one) => one.parent === id).length;
  const none = { data: [], summary: { total_count: 0 } };
  return {
    id,
    ...(message !== "" && { message }),
    created_time: timeOf(at),
    permalink_url: `${world.base(ID)}/${id}`,
    from,
    ...(parent?.includes("_") && state.items.get(parent)?.parent && { parent: { id: parent } }),
    ...(due !== undefined && { scheduled_publish_time: Math.round(due / 1000) }),
    comments: { data: [], summary: { total_count: below } },
    reactions: none,
  };
}

/** Newest first, a page at a time. */
function listed(call: Call, which: (item: Item) => boolean): SandboxReply {
  const { query, state, who } = call;
  const { page } = who();
  const since = Number(query.get("since") ?? 0) * 1000;
  const own = [...state.items.values()]
    .filter((item) => item.page === page && which(item) && item.at >= since)
    .reverse();
  const entity = (item: Item) => only(entityOf(item, call), query, FIELDS, USUAL);
  return paged(own, entity, query, "https://graph.facebook.com/next");
}

function postOf(item: Item, world: World): SandboxPost {
  const { id, from, message, at, parent, photos, link } = item;
  const first = link ?? ordinaryLinks(message)[0]?.value;
  return {
    network: ID,
    account: from.name,
    id,
    url: `${world.base(ID)}/${id}`,
    at,
    text: message,
    html: marked(message),
    media: photos.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: message.length,
    max: MAX,
    ...(parent && { parent }),
    ...(first && photos.length === 0 && !parent && { card: { url: first } }),
  };
}
