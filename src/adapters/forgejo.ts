/** Forgejo, Codeberg and Gitea: the release of a tag. A tag has one release, so a repeat meets the first. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  everyItem,
  expectReply,
  NetworkError,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../adapter.ts";
import { base, secret, text } from "../settings.ts";

const channel = v.strictObject({
  token: secret("Access token with the permission repository: read and write"),
  repository: v.pipe(
    text("The repository: owner/name"),
    v.regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository: owner/name"),
  ),
  server: base("Where the repository is", "https://codeberg.org"),
});

const options = v.strictObject({
  tag: v.optional(text("The tag, such as v2.4.0")),
  target: v.optional(text("Branch or commit that the tag is made at, if there is no such tag yet")),
  draft: v.optional(v.pipe(v.boolean(), v.description("Only people with write access see it"))),
  prerelease: v.optional(v.pipe(v.boolean(), v.description("Marked as not ready for production"))),
  update: v.optional(
    v.pipe(v.boolean(), v.description("The words of a release that is there already are replaced")),
  ),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Release = v.object({
  id: v.number(),
  tag_name: v.string(),
  html_url: v.string(),
  name: v.nullish(v.string()),
  body: v.nullish(v.string()),
  draft: v.optional(v.boolean(), false),
});
type Release = v.InferOutput<typeof Release>;
const Repository = v.object({ id: v.number(), full_name: v.string(), html_url: v.string() });

const PAGE = 50;

export const forgejo = defineAdapter({
  id: "forgejo",
  name: "Forgejo",
  source: { url: "https://codeberg.org/api/swagger", checked: "2026-11-25" },
  api: { version: "v1" },
  group: "knowledge",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://codeberg.org/user/settings/applications",
    steps: [
      "Open your account's settings on the server and there Applications.",
      "Make an access token with the permission repository: read and write, and copy it: that is `token`.",
      "`repository` is owner/name, `server` the server's address unless it is Codeberg.",
    ],
  },
  endpoint: ({ server, repository, token }) => ({
    base: `${server}/api/v1/repos/${repository}`,
    headers: { Authorization: `token ${token}` },
  }),
  errors: [{ status: 403, words: /required scope|must be (a|an) |permission/i, code: "auth" }],
  own: { body: v.object({ message: v.string(), url: v.string() }) },

  title: { max: 255, unit: "codepoint", markup: "plain", line: true },
  // No limit is known; this is where notes have become a book.
  text: { max: 125_000, unit: "codepoint", markup: "markdown", tags: "none" },
  media: "none",
  thread: "none",
  card: "none",
  rates: [],
  // A tag has one release; `find` decides.
  idempotency: "none",
  edits: { fields: ["text", "title", "options"], fixed: ["tag", "target", "update"] },
  retracts: {},

  check: ({ options }) =>
    options.tag
      ? undefined
      : {
          message: "a release needs a tag",
          remedy: "Name it with `options: { forgejo: { tag: v2.4.0 } }`.",
          about: "options",
        },

  async prepare(posts, context) {
    for (const post of posts) if (post.options.update) await before(post, context);
  },

  async publish(post, context) {
    const { tag, target, update } = post.options;
    const there = update ? await before(post, context) : null;
    if (there !== null) return patch(there, post, context, { was: "there" });
    const json = { tag_name: tag, ...wordsOf(post), ...(target && { target_commitish: target }) };
    const reply = await context.http({ method: "POST", path: "/releases", json, ok: [409] });
    if (reply.status < 300) return receiptOf(expectReply(reply, Release, "a release"));
    const found = await releaseAt(post.options, context);
    if (found && isOurs(post, found)) return receiptOf(found);
    throw new NetworkError(
      "rejected",
      `${tag} has a release with other words; to replace them, set \`options: { forgejo: { update: true } }\``,
    );
  },

  // Other words there mean that ours are not: a second attempt puts them there or is refused.
  async find(post, context) {
    const release = await releaseAt(post.options, context);
    if (!release || !isOurs(post, release)) return "absent";
    const wasThere = post.options.update && (await context.done<number | null>("release")) === release.id;
    return receiptOf(release, wasThere ? { was: "there" } : undefined);
  },

  async account({ ask, channel }) {
    const { id, full_name, html_url } = await ask({ path: "" }, Repository, "a repository");
    return { id: String(id), handle: `${full_name} on ${new URL(channel.server).host}`, url: html_url };
  },

  async read({ id }, { http }) {
    const reply = await http({ path: `/releases/${id}`, ok: [404] });
    if (reply.status === 404) return "gone";
    const { name, body, html_url: url, draft } = expectReply(reply, Release, "a release", true);
    return { text: body ?? "", title: name ?? "", url, ...(draft && { hidden: "draft" }) };
  },

  edit: ({ id, ref }, post, context) => patch(id, post, context, ref),

  async retract({ id, ref }, { http }) {
    if (ref?.was)
      throw new NetworkError(
        "rejected",
        "the release was there before, with its files; edit or delete it on its page",
      );
    await http({ method: "DELETE", path: `/releases/${id}`, ok: [404] });
  },
});

/** What is at the tag before we begin: only where it may be replaced. */
function before(post: Post<Options>, context: Preparation<Channel>): Promise<number | null> {
  return context.step("release", async () => (await releaseAt(post.options, context))?.id ?? null);
}

async function releaseAt({ tag = "", draft }: Options, reach: Reach<Channel>): Promise<Release | undefined> {
  const reply = await reach.http({ path: `/releases/tags/${encodeURIComponent(tag)}`, ok: [404] });
  if (reply.status !== 404) return expectReply(reply, Release, "a release", true);
  if (!draft) return undefined;
  const list = everyItem(async (page = "1") => {
    const query = { draft: true, limit: PAGE, page };
    const items = await reach.ask({ path: "/releases", query }, v.array(Release), "releases");
    return { items, next: items.length === PAGE ? String(Number(page) + 1) : undefined };
  });
  for await (const release of list) if (release.draft && release.tag_name === tag) return release;
  return undefined;
}

function wordsOf({ title, text, options: { tag, draft, prerelease } }: Post<Options>) {
  return {
    name: title ?? tag,
    body: text,
    ...(draft !== undefined && { draft }),
    ...(prerelease !== undefined && { prerelease }),
  };
}

async function patch(
  id: number | string,
  post: Post<Options>,
  { ask }: Context<Channel>,
  ref?: Receipt["ref"],
): Promise<Receipt> {
  const json = wordsOf(post);
  return receiptOf(await ask({ method: "PATCH", path: `/releases/${id}`, json }, Release, "a release"), ref);
}

function isOurs(post: Post<Options>, { name, body }: Release): boolean {
  const sent = wordsOf(post);
  return (name ?? "").trim() === (sent.name ?? "").trim() && plain(body ?? "") === plain(sent.body);
}

function plain(text: string): string {
  return text.replace(/\r\n/g, "\n").trim();
}

function receiptOf({ id, html_url, draft }: Release, ref?: Receipt["ref"]): Receipt {
  return { id: String(id), url: html_url, ...(ref && { ref }), ...(draft && { hidden: "draft" as const }) };
}
