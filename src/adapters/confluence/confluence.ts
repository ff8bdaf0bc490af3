/** Confluence, in the Cloud and on Data Center: a page in a space. A space has each title once, so a repeat meets the first. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  NetworkError,
  type Post,
  type Preparation,
  type Receipt,
} from "../../adapter.ts";
import { likeness } from "../../text/likeness.ts";
import {
  apiOf,
  bodyOf,
  type Channel,
  channel,
  type Options,
  options,
  type Page,
  pageAt,
  pageTitled,
  placeOf,
  Refused,
  readPage,
  writing,
} from "./api.ts";
import { wordsIn } from "./storage.ts";

const Me = v.object({
  type: v.optional(v.string()),
  accountId: v.optional(v.string()),
  userKey: v.optional(v.string()),
  displayName: v.optional(v.string(), ""),
});

export const confluence = defineAdapter({
  id: "confluence",
  name: "Confluence",
  source: { url: "https://developer.atlassian.com/cloud/confluence/rest/v2/", checked: "2026-11-27" },
  api: { version: "v2" },
  group: "knowledge",
  shape: "article",
  look: { mark: "Cf", light: "#0c5ad6", dark: "#7fb2ff", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://id.atlassian.com/manage-profile/security/api-tokens",
    steps: [
      "In the Cloud: make an API token at id.atlassian.com, Security, API tokens; it is `token`, the account's address is `email`.",
      "On Data Center: make a personal access token in your profile, Personal Access Tokens; it is `token`, and `email` stays empty.",
      "`server` is the site with /wiki in the Cloud, https://acme.atlassian.net/wiki; `space` the key in the address of the space's pages.",
      "`parent` is the number in the address of the page below which new pages hang; without it they hang below the space's home.",
    ],
    asks: ["server", "email", "token", "space"],
  },
  endpoint: (settings) => ({
    base: settings.server,
    headers: { Authorization: apiOf(settings).headers.Authorization(settings.token) },
  }),
  errors: [{ status: 403, code: "auth" }],
  own: { headers: ["x-ratelimit-limit", "ratelimit-reason"], body: Refused },

  title: { max: 255, unit: "codepoint", markup: "plain", line: true, required: true },
  // No limit is known; the editor becomes slow long before.
  text: { max: 1_000_000, unit: "byte", markup: "html", tags: "none" },
  media: {
    count: 20,
    alt: 1_000,
    // The site's administrator says how large; 100 MB is Data Center's own.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 100_000_000 },
  },
  thread: "none",
  card: "none",
  rates: [],
  // A space has each title once; `find` decides.
  idempotency: "none",
  edits: {
    fields: ["text", "title", "media", "alt", "options"],
    fixed: ["update", "parent"],
    visible: true,
  },
  retracts: {},

  async prepare(posts, context) {
    for (const post of posts) {
      await bodyOf(post, context);
      if (post.options.update) await before(post, context);
    }
  },

  async publish(post, context) {
    const { title = "", options } = post;
    const place = await placeOf(post, context);
    const body = await bodyOf(post, context);
    const there = options.update ? await before(post, context) : null;
    const page = there ? { id: there.id, version: there.version + 1 } : undefined;
    // A page that is there stays where it is.
    const request = writing({ title, body, ...(page ? { page } : { place }) }, context.channel);
    const reply = await context.http({ ...request, ok: [409, "already exists"] });
    const was: Record<string, string> = there ? { was: "there" } : {};
    if (reply.status < 300) return receiptOf(readPage(reply), context, was);
    const found = await pageTitled(title, place.space, context);
    if (found && isOurs(post, found)) return receiptOf(found, context, was);
    throw new NetworkError(
      "rejected",
      there
        ? "somebody else has changed the page at the same moment"
        : `the space has a page ${title} with other words; to replace them, set \`options: { confluence: { update: true } }\``,
    );
  },

  /** Other words there mean that ours are not: a second attempt puts them there or is refused. */
  async find(post, context) {
    const { space } = await placeOf(post, context);
    const page = await pageTitled(post.title ?? "", space, context);
    if (!page || !isOurs(post, page)) return "absent";
    const there = post.options.update ? await before(post, context) : null;
    return receiptOf(page, context, there?.id === page.id ? { was: "there" } : {});
  },

  async account({ ask, channel }) {
    const { type, accountId, userKey, displayName } = await ask(
      { path: "/rest/api/user/current" },
      Me,
      "a user",
    );
    // Without a login that it knows, Confluence answers for a stranger.
    if (type === "anonymous")
      throw new NetworkError("auth", "Confluence does not know the token, and takes us for a stranger");
    const handle = `${displayName} in ${channel.space} on ${new URL(channel.server).host}`;
    return { id: accountId ?? userKey ?? displayName, handle };
  },

  async read({ id, ref }, reach) {
    const page = await pageAt(id, reach);
    if (page === "gone") return page;
    const { title, version } = page;
    const at = version.createdAt ?? version.when;
    return {
      text: wordsIn(page.body.storage?.value ?? ""),
      title,
      url: apiOf(reach.channel).urlOf(page),
      ...(ref?.first !== String(version.number) && at && { edited: new Date(at).toISOString() }),
    };
  },

  /** Each version has a number, so what somebody else has changed since is not lost. */
  async edit({ id, ref }, post, context) {
    const { title = "" } = post;
    const version = Number(ref?.version ?? "1") + 1;
    const body = await bodyOf(post, context);
    const request = writing({ title, body, page: { id, version } }, context.channel);
    const reply = await context.http({ ...request, ok: [409] });
    if (reply.status < 300) return receiptOf(readPage(reply), context, ref);
    const page = await pageAt(id, context);
    if (page !== "gone" && isOurs(post, page)) return receiptOf(page, context, ref);
    throw new NetworkError("rejected", "somebody else has changed the page since; edit it there");
  },

  // To the trash, from which a person can take it back.
  async retract({ id, ref }, { http, channel }) {
    if (ref?.was)
      throw new NetworkError(
        "rejected",
        "the page was there before; restore its older version in its history",
      );
    await http({ method: "DELETE", path: `${apiOf(channel).pages}/${encodeURIComponent(id)}`, ok: [404] });
  },
});

/** The page whose words are to be replaced, as it is before we begin. */
function before(
  { title = "", ...post }: Post<Options>,
  context: Preparation<Channel>,
): Promise<{ id: string; version: number } | null> {
  return context.step("there", async () => {
    const { space } = await placeOf({ title, ...post }, context);
    const page = await pageTitled(title, space, context);
    return page ? { id: page.id, version: page.version.number } : null;
  });
}

/** Confluence writes what it stores anew; letters and digits stay. */
function isOurs({ title, text }: Post<Options>, page: Page): boolean {
  const stored = page.body.storage?.value ?? "";
  return page.title === title && likeness(wordsIn(text), wordsIn(stored)) === "same";
}

function receiptOf(page: Page, { channel }: Context<Channel>, ref: Receipt["ref"] = {}): Receipt {
  const version = String(page.version.number);
  return { id: page.id, url: apiOf(channel).urlOf(page), ref: { first: version, ...ref, version } };
}
