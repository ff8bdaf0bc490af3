/** Neynar's API v2 for Farcaster: https://github.com/neynarxyz/OAS, src/api/spec.yaml (2026-05-15). Read 2026-11-27. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { text } from "../body.ts";
import { utf8 } from "../count.ts";
import { marked } from "../html.ts";
import { memberOf, numberOf, sha256 } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";

const ID = "farcaster";
const MAX = 1_024;
const HASH = /^(0x)?[a-fA-F0-9]{40}$/;
const FIELDS = new Set([
  "signer_uuid",
  "text",
  "embeds",
  "parent",
  "parent_author_fid",
  "channel_id",
  "idem",
]);

interface Cast {
  hash: string;
  user: string;
  text: string;
  embeds: string[];
  parent?: string;
  room?: string;
  at: number;
}

interface State {
  casts: Map<string, Cast>;
  /** `signer idem` → the hash that the first request led to. */
  keys: Map<string, string>;
  sequence: number;
}

/** `who()` is whose API key it is. */
type Call = SomeCall<State, string>;

export const farcaster: SandboxNetwork = {
  id: ID,
  name: "Farcaster",
  look: { light: "#6a45c8", dark: "#c3b0ff", mark: "fc", layout: "post", alt: false },
  ways: [{ name: "signer", repeats: "known", threads: true }],
  channel: (name, base) => ({
    api_key: `sandbox-${name}`,
    signer: `sandbox-${name}`,
    server: base,
    web: base,
  }),
  publishes: isOneOf("POST /v2/farcaster/cast/"),
  recognises: ({ body }) => /"idem":\s*"[^"]+"/.test(body.toString("utf8")),
  handle: api<State, string>({
    id: ID,
    state: () => ({ casts: new Map(), keys: new Map(), sequence: 0 }),
    auth({ request }) {
      const member = memberOf(String(request.headers["x-api-key"] ?? ""));
      if (!member) throw refuse(401, "Unauthorized", "Incorrect or missing API key");
      return member.channel;
    },
    expired: () => said(401, "Unauthorized", "Incorrect or missing API key"),
    windows: { calls: [{ posts: 300, ms: 60_000 }] },
    always: { window: "calls", account: (who) => who },
    limited: () => said(429, "RateLimitExceeded", "You have exceeded the rate limit"),
    malformed: () => said(400, "InvalidField", "Invalid JSON"),
    unknown: ({ path }) => (path.startsWith("/v2/") ? said(404, "NotFound", "Not found") : undefined),
    routes: {
      "POST /v2/farcaster/cast/": create,
      "DELETE /v2/farcaster/cast/": remove,
      "GET /v2/farcaster/cast/": (call) =>
        ok({ cast: entityOf(at(call, call.query.get("identifier")), call) }),
      "GET /v2/farcaster/cast/conversation/": (call) => {
        const cast = at(call, call.query.get("identifier"));
        return ok({ conversation: { cast: branchOf(cast, call) }, next: { cursor: null } });
      },
      "GET /v2/farcaster/feed/user/casts/": feed,
      "GET /v2/farcaster/signer/": (call) => {
        const user = signedBy(call.query.get("signer_uuid") ?? undefined);
        return ok({
          signer_uuid: call.query.get("signer_uuid"),
          public_key: "0x00",
          status: "approved",
          fid: fidOf(user),
        });
      },
      "GET /v2/farcaster/user/bulk/": (call) => {
        // Only those who have a key here are known.
        const known = [call.who(), ...[...call.state.casts.values()].map(({ user }) => user)];
        const asked = (call.query.get("fids") ?? "").split(",").map(Number);
        const users = [...new Set(known)].filter((user) => asked.includes(fidOf(user))).map(userOf);
        return ok({ users });
      },
    },
  }),
};

function fidOf(user: string): number {
  return Number(numberOf(`fid ${user}`).slice(0, 6));
}

function userOf(user: string) {
  return { object: "user", fid: fidOf(user), username: nameOf(user), display_name: user };
}

function nameOf(user: string): string {
  return user
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .slice(0, 16);
}

function signedBy(signer: string | undefined): string {
  const member = memberOf(signer);
  if (!member) throw refuse(404, "NotFound", "Signer not found");
  return member.name;
}

