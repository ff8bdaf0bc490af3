/** What Mastodon answers with: statuses, media, accounts, the server's own limits. */
import { spans } from "../../count.ts";
import { escapeHtml } from "../../html.ts";
import type { World } from "../../network.ts";
import type { Draft, Media, State, Status } from "./state.ts";

export const ID = "mastodon";
export const MAX = 500;
export const URL_LENGTH = 23;
export const ALT_MAX = 1500;
export const IMAGE_BYTES = 16_777_216;
export const VIDEO_BYTES = 103_809_024;
export const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/heic", "image/webp", "image/avif"];
export const VIDEOS = ["video/webm", "video/mp4", "video/quicktime"];

export function statusEntity(status: Status, state: State, world: World): Record<string, unknown> {
  const parent = status.parent === null ? undefined : state.statuses.get(status.parent);
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
    favourites_count: 0,
    edited_at: null,
    content: contentOf(status.text),
    reblog: null,
    application: { name: "sandbox", website: null },
    account: accountEntity(status.account, world),
    media_attachments: status.media.map((media) => mediaEntity(media, world)),
    mentions: [],
    tags: spans(status.text)
      .filter(({ kind }) => kind === "tag")
      .map(({ value }) => ({
        name: value.toLowerCase(),
        url: `${world.base(ID)}/tags/${encodeURIComponent(value)}`,
      })),
    emojis: [],
    card: null,
    poll: null,
  };
}

/** The server's own HTML: paragraphs, links with their ends hidden, mentions without the host, as Mastodon writes it. */
export function contentOf(words: string): string {
  if (words.trim() === "") return "";
  let html = "";
  let at = 0;
  for (const span of spans(words)) {
    html += escapeHtml(words.slice(at, span.start)) + contentSpan(span.kind, span.value);
    at = span.end;
  }
  html += escapeHtml(words.slice(at));
  const paragraphs = html.replace(/\r\n?/g, "\n").split(/\n{2,}/);
  return paragraphs.map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br />")}</p>`).join("");
}

export function contentSpan(kind: "link" | "mention" | "tag", value: string): string {
  if (kind === "tag") {
    return `<a href="https://sandbox.invalid/tags/${encodeURIComponent(value)}" class="mention hashtag" rel="tag">#<span>${escapeHtml(value)}</span></a>`;
  }
  if (kind === "mention") {
    const [said = "", host] = value.split("@");
    // The account's own spelling, whatever the author typed; here the names are all in lower case.
    const user = said.toLowerCase();
    if (!host) return `@${escapeHtml(value)}`;
    return `<span class="h-card" translate="no"><a href="https://${escapeHtml(host)}/@${escapeHtml(user)}" class="u-url mention">@<span>${escapeHtml(user)}</span></a></span>`;
  }
  const prefix = /^https?:\/\/(www\.)?/i.exec(value)?.[0] ?? "";
  const rest = value.slice(prefix.length);
  const shown = escapeHtml(rest.slice(0, 30));
  return `<a href="${escapeHtml(value)}" target="_blank" rel="nofollow noopener" translate="no"><span class="invisible">${escapeHtml(prefix)}</span><span class="${rest.length > 30 ? "ellipsis" : ""}">${shown}</span><span class="invisible">${escapeHtml(rest.slice(30))}</span></a>`;
}

export function mediaEntity(media: Media, world: World): Record<string, unknown> {
  const ready = media.readyAt <= world.now();
  return {
    id: media.id,
    type: media.type === "image/gif" ? "gifv" : media.type.split("/")[0],
    url: ready ? `${world.base(ID)}/system/media/${media.id}` : null,
    preview_url: ready ? `${world.base(ID)}/system/media/${media.id}` : null,
    remote_url: null,
    meta: {},
    description: media.alt === "" ? null : media.alt,
    blurhash: null,
  };
}

export function scheduledEntity(id: string, draft: Draft, at: number): Record<string, unknown> {
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
    },
    media_attachments: draft.media.map((media) => ({ id: media.id, description: media.alt })),
  };
}

/** The newest first, 20 of them or `limit`, at most 40; `max_id` turns the page. */
export function scheduledOf(state: State, account: string, query: URLSearchParams): unknown[] {
  const limit = Math.min(Math.max(Number(query.get("limit") ?? 20) || 20, 1), 40);
  const before = query.get("max_id") ?? "";
  const own = [...state.scheduled]
    .filter(
      ([id, later]) => later.account === account && !(/^\d+$/.test(before) && BigInt(id) >= BigInt(before)),
    )
    .sort(([a], [b]) => (BigInt(a) < BigInt(b) ? 1 : -1))
    .slice(0, limit);
  return own.map(([id, { draft, at }]) => scheduledEntity(id, draft, at));
}

export function accountEntity(account: string, world: World): Record<string, unknown> {
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

export function instance(world: World): Record<string, unknown> {
  return {
    domain: new URL(world.base(ID)).host,
    title: "Sandbox",
    version: "4.4.0",
    source_url: "https://github.com/mastodon/mastodon",
    languages: ["en"],
    configuration: configuration(),
    api_versions: { mastodon: 6 },
  };
}

export function instanceV1(world: World): Record<string, unknown> {
  return {
    uri: new URL(world.base(ID)).host,
    title: "Sandbox",
    version: "4.4.0",
    max_toot_chars: MAX,
    configuration: configuration(),
  };
}

export function configuration(): Record<string, unknown> {
  return {
    accounts: { max_featured_tags: 10, max_pinned_statuses: 5 },
    statuses: { max_characters: MAX, max_media_attachments: 4, characters_reserved_per_url: URL_LENGTH },
    media_attachments: {
      supported_mime_types: [...IMAGES, ...VIDEOS],
      description_limit: ALT_MAX,
      image_size_limit: IMAGE_BYTES,
      image_matrix_limit: 33_177_600,
      video_size_limit: VIDEO_BYTES,
      video_frame_rate_limit: 120,
      video_matrix_limit: 8_294_400,
    },
    polls: { max_options: 4, max_characters_per_option: 50, min_expiration: 300, max_expiration: 2_629_746 },
  };
}

// Opaque to clients; here the name's bytes as a number.
export function accountId(account: string): string {
  return BigInt(`0x01${Buffer.from(account).toString("hex")}`).toString();
}

export function pageOf(status: Status, world: World): string {
  return `${world.base(ID)}/@${status.account}/${status.id}`;
}
