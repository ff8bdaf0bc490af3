/** Notes: made, deleted, reacted to, voted on, and how readers see them. */
import { flag, text } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { markdownHtml } from "../../markdown.ts";
import type { SandboxPost, SandboxReply, World } from "../../network.ts";
import { type Call, type File, ID, idAt, type Note, ok, refuse, userIdOf } from "./state.ts";

export const MAX = 3_000;
const CW_MAX = 100;
const FILES_MAX = 16;

type Fields = Record<string, unknown>;

// notes/create's paramDef: additional properties are not refused, wrong ones are.
export function create(call: Call): SandboxReply {
  const { state, world } = call;
  const { name } = call.who();
  const { fields, type } = call.body();
  if (type !== "json") throw invalid();
  const words = fields.text === undefined || fields.text === null ? null : text(fields.text)?.trim();
  if (words === undefined || (words !== null && codePoints(words) > MAX)) throw invalid();
  const cw = fields.cw === undefined ? null : (text(fields.cw) ?? null);
  if (cw !== null && codePoints(cw) > CW_MAX) throw invalid();
  const visibility = text(fields.visibility) ?? "public";
  if (!["public", "home", "followers", "specified"].includes(visibility)) throw invalid();
  const files = filesOf(fields.fileIds, call);
  const poll = pollOf(fields.poll, world);
  if (!words && files.length === 0 && !poll && fields.renoteId === undefined) throw invalid();
  const replyId = text(fields.replyId);
  if (replyId !== undefined && !state.notes.has(replyId))
    throw refuse(400, "NO_SUCH_REPLY_TARGET", "No such reply target.");
  call.take("notes", name);
  const note: Note = {
    id: idAt(state, world),
    user: name,
    text: words || null,
    cw,
    visibility,
    localOnly: flag(fields.localOnly),
    files,
    at: world.now(),
    reactions: new Map(),
    voters: new Set(),
    ...(poll && { poll }),
    ...(replyId && { replyId }),
  };
  state.notes.set(note.id, note);
  world.accept(postOf(note, world));
  return ok({ createdNote: entityOf(note, call) });
}

function invalid(): Error {
  return refuse(400, "INVALID_PARAM", "Invalid param.");
}

function filesOf(ids: unknown, { state, who }: Call): File[] {
  if (ids === undefined || ids === null) return [];
  if (!Array.isArray(ids) || ids.length < 1 || ids.length > FILES_MAX || new Set(ids).size < ids.length)
    throw invalid();
  return ids.map((id) => {
    const file = state.files.get(String(id));
    if (file?.user !== who().name) throw refuse(400, "NO_SUCH_FILE", "Some files are not found.");
    return file;
  });
}

function pollOf(value: unknown, world: World): Note["poll"] {
  if (value === undefined || value === null) return undefined;
  const { choices, multiple, expiredAfter, expiresAt } = value as Fields;
  const list = Array.isArray(choices) ? choices.map(String) : [];
  if (list.length < 2 || list.length > 10 || new Set(list).size < list.length) throw invalid();
  if (list.some((choice) => choice === "" || codePoints(choice) > 50)) throw invalid();
  const until =
    expiresAt === undefined
      ? expiredAfter === undefined
        ? undefined
        : world.now() + Number(expiredAfter)
      : Number(expiresAt);
  if (until !== undefined && !(until > world.now()))
    throw refuse(400, "CANNOT_CREATE_ALREADY_EXPIRED_POLL", "Poll is already expired.");
  return {
    choices: list.map((choice) => ({ text: choice, votes: 0 })),
    multiple: flag(multiple),
    ...(until !== undefined && { expiresAt: until }),
  };
}

export function noteOf(call: Call): Note {
  const note = call.state.notes.get(String(call.fields().noteId));
  if (!note) throw refuse(400, "NO_SUCH_NOTE", "No such note.");
  return note;
}

export function remove(call: Call): SandboxReply {
  const note = noteOf(call);
  if (note.user !== call.who().name) throw refuse(400, "ACCESS_DENIED", "Access denied.");
  call.state.notes.delete(note.id);
  call.world.remove(ID, note.id);
  return { status: 204 };
}