function create(call: Call): SandboxReply {
  const { state, world } = call;
  const { fields } = call.body();
  const strange = Object.keys(fields).find((name) => !FIELDS.has(name));
  if (strange) throw refuse(400, "InvalidField", `unknown field ${strange}`, strange);
  const signer = text(fields.signer_uuid);
  if (signer === undefined) throw refuse(400, "RequiredField", "signer_uuid is required", "signer_uuid");
  const user = signedBy(signer);
  const words = text(fields.text) ?? "";
  const embeds = embedsOf(fields.embeds);
  if (words === "" && embeds.length === 0)
    throw refuse(400, "InvalidField", "text or embeds are required", "text");
  if (utf8(words) > MAX) throw refuse(400, "InvalidField", `text is longer than ${MAX} bytes`, "text");
  const parent = text(fields.parent);
  if (parent !== undefined && HASH.test(parent)) {
    const there = state.casts.get(parent);
    if (!there) throw refuse(404, "NotFound", "Parent cast not found", "parent");
    if (fields.parent_author_fid !== undefined && fields.parent_author_fid !== fidOf(there.user))
      throw refuse(400, "InvalidField", "parent_author_fid is not the parent's author", "parent_author_fid");
  }
  const key = text(fields.idem) && `${signer} ${text(fields.idem)}`;
  const earlier = key === undefined ? undefined : state.casts.get(state.keys.get(key) ?? "");
  if (earlier) return posted(earlier);
  const room = text(fields.channel_id);
  const hash = `0x${sha256(`cast ${++state.sequence} ${user} ${words}`)
    .toString("hex")
    .slice(0, 40)}`;
  const cast: Cast = {
    hash,
    user,
    text: words,
    embeds,
    at: world.now(),
    ...(parent && { parent }),
    ...(room && { room }),
  };
  state.casts.set(hash, cast);
  if (key) state.keys.set(key, hash);
  world.accept(postOf(cast, world));
  return posted(cast);
}

function posted({ hash, user, text: words }: Cast): SandboxReply {
  return ok({ success: true, cast: { hash, author: { fid: fidOf(user) }, text: words } });
}

function embedsOf(value: unknown): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > 2)
    throw refuse(400, "InvalidField", "embeds has at most 2 items", "embeds");
  return value.map((embed: { url?: unknown }) => {
    if (typeof embed?.url !== "string" || !/^https?:\/\//.test(embed.url) || Object.keys(embed).length > 1)
      throw refuse(400, "InvalidField", "an embed is invalid", "embeds");
    return embed.url;
  });
}

function remove(call: Call): SandboxReply {
  const { fields } = call.body();
  const cast = at(call, text(fields.target_hash) ?? null);
  if (signedBy(text(fields.signer_uuid)) !== cast.user)
    throw refuse(403, "NoPermission", "The cast is another's");
  call.state.casts.delete(cast.hash);
  call.world.remove(ID, cast.hash);
  return ok({ success: true, message: "deleted" });
}

function feed(call: Call): SandboxReply {
  const { state, query } = call;
  const limit = Number(query.get("limit") ?? 25);
  if (!(limit >= 1 && limit <= 150)) throw refuse(400, "InvalidField", "limit is 1 to 150", "limit");
  const from = Number(query.get("cursor") ?? 0);
  const withReplies = query.get("include_replies") !== "false";
  const own = [...state.casts.values()]
    .filter(
      ({ user, parent }) => fidOf(user) === Number(query.get("fid")) && (withReplies || parent === undefined),
    )
    .reverse();
  const next = from + limit < own.length ? String(from + limit) : null;
  return ok({
    casts: own.slice(from, from + limit).map((cast) => entityOf(cast, call)),
    next: { cursor: next },
  });
}

function entityOf(cast: Cast, { state }: Call) {
  const count = [...state.casts.values()].filter(({ parent }) => parent === cast.hash).length;
  return {
    object: "cast",
    hash: cast.hash,
    parent_hash: cast.parent ?? null,
    parent_url: null,
    root_parent_url: null,
    parent_author: { fid: cast.parent ? fidOf(state.casts.get(cast.parent)?.user ?? "") : null },
    author: userOf(cast.user),
    text: cast.text,
    timestamp: new Date(cast.at).toISOString(),
    embeds: cast.embeds.map((url) => ({ url })),
    reactions: { likes_count: 0, recasts_count: 0, likes: [], recasts: [] },
    replies: { count },
    thread_hash: cast.hash,
    mentioned_profiles: [],
    channel: cast.room ? { id: cast.room } : null,
  };
}

function branchOf(cast: Cast, call: Call): object {
  const answers = [...call.state.casts.values()].filter(({ parent }) => parent === cast.hash);
  return { ...entityOf(cast, call), direct_replies: answers.map((one) => branchOf(one, call)) };
}

function postOf(cast: Cast, world: World): SandboxPost {
  const [card, ...more] = cast.embeds;
  return {
    network: ID,
    account: `@${nameOf(cast.user)}${cast.room ? ` in /${cast.room}` : ""}`,
    id: cast.hash,
    url: `${world.base(ID)}/${nameOf(cast.user)}/${cast.hash.slice(0, 10)}`,
    at: cast.at,
    text: cast.text,
    html: marked(cast.text),
    media: [],
    ...(card && { card: { url: card } }),
    length: utf8(cast.text),
    max: MAX,
    notes: more.map((url) => `embed ${url}`),
    ...(cast.parent && { parent: cast.parent }),
  };
}

function at({ state }: Call, hash: string | null): Cast {
  const cast = state.casts.get(hash ?? "");
  if (!cast) throw refuse(404, "NotFound", "Cast not found");
  return cast;
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, code: string, message: string, property?: string): SandboxReply {
  return { status, body: { code, message, status, ...(property && { property }) } };
}

function refuse(status: number, code: string, message: string, property?: string): Error {
  return refusal(said(status, code, message, property));
}
