/** app.bsky.feed.post: what its lexicon asks, and how the app shows it. */
import { graphemes, utf8 } from "../../count.ts";
import { anchor, chip, escapeHtml } from "../../html.ts";
import type { SandboxPost, World } from "../../network.ts";
import type { Kept, State } from "./state.ts";

export const BLOB_MAX = 52_428_800;
const MAX = 300;
const MAX_BYTES = 3_000;
const TAG_MAX = 64;
const TAG_BYTES = 640;
const IMAGE_MAX = 2_000_000;
const THUMB_MAX = 1_000_000;
const VIDEO_MAX = 300_000_000;

type Fault = { error?: string; message: string };
type Fields = Record<string, unknown>;

/** What is wrong with a record, in the server's words. */
export function checkPost(record: Fields, state: State): Fault | undefined {
  const { text, createdAt, langs, tags, facets, reply, embed } = record;
  if (record.$type !== "app.bsky.feed.post") return invalid(`Record/$type must be app.bsky.feed.post`);
  if (typeof text !== "string") return invalid(`Record must have the property "text"`);
  if (utf8(text) > MAX_BYTES) return invalid(`Record/text must not be longer than ${MAX_BYTES} characters`);
  if (graphemes(text) > MAX) return invalid(`Record/text must not be longer than ${MAX} graphemes`);
  if (createdAt === undefined) return invalid(`Record must have the property "createdAt"`);
  if (!isDatetime(createdAt))
    return invalid("Record/createdAt must be an valid atproto datetime (both RFC-3339 and ISO-8601)");
  if (langs !== undefined && !isList(langs, 3, isLanguage))
    return invalid("Record/langs must not have more than 3 elements");
  if (tags !== undefined && !isList(tags, 8, (tag) => typeof tag === "string")) {
    return invalid("Record/tags must not have more than 8 elements");
  }
  const long = ((tags ?? []) as string[]).map((tag, n) => tagFault(tag, `Record/tags/${n}`)).find(Boolean);
  if (long) return long;
  return checkFacets(facets, text) ?? checkReply(reply, state) ?? checkEmbed(embed, state);
}

// The real server takes facets that lie outside the text or cut a character, and the apps then drop them in silence.
// A rehearsal is the place to hear of it: here they are refused.
function checkFacets(facets: unknown, text: string): Fault | undefined {
  if (facets === undefined) return undefined;
  if (!Array.isArray(facets)) return invalid("Record/facets must be an array");
  const bytes = Buffer.from(text);
  for (const [n, facet] of facets.entries()) {
    const at = `Record/facets/${n}`;
    const { byteStart, byteEnd } = fieldsOf(fieldsOf(facet).index);
    const features = fieldsOf(facet).features;
    if (!Number.isInteger(byteStart) || !Number.isInteger(byteEnd))
      return invalid(`${at}/index must have byteStart and byteEnd`);
    const [start, end] = [byteStart as number, byteEnd as number];
    if (start < 0 || end <= start || end > bytes.length) return invalid(`${at}/index lies outside the text`);
    if (cutsCharacter(bytes, start) || cutsCharacter(bytes, end))
      return invalid(`${at}/index cuts a character`);
    if (!Array.isArray(features)) return invalid(`${at} must have the property "features"`);
    for (const feature of features.map(fieldsOf)) {
      const fault = checkFeature(feature, `${at}/features`);
      if (fault) return fault;
    }
  }
  return undefined;
}

// The same limits for a tag in the text and one beside it.
function tagFault(tag: string, at: string): Fault | undefined {
  if (utf8(tag) > TAG_BYTES) return invalid(`${at} must not be longer than ${TAG_BYTES} characters`);
  return graphemes(tag) > TAG_MAX ? invalid(`${at} must not be longer than ${TAG_MAX} graphemes`) : undefined;
}

function checkFeature(feature: Fields, at: string): Fault | undefined {
  switch (feature.$type) {
    case "app.bsky.richtext.facet#link":
      return isUri(feature.uri) ? undefined : invalid(`${at}/uri must be a uri`);
    case "app.bsky.richtext.facet#mention":
      return /^did:[a-z]+:[\w.:%-]+$/.test(String(feature.did))
        ? undefined
        : invalid(`${at}/did must be a valid did`);
    case "app.bsky.richtext.facet#tag":
      return typeof feature.tag === "string"
        ? tagFault(feature.tag, `${at}/tag`)
        : invalid(`${at} must have the property "tag"`);
    default:
      return feature.$type === undefined ? invalid(`${at} must have the property "$type"`) : undefined;
  }
}

// The real server takes a reply to nothing; it then shows as a post whose parent was deleted.
function checkReply(reply: unknown, state: State): Fault | undefined {
  if (reply === undefined) return undefined;
  for (const end of ["root", "parent"]) {
    const { uri, cid } = fieldsOf(fieldsOf(reply)[end]);
    if (typeof uri !== "string" || typeof cid !== "string")
      return invalid(`Record/reply/${end} must have the properties uri and cid`);
    const there = [...state.records.values()].find((kept) => kept.uri === uri);
    if (there?.cid !== cid)
      return invalid(`Record/reply/${end} refers to a record that does not exist: ${uri}`);
  }
  return undefined;
}

function checkEmbed(embed: unknown, state: State): Fault | undefined {
  if (embed === undefined) return undefined;
  const fields = fieldsOf(embed);
  switch (fields.$type) {
    case "app.bsky.embed.images":
      return checkImages(fields.images, state);
    case "app.bsky.embed.external": {
      const { uri, title, description, thumb } = fieldsOf(fields.external);
      if (!isUri(uri)) return invalid("Record/embed/external/uri must be a uri");
      if (typeof title !== "string") return invalid(`Record/embed/external must have the property "title"`);
      if (typeof description !== "string")
        return invalid(`Record/embed/external must have the property "description"`);
      return thumb === undefined ? undefined : checkBlob(thumb, state, "image/", THUMB_MAX);
    }
    case "app.bsky.embed.video":
      return checkBlob(fields.video, state, "video/mp4", VIDEO_MAX);
    case undefined:
      return invalid(`Record/embed must have the property "$type"`);
    default:
      return undefined;
  }
}

