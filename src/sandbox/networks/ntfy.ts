/** ntfy 2.16: https://docs.ntfy.sh/publish/, …/subscribe/api/; refusals as in server/errors.go. Read 2026-11-26. */
import { api, isOneOf, refusal, type Call as SomeCall } from "../api.ts";
import { bearer, text } from "../body.ts";
import { utf8 } from "../count.ts";
import { escapeHtml, marked } from "../html.ts";
import { base32, memberOf, sha256 } from "../ids.ts";
import type { SandboxNetwork, SandboxPost, SandboxReply, World } from "../network.ts";

const ID = "ntfy";
const MAX = 4_096;
const CACHE_MS = 12 * 3_600_000;
const NAME = /^[-_A-Za-z0-9]{1,64}$/;

interface Message {
  id: string;
  time: number;
  event: "message" | "message_delete";
  topic: string;
  sequence: string;
  title: string;
  message: string;
  click?: string;
  priority: number;
  tags: string[];
  attachment?: string;
}

interface State {
  messages: Message[];
}

/** `who()` is the topic that the token belongs to. */
type Call = SomeCall<State, string>;

export const ntfy: SandboxNetwork = {
  id: ID,
  name: "ntfy",
  look: { light: "#2d7a6e", dark: "#7fd1c4", mark: "n", layout: "message", alt: false },
  ways: [{ name: "token", threads: true }],
  channel: (name, base) => ({ server: base, topic: topicOf(name), token: `sandbox-${name}` }),
  publishes: isOneOf("POST /"),
  handle: api<State, string>({
    id: ID,
    state: () => ({ messages: [] }),
    auth({ request }) {
      const member = memberOf(bearer(request));
      if (!member) throw refuse(401, 40101, "unauthorized");
      return topicOf(member.channel);
    },
    expired: () => said(401, 40101, "unauthorized"),
    windows: { requests: [{ posts: 60, ms: 300_000 }], messages: [{ posts: 250, ms: 86_400_000 }] },
    limited: ({ window }) =>
      window === "messages"
        ? said(429, 42908, "limit reached: daily message quota reached")
        : said(429, 42901, "limit reached: too many requests"),
    retryAfter: false,
    malformed: () => said(400, 40024, "invalid request: request body must be message JSON"),
    unknown: ({ request }) => (request.method === "GET" ? undefined : said(404, 40401, "page not found")),
    routes: {
      "POST /": publish,
      "GET /:topic/json": poll,
      "GET /:topic/auth": (call) => {
        inTopic(call, call.params.topic);
        return { status: 200, body: { success: true } };
      },
      "DELETE /:topic/:sequence": remove,
    },
  }),
};

function topicOf(name: string): string {
  return name.replace(/[^-_A-Za-z0-9]/g, "-");
}

function publish(call: Call): SandboxReply {
  const { state, world } = call;
  const { fields, type } = call.body();
  if (type !== "json") throw refuse(400, 40024, "invalid request: request body must be message JSON");
  const topic = text(fields.topic);
  inTopic(call, topic);
  const { priority = 3, tags = [], click, icon, sequence_id } = fields;
  if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5)
    throw refuse(400, 40007, "invalid priority parameter");
  if (!Array.isArray(tags)) throw refuse(400, 40024, "invalid request: request body must be message JSON");
  const sequence = text(sequence_id);
  if (sequence !== undefined && !NAME.test(sequence))
    throw refuse(400, 40049, "invalid request: sequence ID invalid");
  if (icon !== undefined && !/^https?:\/\//.test(String(icon)))
    throw refuse(400, 40021, "invalid request: icon URL is invalid");
  call.take("requests", call.who());
  call.take("messages", call.who());
  const words = text(fields.message) ?? "";
  // What is longer becomes a file.
  const isFile = utf8(words) > MAX;
  const id = base32(sha256(`message ${state.messages.length} ${topic}`)).slice(0, 12);
  const message: Message = {
    id,
    time: Math.floor(world.now() / 1000),
    event: "message",
    topic: topic ?? "",
    sequence: sequence ?? id,
    title: text(fields.title) ?? "",
    message: isFile ? "You received a file: attachment.txt" : words || "triggered",
    priority: Number(priority),
    tags: tags.map(String),
    ...(text(click) && { click: String(click) }),
    ...(isFile && { attachment: words }),
  };
  // A later one of the same sequence takes the place of the earlier ones on phones.
  const earlier = state.messages.findLast((one) => one.topic === topic && one.sequence === message.sequence);
  state.messages.push(message);
  if (earlier) world.remove(ID, earlier.id);
  world.accept(postOf(message, world));
  return { status: 200, body: entityOf(message) };
}

