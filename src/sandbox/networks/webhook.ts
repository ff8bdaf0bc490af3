/**
 * A receiver of Standard Webhooks (spec/standard-webhooks.md) and CloudEvents 1.0 over HTTP (structured mode), as a careful one is
 * written: the signature and its age are checked, and each id is taken once. Read 2026-11-27.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { text } from "../body.ts";
import { codePoints } from "../count.ts";
import { channelOf } from "../ids.ts";
import { markdownHtml } from "../markdown.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply } from "../network.ts";

const ID = "webhook";
const HOOK = "/hooks/:name";
const TOLERANCE_S = 300;
const LARGEST = 20_000;

interface State {
  /** What was answered, by webhook-id. */
  answered: Map<string, SandboxReply>;
}

type Call = SomeCall<State, string>;

// 24 bytes at least.
const secretOf = (name: string) => Buffer.from(`sandbox-${name}`.padEnd(32, "."));

export const webhook: SandboxNetwork = {
  id: ID,
  name: "Webhook",
  look: { light: "#475569", dark: "#a3b3c9", mark: "W", layout: "article", alt: false },
  ways: [{ name: "signed", repeats: "known", lookUp: "none", threads: true }],
  channel: (name, base) => ({
    url: `${base}${HOOK.replace(":name", `sandbox-${name}`)}`,
    secret: `whsec_${secretOf(name).toString("base64")}`,
  }),
  publishes: isOneOf(`POST ${HOOK}`),
  busy: { status: 503, headers: { "webhook-id": "busy" }, body: { error: "being updated" } },
  recognises: ({ headers }) => typeof headers["webhook-id"] === "string",
  handle: api<State, string>({
    id: ID,
    state: () => ({ answered: new Map() }),
    auth(call) {
      const name = channelOf(call.params.name);
      if (name === undefined) throw refuse(404, "no such hook");
      verify(call, secretOf(name));
      return name;
    },
    expired: (call) => said(call, 401, "the secret has changed"),
    windows: { events: [{ posts: 1_000, ms: 60_000 }] },
    limited: (_, call) => said(call, 429, "slow down"),
    malformed: () => undefined,
    unknown: ({ path }) =>
      path.startsWith("/hooks/") ? { status: 405, body: { error: "POST only" } } : undefined,
    routes: { [`POST ${HOOK}`]: take },
  }),
};

/** Over the raw bytes, before anything is read. */
function verify({ request, world }: Call, secret: Buffer): void {
  const {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures,
  } = request.headers;
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string")
    throw refuse(400, "webhook-id, webhook-timestamp and webhook-signature are required");
  if (!/^\d+$/.test(timestamp)) throw refuse(400, "webhook-timestamp is not in seconds");
  // A rehearsal may play at another time; the sender's own clock is what counts then.
  if (
    world.now() > Date.now() - TOLERANCE_S * 1_000 &&
    Math.abs(Date.now() / 1_000 - Number(timestamp)) > TOLERANCE_S
  )
    throw refuse(401, "webhook-timestamp is too old or too new");
  const wanted = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(request.body).digest();
  const isSigned = signatures.split(" ").some((one) => {
    const [version, base64 = ""] = one.split(",");
    const given = Buffer.from(base64, "base64");
    return version === "v1" && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
  if (!isSigned) throw refuse(401, "no signature fits");
}

function take(call: Call): SandboxReply {
  const { request, state } = call;
  const name = call.who();
  const id = String(request.headers["webhook-id"]);
  const before = state.answered.get(`${name} ${id}`);
  if (before) return before;
  if (request.body.length > LARGEST) throw refuse(413, "larger than 20 kB");
  if (!/^application\/cloudevents\+json\b/.test(String(request.headers["content-type"])))
    throw refuse(415, "application/cloudevents+json is wanted");
  const event = call.fields();
  for (const attribute of ["id", "source", "type"])
    if (!text(event[attribute])) throw refuse(400, `the event has no ${attribute}`);
  if (event.specversion !== "1.0") throw refuse(400, "specversion is not 1.0");
  if (event.time !== undefined && Number.isNaN(Date.parse(String(event.time)))) throw refuse(400, "time");
  call.take("events", name);
  const reply = act(call, name, event);
  state.answered.set(`${name} ${id}`, reply);
  return reply;
}

function act(call: Call, name: string, event: Record<string, unknown>): SandboxReply {
  const { world } = call;
  const subject = text(event.subject) ?? "";
  if (event.type === "broadcast.post.retracted") {
    world.remove(ID, subject);
    return { status: 204 };
  }
  const data = (event.data ?? {}) as Record<string, unknown>;
  const words = text(data.text);
  if (words === undefined) throw refuse(422, "data.text is missing");
  const link = data.link as { url?: unknown; title?: unknown; description?: unknown } | undefined;
  const url = `${world.base(ID)}/${name}/${subject}`;
  const post: SandboxPost = {
    network: ID,
    account: name,
    id: subject,
    url,
    at: world.now(),
    ...(text(data.parent) !== undefined && { parent: text(data.parent) }),
    ...(text(data.title) !== undefined && { title: text(data.title) }),
    text: words,
    html: markdownHtml(words),
    media: [],
    ...(typeof link?.url === "string" && {
      card: { url: link.url, title: text(link.title), description: text(link.description) },
    }),
    length: codePoints(words),
    max: 0,
    notes: [String(event.type), ...(Array.isArray(data.tags) ? data.tags.map((tag) => `tag ${tag}`) : [])],
  };
  if (event.type === "broadcast.post.published") world.accept(post);
  else world.update(post);
  return { status: 201, body: { id: subject, url } };
}

function said({ request }: Call, status: number, error: string): SandboxReply {
  return { status, headers: { "webhook-id": String(request.headers["webhook-id"] ?? "") }, body: { error } };
}

function refuse(status: number, error: string): Error {
  return refusal({ status, headers: { "webhook-id": "refused" }, body: { error } });
}
