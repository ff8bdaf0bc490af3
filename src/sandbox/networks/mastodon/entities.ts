/** What Mastodon remembers and answers with: https://docs.joinmastodon.org/entities/Status/ and its neighbours. */
import { type Span, spans } from "../../count.ts";
import { escapeHtml } from "../../html.ts";
import { shownLinks } from "../../linkers/mastodon.ts";
import type { World } from "../../network.ts";
import { type Software, softwareNamed } from "./software.ts";

export const ID = "mastodon";
export const URL_LENGTH = 23;
export const IMAGE_BYTES = 16_777_216;
export const VIDEO_BYTES = 103_809_024;
export const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/heic", "image/webp", "image/avif"];
export const VIDEOS = ["video/webm", "video/mp4", "video/quicktime"];
export const POLL = {
  min_expiration: 300,
  max_expiration: 2_629_746,
};

export type Entity = Record<string, unknown>;

export interface State {
  statuses: Map<string, Status>;
  /** How many answer a status: counted, since every answer tells it. */
  replies: Map<string, number>;
  media: Map<string, Media>;
  /** `account key` → what the first request made, for an hour. */
  keys: Map<string, { id: string; until: number }>;
  scheduled: Map<string, Waiting>;
  sequence: number;
}

export interface Waiting {
  account: string;
  draft: Draft;
  at: number;
}

export interface Draft {
  /** Where it was posted: the name in `software.ts`. */
  software: string;
  text: string;
  warning: string;
  visibility: string;
  sensitive: boolean;
  language: string | null;
  parent: string | null;
  media: Media[];
  poll?: Poll;
}

export interface Status extends Draft {
  id: string;
  account: string;
  at: number;
  editedAt?: number;
  favourites: Set<string>;
}

export interface Poll {
  options: string[];
  /** Seconds. */
  expiresIn: number;
  multiple: boolean;
  hidden: boolean;
  /** account → the numbers of the options that it chose. */
  votes: Map<string, number[]>;
}

export interface Media {
  id: string;
  account: string;
  type: string;
  alt: string;
  bytes: Uint8Array;
  /** Epoch milliseconds; earlier than that it is still being processed. */
  readyAt: number;
  /** The status that it hangs on, or will. */
  status?: string;
}

export function statusEntity(status: Status, state: State, world: World): Entity {
  const parent = status.parent === null ? undefined : state.statuses.get(status.parent);
  const people = mentioned(status.text);
  return {
    id: status.id,
    created_at: new Date(status.at).toISOString(),
    in_reply_to_id: status.parent,
    in_reply_to_account_id: parent ? accountId(parent.account) : null,
    sensitive: status.sensitive,
    spoiler_text: status.warning,
    visibility: status.visibility,
    language: status.language,
    uri: `${world.base(ID)}/users/${status.account}/statuses/${status.id}`,
    url: pageOf(status, world),
    replies_count: state.replies.get(status.id) ?? 0,
    reblogs_count: 0,
    favourites_count: status.favourites.size,
    edited_at: status.editedAt === undefined ? null : new Date(status.editedAt).toISOString(),
    content: softwareNamed(status.software).html?.(status.text) ?? contentOf(status.text),
    reblog: null,
    application: { name: "sandbox", website: null },
    account: accountEntity(status.account, world),
    media_attachments: status.media.map((media) => mediaEntity(media, world)),
    mentions: people.map(({ user, host }) => ({
      id: accountId(`${user}@${host}`),
      username: user,
      acct: `${user}@${host}`,
      url: `https://${host}/@${user}`,
    })),
    tags: spans(status.text, shownLinks)
      .filter(({ kind }) => kind === "tag")
      .map(({ value }) => ({
        name: value.toLowerCase(),
        url: `${world.base(ID)}/tags/${encodeURIComponent(value)}`,
      })),
    emojis: [],
    card: null,
    poll: status.poll ? pollEntity(status.poll, status, world) : null,
  };
}

