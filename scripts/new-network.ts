/** Writes the three files of a new network from a pattern that runs: `npm run new-network -- acmechat`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const id = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9]*$/.test(id)) {
  console.error("Name it in lower case, as in YAML: npm run new-network -- acmechat");
  process.exit(2);
}
const name = id[0]!.toUpperCase() + id.slice(1);
const today = new Date().toISOString().slice(0, 10);

const files: Record<string, string> = {
  [`src/adapters/${id}.ts`]: `/** ${name}: what it is, in one sentence. */
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
`,
  [`src/sandbox/networks/${id}.ts`]: `/** ${name}'s half: written from its documents, not from the adapter. */
import { escapeHtml } from "../html.ts";
import type { SandboxNetwork, SandboxReply, SandboxRequest, World } from "../network.ts";

const ID = "${id}";
const MAX = 1000;

interface Made {
  id: string;
  url: string;
  key: string;
}

export const ${id}: SandboxNetwork = {
  id: ID,
  name: "${name}",
  look: { light: "#4a5568", dark: "#a0aec0", mark: "${name[0]}", layout: "post", alt: false },
  channel: (name, base) => ({ server: base, token: \`sandbox-\${name}\` }),
  publishes: (method, path) => method === "POST" && path === "/posts",
  handle(request, world) {
    const account = /^Bearer sandbox-(.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!account) return { status: 401, body: { error: "unauthorized" } };
    if (request.path !== "/posts") return undefined;
    const made = world.state<Made[]>(\`\${ID} \${account}\`, () => []);
    if (request.method === "GET") return { status: 200, body: { posts: made } };
    return create(request, account, made, world);
  },
};

function create(request: SandboxRequest, account: string, made: Made[], world: World): SandboxReply {
  const key = String(request.headers["idempotency-key"] ?? "");
  const before = made.find((post) => post.key === key && key !== "");
  if (before) return { status: 200, body: before };
  const { text } = JSON.parse(request.body.toString("utf8")) as { text?: unknown };
  const length = typeof text === "string" ? [...new Intl.Segmenter().segment(text)].length : 0;
  if (typeof text !== "string" || length === 0) return { status: 422, body: { error: "text is missing" } };
  if (length > MAX) return { status: 422, body: { error: "text is too long" } };
  const id = String(world.posts.length + 1);
  const post: Made = { id, url: \`\${world.base(ID)}/\${account}/\${id}\`, key };
  made.push(post);
  world.accept({
    network: ID,
    account: \`@\${account}\`,
    id,
    url: post.url,
    at: world.now(),
    text,
    html: escapeHtml(text),
    media: [],
    length,
    max: MAX,
  });
  return { status: 201, body: post };
}
`,
  [`test/adapters/${id}.test.ts`]: `import { ${id} } from "../../src/adapters/${id}.ts";
import type { Shown } from "../../src/testing.ts";
import { describeAdapter } from "./contract.ts";

const listed = ({ request, ours }: Shown) => ({
  id: ours ? "7" : "6",
  url: "https://${id}.example/acme/7",
  key: request.headers["idempotency-key"],
});
const made = { id: "7", url: "https://${id}.example/acme/7" };

describeAdapter(${id}, {
  "a post": {
    channel: (server) => ({ server, token: "${id}-secret-token" }),
    post: { options: {} },
    answer: () => ({ status: 201, body: made }),
    publishes: ({ method, path }) => method === "POST" && path === "/posts",
    receipt: made,
    lookUp: ({ method }, shown) =>
      method === "GET" ? { status: 200, body: { posts: shown.map(listed) } } : undefined,
    repeated: { status: 200, body: made },
  },
});
`,
};

for (const file of Object.keys(files)) {
  if (existsSync(file)) {
    console.error(`${file} exists already; nothing was written.`);
    process.exit(2);
  }
}
for (const [file, content] of Object.entries(files)) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`written: ${file}`);
}
console.log(
  "Now the numbers with their source, and a row in test/e2e/faults.test.ts and test/chaos/subjects.ts.",
);
console.log("Then: npm run generate && npm run check && npm test");
