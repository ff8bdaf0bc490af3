/** One page of a wiki: what is there before, what goes there, and the look-up after a lost answer. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Media,
  NetworkError,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  type Reply,
} from "../../adapter.ts";
import { type Channel, isRefusal, loggedIn, meaningOf, type Options, query } from "./api.ts";
import { deeper, headingOf, normal, pageText, type Shown } from "./text.ts";

const Revision = v.object({
  revid: v.number(),
  parentid: v.optional(v.number(), 0),
  timestamp: v.optional(v.string(), ""),
  comment: v.optional(v.string(), ""),
  slots: v.optional(v.object({ main: v.object({ content: v.optional(v.string()) }) })),
});
type Revision = v.InferOutput<typeof Revision>;
const Refusals = v.optional(v.array(v.object({ code: v.string(), text: v.optional(v.string(), "") })), []);
const Page = v.object({
  pageid: v.optional(v.number(), 0),
  title: v.optional(v.string(), ""),
  missing: v.optional(v.boolean(), false),
  invalid: v.optional(v.boolean(), false),
  invalidreason: v.optional(v.string(), ""),
  lastrevid: v.optional(v.number(), 0),
  fullurl: v.optional(v.string(), ""),
  revisions: v.optional(v.array(Revision), []),
  actions: v.optional(v.object({ edit: Refusals, create: Refusals }), { edit: [], create: [] }),
});
export type Page = v.InferOutput<typeof Page>;
const Pages = v.object({
  query: v.object({ pages: v.pipe(v.array(Page), v.minLength(1)) }),
  continue: v.optional(v.object({ rvcontinue: v.optional(v.string()) })),
});
const Edited = v.object({
  edit: v.object({
    result: v.literal("Success"),
    pageid: v.number(),
    title: v.string(),
    oldrevid: v.optional(v.number()),
    newrevid: v.optional(v.number()),
    nochange: v.optional(v.boolean()),
  }),
});

export type Edit = v.InferOutput<typeof Edited>["edit"];

export function editOf(reply: Reply): Edit {
  return expectReply(reply, Edited, "an edit").edit;
}

const CONTENT = { prop: "info|revisions", inprop: "url", rvprop: "ids|timestamp|content", rvslots: "main" };
// Who keeps the history may have another clock than who answers.
const MARGIN = 60_000;

/** One page with its newest revision; `parameters` say which, and what else of it. */
export async function pageOf(
  reach: Reach<Channel>,
  parameters: Record<string, string | undefined>,
): Promise<Page> {
  const found = await query(reach, { ...CONTENT, ...parameters }, Pages, "a page");
  return found.query.pages[0]!;
}

export async function revisionAt(reach: Reach<Channel>, revids: string): Promise<Revision | undefined> {
  // A revision whose page was deleted is in no list of pages.
  const Answer = v.object({ query: v.object({ pages: v.optional(v.array(Page), []) }) });
  const found = await query(reach, { ...CONTENT, revids }, Answer, "a revision");
  return found.query.pages[0]?.revisions[0];
}

export function contentOf(revision: Revision | undefined): string | undefined {
  return revision?.slots?.main.content;
}

/** Where a post goes, and what is there. */
export interface Place {
  title: string;
  url: string;
  /** Number of the newest revision; 0 where there is no page yet. */
  rev: number;
}

export function nameOfPage({ title = "", options }: Post<Options>, { prefix = "", page }: Channel): string {
  return options.page ?? page ?? `${prefix}${title}`;
}

/** Asked once, before the first attempt. Throws what the wiki would refuse anyway. */
export function placeOf(post: Post<Options>, context: Preparation<Channel>): Promise<Place> {
  return context.step("page", async () => {
    const titles = nameOfPage(post, context.channel);
    const more = { prop: "info", intestactions: "edit|create", intestactionsdetail: "full" };
    const { actions, ...page } = await pageOf(context, { titles, ...more });
    if (page.invalid) throw new NetworkError("rejected", `${titles}: ${page.invalidreason}`);
    const [refusal] = page.missing ? [...actions.create, ...actions.edit] : actions.edit;
    if (refusal) throw new NetworkError(meaningOf(refusal.code), `${refusal.text} (${refusal.code})`);
    return { title: page.title, url: page.fullurl, rev: page.missing ? 0 : page.lastrevid };
  });
}

/** Names that the wiki has for the files. The same bytes are one file there, whatever it is called. */
export function filesOf(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const name = fileName(media);
    const comment = post.options.summary ?? post.title ?? "";
    const fields = { action: "upload", format: "json", formatversion: "2", assert: "user" };
    const texts = { ...fields, filename: name, comment, text: media.alt, watchlist: "nochange" };
    const value = await context.stream(media);
    return loggedIn(context, async ({ headers, csrf }) => {
      const parts = [
        ...Object.entries(texts).map(([name, value]) => ({ name, value })),
        { name: "token", value: csrf },
        { name: "file", value, filename: name, type: media.type },
      ];
      const ok = [`"code":"${THERE}"`];
      const reply = await context.http({ method: "POST", path: "", parts, headers, safe: true, ok });
      if (!isRefusal(reply, THERE)) return uploadedAs(reply, name);
      const sha1 = createHash("sha1")
        .update(await context.bytes(media))
        .digest("hex");
      if ((await sha1Of(name, context)) === sha1) return name;
      throw new NetworkError(
        "rejected",
        `the wiki has another file ${name}, and the account may not replace it`,
      );
    });
  });
}

