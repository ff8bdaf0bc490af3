/** LinkedIn's versioned Posts API as far as the adapter speaks it: https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api. */
import * as v from "valibot";
import { NetworkError, type Preparation, type Reach, type Receipt, type Reply } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

/** The newest that was read about. */
export const VERSION = "202607";

export const channel = v.strictObject({
  author: v.pipe(
    text("Who posts: urn:li:person:… or urn:li:organization:…"),
    v.regex(
      /^urn:li:(person|organization):[\w-]+$/,
      "is not a person's or an organisation's URN: urn:li:person:… or urn:li:organization:…",
    ),
  ),
  token: secret("Access token with w_member_social, or w_organization_social for an organisation"),
  version: v.optional(
    v.pipe(text(`Version of the API; default ${VERSION}`), v.regex(/^20\d{4}$/, "is not a version: YYYYMM")),
    VERSION,
  ),
  server: base("Where the API is", "https://api.linkedin.com"),
  web: base("Where people read", "https://www.linkedin.com"),
});

export const options = v.strictObject({
  visibility: v.optional(
    v.pipe(
      v.picklist(["PUBLIC", "CONNECTIONS", "LOGGED_IN"]),
      v.description("Who sees it; an organisation's posts are PUBLIC"),
    ),
  ),
  no_reshare: v.optional(v.pipe(v.boolean(), v.description("Nobody can share it on"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ status: v.number(), message: v.optional(v.string()) });

/** It says which post a repeat repeats. */
export const DUPLICATE = /duplicate of (urn:li:(?:share|ugcPost|activity):\d+)/;

export function headersOf({ token, version }: Pick<Channel, "token" | "version">): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    "LinkedIn-Version": version,
    "X-Restli-Protocol-Version": "2.0.0",
  };
}

export function receiptOf(urn: string, { web }: Pick<Channel, "web">): Receipt {
  return { id: urn, url: `${web}/feed/update/${urn}/` };
}

export function pathOf({ id }: Pick<Receipt, "id">): string {
  return `/posts/${encodeURIComponent(id)}`;
}

/** A created thing's URN, which stands in a header beside an empty body. Without one the outcome is not known. */
export function urnOf({ headers }: Reply): string {
  const urn = headers["x-restli-id"];
  if (urn === undefined || !/^urn:li:\w+:[\w(),:-]+$/.test(urn))
    throw new NetworkError("uncertain", "LinkedIn answered without the post's URN");
  return urn;
}

const Me = v.object({ sub: v.string(), name: v.optional(v.string()) });
const Organization = v.object({
  localizedName: v.optional(v.string()),
  vanityName: v.optional(v.string()),
});

/** Who the token is; an organisation must be named in the channel, and be readable. */
export async function whoIs({ http, ask, channel }: Reach<Channel>): Promise<{ name: string; url?: string }> {
  const [, kind, id = ""] = /^urn:li:(\w+):(.+)$/.exec(channel.author) ?? [];
  if (kind === "person") {
    // The only address outside of /rest.
    const reply = await http({ url: `${channel.server}/v2/userinfo`, headers: headersOf(channel) });
    const me = v.safeParse(Me, reply.body);
    if (!me.success)
      throw new NetworkError("unavailable", "LinkedIn answered with something else than an account");
    if (me.output.sub !== id)
      throw new NetworkError(
        "auth",
        `the token belongs to urn:li:person:${me.output.sub}, and author says ${channel.author}`,
      );
    return { name: me.output.name ?? channel.author };
  }
  const organization = await ask(
    { path: `/organizations/${encodeURIComponent(id)}` },
    Organization,
    "an organisation",
  );
  const { localizedName, vanityName } = organization;
  return {
    name: localizedName ?? channel.author,
    ...(vanityName && { url: `${channel.web}/company/${vanityName}/` }),
  };
}

export type Uploading = Preparation<Channel>;
