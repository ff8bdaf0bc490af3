/** The sandbox half of a new network: rules as data, and a function for each route. */
import type { Names } from "./names.ts";

export const half = ({ id, name, today }: Names) => `/**
 * ${name}, as its documents describe it and not as the adapter uses it: https://docs.${id}.example/, read ${today}.
 */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { graphemes } from "../count.ts";
import { marked } from "../html.ts";
import { channelOf } from "../ids.ts";
import type { SandboxNetwork, SandboxReply } from "../network.ts";

const ID = "${id}";
const MAX = 1000;

interface State {
  posts: { id: string; url: string; key: string; account: string; text: string }[];
}

/** \`who()\` is the account. */
type Call = SomeCall<State, string>;

export const ${id}: SandboxNetwork = {
  id: ID,
  name: "${name}",
  look: { light: "#4a5568", dark: "#a0aec0", mark: "${name[0]}", layout: "post", alt: false },
  // Several where there are several ways of logging in; what is not said is the usual case.
  ways: [{ name: "token", repeats: "known" }],
  channel: (name, base) => ({ server: base, token: \`sandbox-\${name}\` }),
  publishes: isOneOf("POST /posts"),
  recognises: ({ headers }) => headers["idempotency-key"] !== undefined,
  handle: api<State, string>({
    id: ID,
    state: () => ({ posts: [] }),
    auth({ request }) {
      const account = channelOf(bearer(request));
      if (account === undefined) throw refuse(401, "unauthorized");
      return account;
    },
    expired: () => said(401, "the token has expired"),
    windows: { posts: [{ posts: 60, ms: 3_600_000 }] },
    limited: () => said(429, "too many requests"),
    malformed: ({ malformed }) => malformed && said(400, "the body is not what it says"),
    // \`undefined\`: a page, which the sandbox draws.
    unknown: ({ path }) => (path.startsWith("/posts") ? said(404, "not found") : undefined),
    routes: {
      "GET /posts": ({ state, who }) => ok({ posts: state.posts.filter(({ account }) => account === who()) }),
      "POST /posts": create,
    },
  }),
};

function create(call: Call): SandboxReply {
  const { state, world, request } = call;
  const account = call.who();
  const key = text(request.headers["idempotency-key"]) ?? "";
  const earlier = state.posts.find((post) => post.account === account && post.key === key && key !== "");
  if (earlier) return ok(earlier);
  const words = text(call.fields().text) ?? "";
  if (words.trim() === "") throw refuse(422, "text is missing");
  if (graphemes(words) > MAX) throw refuse(422, "text is too long");
  call.take("posts", account);

  const id = String(state.posts.length + 1);
  const url = \`\${world.base(ID)}/\${account}/\${id}\`;
  const post = { id, url, key, account, text: words };
  state.posts.push(post);
  world.accept({
    network: ID,
    account: \`@\${account}\`,
    id,
    url,
    at: world.now(),
    text: words,
    html: marked(words),
    media: [],
    length: graphemes(words),
    max: MAX,
  });
  return { status: 201, body: post };
}

function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

function said(status: number, error: string): SandboxReply {
  return { status, body: { error } };
}

function refuse(status: number, error: string): Error {
  return refusal(said(status, error));
}
`;