function checkImages(images: unknown, state: State): Fault | undefined {
  if (!Array.isArray(images)) return invalid(`Record/embed must have the property "images"`);
  if (images.length > 4) return invalid("Record/embed/images must not have more than 4 elements");
  for (const image of images.map(fieldsOf)) {
    if (typeof image.alt !== "string") return invalid(`Record/embed/images must have the property "alt"`);
    const fault = checkBlob(image.image, state, "image/", IMAGE_MAX);
    if (fault) return fault;
  }
  return undefined;
}

function checkBlob(blob: unknown, state: State, type: string, max: number): Fault | undefined {
  const { $type, ref, mimeType, size } = fieldsOf(blob);
  const link = String(fieldsOf(ref).$link);
  if ($type !== "blob") return invalid("Record/embed should be a blob ref");
  const kept = state.blobs.get(link);
  if (!kept) return { error: "BlobNotFound", message: `Could not find blob: ${link}` };
  if (kept.type !== mimeType) {
    return {
      error: "InvalidMimeType",
      message: `Referenced Mimetype does not match stored blob. Expected: ${kept.type}, Got: ${mimeType}`,
    };
  }
  if (!kept.type.startsWith(type)) {
    return {
      error: "InvalidMimeType",
      message: `Wrong mimetype. It is ${kept.type} but it must match ${type}*.`,
    };
  }
  if (kept.bytes.length > max || size !== kept.bytes.length) {
    return {
      error: "BlobTooLarge",
      message: `This file is too large. It is ${kept.bytes.length} bytes but the maximum size is ${max} bytes.`,
    };
  }
  return undefined;
}

/** As the app shows it. */
export function postOf(
  { uri, rkey, record, at }: Kept,
  handle: string,
  state: State,
  world: World,
): SandboxPost {
  const text = String(record.text);
  const facets = (record.facets ?? []) as Fields[];
  const { html, overlaps } = shown(text, facets);
  const parent = fieldsOf(fieldsOf(record.reply).parent).uri;
  const embed = fieldsOf(record.embed);
  const external = fieldsOf(embed.external);
  const langs = Array.isArray(record.langs) ? record.langs.map(String) : [];
  const post: SandboxPost = {
    network: "bluesky",
    account: `@${handle}`,
    id: uri,
    url: `${world.base("bluesky")}/profile/${handle}/post/${rkey}`,
    at,
    text,
    html,
    media: mediaOf(embed, state),
    length: graphemes(text),
    max: MAX,
    notes: [
      ...(langs.length > 0 ? [`language ${langs.join(", ")}`] : []),
      ...(overlaps ? ["facets overlap: the apps show only the first"] : []),
    ],
  };
  if (typeof parent === "string") post.parent = parent;
  if (embed.$type === "app.bsky.embed.external") {
    post.card = {
      url: String(external.uri),
      title: String(external.title),
      description: String(external.description),
    };
    const thumb = state.blobs.get(String(fieldsOf(fieldsOf(external.thumb).ref).$link));
    if (thumb) post.card.image = { type: thumb.type, alt: "", bytes: thumb.bytes };
  }
  return post;
}

// Nothing is linked by itself: what has no facet is plain.
function shown(text: string, facets: Fields[]): { html: string; overlaps: boolean } {
  const bytes = Buffer.from(text);
  const sorted = facets
    .map((facet) => {
      const { byteStart, byteEnd } = fieldsOf(facet.index) as { byteStart: number; byteEnd: number };
      return { start: byteStart, end: byteEnd, feature: fieldsOf((facet.features as unknown[])[0]) };
    })
    .sort((a, b) => a.start - b.start);
  let html = "";
  let at = 0;
  let overlaps = false;
  for (const { start, end, feature } of sorted) {
    if (start < at) {
      overlaps = true;
      continue;
    }
    const label = bytes.toString("utf8", start, end);
    html += escapeHtml(bytes.toString("utf8", at, start));
    if (String(feature.$type).endsWith("#link")) html += anchor(String(feature.uri), escapeHtml(label));
    else html += chip(String(feature.$type).endsWith("#tag") ? "tag" : "mention", label);
    at = end;
  }
  return { html: html + escapeHtml(bytes.toString("utf8", at)), overlaps };
}

function mediaOf(embed: Fields, state: State): SandboxPost["media"] {
  const files = Array.isArray(embed.images)
    ? embed.images.map(fieldsOf)
    : embed.video
      ? [{ ...embed, image: embed.video }]
      : [];
  return files.flatMap((file: Fields) => {
    const kept = state.blobs.get(String(fieldsOf(fieldsOf(file.image).ref).$link));
    return kept ? [{ type: kept.type, alt: String(file.alt ?? ""), bytes: kept.bytes }] : [];
  });
}

function invalid(message: string): Fault {
  return { message: `Invalid app.bsky.feed.post record: ${message}` };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isList(value: unknown, max: number, each: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= max && value.every(each);
}

function isLanguage(value: unknown): boolean {
  return typeof value === "string" && /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(value);
}

function isUri(value: unknown): boolean {
  return typeof value === "string" && /^[a-z][a-z0-9.+-]*:\S+$/i.test(value);
}

function isDatetime(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

// UTF-8's following bytes are 10xxxxxx.
function cutsCharacter(bytes: Buffer, at: number): boolean {
  return at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80;
}
