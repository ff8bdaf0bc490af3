/** MediaWiki: a page for each campaign, or a section at the end of one page. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  type Found,
  NetworkError,
  type Objection,
  type Post,
  type Receipt,
} from "../../adapter.ts";
import {
  type Channel,
  channel,
  classify,
  EDIT,
  ERROR,
  isRefusal,
  type Options,
  options,
  query,
  write,
} from "./api.ts";
import { edit, read, retract } from "./change.ts";
import {
  type Edit,
  editOf,
  filesOf,
  nameOfPage,
  ownPage,
  ownSection,
  type Place,
  pageOf,
  pageReceipt,
  placeOf,
  sectionReceipt,
  summaryOf,
  wordsOf,
} from "./page.ts";
import { headingOf, titleProblem } from "./text.ts";

const Me = v.object({
  query: v.object({
    userinfo: v.object({ id: v.number(), name: v.string(), rights: v.optional(v.array(v.string()), []) }),
    general: v.object({ base: v.string(), maxarticlesize: v.optional(v.number()) }),
  }),
});
const TITLE = 255;

export const mediawiki = defineAdapter({
  id: "mediawiki",
  name: "MediaWiki",
  source: { url: "https://www.mediawiki.org/wiki/API:Edit", checked: "2026-11-27" },
  group: "knowledge",
  shape: "article",
  look: { mark: "Mw", light: "#54595d", dark: "#c8ccd1", layout: "article" },

  channel,
  options,
  auth: {
    kind: "password",
    url: "https://www.mediawiki.org/wiki/Special:MyLanguage/Manual:Bot_passwords",
    steps: [
      "Make an account for the project on the wiki, and ask an administrator for the group bot if the wiki has rules for bots.",
      "Log in as it, open Special:BotPasswords, name one broadcast, and tick the grants Edit existing pages, Create, edit, and move pages, and Upload new files.",
      "Copy name and password, which is shown once: they are `username` (Acme@broadcast) and `password`.",
      "Open Special:Version: the address of api.php there is `api`.",
    ],
    asks: ["api", "username", "password"],
  },
  endpoint: ({ api, token }) => ({
    base: api,
    ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
  }),
  own: { headers: [ERROR] },
  classify,

  title: { max: TITLE, unit: "byte", markup: "plain", line: true, required: true },
  // $wgMaxArticleSize, with some room for pictures and categories; `account` asks for the wiki's own.
  text: { max: 2_000_000, unit: "byte", markup: "wikitext", tags: "none" },
  media: {
    count: 20,
    alt: 1_000,
    // $wgMaxUploadSize; what PHP takes may be less.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 100_000_000 },
  },
  thread: "none",
  card: "none",
  rulesFor: ({ page, prefix = "" }) =>
    page === undefined ? { title: { max: TITLE - Buffer.byteLength(prefix) } } : {},
  // $wgRateLimits of new accounts; others may do more.
  rates: [{ posts: 8, per: "1m" }],
  // `createonly` refuses a second page, and the history names a section's key; `find` decides.
  idempotency: "none",
  // A page keeps its name; a heading is a line of the page.
  edits: ({ page }) => ({
    fields: ["text", ...(page === undefined ? [] : ["title" as const]), "media", "alt", "options"],
    fixed: ["page", "update"],
    visible: true,
  }),
  retracts: {},

  check(post, channel) {
    const found: Objection[] = [];
    const name = nameOfPage(post, channel);
    const problem = titleProblem(name);
    const remedy = "Name the page with `options: { mediawiki: { page: … } }`.";
    if (problem) found.push({ message: problem, remedy, about: "options" });
    const length = Buffer.byteLength(name);
    if (post.options.page && length > TITLE)
      found.push({
        message: `the page's name has ${length} bytes; a wiki takes ${TITLE}`,
        about: "options",
      });
    if (post.options.update && channel.page !== undefined)
      found.push({
        message: "a section is added, and nothing is replaced",
        remedy: "Leave `update` out, or the channel's `page`.",
        about: "options",
      });
    for (const category of [...(channel.categories ?? []), ...(post.options.categories ?? [])])
      if (titleProblem(category))
        found.push({ message: `${category} is not a category's name`, about: "options" });
    return found;
  },

  async prepare(posts, context) {
    for (const post of posts) {
      await placeOf(post, context);
      await filesOf(post, context);
    }
  },

  async publish(post, context) {
    const place = await placeOf(post, context);
    const words = await wordsOf(post, context);
    const said = { summary: summaryOf(post, context), ...(post.options.minor && { minor: "1" }) };
    if (context.channel.page !== undefined) {
      const section = { section: "new", sectiontitle: headingOf(post.title ?? ""), text: words };
      // With a time that is over, a repeat right behind the first is refused as a conflict with it; others' edits are none.
      const at = context.startedAt.toISOString();
      const form = {
        ...EDIT,
        title: place.title,
        ...section,
        ...said,
        basetimestamp: at,
        starttimestamp: at,
      };
      const reply = await write(context, form, ["editconflict"]);
      if (isRefusal(reply, "editconflict")) {
        const there = await ownSection(post, context, context.startedAt);
        if (there) return sectionReceipt(there.page.pageid, place.url, there.revision.revid, post.title);
        throw new NetworkError("rejected", "the page was changed at the same moment (editconflict)");
      }
      const { pageid, newrevid } = editOf(reply);
      return sectionReceipt(pageid, place.url, newrevid ?? place.rev, post.title);
    }
    if (post.options.update && place.rev > 0) {
      const form = { ...EDIT, title: place.title, text: words, nocreate: "1", ...said };
      const reply = await write(context, { ...form, baserevid: String(place.rev) });
      return receiptOf(editOf(reply), place, post, context);
    }
    const form = { ...EDIT, title: place.title, text: words, createonly: "1", ...said };
    const reply = await write(context, form, ["articleexists"]);
    if (!isRefusal(reply, "articleexists"))
      return receiptOf(editOf(reply), { ...place, rev: 0 }, post, context);
    const there = await ownPage(post, context);
    if (there?.isOurs)
      return pageReceipt(there.page.pageid, place.url, there.page.lastrevid, 0, post.options);
    throw new NetworkError(
      "rejected",
      `there is a page ${place.title} with other words; to replace them, set \`options: { mediawiki: { update: true } }\``,
    );
  },

  /** Other words there mean that ours are not: a second attempt puts them there or is refused. */
  async find(post, context, since): Promise<Found> {
    const place = await placeOf(post, context);
    if (context.channel.page !== undefined) {
      const there = await ownSection(post, context, since);
      return there
        ? sectionReceipt(there.page.pageid, place.url, there.revision.revid, post.title)
        : "absent";
    }
    const there = await ownPage(post, context);
    if (!there?.isOurs) return "absent";
    const before = post.options.update ? place.rev : 0;
    return pageReceipt(there.page.pageid, place.url, there.page.lastrevid, before, post.options);
  },

  read,
  edit,
  retract,

  async account(reach) {
    const parameters = { meta: "userinfo|siteinfo", uiprop: "rights", siprop: "general" };
    const { userinfo, general } = (await query(reach, parameters, Me, "an account")).query;
    const { id, name, rights } = userinfo;
    if (!rights.includes("edit"))
      throw new NetworkError(
        "auth",
        "the account may not edit: give the bot password the grant Edit existing pages",
      );
    const host = new URL(reach.channel.api).host;
    const most = general.maxarticlesize;
    return {
      id: String(id),
      handle: `${name} on ${host}`,
      url: general.base.replace(/[^/=]*$/, `User:${encodeURIComponent(name)}`),
      ...(most && { limits: { text: { max: Math.max(1, most - ROOM) } } }),
    };
  },
});

// For pictures and categories, and what stands on the page already.
const ROOM = 97_152;

async function receiptOf(
  { pageid, newrevid, nochange }: Edit,
  place: Place,
  { options }: Post<Options>,
  context: Context<Channel>,
): Promise<Receipt> {
  // It stood there already; then a question that fails harms nothing.
  const rev = nochange ? (await pageOf(context, { pageids: String(pageid) })).lastrevid : newrevid;
  return pageReceipt(pageid, place.url, rev ?? 0, place.rev, options);
}
