/** Messages: posted, edited, deleted, listed, reacted to, voted on, and threads below them. */
import { text } from "../../body.ts";
import type { SandboxReply, World } from "../../network.ts";
import { readDraft, readEdit } from "./draft.ts";
import { attachmentId, type Message, messageEntity, postOf } from "./message.ts";
import { fault, invalid, ok, refuse } from "./refusals.ts";
import { bucketOf, type Call, GUILD, ID, inRoom, type State } from "./state.ts";

const EPOCH = 1_420_070_400_000;
// "The past few minutes", says the document.
const NONCE_MS = 5 * 60_000;

export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const caller = inRoom(call);
  const draft = readDraft(call.request, caller.webhook !== undefined);
  if (draft.parent !== undefined && state.messages.get(draft.parent)?.channel !== caller.channel) {
    throw invalid({ message_reference: fault("REPLIES_UNKNOWN_MESSAGE", "Unknown message") });
  }
  const nonceKey =
    draft.nonce === undefined || !draft.enforceNonce ? undefined : `${caller.author.id} ${draft.nonce}`;
  const earlier = nonceKey === undefined ? undefined : state.nonces.get(nonceKey);
  const there = earlier && earlier.until > world.now() ? state.messages.get(earlier.id) : undefined;
  call.take("messages", bucketOf(caller));
  if (there) return ok(entityOf(there, call));

  const author = draft.username ? { ...caller.author, username: draft.username } : caller.author;
  const id = snowflake(state, world);
  const message: Message = {
    ...draft,
    ...caller,
    author,
    id,
    at: world.now(),
    reactions: new Map(),
    votes: new Map(),
  };
  state.messages.set(id, message);
  state.last.set(message.channel, id);
  if (nonceKey !== undefined) state.nonces.set(nonceKey, { id, until: world.now() + NONCE_MS });
  world.accept(postOf(message, pageOf(message, world)));
  return ok(entityOf(message, call));
}

export function entityOf(message: Message, { state, world }: Call) {
  const answered = message.parent === undefined ? undefined : state.messages.get(message.parent);
  return messageEntity(message, world.now(), `${world.base(ID)}/attachments`, answered);
}

/** A file as everybody gets it who knows its address. */
export function attachment({ params, state }: Call): SandboxReply {
  for (const message of state.messages.values()) {
    const at = message.files.findIndex((_, n) => attachmentId(message, n) === params.id);
    const file = message.channel === params.channel ? message.files[at] : undefined;
    if (file) return { status: 200, headers: { "content-type": file.type }, body: file.bytes };
  }
  return {
    status: 404,
    headers: { "content-type": "text/plain" },
    body: "This content is no longer available.",
  };
}

function pageOf({ channel, id }: Message, world: World): string {
  return `${world.base(ID)}/channels/${GUILD}/${channel}/${id}`;
}

export function messageOf(call: Call): Message {
  const { channel, webhook } = inRoom(call);
  const message = call.state.messages.get(call.params.message ?? "");
  // A webhook knows only its own; a bot sees the whole channel.
  if (message?.channel !== channel || (webhook !== undefined && message.webhook !== webhook))
    throw refuse(404, 10008, "Unknown Message");
  return message;
}

export function edit(call: Call): SandboxReply {
  const { request, world, who } = call;
  const message = messageOf(call);
  if (message.author.id !== who().author.id)
    throw refuse(403, 50005, "Cannot edit a message authored by another user");
  const changed = readEdit(request, message);
  call.take("edits", bucketOf(who()));
  Object.assign(message, changed, { editedAt: world.now() });
  world.update(postOf(message, pageOf(message, world)));
  return ok(entityOf(message, call));
}

export function remove(call: Call): SandboxReply {
  const message = messageOf(call);
  if (message.author.id !== call.who().author.id) throw refuse(403, 50013, "Missing Permissions");
  call.state.messages.delete(message.id);
  call.world.remove(ID, message.id);
  return { status: 204 };
}

export function react(call: Call): SandboxReply {
  const emoji = decodeURIComponent(call.params.emoji ?? "");
  const { reactions } = messageOf(call);
  reactions.set(emoji, (reactions.get(emoji) ?? new Set()).add(call.who().author.id));
  return { status: 204 };
}

/** As the app does it, undocumented; documented is that apps may not: "No rights! :)". */
export function vote(call: Call): SandboxReply {
  const { poll, votes, at } = messageOf(call);
  const { author } = call.who();
  const said = call.fields().answer_ids;
  const chosen = (Array.isArray(said) ? said : []).map(Number);
  if (author.bot || !poll) throw refuse(403, 520000, "Poll voting blocked");
  if (at + poll.duration * 3_600_000 <= call.world.now()) throw refuse(400, 520001, "Poll expired");
  if (chosen.some((id) => poll.answers[id - 1] === undefined) || (chosen.length > 1 && !poll.multiselect))
    throw invalid({ answer_ids: fault("BASE_TYPE_CHOICES", "Invalid poll answer.") });
  votes.set(author.id, chosen);
  return { status: 204 };
}

/** The thread has the message's own id. */
export function beginThread(call: Call): SandboxReply {
  const message = messageOf(call);
  const { name } = call.fields();
  if (message.thread !== undefined)
    throw refuse(400, 160004, "A thread has already been created for this message");
  if (!text(name)) throw invalid({ name: fault("BASE_TYPE_REQUIRED", "This field is required") });
  message.thread = String(name);
  return {
    status: 201,
    body: { id: message.id, type: 11, name, parent_id: message.channel, guild_id: GUILD },
  };
}

export function list(call: Call): SandboxReply {
  const { query, state } = call;
  const { channel } = inRoom(call);
  const limit = Number(query.get("limit") ?? 50);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalid({
      limit: fault("NUMBER_TYPE_MAX", "int value should be less than or equal to 100."),
    });
  }
  call.take("lists", channel);
  const [after, before] = [idOf(query.get("after")), idOf(query.get("before"))];
  const found = [...state.messages.values()]
    .filter((message) => message.channel === channel)
    .filter(
      ({ id }) =>
        (after === undefined || BigInt(id) > after) && (before === undefined || BigInt(id) < before),
    )
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  // `after` gives the ones next to it; all lists come newest first.
  const page = after === undefined ? found.slice(-limit) : found.slice(0, limit);
  return ok(page.reverse().map((message) => entityOf(message, call)));
}

// Milliseconds since 2015, then 22 bits of worker and sequence.
function snowflake(state: State, world: World): string {
  state.sequence = (state.sequence + 1) % 4_096;
  return ((BigInt(world.now() - EPOCH) << 22n) + BigInt(state.sequence)).toString();
}

function idOf(value: string | null): bigint | undefined {
  return value !== null && /^\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}