export function react(call: Call): SandboxReply {
  const { reactions } = noteOf(call);
  const { name } = call.who();
  if (reactions.has(name)) throw refuse(400, "ALREADY_REACTED", "You are already reacting to that note.");
  reactions.set(name, text(call.fields().reaction) ?? "❤");
  return { status: 204 };
}

export function vote(call: Call): SandboxReply {
  const { poll, voters } = noteOf(call);
  const choice = poll?.choices[Number(call.fields().choice)];
  if (!poll || !choice) throw refuse(400, "INVALID_CHOICE", "Choice ID is invalid.");
  if (poll.expiresAt !== undefined && poll.expiresAt < call.world.now())
    throw refuse(400, "ALREADY_EXPIRED", "The poll is already expired.");
  if (voters.has(call.who().name) && !poll.multiple)
    throw refuse(400, "ALREADY_VOTED", "You have already voted.");
  voters.add(call.who().name);
  choice.votes++;
  return { status: 204 };
}

export function entityOf(note: Note, { state }: Pick<Call, "state">): Fields {
  const { id, user, text: words, cw, visibility, localOnly, replyId, files, poll, at, reactions } = note;
  const counts: Record<string, number> = {};
  for (const reaction of reactions.values()) counts[reaction] = (counts[reaction] ?? 0) + 1;
  return {
    id,
    createdAt: new Date(at).toISOString(),
    userId: userIdOf(user),
    user: { id: userIdOf(user), username: user, host: null, name: user },
    text: words,
    cw,
    visibility,
    localOnly,
    replyId: replyId ?? null,
    renoteId: null,
    fileIds: files.map((file) => file.id),
    files: files.map((file) => ({
      id: file.id,
      name: file.name,
      type: file.type,
      comment: file.alt || null,
    })),
    repliesCount: [...state.notes.values()].filter((one) => one.replyId === id).length,
    renoteCount: 0,
    reactionCount: reactions.size,
    reactions: counts,
    ...(poll && {
      poll: {
        multiple: poll.multiple,
        expiresAt: poll.expiresAt === undefined ? null : new Date(poll.expiresAt).toISOString(),
        choices: poll.choices.map((choice) => ({ ...choice, isVoted: false })),
      },
    }),
  };
}

function postOf(note: Note, world: World): SandboxPost {
  const { id, user, text: words, cw, visibility, localOnly, replyId, files, poll, at } = note;
  const shown = words ?? "";
  const link = /https?:\/\/[^\s<>)\]]+/.exec(shown)?.[0];
  return {
    network: ID,
    account: `@${user}`,
    id,
    url: `${world.base(ID)}/notes/${id}`,
    at,
    text: shown,
    html: mfmHtml(shown),
    media: files.map(({ type, alt, bytes }) => ({ type, alt, bytes })),
    length: codePoints(shown),
    max: MAX,
    notes: [
      ...(visibility === "public" ? [] : [visibility]),
      ...(localOnly ? ["this server only"] : []),
      ...(cw === null ? [] : [`Content warning: ${cw}`]),
      ...(files.some(({ sensitive }) => sensitive) ? ["sensitive files"] : []),
      ...(poll ? [`poll: ${poll.choices.map((choice) => choice.text).join(" / ")}`] : []),
    ],
    ...(replyId && { parent: replyId }),
    ...(link && files.length === 0 && { card: { url: link } }),
  };
}

/** MFM's marks and tags in Markdown's, what is `<plain>` behind backslashes; then as any Markdown. */
function mfmHtml(source: string): string {
  const literal = (words: string) => words.replace(/[!-/:-@[-`{-~]/g, "\\$&");
  const markdown = source
    .split(/(<plain>[\s\S]*?<\/plain>|```[\s\S]*?```|`[^`\n]*`)/)
    .map((piece) => {
      if (piece.startsWith("<plain>")) return literal(piece.slice(7, -8));
      if (piece.startsWith("`")) return piece;
      return piece
        .replaceAll("\\", "\\\\")
        .replace(/<\/?b>/g, "**")
        .replace(/<\/?i>/g, "*")
        .replace(/<\/?s>/g, "~~");
    })
    .join("");
  return markdownHtml(markdown, {
    mention: /(?<![\p{L}\p{N}])@[a-z0-9_]+(?:@[a-z0-9.-]+[a-z0-9])?|(?<![\p{L}\p{N}&])#[\p{L}\p{N}_]+/giu,
    tables: false,
    images: false,
  });
}
