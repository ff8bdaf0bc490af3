/** The adapter of a new network: a pattern that runs. What the contract asks of an adapter is written here and nowhere else. */
import type { Names } from "./names.ts";

export const adapter = ({ id, name, today }: Names) => `/** ${name}: what it is, in one sentence. */
import * as v from "valibot";
import { defineAdapter } from "../adapter.ts";
import { base, secret } from "../settings.ts";

const channel = v.strictObject({
  token: secret("Access token"),
  server: base("Where the API is", "https://api.${id}.example"),
});

const options = v.strictObject({});

const Made = v.object({ id: v.string(), url: v.string() });
const Found = v.object({ posts: v.array(v.object({ id: v.string(), url: v.string(), key: v.string() })) });

export const ${id} = defineAdapter({
  id: "${id}",
  name: "${name}",
  source: { url: "https://docs.${id}.example/", checked: "${today}" },
  group: "public",
  shape: "short",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://${id}.example/settings",
    steps: ["Open the settings and create an access token."],
  },
  endpoint: ({ server, token }) => ({ base: server, headers: { Authorization: \`Bearer \${token}\` } }),
  own: { body: v.object({ error: v.string() }) },

  text: { max: 1000, unit: "grapheme", markup: "plain" },
  media: "none",
  thread: "none",
  card: "none",
  rates: [{ posts: 60, per: "1h" }],
  idempotency: "1h",
  edits: "none",
  retracts: "none",

  async publish(post, { ask, key }) {
    const headers = { "Idempotency-Key": key };
    return ask({ method: "POST", path: "/posts", headers, json: { text: post.text } }, Made, "a post");
  },

  // Asked after a lost answer. Leave it out where the network cannot be asked.
  async find(_post, { ask, key }) {
    const { posts } = await ask({ path: "/posts" }, Found, "posts");
    const found = posts.find((post) => post.key === key);
    return found ? { id: found.id, url: found.url } : "absent";
  },
});
`;
