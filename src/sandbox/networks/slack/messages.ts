/** Messages: posted, edited, deleted, reacted to, listed. */
import { refusal } from "../../api.ts";
import { flag, text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { type Message, messageEntity, parsed, postOf, readMessage } from "./message.ts";
import { argumentsOf, type Call, fail, ID, inChannel, ok, permalink } from "./state.ts";

export function postMessage(call: Call): SandboxReply {
  const { channel } = inChannel(call);
  const draft = readMessage(argumentsOf(call));
  if (typeof draft === "string") throw fail(draft);
  const thread = threadOf(call);
  call.take("messages", channel);
  const message = keep(call, { ...draft, files: [] }, thread);
  return ok({ channel, ts: message.ts, message: messageEntity(message, true) });
}

/** The message that a reply hangs below. */
export function threadOf(call: Call): string | undefined {
  const thread = text(argumentsOf(call).thread_ts);
  if (thread !== undefined && !call.state.messages.has(`${call.who().channel} ${thread}`))
    throw fail("thread_not_found");
  return thread;
}

export function keep(
  { who, state, world }: Call,
  draft: Pick<Message, "text" | "blocks" | "metadata" | "files" | "unfurl" | "markdown">,
  thread: string | undefined,
  shownAt = 0,
): Message {
  const { channel, room, name, isBot } = who();
  // Microseconds, and never the same twice in a workspace.
  state.last = Math.max(world.now() * 1000, state.last + 1);
  const ts = `${Math.floor(state.last / 1e6)}.${String(state.last % 1e6).padStart(6, "0")}`;
  const message: Message = {
    ...draft,
    channel,
    room,
    author: name,
    isBot,
    ts,
    at: world.now(),
    shownAt,
    reactions: new Map(),
    ...(thread === undefined ? {} : { thread }),
  };
  state.messages.set(`${channel} ${ts}`, message);
  world.accept(postOf(message, permalink(message, world)));
  return message;
}

export function messageAt(call: Call, argument: string, otherwise = "message_not_found"): Message {
  const { channel } = inChannel(call);
  const message = call.state.messages.get(`${channel} ${text(argumentsOf(call)[argument])}`);
  // A tombstone is still the root of its thread.
  if (!message || (message.deleted && otherwise === "message_not_found")) throw fail(otherwise);
  return message;
}

/**
 * Metadata and files that are not named are retained; blocks are when there is no text, else the text takes their place. Only
 * a change by text shows that there was one.
 */
export function update(call: Call): SandboxReply {
  const message = messageAt(call, "ts");
  const { name, isBot } = call.who();
  if (message.author !== name || message.isBot !== isBot) throw fail("cant_update_message");
  const { text: words, markdown_text, blocks, metadata } = argumentsOf(call);
  const hasWords = words !== undefined || markdown_text !== undefined;
  const draft = readMessage({
    text: hasWords ? words : message.text,
    markdown_text,
    blocks: blocks ?? (hasWords ? undefined : message.blocks),
    metadata,
  });
  if (typeof draft === "string") throw fail(draft);
  call.take("messages", message.channel);
  const { channel, ts, unfurl } = message;
  const isShown = hasWords && draft.blocks.length === 0;
  Object.assign(message, draft, { unfurl, ...(isShown && { editedAt: call.world.now() }) });
  call.world.update(postOf(message, permalink(message, call.world)));
  return ok({ channel, ts, text: message.text, message: messageEntity(message, true) });
}

/** A message that others have answered leaves a tombstone, so that the answers still hang somewhere. */
export function remove(call: Call): SandboxReply {
  const message = messageAt(call, "ts");
  const { channel, ts } = message;
  if (message.author !== call.who().name) throw fail("cant_delete_message");
  const isAnswered = [...call.state.messages.values()].some(({ thread }) => thread === ts);
  if (isAnswered) Object.assign(message, { deleted: true, reactions: new Map() });
  else call.state.messages.delete(`${channel} ${ts}`);
  call.world.remove(ID, `${channel} ${ts}`);
  return ok({ channel, ts });
}

export function react(call: Call): SandboxReply {
  const { reactions } = messageAt(call, "timestamp");
  const emoji = text(argumentsOf(call).name)?.replace(/^:|:$/g, "") ?? "";
  if (!/^[\w+'-]+$/.test(emoji)) throw fail("invalid_name");
  const users = reactions.get(emoji) ?? new Set();
  if (users.has(call.who().name)) throw fail("already_reacted");
  reactions.set(emoji, users.add(call.who().name));
  return ok({});
}

export function page(call: Call, newestFirst: boolean, belongs: (message: Message) => boolean): SandboxReply {
  const { channel } = inChannel(call);
  const fields = argumentsOf(call);
  const [oldest, latest] = [Number(fields.oldest ?? 0), Number(fields.latest ?? Number.POSITIVE_INFINITY)];
  const inclusive = flag(fields.inclusive);
  const limit = Math.min(Math.max(Number(fields.limit ?? 100) || 100, 1), 999);
  const from = Number(Buffer.from(text(fields.cursor) ?? "", "base64").toString() || 0);
  const found = [...call.state.messages.values()]
    .filter((message) => message.channel === channel && belongs(message))
    .filter(({ shownAt }) => shownAt <= call.world.now())
    .filter(({ ts }) =>
      inclusive ? Number(ts) >= oldest && Number(ts) <= latest : Number(ts) > oldest && Number(ts) < latest,
    )
    .sort((a, b) => (Number(a.ts) < Number(b.ts) === newestFirst ? 1 : -1));
  const more = found.length > from + limit;
  const counts = new Map<string, number>();
  for (const { thread, ts } of call.state.messages.values())
    if (thread !== undefined && thread !== ts) counts.set(thread, (counts.get(thread) ?? 0) + 1);
  return ok({
    messages: found.slice(from, from + limit).map((message) => ({
      ...messageEntity(message, flag(fields.include_all_metadata)),
      ...(counts.has(message.ts) && { thread_ts: message.ts, reply_count: counts.get(message.ts) }),
    })),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(String(from + limit)).toString("base64") : "" },
  });
}

/** Plain words, with statuses that mean something, unlike the Web API. */
export function webhook(call: Call): SandboxReply {
  const { fields, malformed } = call.body();
  const payload = fields.payload === undefined ? fields : parsed(fields.payload);
  if (malformed || typeof payload !== "object" || payload === null)
    throw refusal({ status: 400, body: "invalid_payload" });
  const draft = readMessage(payload as Record<string, unknown>);
  if (typeof draft === "string") throw refusal({ status: 400, body: draft });
  call.take("messages", call.who().channel);
  keep(call, { ...draft, files: [] }, text((payload as Record<string, unknown>).thread_ts));
  return { status: 200, body: "ok" };
}
