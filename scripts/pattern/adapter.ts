/** The adapter of a new network: a pattern that runs. What the contract asks of an adapter is written here and nowhere else. */
import type { Names } from "./names.ts";

export const adapter = ({ id, name, today }: Names) => `/** ${name}: what it is, in one sentence. */
import * as v from "valibot";
import { type Context, defineAdapter, type Receipt } from "../adapter.ts";
import { expectReply } from "../http/http.ts";
import { base, secret } from "../settings.ts";

const channel = v.strictObject({
  token: secret("Access token"),
  server: base("Where the API is", "https://api.${id}.example"),
});

const options = v.strictObject({});

type Channel = v.InferOutput<typeof channel>;
type Options = v.InferOutput<typeof options>;

const Made = v.object({ id: v.string(), url: v.string() });
const Found = v.object({ posts: v.array(v.object({ id: v.string(), url: v.string(), key: v.string() })) });

export const ${id} = defineAdapter<Channel, Options>({
  id: "${id}",
  name: "${name}",
  source: { url: "https://docs.${id}.example/", checked: "${today}" },
  shape: "short",

  channel,
  options,
  auth: {
    kind: "token",
    url: "https://${id}.example/settings",
    steps: ["Open the settings and create an access token."],
  },

  text: { max: 1000, unit: "grapheme", markup: "plain" },
  media: "none",
  thread: "none",
  card: "none",
  rates: [{ posts: 60, per: "1h" }],
  idempotency: "1h",

  async publish(post, context) {
    const reply = await context.http({
      method: "POST",
      url: \`\${context.channel.server}/posts\`,
      headers: { ...login(context), "Idempotency-Key": context.key },
      json: { text: post.text },
    });
    const { id, url } = expectReply(reply, Made, "an id");
    return { id, url };
  },

  // Asked after a lost answer. Leave it out where the network cannot be asked.
  async find(_post, context): Promise<Receipt | "absent"> {
    const reply = await context.http({ url: \`\${context.channel.server}/posts\`, headers: login(context) });
    const { posts } = expectReply(reply, Found, "posts", true);
    const found = posts.find(({ key }) => key === context.key);
    return found ? { id: found.id, url: found.url } : "absent";
  },
});

function login({ channel }: Context<Channel>): Record<string, string> {
  return { Authorization: \`Bearer \${channel.token}\` };
}
`;
