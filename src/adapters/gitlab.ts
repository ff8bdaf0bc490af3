/** GitLab: the release of a tag, with pictures. A tag has one release, so a repeat meets the first. */
import * as v from "valibot";
import {
  type Context,
  defineAdapter,
  expectReply,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../adapter.ts";
import { base, secret, text } from "../settings.ts";

const channel = v.strictObject({
  token: secret("Project or personal access token with the scope api and the role Developer"),
  project: v.pipe(
    text("The project: its path, such as acme/app, or its number"),
    v.regex(/^[\w./-]+$/, "is not a project: group/name, or its number"),
  ),
  server: base("Where the project is", "https://gitlab.com"),
});

const options = v.strictObject({
  tag: v.optional(text("The tag, such as v2.4.0")),
  target: v.optional(text("Branch or commit that the tag is made at, if there is no such tag yet")),
  milestones: v.optional(
    v.pipe(v.array(text("A title")), v.description("Titles of the release's milestones")),
  ),
  update: v.optional(
    v.pipe(v.boolean(), v.description("The words of a release that is there already are replaced")),
  ),
});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Release = v.object({
  tag_name: v.string(),
  name: v.nullish(v.string()),
  description: v.nullish(v.string()),
  _links: v.optional(v.object({ self: v.optional(v.string()) }), {}),
});
type Release = v.InferOutput<typeof Release>;
const Project = v.object({ id: v.number(), path_with_namespace: v.string(), web_url: v.string() });
const Uploaded = v.object({ url: v.string() });
const Refused = v.union([
  v.object({ message: v.pipe(v.string(), v.regex(/^\d{3} [A-Z]/)) }),
  v.object({ error: v.picklist(["invalid_token", "insufficient_scope"]) }),
]);

export const gitlab = defineAdapter({
  id: "gitlab",
  name: "GitLab",
  source: { url: "https://docs.gitlab.com/api/releases/", checked: "2026-11-23" },
  api: { version: "v4" },
  group: "knowledge",
  shape: "article",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://gitlab.com/-/user_settings/personal_access_tokens",
    steps: [
      "Open the project's Settings, Access tokens, and add one with the role Developer and the scope api.",
      "Copy it, which is shown once: that is `token`. Where the plan has no project tokens, a personal one does as well.",
      "`project` is the project's path, such as acme/app; `server` the server's address unless it is gitlab.com.",
    ],
  },
  endpoint: ({ server, project, token }) => ({
    base: `${server}/api/v4/projects/${encodeURIComponent(project)}`,
    headers: { "PRIVATE-TOKEN": token },
  }),
  errors: [{ status: 403, words: /insufficient_scope|403 Forbidden/i, code: "auth" }],
  own: { headers: ["ratelimit-name"], body: Refused },

  title: { max: 255, unit: "codepoint", markup: "plain", line: true },
  text: { max: 1_000_000, unit: "codepoint", markup: "markdown", tags: "none" },
  media: {
    count: 10,
    // It stands in the text.
    alt: 1_000,
    // max_attachment_size.
    image: { types: ["image/png", "image/jpeg", "image/gif", "image/webp"], bytes: 104_857_600 },
  },
  thread: "none",
  card: "none",
  rates: [],
  // A tag has one release; `find` decides.
  idempotency: "none",
  edits: { fields: ["text", "title", "media", "alt", "options"], fixed: ["tag", "target", "update"] },
  retracts: {},

  check: ({ options }) =>
    options.tag
      ? undefined
      : {
          message: "a release needs a tag",
          remedy: "Name it with `options: { gitlab: { tag: v2.4.0 } }`.",
          about: "options",
        },

  async prepare(posts, context) {
    for (const post of posts) {
      if (post.options.update) await isThere(post, context);
      await pictures(post, context);
    }
  },

  async publish(post, context) {
    const { tag = "", target, update } = post.options;
    const words = await wordsOf(post, context);
    if (update && (await isThere(post, context))) return put(tag, words, context, { was: "there" });
    const json = { tag_name: tag, ...words, ...(target && { ref: target }) };
    const reply = await context.http({ method: "POST", path: "/releases", json, ok: [409] });
    if (reply.status < 300) return receiptOf(expectReply(reply, Release, "a release"), context);
    const found = await releaseAt(tag, context);
    if (found && isOurs(words, found)) return receiptOf(found, context);
    throw new NetworkError(
      "rejected",
      `${tag} has a release with other words; to replace them, set \`options: { gitlab: { update: true } }\``,
    );
  },

  // Other words there mean that ours are not: a second attempt puts them there or is refused.
  async find(post, context) {
    const { tag = "", update } = post.options;
    const release = await releaseAt(tag, context);
    if (!release || !isOurs(await wordsOf(post, context), release)) return "absent";
    const wasThere = update && (await context.done<boolean>("release")) === true;
    return receiptOf(release, context, wasThere ? { was: "there" } : undefined);
  },

  async account({ ask, channel }) {
    const { id, path_with_namespace, web_url } = await ask({ path: "" }, Project, "a project");
    const handle = `${path_with_namespace} on ${new URL(channel.server).host}`;
    return { id: String(id), handle, url: web_url };
  },

  async read({ id }, reach) {
    const release = await releaseAt(id, reach);
    if (!release) return "gone";
    const { name, description } = release;
    return { text: withoutPictures(description ?? ""), title: name ?? "", url: release._links.self };
  },

  async edit({ id, ref }, post, context) {
    return put(id, await wordsOf(post, context), context, ref);
  },

  async retract({ id, ref }, { http }) {
    if (ref?.was)
      throw new NetworkError("rejected", "the release was there before; edit or delete it on its page");
    await http({ method: "DELETE", path: `/releases/${encodeURIComponent(id)}`, ok: [404] });
  },
});