// Who may not replace files is told this even of the same bytes, such as those of an upload that was cut off.
const THERE = "fileexists-forbidden";
const Info = v.object({ imageinfo: v.optional(v.array(v.object({ sha1: v.string() })), []) });
const Infos = v.object({ query: v.object({ pages: v.array(Info) }) });

async function sha1Of(name: string, context: Preparation<Channel>): Promise<string | undefined> {
  const parameters = { titles: `File:${name}`, prop: "imageinfo", iiprop: "sha1" };
  const { query: found } = await query(context, parameters, Infos, "a file");
  return found.pages[0]?.imageinfo[0]?.sha1;
}

const Uploaded = v.object({
  upload: v.object({
    result: v.string(),
    filename: v.optional(v.string()),
    warnings: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
});

function uploadedAs(reply: Reply, name: string): string {
  const { result, filename, warnings } = expectReply(reply, Uploaded, "a file", true).upload;
  if (result === "Success" && filename) return filename;
  const { duplicate, nochange } = warnings;
  if (nochange !== undefined) return name;
  if (Array.isArray(duplicate) && typeof duplicate[0] === "string") return duplicate[0];
  throw new NetworkError("rejected", `the wiki does not take ${name}: ${Object.keys(warnings).join(", ")}`);
}

const EXTENSIONS: Record<string, string> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
};

/** Readable, and another one for other bytes, so that nothing of somebody else's is replaced. */
function fileName({ file, sha256, type }: Media): string {
  const base = (file.split("/").at(-1) ?? "").replace(/\.\w+$/, "").replace(/[^\p{L}\p{N}.-]+/gu, "-");
  const name = `${base.slice(0, 60) || "Picture"}-${sha256.slice(0, 8)}.${EXTENSIONS[type] ?? "bin"}`;
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

/** The words of a page, or those below a section's heading. */
export async function wordsOf(post: Post<Options>, context: Preparation<Channel>): Promise<string> {
  const names = await filesOf(post, context);
  const files: Shown[] = post.media.map(({ alt }, at) => ({ name: names[at] ?? "", alt }));
  const { channel } = context;
  if (channel.page !== undefined) return pageText(deeper(post.text), files);
  return pageText(post.text, files, post.options.categories ?? channel.categories);
}

/** What the page's history says. A section's has the key in it: the wiki, and we, know it again by that. */
export function summaryOf(
  { title = "", options }: Post<Options>,
  { channel, key }: Context<Channel>,
): string {
  const words = (options.summary ?? title).replace(/\s+/g, " ").trim();
  return channel.page === undefined ? words : `${words} (${key.slice(0, 12)})`;
}

/** The page of this name, if its words are the post's: as they were first, or now where they replaced others. */
export async function ownPage(
  post: Post<Options>,
  context: Context<Channel>,
): Promise<{ page: Page; isOurs: boolean } | undefined> {
  const place = await placeOf(post, context);
  const first = post.options.update && place.rev > 0 ? {} : { rvdir: "newer", rvlimit: "1" };
  const page = await pageOf(context, { titles: place.title, ...first });
  if (page.missing) return undefined;
  const isOurs = normal(contentOf(page.revisions[0]) ?? "") === (await wordsOf(post, context));
  return { page, isOurs };
}

/** The edit of this page that has the key in its summary. */
export async function ownSection(
  post: Post<Options>,
  context: Context<Channel>,
  since: Date,
): Promise<{ page: Page; revision: Revision } | undefined> {
  const { title } = await placeOf(post, context);
  const comment = summaryOf(post, context);
  const rvend = new Date(since.getTime() - MARGIN).toISOString();
  const list = everyItem(async (rvcontinue) => {
    const more = { rvprop: "ids|timestamp|comment", rvlimit: "50", rvend, titles: title };
    const parameters = { ...CONTENT, rvslots: undefined, ...more, rvcontinue };
    const found = await query(context, parameters, Pages, "a page's history");
    const page = found.query.pages[0]!;
    return {
      items: page.revisions.map((revision) => ({ page, revision })),
      next: found.continue?.rvcontinue,
    };
  });
  for await (const one of list) if (one.revision.comment === comment) return one;
  return undefined;
}

/** `before`: the revision that ours came after, 0 for a new page. */
export function pageReceipt(
  id: number,
  url: string,
  rev: number,
  before: number,
  { page }: Options = {},
): Receipt {
  // A page that has another name than the title says nothing of the title.
  const named = page !== undefined && { named: page };
  return {
    id: String(id),
    url,
    ref: { rev: String(rev), first: String(rev), before: String(before), ...named },
  };
}

export function sectionReceipt(page: number, url: string, rev: number, title = ""): Receipt {
  const anchor = encodeURIComponent(title.replace(/\s+/g, " ").trim().replace(/ /g, "_"));
  const ref = { page: String(page), rev: String(rev), heading: headingOf(title) };
  return { id: String(rev), url: `${url}#${anchor}`, ref };
}
