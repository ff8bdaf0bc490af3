/** Farcaster, through Neynar's API: casts signed by a signer that the account has approved. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  type Found,
  NetworkError,
  type Objection,
  oneByOne,
  type Post,
  type PostReply,
  type Preparation,
  type Reach,
  type Receipt,
  unlessGone,
} from "../adapter.ts";
import { base, secret, text } from "../settings.ts";
import { likeness } from "../text/likeness.ts";

const channel = v.strictObject({
  api_key: secret("Neynar's API key"),
  signer: secret("The signer's UUID, which the account has approved"),
  channel: v.optional(text("The Farcaster channel that casts appear in: neynar")),
  long: v.optional(v.pipe(v.boolean(), v.description("Casts of up to 1,024 bytes, which clients fold"))),
  server: base("Where the API is", "https://api.neynar.com"),
  web: base("Where people look at casts", "https://farcaster.xyz"),
});
const options = v.strictObject({
  embeds: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^https:\/\/\S+$/, "is not an https:// address"))),
      v.description("Addresses of pictures or pages that clients draw below the cast; two with the link"),
    ),
  ),
});
type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

// PostCastReqBody, and the most of FetchFeedForUser.
const EMBEDS = 2;
const PAGE = 150;
// Who makes the casts may have another clock than who answers.
const MARGIN = 60_000;

// A message alone may be a proxy's.
const Refused = v.object({ code: v.string(), message: v.string() });
const Posted = v.object({ success: v.literal(true), cast: v.object({ hash: v.string() }) });
const Signer = v.object({ status: v.string(), fid: v.optional(v.number()) });
const User = v.object({ fid: v.number(), username: v.string(), display_name: v.nullish(v.string()) });
const Users = v.object({ users: v.array(User) });
const Cast = v.object({
  hash: v.string(),
  parent_hash: v.nullish(v.string()),
  text: v.string(),
  timestamp: v.string(),
  author: User,
  reactions: v.optional(
    v.object({ likes_count: v.optional(v.number()), recasts_count: v.optional(v.number()) }),
  ),
  replies: v.optional(v.object({ count: v.optional(v.number()) })),
});
type Cast = v.InferOutput<typeof Cast>;
type Branch = Cast & { direct_replies?: Branch[] };
const Branch: v.GenericSchema<unknown, Branch> = v.object({
  ...Cast.entries,
  direct_replies: v.optional(v.array(v.lazy(() => Branch))),
}) as v.GenericSchema<unknown, Branch>;

export const farcaster = defineAdapter<Channel, Options>({
  id: "farcaster",
  name: "Farcaster",
  source: { url: "https://github.com/neynarxyz/OAS/blob/main/src/api/spec.yaml", checked: "2026-11-27" },
  api: { version: "v2" },
  group: "public",
  shape: "short",
  look: { mark: "Fc", light: "#6a45c8", dark: "#c3b0ff", layout: "post" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://dev.neynar.com",
    asks: ["api_key", "signer"],
    steps: [
      "Create an account at dev.neynar.com, and copy its API key: that is `api_key`.",
      "Create a signer there and approve it with the Farcaster account; its UUID is `signer`.",
      "`channel` is the name of a Farcaster channel, where casts are to appear in one.",
    ],
  },
  endpoint: ({ server, api_key }) => ({ base: server, headers: { "x-api-key": api_key } }),
  // The signer is not approved, or not any more.
  errors: [{ status: 403, code: "auth" }],
  own: { body: Refused },

  // Bytes: the protocol's limit of a cast; `long` is its next kind.
  text: { max: 320, unit: "byte", markup: "plain", tags: "text" },
  // Embeds are addresses that must stay where they are; nothing takes files.
  media: "none",
  thread: "reply",
  card: "network",
  rulesFor: ({ long }) => (long ? { text: { max: 1_024 } } : {}),
  rates: [{ posts: 60, per: "1m" }],
  // `idem` prevents a second cast, but for how long is not said: so the account's casts are looked through.
  idempotency: "none",
  edits: "none",
  retracts: {},

  check: (post) => tooManyEmbeds(post),

  async prepare(_posts, context) {
    await knownSelf(context);
  },

  async publish(post, context) {
    const { channel, thread, ask, key } = context;
    const self = await knownSelf(context);
    const embeds = embedsOf(post);
    const parent = thread?.parent;
    const json = {
      signer_uuid: channel.signer,
      text: post.text,
      ...(embeds.length > 0 && { embeds: embeds.map((url) => ({ url })) }),
      ...(parent && { parent: parent.id, parent_author_fid: Number(parent.ref?.fid ?? self.fid) }),
      ...(!parent && channel.channel && { channel_id: channel.channel }),
      // "Recommended format is a 16-character string".
      idem: key.slice(0, 16),
    };
    const { cast } = await ask({ method: "POST", path: "/v2/farcaster/cast/", json }, Posted, "a cast");
    return receiptOf(cast.hash, self, channel);
  },

  async find(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found> {
    const self = await whoAmI(context);
    const from = since.getTime() - MARGIN;
    let like: Receipt | undefined;
    for await (const cast of ownCasts(self.fid, from, context)) {
      if (Date.parse(cast.timestamp) < from || (await context.taken(cast.hash))) continue;
      if ((cast.parent_hash ?? undefined) !== context.thread?.parent.id) continue;
      const found = likeness(post.text, cast.text);
      if (found === "same") return receiptOf(cast.hash, self, context.channel);
      if (found === "like") like ??= receiptOf(cast.hash, self, context.channel);
    }
    return like ? { like } : "absent";
  },

  async account(reach) {
    const self = await whoAmI(reach);
    const url = `${reach.channel.web}/${self.username}`;
    return { id: String(self.fid), handle: `@${self.username}`, url };
  },

  async read(receipt, reach) {
    const cast = await castAt(receipt, reach);
    if (cast === "gone") return "gone";
    return { text: cast.text, url: receiptOf(cast.hash, cast.author, reach.channel).url };
  },

  metrics: oneByOne(async (receipt, reach) => {
    const cast = await castAt(receipt, reach);
    if (cast === "gone") return "gone";
    const { reactions, replies } = cast;
    return {
      likes: reactions?.likes_count,
      shares: reactions?.recasts_count,
      replies: replies?.count,
    };
  }),

  replies,

  async retract({ id }, { channel, http }) {
    const json = { signer_uuid: channel.signer, target_hash: id };
    await http({ method: "DELETE", path: "/v2/farcaster/cast/", json, ok: [404] });
  },
});

type Self = Pick<v.InferOutput<typeof User>, "fid" | "username">;

async function whoAmI({ ask, channel }: Reach<Channel>): Promise<Self> {
  const query = { signer_uuid: channel.signer };
  const { status, fid } = await ask({ path: "/v2/farcaster/signer/", query }, Signer, "a signer");
  if (status !== "approved" || fid === undefined)
    throw new NetworkError(
      "auth",
      `the signer is ${status.replace(/_/g, " ")}: approve it with the account, or make a new one`,
    );
  const { users } = await ask({ path: "/v2/farcaster/user/bulk/", query: { fids: fid } }, Users, "a user");
  return { fid, username: users[0]?.username ?? `!${fid}` };
}

/** Once for a delivery: who it is stands in every address. */
function knownSelf(context: Preparation<Channel>): Promise<Self> {
  return context.step("self", () => whoAmI(context));
}

