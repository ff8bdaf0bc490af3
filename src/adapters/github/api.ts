/** GitHub's REST and GraphQL APIs as far as the adapter speaks them. */
import * as v from "valibot";
import { expectReply, type HttpRequest, type Reach } from "../../adapter.ts";
import { base, secret, text } from "../../settings.ts";

export const channel = v.strictObject({
  token: secret("Fine-grained access token for the repository, or GITHUB_TOKEN in a workflow"),
  repository: v.pipe(
    text("The repository: owner/name"),
    v.regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository: owner/name"),
  ),
  as: v.optional(
    v.pipe(
      v.picklist(["discussion", "release", "issue"]),
      v.description("What a post becomes: a `discussion` (usual), a `release` or an `issue`"),
    ),
    "discussion",
  ),
  category: v.optional(text("Discussions: the category's name; default Announcements"), "Announcements"),
  server: base("Where the API is; of an own server https://HOST/api/v3", "https://api.github.com"),
});

export const options = v.strictObject({
  tag: v.optional(text("Releases: the tag, such as v2.4.0")),
  target: v.optional(text("Releases: branch or commit that the tag is made at, if there is no such tag yet")),
  draft: v.optional(v.pipe(v.boolean(), v.description("Releases: only people with write access see it"))),
  prerelease: v.optional(v.pipe(v.boolean(), v.description("Releases: marked as not ready for production"))),
  latest: v.optional(
    v.pipe(v.boolean(), v.description("Releases: whether it is the repository's latest one")),
  ),
  update: v.optional(
    v.pipe(v.boolean(), v.description("Releases: the words of a release that is there already are replaced")),
  ),
  discussion: v.optional(text("Releases: a discussion is opened in this category")),
  labels: v.optional(v.pipe(v.array(text("A label")), v.description("Issues: their labels"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({ message: v.string(), documentation_url: v.string() });

/** An own server has REST below /api/v3 and GraphQL beside it. */
export function rootOf({ server }: Channel): string {
  return server.replace(/\/v3$/, "");
}

export function pathOf({ server, repository }: Channel, below: string): string {
  return `${server.endsWith("/v3") ? "/v3" : ""}/repos/${repository}${below}`;
}

/** `data` of the answer; its errors are refusals, see the adapter's `errors`. */
export async function graphql<S extends v.GenericSchema>(
  reach: Reach<Channel>,
  query: string,
  variables: object,
  schema: S,
  part: Pick<HttpRequest, "safe" | "ok"> = {},
): Promise<v.InferOutput<S>> {
  const json = { query, variables };
  const reply = await reach.http({ method: "POST", path: "/graphql", json, ...part });
  const { data } = expectReply(reply, v.object({ data: schema }), "data", part.safe);
  return data as v.InferOutput<S>;
}

/** Whether these are the words that we sent; GitHub keeps them as they are. */
export function isSame(
  sent: { title?: string; text: string },
  shown: { title: string; text: string },
): boolean {
  return (sent.title ?? shown.title).trim() === shown.title.trim() && plain(sent.text) === plain(shown.text);
}

function plain(text: string): string {
  return text.replace(/\r\n/g, "\n").trim();
}

// Who makes the posts may have another clock than who answers.
const MARGIN = 5_000;

export function isSince(created: string, since: Date): boolean {
  return Date.parse(created) >= since.getTime() - MARGIN;
}

export const Person = v.nullish(v.object({ login: v.string(), url: v.optional(v.string()) }));

export function authorOf(person: v.InferOutput<typeof Person>) {
  return { handle: `@${person?.login ?? "ghost"}`, ...(person?.url && { url: person.url }) };
}
