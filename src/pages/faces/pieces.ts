/** What posts are made of, whichever network shows them. */

import { isUrl } from "../../urls.ts";
import { type Html, html, join, name, nothing, oneLine, webAddress } from "../html.ts";
import { icon } from "../icons.ts";
import { initials } from "../look.ts";
import type { Picture, Shown, ShownCard, ShownMedia, ShownPost } from "../shown.ts";

export function avatar({ sender, look }: Pick<Shown, "sender" | "look">, size = ""): Html {
  const shape = { round: "round", soft: "soft-sq", square: "square" }[look.avatar ?? "round"];
  return html`<span class="av ${shape} ${size}" aria-hidden="true">${initials(sender.name)}</span>`;
}

/** Who says it: the name, and beside or below it the handle and the time. */
export function who({ sender, at }: Pick<Shown, "sender" | "at">, also: Html = nothing): Html {
  const { handle } = sender;
  const rest = [handle && name(handle), at && html`${at}`].filter((one) => one !== undefined && one !== "");
  return html`<p class="who"><b>${name(sender.name)}</b> <span>${also}${join(rest, " · ")}</span></p>`;
}

export function words({ words: { html: text, blocks } }: ShownPost): Html {
  if (text.isEmpty) return nothing;
  return html`<div class="txt${blocks && " md"}"${!blocks && html` dir="auto"`}>${text}</div>`;
}

/** A heading of the network's, which is none of the page's. */
export function title(post: ShownPost): Html {
  return post.title === undefined ? nothing : html`<p class="ttl" dir="auto">${oneLine(post.title)}</p>`;
}

/** The text, behind the network's own warning where there is one. */
export function told(post: ShownPost): Html {
  const text = words(post);
  if (post.warning === undefined) return text;
  return html`<div class="cw"><p dir="auto"><b>${oneLine(post.warning)}</b></p><p class="soft">readers open what is below</p></div>${text}`;
}

export function pictures(media: readonly ShownMedia[], look = ""): Html {
  if (media.length === 0) return nothing;
  const shown = media.filter(({ picture }) => picture);
  const others = media.filter(({ picture }) => !picture);
  const grid = shown.length > 1 ? "g2" : "g1";
  const figures = shown.map((one, index) => figure(one, shown.length > 1 ? index + 1 : undefined));
  return html`${shown.length > 0 && html`<div class="pics ${grid} ${look}">${figures}</div>`}${others.length > 0 && html`<ul class="files">${others.map(file)}</ul>`}`;
}

function figure({ picture, alt, hasAlt, name: file }: ShownMedia, number: number | undefined): Html {
  const drawing = draw(picture!, alt === "" ? undefined : alt);
  const text =
    alt !== ""
      ? html`<details class="alt"><summary>ALT<span class="sr">, alternative text</span></summary><p dir="auto">${alt}</p></details>`
      : hasAlt &&
        html`<details class="alt deco"><summary>decorative</summary><p>${file} has no alternative text, as the campaign says</p></details>`;
  return html`<figure class="pic"${number !== undefined && html` data-n="${number}"`}>${drawing}${text}</figure>`;
}

/** One use of the picture's symbol; cropped as it will be. */
export function draw({ id, width, height, href, crop, bars }: Picture, alt: string | undefined): Html {
  const box = crop
    ? `${crop.left} ${crop.top} ${crop.width} ${crop.height}`
    : bars
      ? `${(width - bars.width) / 2} ${(height - bars.height) / 2} ${bars.width} ${bars.height}`
      : `0 0 ${width} ${height}`;
  const spoken = alt === undefined ? html`aria-hidden="true"` : html`role="img" aria-label="${alt}"`;
  return html`<svg viewBox="${box}" preserveAspectRatio="xMidYMid slice" ${spoken}>${href === undefined ? html`<use href="#m-${id}" width="${width}" height="${height}"/>` : html`<image href="${href}" width="${width}" height="${height}"/>`}</svg>`;
}

function file({ name: shown, type, size, alt }: ShownMedia): Html {
  const kind = type.split("/")[0] ?? "file";
  return html`<li>${icon("pic")}<span><b>${name(shown)}</b> <span class="soft">${[["image", "video", "audio"].includes(kind) ? kind : type, size].filter(Boolean).join(" · ")}</span>${alt !== "" && html`<br><span dir="auto">${alt}</span>`}</span></li>`;
}

export function card(shown: ShownCard | undefined, look = ""): Html {
  if (!shown) return nothing;
  const { url, title: heading, description, picture } = shown;
  const inside = html`${picture && draw(picture, undefined)}<span class="cb"><span class="h">${hostOf(url)}</span>${heading !== undefined && html`<b dir="auto">${oneLine(heading)}</b>`}${description !== undefined && html`<span class="d" dir="auto">${oneLine(description)}</span>`}</span>`;
  const address = webAddress(url);
  return address === undefined
    ? html`<div class="lcard ${look}">${inside}</div>`
    : html`<a class="lcard ${look}" href="${address}" rel="noopener noreferrer nofollow">${inside}</a>`;
}

export function hostOf(url: string): string {
  return isUrl(url) ? new URL(url).host || url : url;
}

export function poll({ poll: asked }: ShownPost): Html {
  if (!asked) return nothing;
  return html`<ul class="poll">${asked.choices.map((choice) => html`<li dir="auto">${oneLine(choice)}</li>`)}</ul><p class="of soft">${asked.about}</p>`;
}

export function tags({ tags: all }: ShownPost): Html {
  if (all.length === 0) return nothing;
  return html`<p class="tags">${join(
    all.map((tag) => html`<span class="tag">${name(tag)}</span>`),
    " ",
  )}</p>`;
}

/** What follows the text: files, card, poll. */
export function below(post: ShownPost, looks: { pictures?: string; card?: string } = {}): Html {
  return html`${pictures(post.media, looks.pictures)}${poll(post)}${card(post.card, looks.card)}${post.foot && html`<div class="partn">${post.foot}</div>`}`;
}
