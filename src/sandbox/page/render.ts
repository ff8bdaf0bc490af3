/** Posts as cards. Everything that came from outside is escaped here, or goes through `sanitise`. */
import { anchor, escapeHtml } from "../html.ts";
import type { Look, SandboxNetwork, SandboxPost } from "../network.ts";
import { sanitise } from "../sanitise.ts";
import type { Thread } from "./threads.ts";

export type MediaLink = (file: SandboxPost["media"][number]) => string;

export function renderThread(thread: Thread, networks: readonly SandboxNetwork[], media: MediaLink): string {
  const network = networks.find(({ id }) => id === thread.network);
  const look = network?.look ?? PLAIN;
  const name = network?.name ?? thread.network;
  const posts = thread.posts.map((post, n) =>
    renderPost(post, n, thread.posts.length, { name, look, media }),
  );
  return `<article class="thread as-${look.layout} n-${escapeHtml(thread.network)}" data-key="${escapeHtml(thread.key)}" data-network="${escapeHtml(thread.network)}">${posts.join("")}</article>`;
}

const PLAIN: Look = { light: "#555555", dark: "#bbbbbb", mark: "·", layout: "post", alt: false };

interface Frame {
  name: string;
  look: Look;
  media: MediaLink;
}

function renderPost(post: SandboxPost, n: number, of: number, { name, look, media }: Frame): string {
  const badge =
    n === 0 ? `<span class="badge"><i>${escapeHtml(look.mark)}</i>${escapeHtml(name)}</span>` : "";
  const place = of > 1 ? `<span class="place">${n + 1} of ${of}</span>` : "";
  const marks = [...(post.edited ? ["edited"] : []), ...(post.deleted ? ["deleted"] : [])];
  const title = post.title ? `<h2 dir="auto">${anchor(post.url, escapeHtml(post.title), "title")}</h2>` : "";
  const below = post.deleted ? "" : `${renderMedia(post, look, media)}${renderCard(post, media)}`;
  return `<section class="post${post.deleted ? " deleted" : ""}">
<div class="rail"><span class="avatar">${escapeHtml(initials(post.account))}</span></div>
<div class="body">
<header><b class="account">${escapeHtml(post.account)}</b>${when(post)}${badge}</header>
${title}<div class="text" dir="auto">${sanitise(post.html)}</div>
${below}
<footer>${place}${renderNotes([...marks, ...(post.notes ?? [])])}${counter(post)}</footer>
</div></section>`;
}

function when({ at, url }: SandboxPost): string {
  const date = new Date(at);
  const label = date.toISOString().slice(0, 16).replace("T", " ");
  return `<a class="when" href="${escapeHtml(url)}"><time datetime="${date.toISOString()}">${label} UTC</time></a>`;
}

function renderMedia({ media }: SandboxPost, look: Look, link: MediaLink): string {
  if (media.length === 0) return "";
  const figures = media.map((file) => {
    const badge = file.alt ? `<figcaption><b>ALT</b> ${escapeHtml(file.alt)}</figcaption>` : "";
    const none = file.alt || !look.alt ? "" : `<figcaption class="missing">no alt text</figcaption>`;
    const src = escapeHtml(link(file));
    const shown = file.type.startsWith("video/")
      ? `<video src="${src}" controls preload="metadata"></video>`
      : `<a href="${src}"><img src="${src}" alt="${escapeHtml(file.alt)}" loading="lazy"></a>`;
    return `<figure>${shown}${badge}${none}</figure>`;
  });
  return `<div class="media m${Math.min(media.length, 4)}">${figures.join("")}</div>`;
}

function renderCard({ card }: SandboxPost, link: MediaLink): string {
  if (!card) return "";
  // Without a title the network has yet to fetch the page: the address says what is known.
  const host = card.title ? hostOf(card.url) : card.url.replace(/^https?:\/\/(www\.)?/i, "");
  const title = card.title ? `<b>${escapeHtml(card.title)}</b>` : "";
  const description = card.description ? `<span class="about">${escapeHtml(card.description)}</span>` : "";
  const image = card.image
    ? `<img class="thumb" src="${escapeHtml(link(card.image))}" alt="" loading="lazy">`
    : "";
  return anchor(
    card.url,
    `${image}<span class="host">${escapeHtml(host)}</span>${title}${description}`,
    "card",
  );
}

function renderNotes(notes: string[]): string {
  if (notes.length === 0) return "";
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>`;
}

function counter({ length, max }: SandboxPost): string {
  if (!Number.isFinite(max) || max <= 0) return "";
  const share = Math.min(1, length / max);
  const state = share > 1 ? "over" : share >= 0.9 ? "near" : "";
  return `<span class="counter ${state}"><progress max="${max}" value="${Math.min(length, max)}"></progress>${length}/${max}</span>`;
}

function initials(account: string): string {
  const letters = [...account.replace(/^[^\p{L}\p{N}]+/u, "")];
  return (letters[0] ?? "?").toUpperCase();
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
