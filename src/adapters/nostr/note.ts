/** A post as a note: kind 1 (NIP-10), its files on a Blossom server (NIP-92, BUD-02 and BUD-11). */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  type Media,
  NetworkError,
  type Post,
  type Preparation,
} from "../../adapter.ts";
import type { Channel, Options } from "./channel.ts";
import { type Event, personOf, publicKeyOf, signed } from "./event.ts";

const NOTE = 1;
const UPLOAD = 24_242;
const MINUTES_TO_UPLOAD = 10;

const Blob = v.object({ url: v.string(), sha256: v.string() });
type Blob = v.InferOutput<typeof Blob>;

/**
 * The same event, by its id, at every attempt: its time is the first attempt's, and the addresses of its files are kept with
 * the delivery.
 */
export async function noteOf(post: Post<Options>, context: Context<Channel>): Promise<Event> {
  const { channel, startedAt } = context;
  const files = await filesOf(post, context);
  const pubkey = publicKeyOf(channel.key);
  const people = new Set([...mentioned(post), ...answered(context)].filter((person) => person !== pubkey));
  const { content_warning } = post.options;
  const tags = [
    ...placeOf(context, pubkey),
    ...[...people].map((person) => ["p", person]),
    ...topicsOf(post).map((topic) => ["t", topic]),
    ...post.media.map((media, index) => metadataOf(media, files[index]!)),
    ...(content_warning === undefined ? [] : [["content-warning", content_warning]]),
    ...languageOf(post),
  ];
  const content = [post.text, ...files.map(({ url }) => url)].filter(Boolean).join("\n");
  return signed(
    { kind: NOTE, created_at: Math.floor(startedAt.getTime() / 1000), tags, content },
    channel.key,
  );
}

/** In one step for each file, whose result stays: another address would be another note. */
export function filesOf(post: Post<Options>, context: Preparation<Channel>): Promise<Blob[]> {
  return context.uploads(post, (media) => upload(media, context));
}

async function upload(media: Media, context: Preparation<Channel>): Promise<Blob> {
  const { media_server, key } = context.channel;
  if (media_server === undefined)
    throw new NetworkError("rejected", `${media.file} has no place: the channel has no \`media_server\``);
  const bytes = await context.stream(media);
  const now = Math.floor(Date.now() / 1000);
  const tags = [
    ["t", "upload"],
    ["x", bytes.sha256],
    ["expiration", String(now + MINUTES_TO_UPLOAD * 60)],
    ["server", new URL(media_server).hostname],
  ];
  const permit = signed({ kind: UPLOAD, created_at: now, tags, content: "Upload of a file" }, key);
  const reply = await context.http({
    method: "PUT",
    url: `${media_server}/upload`,
    headers: {
      Authorization: `Nostr ${Buffer.from(JSON.stringify(permit)).toString("base64url")}`,
      "X-SHA-256": bytes.sha256,
    },
    bytes,
    type: media.type,
    safe: true,
  });
  const blob = expectReply(reply, Blob, "a file's address", true);
  if (blob.sha256 !== bytes.sha256)
    throw new NetworkError(
      "rejected",
      `the media server changed ${media.file}; take one that keeps files as they are`,
    );
  if (!/^https?:\/\/[^\s]+$/i.test(blob.url))
    throw new NetworkError("rejected", "the media server gave no address for the file");
  return { url: blob.url, sha256: blob.sha256 };
}

function metadataOf({ type, width, height, alt }: Media, { url, sha256 }: Blob): string[] {
  return [
    "imeta",
    `url ${url}`,
    `m ${type}`,
    `x ${sha256}`,
    ...(width && height ? [`dim ${width}x${height}`] : []),
    ...(alt ? [`alt ${alt.replace(/\s+/g, " ")}`] : []),
  ];
}

/** NIP-10: a direct answer names the root alone. */
function placeOf({ thread }: Context<Channel>, pubkey: string): string[][] {
  if (!thread) return [];
  const { root, parent } = thread;
  const mark = ({ id, ref }: typeof root, marker: string) => [
    "e",
    id,
    ref?.relay ?? "",
    marker,
    ref?.pubkey ?? pubkey,
  ];
  return [mark(root, "root"), ...(parent.id === root.id ? [] : [mark(parent, "reply")])];
}

function answered({ thread }: Context<Channel>): string[] {
  return [thread?.root, thread?.parent].flatMap((receipt) => receipt?.ref?.pubkey ?? []);
}

export function mentioned({ entities }: Pick<Post, "entities">): string[] {
  return entities.flatMap((entity) =>
    entity.kind === "mention" ? (personOf(entity.id ?? entity.handle) ?? []) : [],
  );
}

/** NIP-24: hashtags in lower case, of the text and no others. */
function topicsOf({ entities }: Post): string[] {
  const found = entities.flatMap((entity) => (entity.kind === "tag" ? [entity.tag.toLowerCase()] : []));
  return [...new Set(found)];
}

/** NIP-32. */
function languageOf({ lang }: Post): string[][] {
  const code = lang?.split("-")[0]?.toLowerCase();
  return code?.length === 2
    ? [
        ["L", "ISO-639-1"],
        ["l", code, "ISO-639-1"],
      ]
    : [];
}
