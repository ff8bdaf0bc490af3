/** Nostr: a signed note, given to several relays. Its id is its digest, so that a repeat is the same note. */
import * as v from "valibot";
import { type Account, defineAdapter, NetworkError, type Objection, type Reach } from "../../adapter.ts";
import { type Channel, channel, options } from "./channel.ts";
import { npubOf, personOf, publicKeyOf, signed } from "./event.ts";
import { filesOf, noteOf } from "./note.ts";
import { metrics, namesOf, read, replies } from "./read-back.ts";
import { askAll, giveToAll, receiptOf } from "./relays.ts";

const DELETION = 5;

// BUD-01: a Blossom server tells the reason in a header.
const Refused = v.object({ message: v.string() });
const Limits = v.object({
  limitation: v.optional(
    v.object({ max_content_length: v.optional(v.number()), max_message_length: v.optional(v.number()) }),
  ),
});
// For what an event has besides its content: keys, signature, tags.
const AROUND = 4_000;

export const nostr = defineAdapter({
  id: "nostr",
  name: "Nostr",
  source: { url: "https://github.com/nostr-protocol/nips/blob/master/11.md", checked: "2026-11-27" },
  group: "public",
  shape: "short",
  look: { mark: "No", light: "#7a2fb0", dark: "#d0a0ff", layout: "post" },

  channel,
  options,
  auth: {
    kind: "key",
    url: "https://github.com/nostr-protocol/nips/blob/master/19.md",
    asks: ["key", "relays"],
    steps: [
      "Make a key for the account in a client of your choice, or take the one that it has: Settings, Keys, the private key (nsec1…). It can be neither replaced nor withdrawn, so keep it like a signature.",
      "Take the relays that the client writes to: three to six wss:// addresses are `relays`.",
      "For pictures and videos choose a Blossom server that lets this key upload: its address is `media_server`.",
    ],
  },
  own: { headers: ["x-reason"], body: Refused },

  // The protocol has no limit. These are the numbers in NIP-11's example of what a relay allows; each relay's own go over them.
  text: { max: 8_196, unit: "codepoint", bytes: 12_384, markup: "nostr", tags: "text" },
  media: {
    count: 8,
    // NIP-92 sets none; a tag is part of the message.
    alt: 1_000,
    mixed: true,
    // Blossom servers decide for themselves and say so at the upload.
    image: { types: ["image/jpeg", "image/png", "image/webp", "image/gif"], bytes: 20_000_000 },
    video: { types: ["video/mp4", "video/webm"], bytes: 100_000_000 },
  },
  thread: "reply",
  card: "network",
  // No relay's rate is documented; what is too fast is told by `rate-limited`.
  rates: [{ posts: 10, per: "1m" }],
  idempotency: "forever",
  // A note is its digest: another text is another note.
  edits: "none",
  retracts: {},

  check(post, { media_server }) {
    const found: Objection[] = [];
    if (post.media.length > 0 && media_server === undefined)
      found.push({
        message: "pictures and videos need a server that keeps them, and the channel has no `media_server`",
        remedy: "Give the channel a Blossom server, or leave the files out under `only:`.",
        about: "media",
      });
    for (const entity of post.entities) {
      if (entity.kind !== "mention" || personOf(entity.id ?? entity.handle) !== undefined) continue;
      found.push({
        message: `${entity.handle.slice(0, 40)} is not a public key`,
        remedy: "Write the person's npub1… under `people`.",
      });
    }
    return found;
  },

  async prepare(posts, context) {
    for (const post of posts) if (post.media.length > 0) await filesOf(post, context);
  },

  async publish(post, context) {
    const note = await noteOf(post, context);
    const given = await giveToAll(note, context);
    return receiptOf(
      note,
      given.flatMap(({ relay, result }) => (result ? [relay] : [])),
      context,
    );
  },

  // Whichever relay has it: a repeat is the same note, so what is nowhere may be given again.
  async find(post, context) {
    const note = await noteOf(post, context);
    const { answers } = await askAll([{ ids: [note.id] }], context);
    const having = answers.filter(({ events }) => events.some(({ id }) => id === note.id));
    if (having.length === 0) return "absent";
    return receiptOf(
      note,
      having.map(({ relay }) => relay),
      context,
    );
  },

  async account(reach): Promise<Account> {
    const id = publicKeyOf(reach.channel.key);
    const name = (await namesOf([id], reach)).get(id);
    const npub = npubOf(id);
    const limits = await limitsOf(reach);
    return {
      id,
      handle: name ? `${name} (${npub.slice(0, 12)}…)` : npub,
      url: `${reach.channel.web}/${npub}`,
      ...(limits && { limits }),
    };
  },

  read,
  metrics,
  replies,

  // NIP-09: a request, which relays should follow. Each has to be asked.
  async retract({ id }, context) {
    const { channel, startedAt } = context;
    const tags = [
      ["e", id],
      ["k", "1"],
    ];
    const created_at = Math.floor(startedAt.getTime() / 1000);
    const given = await giveToAll(
      signed({ kind: DELETION, created_at, tags, content: "" }, channel.key),
      context,
    );
    const open = given.flatMap(({ error }) => (error && error.code !== "rejected" ? [error] : []));
    if (open[0]) throw new NetworkError("unavailable", open.map(({ message }) => message).join("; "));
  },
});

/** NIP-11, of all relays the least; one that does not say allows what is declared. */
async function limitsOf({ channel, http }: Reach<Channel>): Promise<Account["limits"]> {
  const said = await Promise.all(
    channel.relays.map(async (relay) => {
      try {
        const headers = { Accept: "application/nostr+json" };
        const reply = await http({ url: relay.replace(/^ws/i, "http"), headers, safe: true });
        return v.parse(Limits, reply.body).limitation ?? {};
      } catch {
        return {};
      }
    }),
  );
  const least = (numbers: (number | undefined)[]) => {
    const known = numbers.filter((number): number is number => number !== undefined && number > 0);
    return known.length > 0 ? Math.min(...known) : undefined;
  };
  const content = least(said.map(({ max_content_length }) => max_content_length));
  const message = least(said.map(({ max_message_length }) => max_message_length));
  const bytes = message !== undefined && message > AROUND ? message - AROUND : undefined;
  if (content === undefined && bytes === undefined) return undefined;
  return { text: { ...(content && { max: content }), ...(bytes && { bytes }) } };
}
