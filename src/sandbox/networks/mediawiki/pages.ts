/** Pages of a wiki and their histories: https://www.mediawiki.org/wiki/API:Edit, and what a wiki of version 1.39 answered on 2026-11-27. */
import { refusal, type Call as SomeCall } from "../../api.ts";
import { text } from "../../body.ts";
import { utf8 } from "../../count.ts";
import type { SandboxPost, SandboxReply } from "../../network.ts";
import { merged } from "./merge.ts";
import { wikitextHtml } from "./wikitext.ts";

export const ID = "mediawiki";
export const LONGEST = 2_097_152;

export interface Revision {
  id: number;
  parent: number;
  user: string;
  comment: string;
  text: string;
  at: number;
}

export interface Page {
  id: number;
  wiki: string;
  title: string;
  revisions: Revision[];
  /** Ids of the posts that are sections of it, in the page's order. */
  sections: string[];
}

export interface State {
  pages: Page[];
  files: { wiki: string; name: string; sha1: string; type: string; bytes: Uint8Array }[];
  sessions: Map<string, { wiki: string; user: string }>;
  last: number;
}

export type Call = SomeCall<State, string>;

export function said(code: string, info: string, more: object = {}): SandboxReply {
  const docref =
    "See https://wiki.example/w/api.php for API usage. Subscribe to the mediawiki-api-announce mailing list.";
  return {
    status: 200,
    headers: { "mediawiki-api-error": code },
    body: { error: { code, info, ...more, docref } },
  };
}

export function refuse(code: string, info: string): Error {
  return refusal(said(code, info));
}

