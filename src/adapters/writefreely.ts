/** WriteFreely, and Write.as: a post in a blog, in Markdown. Its address is ours to choose, and proves that it is out. */
import * as v from "valibot";
import { defineAdapter, oneByOne, type Post, type Reach, type Receipt, unlessGone } from "../adapter.ts";
import { secret, text, url } from "../settings.ts";

const channel = v.strictObject({
  server: url("The server, such as https://write.as"),
  blog: v.pipe(
    text("The blog's alias, as it stands in its address"),
    v.regex(/^[0-9a-zA-Z-]+$/, "is not an alias: letters, digits and -"),
  ),
  token: secret("Access token, from POST /api/auth/login"),
});
const options = v.strictObject({
  font: v.optional(
    v.pipe(
      v.picklist(["norm", "serif", "sans", "wrap", "mono", "code"]),
      v.description("How the text looks"),
    ),
  ),
});
type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const RIGHT_TO_LEFT = ["ar", "dv", "fa", "he", "ur", "yi"];

const Refused = v.object({ code: v.number(), error_msg: v.string() });
const Stored = v.object({
  id: v.string(),
  slug: v.nullish(v.string()),
  title: v.nullish(v.string()),
  body: v.optional(v.string(), ""),
  url: v.optional(v.string()),
  views: v.optional(v.number()),
  collection: v.nullish(v.object({ url: v.optional(v.string()) })),
});
type Stored = v.InferOutput<typeof Stored>;
const Answer = v.object({ data: Stored });
const Blog = v.object({
  data: v.object({ alias: v.string(), title: v.optional(v.string()), url: v.optional(v.string()) }),
});
const Me = v.object({ data: v.object({ username: v.string() }) });

export const writefreely = defineAdapter<Channel, Options>({
  id: "writefreely",
  name: "WriteFreely",
  source: { url: "https://developers.write.as/docs/api/", checked: "2026-11-27" },
  group: "writing",
  shape: "article",
  look: { mark: "Wf", light: "#4a4a4a", dark: "#d6d6d6", layout: "article" },

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://developers.write.as/docs/api/#authenticate-a-user",
    asks: ["server", "blog", "token"],
    steps: [
      'Log in once for a token: curl -H "Content-Type: application/json" -d \'{"alias": "NAME", "pass": "PASSWORD"}\' https://SERVER/api/auth/login.',
      "Copy `access_token` from the answer: that is `token`. It does not end by itself.",
      "`blog` is the part of the blog's address after the server; on a server with one blog it is your name.",
    ],
  },
  endpoint: ({ server, token }) => ({ base: `${server}/api`, headers: { Authorization: `Token ${token}` } }),
  own: { body: Refused },

  // schema.sql of the server: varchar(160), and text, which has 65,535 bytes in MySQL.
  title: { max: 160, unit: "codepoint", markup: "plain", line: true },
  text: { max: 65_535, unit: "byte", markup: "markdown", tags: "text" },
  media: "none",
  thread: "none",
  card: "none",
  // No rate is documented.
  rates: [{ posts: 30, per: "1h" }],
  // A blog has each address once; a second post gets another one, so the first is looked for.
  idempotency: "none",
  edits: { fields: ["text", "title", "options"] },
  retracts: {},

  async publish(post, context) {
    const { channel, ask, key } = context;
    const json = { ...fieldsOf(post), slug: slugOf(post, key) };
    const request = { method: "POST", path: `/collections/${channel.blog}/posts`, json } as const;
    return receiptOf((await ask(request, Answer, "a post")).data, channel);
  },

  async find(post, context) {
    const { channel, http, key } = context;
    const path = `/collections/${channel.blog}/posts/${slugOf(post, key)}`;
    const found = unlessGone(await http({ path, ok: [404] }), Answer, "a post");
    return found === "gone" ? "absent" : receiptOf(found.data, channel);
  },

  async account({ ask, channel }) {
    const { username } = (await ask({ path: "/me" }, Me, "an account")).data;
    const blog = (await ask({ path: `/collections/${channel.blog}` }, Blog, "a blog")).data;
    return {
      id: blog.alias,
      handle: `${username} in ${blog.title || blog.alias}`,
      ...(blog.url && { url: blog.url }),
    };
  },

  async read(receipt, reach) {
    const post = await postAt(receipt, reach);
    if (post === "gone") return "gone";
    const { title, body } = post;
    return { text: body, ...(title && { title }), url: receiptOf(post, reach.channel).url };
  },

  metrics: oneByOne(async (receipt, reach) => {
    const post = await postAt(receipt, reach);
    return post === "gone" ? "gone" : { views: post.views };
  }),

  async edit(receipt, post, { ask }) {
    const path = `/posts/${encodeURIComponent(receipt.id)}`;
    await ask({ method: "POST", path, json: fieldsOf(post) }, Answer, "a post");
    return receipt;
  },

  async retract({ id }, { http }) {
    await http({ method: "DELETE", path: `/posts/${encodeURIComponent(id)}`, ok: [404, 410] });
  },
});

function fieldsOf({ title = "", text: body, lang, options }: Post<Options>) {
  const code = lang?.split("-")[0]?.toLowerCase();
  return {
    title,
    body,
    ...(options.font && { font: options.font }),
    ...(code?.length === 2 && { lang: code, rtl: RIGHT_TO_LEFT.includes(code) }),
  };
}

/** At most 100 characters; its end follows from the campaign. */
function slugOf({ title, text: body }: Post, key: string): string {
  const words = (title ?? body)
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return `${(words ?? []).slice(0, 8).join("-").slice(0, 70)}-${key.slice(0, 16)}`.replace(/^-/, "");
}

async function postAt({ id }: Receipt, { http }: Reach<Channel>): Promise<Stored | "gone"> {
  const reply = await http({ path: `/posts/${encodeURIComponent(id)}`, ok: [404, 410] });
  const found = unlessGone(reply.status === 410 ? { ...reply, status: 404 } : reply, Answer, "a post");
  return found === "gone" ? "gone" : found.data;
}

// A look-up by address leaves the blog's own out.
function receiptOf({ id, slug }: Stored, { server, blog }: Channel): Receipt {
  return { id, url: `${server}/${blog}/${slug ?? id}` };
}
