/** Google Business Profile's local posts: https://developers.google.com/my-business/content/posts-data. */
import * as v from "valibot";
import type { Reach, Receipt, Refusal, Reply } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret("Access token with business.manage"),
  account: v.pipe(
    text("The account's number, in quotes"),
    v.transform((typed) => typed.replace(/^accounts\//, "")),
    v.regex(/^\d+$/, "is not an account's number, in quotes"),
  ),
  location: v.pipe(
    text("The location's number, in quotes"),
    v.transform((typed) => typed.replace(/^locations\//, "")),
    v.regex(/^\d+$/, "is not a location's number, in quotes"),
  ),
  server: base("Where the API of posts is", "https://mybusiness.googleapis.com"),
  information: base("Where locations are described", "https://mybusinessbusinessinformation.googleapis.com"),
  login: base("Where access tokens come from", "https://oauth2.googleapis.com"),
});

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?$/;
const time = (what: string) =>
  v.pipe(
    v.string(),
    v.regex(TIME, "is not a day or a time: 2026-12-01, 2026-12-01T09:00"),
    v.description(what),
  );

export const options = v.strictObject({
  button: v.optional(
    v.pipe(
      v.picklist(["BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL", "none"]),
      v.description("The button below the post, which leads to the campaign's link. Default: LEARN_MORE."),
    ),
  ),
  event: v.optional(
    v.pipe(
      v.strictObject({
        title: v.pipe(text("What it is called"), v.maxLength(58)),
        start: time("When it begins, by the location's clock"),
        end: time("When it ends"),
      }),
      v.description("Makes it an event; an offer needs one as well, for as long as it holds."),
    ),
  ),
  offer: v.optional(
    v.pipe(
      v.strictObject({
        coupon: v.optional(text("The code")),
        terms: v.optional(text("The conditions")),
      }),
      v.description("Makes it an offer."),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** google.rpc.Status. */
export const Refused = v.object({
  error: v.object({
    code: v.number(),
    message: v.optional(v.string(), ""),
    status: v.string(),
    details: v.optional(v.array(v.looseObject({}))),
  }),
});

export const LocalPost = v.object({
  name: v.pipe(v.string(), v.regex(/^accounts\/[^/]+\/locations\/[^/]+\/localPosts\/[^/]+$/)),
  summary: v.optional(v.string(), ""),
  state: v.optional(v.string()),
  searchUrl: v.optional(v.string()),
  createTime: v.optional(v.string(), ""),
});
export type LocalPost = v.InferOutput<typeof LocalPost>;

export function endpointOf({ server, token }: Channel) {
  return { base: `${server}/v4`, headers: { Authorization: `Bearer ${token}` } };
}

export function postsOf({ account, location }: Channel): string {
  return `/accounts/${account}/locations/${location}/localPosts`;
}

/** Its name has slashes, which belong to the path. */
export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/${id.split("/").map(encodeURIComponent).join("/")}`;
}

export function receiptOf({ name, searchUrl, state }: LocalPost): Receipt {
  const isSeen = state === undefined || state === "LIVE";
  return { id: name, ...(searchUrl && { url: searchUrl }), ...(!isSeen && { hidden: "review" as const }) };
}

const Location = v.object({
  title: v.string(),
  metadata: v.optional(v.object({ mapsUri: v.optional(v.string()) })),
});

export async function account({ ask, channel }: Reach<Channel>) {
  const url = `${channel.information}/v1/locations/${channel.location}`;
  const { headers } = endpointOf(channel);
  const query = { readMask: "name,title,metadata" };
  const { title, metadata } = await ask({ url, query, headers }, Location, "a location");
  return { id: channel.location, handle: title, ...(metadata?.mapsUri && { url: metadata.mapsUri }) };
}

/** By the name of its status; what exactly was wrong stands in the details. */
export function refusalOf({ status, body }: Reply): Refusal | undefined {
  const refused = v.safeParse(Refused, body);
  if (!refused.success || status < 400) return undefined;
  const { message, status: name, details } = refused.output.error;
  const [, reason] = /"(?:code|reason)":"([A-Z][A-Z_]+)"/.exec(JSON.stringify(details ?? [])) ?? [];
  const words = `${message || name}${reason ? ` (${reason})` : ""}`;
  if (name === "UNAUTHENTICATED" || name === "PERMISSION_DENIED") return { code: "auth", message: words };
  if (name === "RESOURCE_EXHAUSTED") return { code: "limited", message: words };
  return status < 500 ? { code: "rejected", message: words } : undefined;
}
