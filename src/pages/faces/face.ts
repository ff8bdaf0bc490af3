/** A delivery's posts as the network draws them: one face for each layout. Nothing of ours is on the sheet. */
import type { Layout } from "../../adapter.ts";
import { type Html, html, name, nothing } from "../html.ts";
import { icon } from "../icons.ts";
import { directionOf } from "../look.ts";
import type { Shown, ShownPost } from "../shown.ts";
import { avatar, below, card, hostOf, pictures, poll, tags, title, told, who, words } from "./pieces.ts";

export function face(shown: Shown): Html {
  const { lang, look } = shown;
  const direction = directionOf(lang);
  return html`<div class="sheet-in"${lang !== undefined && html` lang="${lang}"`} dir="${direction === "rtl" ? "rtl" : "ltr"}">${FACES[look.layout](shown)}</div>`;
}

const FACES: Record<Layout, (shown: Shown) => Html> = {
  post: (shown) => (shown.look.wide ? widePost(shown) : gutterPost(shown)),
  page: (shown) =>
    html`${shown.posts.map((post) => {
      const end =
        post.media.some(({ picture }) => picture) && !post.card && !post.poll && !post.foot
          ? "bleed end"
          : "bleed";
      return html`<div class="face full${look(post)}"><div class="two">${avatar(shown)}${who(shown)}</div>${title(post)}${told(post)}${tags(post)}${below(post, { pictures: end, card: post.foot ? "" : "strip-c" })}</div>`;
    })}${reply(shown, "First comment, by us")}`,
  picture: (shown) =>
    html`${shown.posts.map((post) => html`<div class="face full${look(post)}"><div class="two">${avatar(shown, "small")}${who({ ...shown, at: "" })}</div>${pictures(post.media, "bleed")}<div class="cap-in">${told(post)}</div>${tags(post)}${poll(post)}${post.foot && html`<div class="partn">${post.foot}</div>`}</div>`)}${reply(shown, "First comment, by us")}`,
  message: (shown) =>
    html`${room(shown)}<div class="face l-msg">${shown.posts.map((post) => html`<div class="gut${look(post)}">${avatar(shown)}<div>${who({ sender: { name: shown.sender.name }, at: shown.at }, APP)}${title(post)}${told(post)}${tags(post)}${below(post, { card: "bar" })}</div></div>`)}</div>${reply(shown, "In the thread below, by us")}`,
  card: (shown) =>
    html`${room(shown)}<div class="face l-msg">${shown.posts.map((post) => html`<div class="gut${look(post)}">${avatar(shown)}<div>${who({ sender: { name: shown.sender.name }, at: shown.at }, APP)}<div class="acard">${title(post)}${told(post)}${pictures(post.media)}${poll(post)}${post.card && html`<span class="go">Open ${hostOf(post.card.url)}</span>`}</div>${post.foot && html`<div class="partn">${post.foot}</div>`}</div></div>`)}</div>${reply(shown, "Below it, by us")}`,
  bubble: (shown) =>
    html`<div class="face l-bub">${shown.posts.map((post) => html`<div class="bub${look(post)}">${pictures(post.media, "nomargin")}<div class="bb"><p class="who"><b>${name(shown.sender.name)}</b></p>${title(post)}${told(post)}${tags(post)}${poll(post)}${card(post.card, "bar")}${post.foot && html`<div class="partn">${post.foot}</div>`}<span class="stamp">${shown.at}</span></div></div>`)}${shown.reply && html`<div class="bub"><div class="bb">${words(shown.reply)}<span class="stamp">reply, by us</span></div></div>`}</div>`,
  article: (shown) =>
    html`${shown.posts.map((post) => html`<div class="face l-art${look(post)}"><div class="mast"><span>${name(shown.sender.name)}</span><span>${shown.at}</span></div>${title(post)}${told(post)}${tags(post)}${below(post)}</div>`)}${reply(shown, "Below it, by us")}`,
  mail: (shown) =>
    html`${shown.posts.map((post) => html`<dl class="env"><dt>From</dt><dd>${name(shown.sender.name)}</dd>${post.title !== undefined && html`<dt>Subject</dt><dd class="subj" dir="auto">${post.title}</dd>`}</dl><div class="mailb${look(post)}">${title(post)}${told(post)}${tags(post)}${below(post)}</div>`)}`,
  forum: (shown) =>
    html`${shown.posts.map((post) => html`<div class="face l-for${look(post)}"><div class="two">${avatar(shown, "tiny")}<p class="who"><b>${name(shown.sender.name)}</b></p><span class="soft">${shown.at}</span></div>${title(post)}${told(post)}${tags(post)}${below(post)}</div>`)}${reply(shown, "First comment, by us")}`,
  release: (shown) =>
    html`${shown.posts.map((post) => html`<div class="face l-rel${look(post)}"><p class="tagline"><b>${name(shown.sender.name)}</b><span>${shown.at}</span></p>${title(post)}${told(post)}${tags(post)}${pictures(post.media)}${card(post.card)}</div>`)}`,
};

const APP = html`<span class="bot">APP</span> `;

function look({ gone }: ShownPost): string {
  return gone ? " gone" : "";
}

/** The room that a message stands in: the channel's name is the project's word for it. */
function room({ channel, audience }: Shown): Html {
  const sign = audience === "internal" ? icon("lock") : html`<span aria-hidden="true">#</span>`;
  return html`<p class="room">${sign}${name(channel)}</p>`;
}

function widePost(shown: Shown): Html {
  const head = html`<div class="two">${avatar(shown)}${who({ sender: shown.sender, at: "" })}</div>`;
  const one = (post: ShownPost) => html`${title(post)}${told(post)}${tags(post)}${below(post)}`;
  if (shown.posts.length === 1 && !shown.reply)
    return html`<div class="face full${look(shown.posts[0]!)}">${head}${one(shown.posts[0]!)}</div>`;
  return html`<div class="face">${thread(shown)}</div>${reply(shown, "First reply, by us")}`;
}

function gutterPost(shown: Shown): Html {
  const [first] = shown.posts;
  if (shown.posts.length === 1 && first)
    return html`<div class="face${look(first)}"><div class="gut">${avatar(shown)}<div>${who(shown)}${title(first)}${told(first)}${tags(first)}${below(first)}</div></div></div>${reply(shown, "First reply, by us")}`;
  return html`<div class="face">${thread(shown)}</div>${reply(shown, "First reply, by us")}`;
}

function thread(shown: Shown): Html {
  return html`<ol class="thread">${shown.posts.map((post) => html`<li class="part${look(post)}">${avatar(shown)}<div>${who(shown)}${title(post)}${told(post)}${tags(post)}${below(post)}</div></li>`)}</ol>`;
}

/** Attached below, since that is where readers find it. */
function reply(shown: Shown, words: string): Html {
  const { reply: post } = shown;
  if (!post) return nothing;
  return html`<div class="firstc"><p class="cap">${words}</p>${avatar(shown, "small")}<div><p class="who"><b>${name(shown.sender.name)}</b></p>${told(post)}${below(post)}</div></div>`;
}