function remove(call: Call): SandboxReply {
  const { params, state, world } = call;
  const { topic = "", sequence = "" } = params;
  inTopic(call, topic);
  const earlier = state.messages.findLast((one) => one.topic === topic && one.sequence === sequence);
  if (earlier) world.remove(ID, earlier.id);
  const message: Message = {
    id: base32(sha256(`message ${state.messages.length} ${topic}`)).slice(0, 12),
    time: Math.floor(world.now() / 1000),
    event: "message_delete",
    topic,
    sequence,
    title: "",
    message: "",
    priority: 3,
    tags: [],
  };
  state.messages.push(message);
  return { status: 200, body: entityOf(message) };
}

/** What is in the cache, one JSON object on each line. */
function poll(call: Call): SandboxReply {
  const { query, params, state, world } = call;
  inTopic(call, params.topic);
  if (query.get("poll") !== "1") throw refuse(400, 40008, "the sandbox keeps no connection open: poll=1");
  const since = query.get("since") ?? "all";
  const from = since === "all" ? 0 : Number(since);
  if (Number.isNaN(from)) throw refuse(400, 40008, "invalid since parameter");
  const kept = state.messages.filter(
    ({ topic, time }) => topic === params.topic && time >= from && time * 1000 > world.now() - CACHE_MS,
  );
  return {
    status: 200,
    headers: { "content-type": "application/x-ndjson; charset=utf-8" },
    body: kept.map((message) => `${JSON.stringify(entityOf(message))}\n`).join(""),
  };
}

function inTopic(call: Call, topic: string | undefined): void {
  if (topic === undefined || !NAME.test(topic)) throw refuse(400, 40009, "invalid request: topic invalid");
  if (topic !== call.who()) throw refuse(403, 40301, "forbidden");
}

function entityOf({ id, time, event, topic, sequence, title, message, click, priority, tags }: Message) {
  return {
    id,
    sequence_id: sequence,
    time,
    expires: time + CACHE_MS / 1000,
    event,
    topic,
    ...(title && { title }),
    ...(message && { message }),
    ...(click && { click }),
    ...(priority !== 3 && { priority }),
    ...(tags.length > 0 && { tags }),
  };
}

function postOf(
  { id, topic, title, message, click, priority, tags, time, attachment }: Message,
  world: World,
): SandboxPost {
  return {
    network: ID,
    account: topic,
    id,
    url: `${world.base(ID)}/${topic}`,
    at: time * 1000,
    ...(title && { title }),
    text: message,
    html: attachment === undefined ? marked(message) : `<p>${escapeHtml(message)}</p>`,
    media: [],
    length: utf8(message),
    max: MAX,
    notes: [
      ...(priority === 3 ? [] : [`priority ${priority}`]),
      ...(tags.length > 0 ? [`tags: ${tags.join(", ")}`] : []),
      ...(click ? [`opens ${click}`] : []),
    ],
  };
}

function said(http: number, code: number, error: string): SandboxReply {
  return { status: http, body: { code, http, error, link: "https://ntfy.sh/docs/publish/" } };
}

function refuse(http: number, code: number, error: string): Error {
  return refusal(said(http, code, error));
}
