/** Messages: sent, edited, deleted, reacted to, listed. */
import { codePoints } from "../../count.ts";
import { markdownHtml, type Ways } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { type Call, ID, jsonOf, type Message, needed, ok, parameter, refuse, type State } from "./state.ts";

export const MAX = 10_000;
export const TOPIC_MAX = 60;

export function send(call: Call): SandboxReply {
  const { state, world } = call;
  const type = needed(call, "type");
  if (type !== "stream" && type !== "channel") throw refuse(400, "The sandbox plays channels only");
  const to = needed(call, "to").replace(/^"(.*)"$/, "$1");
  const { channel, room, id: user, email, name } = call.who();
  if (to !== room && to !== String(channel)) {
    const words = /^\d+$/.test(to)
      ? `Channel with ID '${to}' does not exist`
      : `Channel '${to}' does not exist`;
    throw refuse(400, words, "STREAM_DOES_NOT_EXIST");
  }
  const topic = cut(needed(call, "topic").trim(), TOPIC_MAX, "...");
  const content = contentOf(needed(call, "content"));
  call.take("requests", email);
  state.last++;
  const message: Message = {
    id: state.last,
    channel,
    room,
    topic: topic || "(no topic)",
    sender: { id: user, email, name },
    content,
    at: world.now(),
    reactions: [],
  };
  state.messages.push(message);
  world.accept(postOf(message, state, world));
  return ok({ id: message.id, automatic_new_visibility_policy: 2 });
}

/** zerver/lib/message.py, normalize_body: what is too long is cut, and nobody is told. */
function contentOf(source: string): string {
  const body = source.trimEnd().replace(/^\n+/, "");
  if (body === "") throw refuse(400, "Message must not be empty");
  if (body.includes("\0")) throw refuse(400, "Message must not contain null bytes");
  return cut(body, MAX, "\n[message truncated]");
}

function cut(words: string, max: number, mark: string): string {
  const signs = [...words];
  return signs.length <= max ? words : signs.slice(0, max - [...mark].length).join("") + mark;
}

export function messageOf(call: Call): Message {
  const message = call.state.messages.find(({ id }) => String(id) === call.params.message);
  if (message?.channel !== call.who().channel) throw refuse(400, "Invalid message(s)");
  return message;
}

export function edit(call: Call): SandboxReply {
  const message = messageOf(call);
  const content = parameter(call, "content");
  const topic = parameter(call, "topic");
  if (content === undefined && topic === undefined) throw refuse(400, "Nothing to change");
  if (content !== undefined) {
    if (message.sender.id !== call.who().id)
      throw refuse(400, "You don't have permission to edit this message");
    const changed = contentOf(content);
    if (changed !== message.content) message.editedAt = call.world.now();
    message.content = changed;
  }
  if (topic !== undefined) message.topic = cut(topic.trim(), TOPIC_MAX, "...");
  call.world.update(postOf(message, call.state, call.world));
  return ok({});
}

export function remove(call: Call): SandboxReply {
  const message = messageOf(call);
  if (message.sender.id !== call.who().id)
    throw refuse(400, "You don't have permission to delete this message");
  call.state.messages = call.state.messages.filter((one) => one !== message);
  call.world.remove(ID, String(message.id));
  return ok({});
}

export function react(call: Call): SandboxReply {
  const { reactions } = messageOf(call);
  const emoji = needed(call, "emoji_name");
  const user = call.who().id;
  if (reactions.some((one) => one.emoji === emoji && one.user === user))
    throw refuse(400, "Reaction already exists.", "REACTION_ALREADY_EXISTS");
  reactions.push({ emoji, user });
  return ok({});
}

