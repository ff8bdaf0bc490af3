/** Buttondown's API, version 2026-04-01: https://docs.buttondown.com/ (openapi.json). Read 2026-11-27. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { codePoints } from "../count.ts";
import { channelOf, sha256 } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxReply, World } from "../network.ts";

const ID = "buttondown";

interface Email {
  id: string;
  owner: string;
  subject: string;
  body: string;
  status: string;
  metadata: Record<string, unknown>;
}

interface State {
  emails: Email[];
  /** What was answered under an idempotency key. */
  answered: Map<string, SandboxReply>;
}

type Call = SomeCall<State, string>;

export const buttondown: SandboxNetwork = {
  id: ID,
  name: "Buttondown",
  look: { light: "#0069ff", dark: "#79b1ff", mark: "B", layout: "article", alt: false },
  ways: [{ name: "key", title: "Acme 2.4" }],
  channel: (name, base) => ({ server: base, api_key: `sandbox-${name}` }),
  publishes: isOneOf("POST /v1/emails/:id/publish"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ emails: [], answered: new Map() }),
    auth({ request }) {
      const owner = channelOf(bearer(request, "Token"));
      if (owner === undefined) throw refuse(401, "Invalid token.");
      return owner;
    },
    expired: () => said(401, "Invalid token."),
    windows: { requests: [{ posts: 600, ms: 60_000 }] },
    always: { window: "requests", account: (owner) => owner },
    rateHeaders: ({ limit, remaining, resetAt }) => ({
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(Math.ceil(resetAt / 1000)),
    }),
    limited: () => said(429, "Request was throttled."),
    malformed: () => said(400, "JSON parse error"),
    unknown: ({ path }) => (path.startsWith("/v1/") ? said(404, "Not found.") : undefined),
    routes: {
      "GET /v1/emails": (call) => {
        const subject = call.query.get("subject");
        const status = call.query.get("status");
        const results = call.state.emails
          .filter(({ owner }) => owner === call.who())
          .filter(
            (one) =>
              (subject === null || one.subject.includes(subject)) &&
              (status === null || one.status === status),
          );
        return ok({ results: results.map((one) => entityOf(one, call.world)), count: results.length });
      },
      "POST /v1/emails": create,
      "GET /v1/emails/:id": (call) => ok(entityOf(emailOf(call), call.world)),
      "POST /v1/emails/:id/publish": (call) => {
        const email = emailOf(call);
        if (email.status !== "draft")
          throw refuse(400, "This email has already been sent.", "email_already_sent");
        send(email, call.world);
        return ok(entityOf(email, call.world));
      },
      "GET /v1/emails/:id/analytics": (call) => {
        emailOf(call);
        return ok({ recipients: 0, deliveries: 0, opens: 0, clicks: 0, replies: 0 });
      },
    },
  }),
};

function create(call: Call): SandboxReply {
  const { state, world, request } = call;
  const owner = call.who();
  const key = request.headers["x-idempotency-key"];
  const before = typeof key === "string" ? state.answered.get(`${owner} ${key}`) : undefined;
  if (before) return before;
  const { subject, body, status = "about_to_send", metadata = {} } = call.fields();
  const words = text(subject) ?? "";
  if (words === "" || codePoints(words) > 2_000) throw refuse(422, "subject: 1 to 2000 characters");
  if ((text(body) ?? "").startsWith("---\n"))
    throw refuse(400, "The body has front matter.", "body_contains_frontmatter");
  const id = `em_${sha256(`${owner} ${state.emails.length}`).toString("hex").slice(0, 26)}`;
  const email: Email = {
    ...{ id, owner, subject: words, body: text(body) ?? "", status: "draft" },
    metadata: metadata as Email["metadata"],
  };
  state.emails.push(email);
  if (status !== "draft") send(email, world);
  const reply = ok(entityOf(email, world), 201);
  if (typeof key === "string") state.answered.set(`${owner} ${key}`, reply);
  return reply;
}

function send(email: Email, world: World): void {
  const { id, owner, subject, body } = email;
  email.status = "about_to_send";
  const words = body.replace(/^<!-- buttondown-editor-mode: \w+ -->\n?/, "");
  world.accept({
    ...{
      network: ID,
      account: owner,
      id,
      url: pageOf(email, world),
      at: world.now(),
      title: subject,
      text: words,
    },
    ...{ html: markdownHtml(words), media: [], length: codePoints(words), max: 0 },
  });
}

function emailOf(call: Call): Email {
  const email = call.state.emails.find(({ id }) => id === call.params.id);
  if (email?.owner !== call.who()) throw refuse(404, "Not found.");
  return email;
}

const pageOf = ({ owner, id }: Email, world: World) => `${world.base(ID)}/${owner}/archive/${id}/`;

function entityOf(email: Email, world: World) {
  const { id, subject, body, status, metadata } = email;
  return { id, subject, body, status, metadata, absolute_url: pageOf(email, world) };
}

function ok(body: unknown, status = 200): SandboxReply {
  return { status, body };
}

function said(status: number, detail: string, code = "error"): SandboxReply {
  return { status, headers: { "x-ratelimit-limit": "600" }, body: { code, detail } };
}

function refuse(status: number, detail: string, code?: string): Error {
  return refusal(said(status, detail, code));
}
