/** Confluence's two APIs as far as the adapter speaks them: version 2 of the Cloud, and that of Data Center, as one. */
import * as v from "valibot";
import {
  expectReply,
  type Http,
  type HttpRequest,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";
import { type Attached, storageOf } from "./storage.ts";

export const channel = v.strictObject({
  server: url("Where Confluence is, such as https://acme.atlassian.net/wiki"),
  email: v.optional(text("In the Cloud: the account's address; leave it out for Data Center")),
  token: secret("In the Cloud an API token, on Data Center a personal access token"),
  space: v.pipe(
    text("The space's key, such as DOCS"),
    v.regex(/^~?[\w.-]+$/, "is not a space's key: it stands in the address of its pages, such as DOCS"),
  ),
  parent: v.optional(
    v.pipe(
      text("Number of the page below which pages are made; default: the space's home"),
      v.regex(/^\d+$/, "is not a page's number: it stands in the page's address"),
    ),
  ),
});

export const options = v.strictObject({
  update: v.optional(
    v.pipe(v.boolean(), v.description("The words of a page of this title are replaced, where there is one")),
  ),
  parent: v.optional(
    v.pipe(text("Number of the page below which it is made"), v.regex(/^\d+$/, "is not a page's number")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.union([
  v.object({ errors: v.array(v.object({ status: v.number(), title: v.optional(v.string()) })) }),
  v.object({ statusCode: v.number(), message: v.string() }),
  v.object({ "status-code": v.number(), message: v.string() }),
  v.object({ code: v.number(), message: v.string() }),
]);

const Links = v.optional(v.object({ base: v.optional(v.string()), webui: v.optional(v.string()) }), {});
const Page = v.object({
  id: v.string(),
  title: v.string(),
  status: v.optional(v.string(), "current"),
  version: v.object({
    number: v.number(),
    createdAt: v.optional(v.string()),
    when: v.optional(v.string()),
  }),
  body: v.optional(v.object({ storage: v.optional(v.object({ value: v.string() })) }), {}),
  _links: Links,
});
export type Page = v.InferOutput<typeof Page>;
const List = v.object({ results: v.array(Page), _links: Links });

/** What both call by other names. */
export function apiOf({ email, server }: Channel) {
  const isCloud = email !== undefined;
  return {
    isCloud,
    pages: isCloud ? "/api/v2/pages" : "/rest/api/content",
    whole: isCloud ? { "body-format": "storage" } : { expand: "body.storage,version" },
    headers: {
      Authorization: isCloud
        ? (token: string) => `Basic ${Buffer.from(`${email}:${token}`).toString("base64")}`
        : (token: string) => `Bearer ${token}`,
    },
    urlOf: ({ _links: { base = server, webui = "" } }: Pick<Page, "_links">) => `${base}${webui}`,
  };
}

/** Where pages go: the space, and the page below which they hang, which also keeps the pictures. */
export interface Place {
  space: string;
  parent: string;
  parentTitle: string;
}

const Spaces = v.object({
  results: v.pipe(v.array(v.object({ id: v.string(), homepageId: v.nullish(v.string()) })), v.minLength(1)),
});
const Space = v.object({
  id: v.union([v.number(), v.string()]),
  homepage: v.nullish(v.object({ id: v.string() })),
});

export function placeOf(post: Post<Options>, context: Preparation<Channel>): Promise<Place> {
  return context.step("place", async () => {
    const { ask, channel } = context;
    const { id, home } = await spaceOf(context);
    const parent = post.options.parent ?? channel.parent ?? home;
    const { pages } = apiOf(channel);
    const page =
      parent === ""
        ? undefined
        : await ask({ path: `${pages}/${parent}`, query: wholeOf(channel) }, Page, "the page above");
    return { space: id, parent, parentTitle: page?.title ?? "" };
  });
}

async function spaceOf({ ask, channel }: Reach<Channel>): Promise<{ id: string; home: string }> {
  const { isCloud } = apiOf(channel);
  if (!isCloud) {
    const path = `/rest/api/space/${encodeURIComponent(channel.space)}`;
    const { id, homepage } = await ask({ path, query: { expand: "homepage" } }, Space, "a space");
    return { id: String(id), home: homepage?.id ?? "" };
  }
  const query = { keys: channel.space };
  const found = await ask({ path: "/api/v2/spaces", query }, Spaces, "the space");
  return { id: found.results[0]!.id, home: found.results[0]!.homepageId ?? "" };
}

function wholeOf(channel: Channel) {
  return apiOf(channel).whole;
}

/** The page of this title in the space: there is one at most. */
export async function pageTitled(
  title: string,
  space: string,
  { ask, channel }: Reach<Channel>,
): Promise<Page | undefined> {
  const { isCloud, pages } = apiOf(channel);
  const where = isCloud
    ? { "space-id": space, status: "current" }
    : { spaceKey: channel.space, type: "page", status: "current" };
  const { results, _links } = await ask(
    { path: pages, query: { ...where, title, ...wholeOf(channel) } },
    List,
    "pages",
  );
  const page = results.find((one) => one.title === title);
  // In a list the address of the site stands beside it.
  return page && { ...page, _links: { base: _links.base, ...page._links } };
}

export async function pageAt(id: string, { http, channel }: Reach<Channel>): Promise<Page | "gone"> {
  const path = `${apiOf(channel).pages}/${encodeURIComponent(id)}`;
  const reply = await http({ path, query: wholeOf(channel), ok: [404] });
  if (reply.status === 404) return "gone";
  const page = expectReply(reply, Page, "a page", true);
  return page.status === "current" ? page : "gone";
}

export function readPage(reply: Awaited<ReturnType<Http>>): Page {
  return expectReply(reply, Page, "a page");
}

/** The request that makes a page, or a new version of one. */
export function writing(
  {
    title,
    body,
    place,
    page,
  }: { title: string; body: string; place?: Place; page?: { id: string; version: number } },
  channel: Channel,
): HttpRequest {
  const { isCloud, pages } = apiOf(channel);
  const storage = { value: body, representation: "storage" };
  const version = page && { version: { number: page.version } };
  const own = isCloud
    ? {
        status: "current",
        ...(place && { spaceId: place.space, ...(place.parent && { parentId: place.parent }) }),
        body: storage,
      }
    : {
        type: "page",
        ...(place && {
          space: { key: channel.space },
          ...(place.parent && { ancestors: [{ id: place.parent }] }),
        }),
        body: { storage },
      };
  const id = page && isCloud ? { id: page.id } : {};
  return {
    method: page ? "PUT" : "POST",
    path: page ? `${pages}/${encodeURIComponent(page.id)}` : pages,
    json: { ...id, title, ...own, ...version },
  };
}

const Attachments = v.object({ results: v.array(v.object({ title: v.string() })) });

/** Files hang on the page above: the page itself is not there before it is out. The same bytes have the same name. */
export async function bodyOf(post: Post<Options>, context: Preparation<Channel>): Promise<string> {
  const place = await placeOf(post, context);
  const names = await context.uploads(post, (media) => attach(media, place, context));
  const { space } = context.channel;
  const pictures: Attached[] = post.media.map(({ alt }, at) => ({
    ...{ name: names[at] ?? "", alt, page: place.parentTitle, space },
  }));
  return storageOf(post.text, pictures);
}

async function attach(media: Media, { parent }: Place, context: Preparation<Channel>): Promise<string> {
  const filename = `${media.sha256.slice(0, 8)}-${nameOf(media).replace(/[^\w.-]/g, "-")}`;
  const path = `/rest/api/content/${parent}/child/attachment`;
  const there = await context.ask({ path, query: { filename } }, Attachments, "attachments");
  if (there.results.length > 0) return filename;
  const value = await context.stream(media);
  const parts = [
    { name: "file", value, filename, type: media.type },
    { name: "minorEdit", value: "true" },
  ];
  // Without it the request is taken for a forged one.
  const headers = { "X-Atlassian-Token": "nocheck" };
  await context.ask({ method: "POST", path, parts, headers }, Attachments, "an attachment");
  return filename;
}
