/** The Graph API as far as a page's posts need it: https://developers.facebook.com/docs/pages-api/posts. */
import * as v from "valibot";
import {
  type HttpRequest,
  type Reach,
  type Receipt,
  type Refusal,
  type Reply,
  unlessGone,
} from "../../adapter.ts";
import { afterSeconds } from "../../bounds.ts";
import { base, secret, text } from "../../settings.ts";

const VERSION = "v25.0";

export const channel = v.strictObject({
  page: v.pipe(
    text("The page's id, in quotes"),
    v.regex(/^\d+$/, "is not a page's id: a long number, in quotes"),
  ),
  token: secret(
    "Page access token with pages_manage_posts, pages_read_engagement and pages_manage_engagement",
  ),
  version: v.optional(
    v.pipe(
      text(`Version of the Graph API; default ${VERSION}`),
      v.regex(/^v\d+\.\d$/, "is not a version: v25.0"),
    ),
    VERSION,
  ),
  server: base("Where the API is", "https://graph.facebook.com"),
  web: base("Where people read", "https://www.facebook.com"),
});

export const options = v.strictObject({});

export type Channel = v.InferOutput<typeof channel>;

export const Refused = v.object({
  error: v.object({
    message: v.string(),
    code: v.optional(v.number()),
    error_subcode: v.optional(v.number()),
    error_user_msg: v.optional(v.string()),
    is_transient: v.optional(v.boolean()),
  }),
});

export const Made = v.object({ id: v.string(), permalink_url: v.optional(v.string()) });
export const Done = v.object({ success: v.literal(true) });
/** What of it a person meets who asks for what is gone; it also says so if a permission is missing. */
export const GONE = "does not exist";

export function receiptOf({ id, permalink_url }: v.InferOutput<typeof Made>, { web }: Channel): Receipt {
  return { id, url: permalink_url ?? `${web}/${id}` };
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/${encodeURIComponent(id)}`;
}

const Page = v.object({ id: v.string(), name: v.string(), link: v.optional(v.string()) });

export async function pageOf({ ask, channel }: Reach<Channel>) {
  const { id, name, link } = await ask(
    { path: `/${channel.page}`, query: { fields: "id,name,link" } },
    Page,
    "a page",
  );
  return { id, handle: name, url: link ?? `${channel.web}/${id}` };
}

// developers.facebook.com/docs/graph-api/guides/error-handling. What is not listed is a refusal.
const AUTH = new Set([3, 10, 102, 190, 467]);
const LIMITED = new Set([4, 17, 32, 341, 613]);

/** By its code; statuses say little. */
export function refusalOf({ status, body, headers }: Reply): Refusal | undefined {
  const refused = v.safeParse(Refused, body);
  if (!refused.success) return undefined;
  const { message, code = 0, error_user_msg, is_transient } = refused.output.error;
  const words = `${error_user_msg ?? message} (code ${code})`;
  if (AUTH.has(code) || (code >= 200 && code < 300)) return { code: "auth", message: words };
  if (LIMITED.has(code) || (code >= 80_000 && code < 80_020)) {
    const minutes = waitIn(headers["x-business-use-case-usage"]);
    return {
      code: "limited",
      message: words,
      ...(minutes !== undefined && { retryAt: afterSeconds(60 * minutes, Date.now()) }),
    };
  }
  // "An unknown error", "temporarily unavailable": Facebook does not say whether the post was taken.
  if (code === 1 || code === 2 || is_transient) return { code: "uncertain", message: words };
  return status < 500 ? { code: "rejected", message: words } : undefined;
}

/** `estimated_time_to_regain_access`, in minutes; the longest of them. */
function waitIn(header: string | undefined): number | undefined {
  const Usage = v.record(
    v.string(),
    v.array(v.looseObject({ estimated_time_to_regain_access: v.optional(v.number()) })),
  );
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Usage), header);
  if (!read.success) return undefined;
  const waits = Object.values(read.output)
    .flat()
    .map(({ estimated_time_to_regain_access: minutes = 0 }) => minutes);
  const longest = Math.max(0, ...waits);
  return longest > 0 ? longest : undefined;
}

/** A thing of ours, or "gone": of Facebook, Instagram and Threads alike. */
export async function asked<S extends v.GenericSchema>(
  request: HttpRequest,
  schema: S,
  { http }: Pick<Reach<unknown>, "http">,
): Promise<v.InferOutput<S> | "gone"> {
  return unlessGone(await http({ ...request, ok: [404, GONE] }), schema, "a post");
}