/** Some before and some after an anchor, oldest first. */
export function list(call: Call): SandboxReply {
  const [before, after] = [Number(needed(call, "num_before")), Number(needed(call, "num_after"))];
  if (!(before >= 0 && after >= 0 && before + after <= 5_000))
    throw refuse(400, "Too many messages requested (maximum 5000).");
  const anchor = parameter(call, "anchor") ?? "newest";
  const includes = parameter(call, "include_anchor") !== "false";
  const matches = narrowed(jsonOf(call, "narrow"), call);
  const all = call.state.messages.filter((one) => one.channel === call.who().channel && matches(one));
  const at = anchor === "newest" ? Number.POSITIVE_INFINITY : anchor === "oldest" ? 0 : Number(anchor);
  if (Number.isNaN(at)) throw refuse(400, "Invalid anchor");
  const older = all.filter(({ id }) => id < at);
  const newer = all.filter(({ id }) => id > at);
  const same = includes ? all.filter(({ id }) => id === at) : [];
  const shown = [...older.slice(Math.max(0, older.length - before)), ...same, ...newer.slice(0, after)];
  return ok({
    anchor: at === Number.POSITIVE_INFINITY ? 10_000_000_000_000_000 : at,
    found_oldest: older.length <= before,
    found_newest: newer.length <= after,
    found_anchor: same.length > 0,
    history_limited: false,
    messages: shown.map((one) => entityOf(one, call)),
  });
}

function narrowed(narrow: unknown, call: Call): (message: Message) => boolean {
  const terms = Array.isArray(narrow)
    ? (narrow as { operator: string; operand: unknown; negated?: boolean }[])
    : [];
  const { room, channel } = call.who();
  for (const { operator, operand } of terms) {
    if (!["sender", "channel", "stream", "topic"].includes(operator))
      throw refuse(400, `Invalid narrow operator: unknown operator ${operator}`);
    if ((operator === "channel" || operator === "stream") && operand !== room && operand !== channel)
      throw refuse(400, "Invalid narrow operator: unknown channel");
  }
  return ({ sender, topic }) =>
    terms.every(({ operator, operand }) => {
      if (operator === "sender") return sender.email === operand || sender.id === operand;
      return operator !== "topic" || topic.toLowerCase() === String(operand).toLowerCase();
    });
}

export function entityOf(message: Message, call: Call) {
  const { id, channel, room, topic, sender, content, at, editedAt, reactions } = message;
  const raw = parameter(call, "apply_markdown") === "false";
  return {
    id,
    type: "stream",
    stream_id: channel,
    display_recipient: room,
    subject: topic,
    sender_id: sender.id,
    sender_email: sender.email,
    sender_full_name: sender.name,
    timestamp: Math.floor(at / 1000),
    content: raw ? content : markdownHtml(content, ZULIP),
    content_type: raw ? "text/x-markdown" : "text/html",
    reactions: reactions.map(({ emoji, user }) => ({
      emoji_name: emoji,
      user_id: user,
      reaction_type: "unicode_emoji",
    })),
    ...(editedAt !== undefined && { last_edit_timestamp: Math.floor(editedAt / 1000) }),
  };
}

// No backslash escapes; underscores are no italics.
const ZULIP: Ways = {
  escapes: false,
  marks: { strong: ["**"], emphasis: ["*"], strike: ["~~"] },
  mention: /@_?\*\*[^*\n]+\*\*|#\*\*[^*\n]+\*\*/g,
  called: (match) => `${match[0]}${match.replace(/^[@#]_?\*\*|\*\*$/g, "").replace(/\|\d+$/, "")}`,
};

const FILE = /\[([^\]\n]*)\]\((\/user_uploads\/[^)\s]+)\)/g;

function postOf(message: Message, state: State, world: World): SandboxPost {
  const { id, channel, room, topic, sender, content, at } = message;
  const files = [...content.matchAll(FILE)].flatMap(([, alt = "", url = ""]) => {
    const file = state.files.get(url);
    return file ? [{ type: file.type, alt, bytes: file.bytes }] : [];
  });
  const link = /https?:\/\/[^\s<>)]+/.exec(content)?.[0];
  return {
    network: ID,
    account: `${sender.name} in #${room} > ${topic}`,
    id: String(id),
    url: `${world.base(ID)}/#narrow/channel/${channel}-${encoded(room)}/topic/${encoded(topic)}/near/${id}`,
    at,
    text: content,
    html: markdownHtml(content, ZULIP),
    media: files,
    length: codePoints(content),
    max: MAX,
    ...(link && files.length === 0 && { card: { url: link } }),
  };
}

// web/src/hash_util: percent signs become dots, and dots are written out.
function encoded(words: string): string {
  return encodeURIComponent(words)
    .replace(/[.()]/g, (sign) => ({ ".": "%2E", "(": "%28", ")": "%29" })[sign] ?? sign)
    .replace(/%/g, ".");
}
