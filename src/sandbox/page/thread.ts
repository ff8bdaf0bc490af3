/** What a network took, drawn as the previews are: by the same hand, from what came over the wire. */
import { face } from "../../pages/faces/face.ts";
import { type Html, html, name, slug } from "../../pages/html.ts";
import { icon } from "../../pages/icons.ts";
import { networkClass } from "../../pages/look.ts";
import { readTags } from "../../pages/reading/tags.ts";
import type { Picture, Shown, ShownMedia, ShownPost } from "../../pages/shown.ts";
import { clockTime } from "../../pages/time.ts";
import { isUrl } from "../../urls.ts";
import type { SandboxNetwork, SandboxPost } from "../network.ts";
import type { About, SandboxFile } from "./about.ts";
import type { Thread } from "./threads.ts";

export interface Stage {
  networks: readonly SandboxNetwork[];
  about: About;
  /** How a picture is shown; `undefined` where it is none. */
  picture(file: SandboxFile): Picture | undefined;
}

const PLAIN = { light: "#555555", dark: "#bbbbbb", mark: "·", layout: "post" as const };

export function renderThread(thread: Thread, stage: Stage): Html {
  const { about } = stage;
  const [first] = thread.posts as [SandboxPost];
  const origin = thread.posts.map((post) => about.origin(post)).find((one) => one !== undefined);
  const shown = shownOf(thread, origin?.channel ?? first.account, stage);
  const campaign = origin?.campaign ?? "";
  const isInternal = about.isInternal(shown.channel);
  const look = [networkClass(thread.network), isInternal && "inner"].filter(Boolean).join(" ");
  const whom = isInternal && html`<span class="int">${icon("lock")}Internal</span>`;
  return html`<article class="proof ${look}" id="${shown.id}" tabindex="-1" data-key="${thread.key}" data-network="${thread.network}" data-campaign="${campaign}" data-title="${origin?.title ?? campaign}" data-order="${about.order(shown.channel)}" aria-labelledby="${shown.id}-h"><header class="label"><span class="mark" aria-hidden="true">${shown.look.mark}</span><h3 id="${shown.id}-h"><a href="${pathOf(first.url)}">${name(shown.channel)}</a></h3><span class="net">${shown.networkName}</span>${whom}<time class="when" datetime="${new Date(first.at).toISOString()}">${clockTime(first.at, "UTC")} UTC</time></header><div class="sheet">${face(shown)}</div><div class="slip">${slips(thread.posts)}</div></article>`;
}

function shownOf({ key, network, posts }: Thread, channel: string, stage: Stage): Shown {
  const half = stage.networks.find(({ id }) => id === network);
  const look = stage.about.look(network) ?? half?.look ?? PLAIN;
  const [first] = posts as [SandboxPost];
  return {
    id: `t-${slug(key)}`,
    channel,
    network,
    networkName: half?.name ?? network,
    look,
    sender: { name: first.account },
    at: clockTime(first.at, "UTC"),
    posts: posts.map((post, index) => shownPost(post, index, posts.length, half, stage)),
  };
}

function shownPost(
  post: SandboxPost,
  index: number,
  of: number,
  half: SandboxNetwork | undefined,
  stage: Stage,
): ShownPost {
  const { html: source, media, card, title, edited, deleted } = post;
  const blocks = /<(?:p|ul|ol|h[1-6]|table)\b/.test(source);
  const place =
    of > 1
      ? html`<span>${index + 1} of ${of}${deleted && ", taken back"}${edited && ", edited"}</span><span>${lengthOf(post)}</span>`
      : undefined;
  const picture = card?.image && stage.picture(card.image);
  return {
    ...(title !== undefined && title !== "" && { title }),
    words: { html: readTags(source, blocks), blocks },
    media: deleted ? [] : media.map((file, at) => shownFile(file, at, half, stage)),
    ...(card &&
      !deleted && {
        card: {
          url: card.url,
          title: card.title ?? card.url,
          description: card.description,
          ...(picture && { picture }),
        },
      }),
    tags: [],
    ...(place && { foot: place }),
    gone: deleted === true,
  };
}

function shownFile(
  file: SandboxFile,
  index: number,
  half: SandboxNetwork | undefined,
  stage: Stage,
): ShownMedia {
  const picture = stage.picture(file);
  return {
    name: `file ${index + 1}`,
    type: file.type,
    alt: file.alt,
    hasAlt: half?.look.alt === true,
    ...(picture && { picture }),
  };
}

function slips(posts: readonly SandboxPost[]): Html {
  const [first] = posts as [SandboxPost];
  const marks = [
    posts.some(({ edited }) => edited) && "edited",
    posts.every(({ deleted }) => deleted)
      ? "taken back"
      : posts.some(({ deleted }) => deleted) && "partly taken back",
    ...new Set(posts.flatMap(({ notes = [] }) => notes)),
  ].filter((one) => one !== false);
  return html`<div class="row"><span class="count"><span>${posts.length === 1 && lengthOf(first)}</span></span></div>${marks.length > 0 && html`<ul class="notes">${marks.map((mark) => html`<li>${icon(mark === "edited" ? "edit" : mark === "taken back" ? "stop" : "info")}<div>${mark}</div></li>`)}</ul>`}`;
}

function lengthOf({ length, max }: SandboxPost): string {
  return Number.isFinite(max) && max > 0
    ? `${length.toLocaleString("en")} of ${max.toLocaleString("en")}`
    : "";
}

/** A page of the sandbox's own. */
function pathOf(url: string): string {
  return isUrl(url) ? new URL(url).pathname + new URL(url).search + new URL(url).hash : "/";
}