/** First letter large, spaces for underscores, or no title at all. */
export function titled(name: string): string | undefined {
  const title = name.replace(/#.*$/s, "").replace(/[_ ]+/g, " ").trim();
  if (title === "" || utf8(title) > 255 || /[<>[\]{}|]|~~~|^:/.test(title)) return undefined;
  return title[0]!.toUpperCase() + title.slice(1);
}

export function pageAt(call: Call, { title, id }: { title?: string; id?: number }): Page | undefined {
  const wiki = call.params.wiki ?? "";
  return call.state.pages.find(
    (page) => page.wiki === wiki && (id === undefined ? page.title === title : page.id === id),
  );
}

export function latestOf({ revisions }: Page): Revision {
  return revisions.at(-1)!;
}

export function urlOf({ wiki, title }: Pick<Page, "wiki" | "title">, { world }: Call): string {
  return `${world.base(ID)}/${wiki}/wiki/${encodeURIComponent(title.replace(/ /g, "_")).replaceAll("%2F", "/")}`;
}

/** As a wiki saves it. */
function saved(words: string): string {
  return words.replace(/\r\n?/g, "\n").trimEnd().normalize("NFC");
}

export function edit(call: Call): SandboxReply {
  const { state, world } = call;
  const wiki = call.params.wiki ?? "";
  const field = (name: string) => text(call.fields()[name]);
  const pageid = field("pageid");
  if ((pageid === undefined) === (field("title") === undefined))
    throw refuse("missingparam", 'One of the parameters "title" and "pageid" is required.');
  const title = titled(field("title") ?? "");
  if (pageid === undefined && title === undefined)
    throw refuse("invalidtitle", `Bad title "${field("title")}".`);
  const page = pageAt(call, pageid === undefined ? { title } : { id: Number(pageid) });
  if (pageid !== undefined && !page) throw refuse("nosuchpageid", `There is no page with ID ${pageid}.`);
  if (page && field("createonly") !== undefined)
    throw refuse("articleexists", "The article you tried to create has been created already.");
  if (!page && field("nocreate") !== undefined)
    throw refuse("missingtitle", "The page you specified doesn't exist.");
  const user = call.who();
  call.take("edit", `${wiki} ${user}`);
  const comment = field("summary") ?? "";
  const now = page ? latestOf(page).text : "";
  const whole = saved(wholeOf(call, page, comment));
  if (utf8(whole) > LONGEST)
    throw refuse(
      "contenttoobig",
      "The content you supplied exceeds the article size limit of 2048 kibibytes.",
    );
  const entity = { result: "Success", contentmodel: "wikitext" };
  if (page && whole === now)
    return ok({ edit: { ...entity, pageid: page.id, title: page.title, nochange: true } });
  state.last++;
  const there = page ?? { id: state.last, wiki, title: title ?? "", revisions: [], sections: [] };
  const parent = page ? latestOf(page).id : 0;
  const revision = { id: ++state.last, parent, user, comment, text: whole, at: world.now() };
  there.revisions.push(revision);
  if (!page) state.pages.push(there);
  show(there, call, field("section") === "new");
  const times = {
    oldrevid: parent,
    newrevid: revision.id,
    newtimestamp: new Date(revision.at).toISOString(),
  };
  return ok({
    edit: { ...(!page && { new: true }), ...entity, pageid: there.id, title: there.title, ...times },
  });
}

function wholeOf(call: Call, page: Page | undefined, comment: string): string {
  const field = (name: string) => text(call.fields()[name]);
  const base = page?.revisions.find(({ id }) => id === Number(field("baserevid")));
  if (field("baserevid") !== undefined && !base)
    throw refuse("nosuchrevid", `There is no revision with ID ${field("baserevid")}.`);
  const undo = page?.revisions.find(({ id }) => id === Number(field("undo")));
  if (field("undo") !== undefined) {
    const after = Number(field("undoafter") ?? undo?.parent);
    const before = page?.revisions.find(({ id }) => id === after);
    if (!page || !undo || !before) throw refuse("nosuchrevid", "There is no revision with that ID.");
    const rest = merged(undo.text, latestOf(page).text, before.text);
    if (rest === undefined)
      throw refuse("undofailure", "The edit could not be undone due to conflicting intermediate edits.");
    return rest;
  }
  const words = field("text");
  if (words === undefined)
    throw refuse(
      "missingparam",
      'At least one of the parameters "text", "appendtext" and "undo" is required.',
    );
  if (field("section") === "new") {
    const changed =
      page && base ? base.id !== latestOf(page).id : page && field("basetimestamp") !== undefined;
    // A repeat of the newest edit.
    if (page && changed && latestOf(page).user === call.who() && latestOf(page).comment === comment)
      throw refuse("editconflict", "Edit conflict.");
    const heading = field("sectiontitle") ?? comment;
    return [...(page ? [latestOf(page).text] : []), ...(heading ? [`== ${heading} ==`] : []), words].join(
      "\n\n",
    );
  }
  if (!page || !base || base === latestOf(page)) return words;
  const whole = merged(base.text, latestOf(page).text, saved(words));
  if (whole === undefined) throw refuse("editconflict", "Edit conflict.");
  return whole;
}

/** A section is a post of its own, a page one that is edited. */
function show(page: Page, call: Call, isSection: boolean): void {
  const { world } = call;
  const { text: source, id } = latestOf(page);
  if (isSection) {
    page.sections.push(String(id));
    world.accept(shown(page, call, String(id), sectionsIn(source).at(-1) ?? ""));
  } else if (page.sections.length > 0) correct(page, call);
  else if (page.revisions.length === 1) world.accept(shown(page, call, String(page.id), source));
  else if (source === "") world.remove(ID, String(page.id));
  else world.update(shown(page, call, String(page.id), source));
}

/** Sections that were corrected, or the one that was cut out. */
function correct(page: Page, call: Call): void {
  const [before = [], now = []] = page.revisions.slice(-2).map(({ text: source }) => sectionsIn(source));
  const gone = before.length > now.length ? before.findIndex((one, index) => one !== now[index]) : -1;
  const [removed] = gone < 0 ? [] : page.sections.splice(gone, 1);
  if (removed !== undefined) call.world.remove(ID, removed);
  for (const [index, id] of page.sections.entries())
    if (now[index] !== undefined && removed === undefined && now[index] !== before[index])
      call.world.update(shown(page, call, id, now[index]));
}

function sectionsIn(source: string): string[] {
  return source
    .split(/^(?=== )/m)
    .filter((part) => part.startsWith("== "))
    .map((part) => part.trim());
}

function shown(page: Page, call: Call, id: string, source: string): SandboxPost {
  const [, heading] = /^== (.+) ==\n/.exec(source) ?? [];
  const isSection = id !== String(page.id);
  const body = isSection ? source.replace(/^== .+ ==\n+/, "") : source;
  const media = [...body.matchAll(/\[\[File:([^|\]]+)(?:[^\]]*?\|alt=([^|\]]*))?[^\]]*\]\]/g)].flatMap(
    ([, name = "", alt = ""]) => {
      const file = call.state.files.find((one) => one.wiki === page.wiki && one.name === name);
      return file ? [{ type: file.type, bytes: file.bytes, alt: unreferenced(alt) }] : [];
    },
  );
  const words = body.replace(/\[\[File:[^\]]*\]\]\n*/g, "");
  const title = isSection ? unreferenced(heading ?? "") : page.title;
  const anchored = `#${encodeURIComponent(title.replace(/ /g, "_"))}`;
  return {
    network: ID,
    account: isSection ? `${page.title} on ${page.wiki}` : page.wiki,
    id,
    url: `${urlOf(page, call)}${isSection ? anchored : ""}`,
    at: latestOf(page).at,
    title,
    text: words,
    html: wikitextHtml(words),
    media,
    length: utf8(source),
    max: LONGEST,
    notes: [...body.matchAll(/\[\[Category:([^\]]*)\]\]/g)].map(([, name]) => `category ${name}`),
  };
}

function unreferenced(words: string): string {
  return words.replace(/&#(\d{1,7});/g, (_, code: string) => String.fromCodePoint(Number(code)));
}

export function ok(body: object): SandboxReply {
  return { status: 200, body };
}
