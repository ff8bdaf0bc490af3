/** A planned delivery as its readers will see it. */
import type { Adapter, Media } from "../../adapter.ts";
import { describeDuration, milliseconds } from "../../duration.ts";
import type { PlannedDelivery, PlannedPost } from "../../plan/types.ts";
import { formatBytes } from "../../report/bytes.ts";
import type { Measured } from "../../text/types.ts";
import { type Html, html, slug } from "../html.ts";
import { lookOf } from "../look.ts";
import { read } from "../reading/read.ts";
import type { Shown, ShownMedia, ShownPost } from "../shown.ts";
import { clockTime } from "../time.ts";
import type { PreviewView } from "./view.ts";

export function shownOf(delivery: PlannedDelivery, view: PreviewView): Shown {
  const { channel, network, audience, posts } = delivery;
  const adapter = view.adapters.get(network);
  const hasReply = posts.length > 1 && posts.at(-1)!.reply === true;
  const own = hasReply ? posts.slice(0, -1) : posts;
  const handle = view.handles.get(channel);
  const lang =
    posts.find(({ post }) => post.lang !== undefined)?.post.lang ?? view.channels.get(channel)?.lang;
  const post = (planned: PlannedPost, index: number) =>
    shownPost(
      planned,
      adapter,
      view,
      own.length > 1 ? placed(planned.measured, index, own.length) : undefined,
    );
  return {
    id: anchorOf(delivery),
    channel,
    network,
    networkName: delivery.byHand ?? adapter?.name ?? network,
    look: lookOf(adapter ?? { id: network, name: network, shape: "short" }),
    audience,
    ...(lang !== undefined && { lang }),
    sender: { name: senderName(handle, channel), ...(handle !== undefined && { handle }) },
    at: delivery.due === undefined ? "now" : clockTime(Date.parse(delivery.due), zoneOf(delivery, view)),
    posts: own.map(post),
    ...(hasReply && { reply: shownPost(posts.at(-1)!, adapter, view, undefined) }),
  };
}

/** Of a delivery, in links. Words of ours on the page have other ids. */
export function anchorOf({ channel }: Pick<PlannedDelivery, "channel">): string {
  return `at-${slug(channel)}`;
}

export function zoneOf(
  { channel, timezone }: Pick<PlannedDelivery, "channel" | "timezone">,
  view: PreviewView,
): string | undefined {
  return timezone ?? view.channels.get(channel)?.timezone ?? view.timezone;
}

function senderName(handle: string | undefined, channel: string): string {
  return handle?.replace(/^@/, "").split("@")[0]?.split(".")[0] || channel;
}

function placed(measured: Measured, index: number, of: number): Html {
  return html`<span>${index + 1} of ${of}</span><span>${lengthWords(measured)}</span>`;
}

/** `142 of 280`; the bytes where these are what does not fit. */
export function lengthWords({ length, max, bytes, fits }: Measured): string {
  const isBytes = bytes !== undefined && !fits && bytes.length > bytes.max;
  const [used, limit] = isBytes ? [bytes.length, bytes.max] : [length, max];
  return `${used.toLocaleString("en")} of ${limit.toLocaleString("en")}${isBytes ? " bytes" : ""}`;
}

function shownPost(
  { post, fitted }: PlannedPost,
  adapter: Adapter | undefined,
  view: PreviewView,
  foot: Html | undefined,
): ShownPost {
  const { title, media, link, poll, tags } = post;
  const isOurs = adapter?.card === "ours" && link !== undefined;
  const picture = link?.image && view.pictures.of(link.image, fitted);
  return {
    ...(title !== undefined && adapter?.title && { title }),
    words: read(post, adapter?.text.markup ?? "plain"),
    media: media.map((one) => shownMedia(one, fitted, adapter, view)),
    ...(isOurs && {
      card: {
        url: link.url,
        title: link.title ?? link.url,
        description: link.description,
        ...(picture && { picture }),
      },
    }),
    ...(poll && {
      poll: {
        choices: poll.choices,
        about: `Poll, open for ${describeDuration(milliseconds(poll.open))}${poll.multiple ? ", several may be chosen" : ""}`,
      },
    }),
    tags: adapter?.text.tags === "field" ? tags : [],
    ...warningIn(post.options, adapter),
    ...(foot && { foot }),
  };
}

function warningIn(options: unknown, adapter: Adapter | undefined): { warning?: string } {
  const key = adapter?.text.warning;
  const value = key === undefined ? undefined : (options as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" && value !== "" ? { warning: value } : {};
}

function shownMedia(
  media: Media,
  fitted: PlannedPost["fitted"],
  adapter: Adapter | undefined,
  view: PreviewView,
): ShownMedia {
  const picture = view.pictures.of(media, fitted);
  const hasAlt = adapter !== undefined && adapter.media !== "none" && adapter.media.alt > 0;
  return {
    name: media.file.split("/").at(-1) ?? media.file,
    type: media.type,
    alt: media.alt,
    hasAlt,
    size: formatBytes(fitted?.[media.file]?.bytes ?? media.bytes),
    ...(picture && { picture }),
  };
}