function embedsOf({ link, options }: Post<Options>): string[] {
  return [...new Set([...(link ? [link.url] : []), ...(options.embeds ?? [])])];
}

function tooManyEmbeds(post: Post<Options>): Objection | undefined {
  const { length } = embedsOf(post);
  if (length <= EMBEDS) return undefined;
  return {
    message: `a cast has ${EMBEDS} embeds at most, and this one ${length}, the link included`,
    remedy: "Take some out of `options: { farcaster: { embeds: … } }`.",
    about: "options",
  };
}

/** The newest first, until they are older. */
function ownCasts(fid: number, from: number, { ask }: Reach<Channel>): AsyncIterable<Cast> {
  const Feed = v.object({ casts: v.array(Cast), next: v.object({ cursor: v.nullish(v.string()) }) });
  return everyItem(async (cursor) => {
    const query = { fid, limit: PAGE, include_replies: true, cursor };
    const { casts, next } = await ask({ path: "/v2/farcaster/feed/user/casts/", query }, Feed, "casts");
    const last = casts.at(-1);
    const goesOn = last && Date.parse(last.timestamp) >= from;
    return { items: casts, next: goesOn ? (next.cursor ?? undefined) : undefined };
  });
}

async function castAt({ id }: Receipt, { http }: Reach<Channel>): Promise<Cast | "gone"> {
  const query = { identifier: id, type: "hash" };
  const reply = await http({ path: "/v2/farcaster/cast/", query, ok: [404] });
  const found = unlessGone(reply, v.object({ cast: Cast }), "a cast");
  return found === "gone" ? "gone" : found.cast;
}

async function replies(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]> {
  const query = { identifier: receipt.id, type: "hash", reply_depth: 5, limit: 50 };
  const reply = await reach.http({ path: "/v2/farcaster/cast/conversation/", query, ok: [404] });
  const Talk = v.object({ conversation: v.object({ cast: Branch }) });
  const found = unlessGone(reply, Talk, "a conversation");
  if (found === "gone") return [];
  const { cast } = found.conversation;
  return below(cast)
    .filter(
      ({ author, timestamp }) => author.fid !== cast.author.fid && Date.parse(timestamp) >= since.getTime(),
    )
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp))
    .map((answer) => ({
      ...receiptOf(answer.hash, answer.author, reach.channel),
      parent: answer.parent_hash ?? receipt.id,
      author: {
        handle: `@${answer.author.username}`,
        ...(answer.author.display_name && { name: answer.author.display_name }),
        url: `${reach.channel.web}/${answer.author.username}`,
      },
      text: answer.text,
      at: new Date(answer.timestamp).toISOString(),
    }));
}

function below({ direct_replies = [] }: Branch): Branch[] {
  return direct_replies.flatMap((one) => [one, ...below(one)]);
}

// The address takes the hash's beginning: 0x and eight characters.
function receiptOf(hash: string, { fid, username }: Self, { web }: Channel): Receipt {
  return { id: hash, url: `${web}/${username}/${hash.slice(0, 10)}`, ref: { fid: String(fid) } };
}
