/**
 * Plain text in which byte ranges are links, mentions and tags. Nothing is made of the text itself, so nothing pings; ranges
 * and words are those that the network's own app makes (bluesky-social/atproto, packages/api/src/rich-text, and social-app,
 * src/lib/strings/url-helpers.ts; read 2026-11-26).
 */
import type { Entity, Rendered } from "../types.ts";
import { address } from "./escape.ts";
import { dialect } from "./line-renderer.ts";
import { plainGrammar } from "./plain.ts";

const { link: _, sign: _s, ...lost } = plainGrammar.lost;

const lines = dialect({
  ...plainGrammar,
  markup: "facets",
  lost,
  literal: (text) => text,
  link: "label",
  linked: undefined,
  bare: short,
});

export const facets: typeof lines = {
  ...lines,
  render(tree, context) {
    const rendered = lines.render(tree, context);
    return { ...rendered, entities: widened(rendered).map(secure) };
  },
};

/** As the author wrote it: the host, and of a long path the beginning. The range has all of it. */
function short(url: string, label: string): string {
  if (!/^https?:/i.test(url)) return label;
  // Not as `URL` would encode it.
  const [, host = label, path = ""] = label.match(/^(?:https?:\/\/)?([^/?#]*)(.*)$/is) ?? [];
  const rest = path === "/" ? "" : path;
  const signs = [...rest];
  return host + (signs.length > 15 ? `${signs.slice(0, 13).join("")}...` : rest);
}

// `www.acme.example`, as typed.
function secure(entity: Entity): Entity {
  if (entity.kind !== "link" || !/^http:\/\/www\./i.test(entity.url)) return entity;
  return { ...entity, url: address(`https${entity.url.slice(4)}`) ?? entity.url };
}

// A tag goes on until white space or something invisible; punctuation at its end is the sentence's.
const TAG = /(?<=^|\s)[#＃](?!\ufe0f)((?:(?!\u20e2)[^\s\u00ad\u2060\u200a-\u200d])+)/gu;

/** `#foo-bar`, `#C++` and `#🎉x` whole. */
function widened({ text, entities }: Rendered): Entity[] {
  if (!/[#＃]/.test(text)) return entities;
  const found: Entity[] = [];
  let last = { at: 0, byte: 0 };
  for (const { 0: written, 1: word = "", index } of text.matchAll(TAG)) {
    const tag = word.replace(/\p{P}+$/u, "");
    const start = last.byte + Buffer.byteLength(text.slice(last.at, index));
    last = { at: index, byte: start };
    const end = start + Buffer.byteLength(written.slice(0, written.length - word.length + tag.length));
    const known = entities.some((entity) => entity.kind === "tag" && entity.start === start);
    const taken = entities.some(
      (entity) => entity.kind !== "tag" && entity.start < end && entity.end > start,
    );
    // What is not meant as a tag, such as `#1` or what stands in code, stays text.
    const isPicture = /^\p{Extended_Pictographic}/u.test(tag) && /\p{L}/u.test(tag);
    if (!taken && (known || isPicture)) found.push({ kind: "tag", start, end, tag });
  }
  const rest = entities.filter(
    ({ kind, start, end }) => kind !== "tag" || !found.some((wide) => wide.start < end && wide.end > start),
  );
  return [...rest, ...found].sort((a, b) => a.start - b.start);
}
