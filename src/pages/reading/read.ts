/** A post's text as its readers see it: from the bytes that go out, by the rules of the network's markup. */
import type { Post } from "../../adapter.ts";
import { htmlOf } from "../../text/from-html.ts";
import type { Markup } from "../../text/types.ts";
import { away, type Html, html, join } from "../html.ts";
import { blocks } from "./blocks.ts";
import { FLAVOURS } from "./flavours.ts";
import { inline, mentioned, topic } from "./inline.ts";
import { readTags } from "./tags.ts";

export interface Words {
  html: Html;
  /** Laid out by blocks; else line breaks in the text count. */
  blocks: boolean;
}

type Text = Pick<Post, "text" | "entities">;

export function read(post: Text, markup: Markup): Words {
  const by = htmlOf(markup);
  if (by) return { html: readTags(post.text, by === "page"), blocks: by === "page" };
  const flavour = FLAVOURS[markup];
  if (!flavour) return { html: withEntities(post), blocks: false };
  const inside = { flavour, called: callerOf(post) };
  if (flavour.blocks.length === 0) return { html: inline(post.text, inside), blocks: false };
  return { html: blocks(post.text, inside), blocks: true };
}

/** Networks write people as ids; readers see names. */
function callerOf({ entities }: Text): (id: string) => string {
  const names = new Map(
    entities.flatMap((one) => (one.kind === "mention" && one.id ? [[one.id, one.handle] as const] : [])),
  );
  return (written) => {
    const id = written.replace(/^(?:[@#!&]+|users\/)/, "");
    const known = names.get(id) ?? names.get(written);
    if (known !== undefined && known !== "") return `@${known.replace(/^@/, "")}`;
    return /^[@#!]/.test(written) || written.includes("/") ? written : `@${written}`;
  };
}

/** Offsets are in UTF-8 bytes; what overlaps or lies outside is text. */
function withEntities({ text, entities }: Text): Html {
  if (entities.length === 0) return html`${text}`;
  const bytes = Buffer.from(text);
  const pieces: Html[] = [];
  let at = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    if (entity.start < at || entity.end > bytes.length || entity.end <= entity.start) continue;
    const words = bytes.subarray(entity.start, entity.end).toString();
    pieces.push(html`${bytes.subarray(at, entity.start).toString()}`);
    if (entity.kind === "link") pieces.push(away(entity.url, words));
    else if (entity.kind === "mention") pieces.push(mentioned(words));
    else pieces.push(words.startsWith("#") ? topic(words.slice(1)) : html`<span class="tag">${words}</span>`);
    at = entity.end;
  }
  return join([...pieces, html`${bytes.subarray(at).toString()}`]);
}