/** Whether the tag has a release before we begin: only where that may be replaced. */
function isThere({ options }: Post<Options>, context: Preparation<Channel>): Promise<boolean> {
  return context.step("release", async () => (await releaseAt(options.tag ?? "", context)) !== undefined);
}

async function releaseAt(tag: string, { http }: Reach<Channel>): Promise<Release | undefined> {
  const reply = await http({ path: `/releases/${encodeURIComponent(tag)}`, ok: [404] });
  return reply.status === 404 ? undefined : expectReply(reply, Release, "a release", true);
}

/** Lines of Markdown; an address below /uploads is the project's. */
async function pictures(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  const urls = await context.uploads(post, async (media) => {
    const file = {
      name: "file",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const { url } = await context.ask(
      { method: "POST", path: "/uploads", parts: [file] },
      Uploaded,
      "an upload",
    );
    return url;
  });
  return post.media.map(({ alt }, at) => `![${alt.replace(/[[\]\\\r\n]+/g, " ")}](${urls[at]})`);
}

async function wordsOf(post: Post<Options>, context: Preparation<Channel>) {
  const { tag, milestones } = post.options;
  const shown = await pictures(post, context);
  return {
    name: post.title ?? tag ?? "",
    description: [...shown, post.text].filter((part) => part !== "").join("\n\n"),
    ...(milestones && { milestones }),
  };
}

function withoutPictures(description: string): string {
  return description.replace(/^(?:!\[[^\]\n]*\]\(\/uploads\/[^)\s]+\)\n*)+/, "").trim();
}

async function put(
  tag: string,
  json: object,
  context: Context<Channel>,
  ref?: Receipt["ref"],
): Promise<Receipt> {
  const path = `/releases/${encodeURIComponent(tag)}`;
  return receiptOf(await context.ask({ method: "PUT", path, json }, Release, "a release"), context, ref);
}

function isOurs(words: { name: string; description: string }, { name, description }: Release): boolean {
  return (name ?? "").trim() === words.name.trim() && plain(description ?? "") === plain(words.description);
}

// The same picture has another address each time that it is uploaded.
function plain(text: string): string {
  return text
    .replace(/\r\n/g, "\n")
    .replace(/\/uploads\/[0-9a-f]{32}\//g, "/uploads/")
    .trim();
}

function receiptOf(
  { tag_name, _links }: Release,
  { channel }: Reach<Channel>,
  ref?: Receipt["ref"],
): Receipt {
  const { server, project } = channel;
  const page = `${server}/${project}/-/releases/${encodeURIComponent(tag_name)}`;
  return { id: tag_name, url: _links.self ?? page, ...(ref && { ref }) };
}