/** The server's own HTML: paragraphs, links with their ends hidden, mentions as it has resolved them. */
export function contentOf(words: string): string {
  if (words.trim() === "") return "";
  const people = mentioned(words);
  let html = "";
  let at = 0;
  for (const span of spans(words, shownLinks)) {
    html += escapeHtml(words.slice(at, span.start)) + contentSpan(span, people);
    at = span.end;
  }
  html += escapeHtml(words.slice(at));
  const paragraphs = html.replace(/\r\n?/g, "\n").split(/\n{2,}/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br />")}</p>`).join("");
}

function contentSpan({ kind, value }: Span, people: Person[]): string {
  if (kind === "tag") {
    return `<a href="https://sandbox.invalid/tags/${encodeURIComponent(value)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(value)}</span></a>`;
  }
  if (kind === "mention") {
    const person = personOf(value);
    if (!person) return `@${escapeHtml(value)}`;
    const { user, host } = person;
    // Two of the same name are told apart by their hosts (text_formatter.rb).
    const namesakes = people.some((other) => other.user === user && other.host !== host);
    const shown = escapeHtml(namesakes ? `${user}@${host}` : user);
    return `<span class="h-card" translate="no"><a href="https://${escapeHtml(host)}/@${escapeHtml(user)}" class="u-url mention">@<span>${shown}</span></a></span>`;
  }
  const prefix = /^https?:\/\/(www\.)?/i.exec(value)?.[0] ?? "";
  const rest = value.slice(prefix.length);
  const shown = escapeHtml(rest.slice(0, 30));
  return `<a href="${escapeHtml(value)}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">${escapeHtml(prefix)}</span><span class="${rest.length > 30 ? "ellipsis" : ""}">${shown}</span><span class="invisible">${escapeHtml(rest.slice(30))}</span></a>`;
}

interface Person {
  user: string;
  host: string;
}

/**
 * The account that a handle is: in its own spelling, here all in lower case. Every host has it, except below `.invalid`, where
 * nobody is found and the words stay as they are; so that a wrong mention can be rehearsed, too.
 */
function personOf(handle: string): Person | undefined {
  const [user = "", host] = handle.toLowerCase().split("@");
  return host && !host.endsWith(".invalid") ? { user, host } : undefined;
}

function mentioned(words: string): Person[] {
  const found = spans(words, shownLinks).flatMap(({ kind, value }) =>
    kind === "mention" ? [personOf(value)] : [],
  );
  const people = new Map(found.flatMap((one) => (one ? [[`${one.user}@${one.host}`, one]] : [])));
  return [...people.values()];
}

export function mediaEntity(media: Media, world: World): Entity {
  const url = media.readyAt <= world.now() ? `${world.base(ID)}/system/media/${media.id}` : null;
  return {
    id: media.id,
    type: media.type === "image/gif" ? "gifv" : media.type.split("/")[0],
    url,
    preview_url: url,
    remote_url: null,
    meta: {},
    description: media.alt === "" ? null : media.alt,
    blurhash: null,
  };
}

export function pollEntity(poll: Poll, { id, at }: Status, world: World): Entity {
  const expires = at + poll.expiresIn * 1000;
  const expired = expires <= world.now();
  const votes = [...poll.votes.values()].flat();
  const tells = !poll.hidden || expired;
  return {
    id,
    expires_at: new Date(expires).toISOString(),
    expired,
    multiple: poll.multiple,
    votes_count: votes.length,
    voters_count: poll.multiple ? poll.votes.size : null,
    options: poll.options.map((title, n) => ({
      title,
      votes_count: tells ? votes.filter((choice) => choice === n).length : null,
    })),
    emojis: [],
  };
}

export function scheduledEntity(id: string, { draft, at }: Waiting): Entity {
  return {
    id,
    scheduled_at: new Date(at).toISOString(),
    params: {
      text: draft.text,
      media_ids: draft.media.map((media) => media.id),
      sensitive: draft.sensitive,
      spoiler_text: draft.warning,
      visibility: draft.visibility,
      language: draft.language,
      in_reply_to_id: draft.parent,
      poll: draft.poll ? { options: draft.poll.options, expires_in: draft.poll.expiresIn } : null,
    },
    media_attachments: draft.media.map((media) => ({ id: media.id, description: media.alt })),
  };
}

export function accountEntity(account: string, world: World): Entity {
  return {
    id: accountId(account),
    username: account,
    acct: account,
    display_name: account,
    locked: false,
    bot: true,
    created_at: "2026-01-01T00:00:00.000Z",
    url: `${world.base(ID)}/@${account}`,
    uri: `${world.base(ID)}/users/${account}`,
    note: "",
    source: { privacy: "public", sensitive: false, language: null, note: "", fields: [] },
  };
}

/** The second version names its host `domain`, the first `uri`. */
export function instance(version: 1 | 2, world: World, software: Software): Entity {
  const { polls } = software;
  const host = new URL(world.base(ID)).host;
  return {
    ...(version === 1 ? { uri: host } : { domain: host }),
    title: "Sandbox",
    version: software.version,
    ...(software.source && { source_url: software.source }),
    languages: ["en"],
    configuration: {
      accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
      statuses: {
        max_characters: software.max,
        max_media_attachments: software.files,
        characters_reserved_per_url: URL_LENGTH,
      },
      media_attachments: {
        supported_mime_types: [...IMAGES, ...VIDEOS],
        description_limit: software.alt,
        image_size_limit: IMAGE_BYTES,
        image_matrix_limit: 33_177_600,
        video_size_limit: VIDEO_BYTES,
        video_frame_rate_limit: 120,
        video_matrix_limit: 8_294_400,
      },
      ...(polls !== "none" && {
        polls: { ...POLL, max_options: polls.options, max_characters_per_option: polls.length },
      }),
    },
    api_versions: { mastodon: 6 },
  };
}

// Opaque to clients; here the name's bytes as a number.
export function accountId(account: string): string {
  return BigInt(`0x01${Buffer.from(account).toString("hex")}`).toString();
}

export function pageOf(status: Status, world: World): string {
  return `${world.base(ID)}/@${status.account}/${status.id}`;
}
