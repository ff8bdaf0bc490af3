/** What an event holds: words in two forms, whom they call, a file, and where it hangs. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import {
  type Context,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Receipt,
} from "../../adapter.ts";
import { textOfHtml } from "../../text/from-html.ts";
import { type Channel, type Options, rootOf } from "./api.ts";

const Uploaded = v.object({ content_uri: v.pipe(v.string(), v.regex(/^mxc:\/\/[^/]+\/[^/]+$/)) });
const KINDS: Record<string, string> = { image: "m.image", video: "m.video", audio: "m.audio" };

/** One file at most. `post`: the very object that the context knows. */
export async function upload(
  post: Post<Options>,
  context: Preparation<Channel>,
): Promise<string | undefined> {
  const [uri] = await context.uploads(post, async (item) => {
    const bytes = await context.stream(item);
    const query = { filename: nameOf(item) };
    const asked = {
      method: "POST",
      path: "/_matrix/media/v3/upload",
      query,
      bytes,
      type: item.type,
    } as const;
    return (await context.ask(asked, Uploaded, "an address of the file")).content_uri;
  });
  return uri;
}

/** The message itself; `uri`: of its file. */
export function contentOf(post: Post<Options>, uri: string | undefined): Record<string, unknown> {
  const { text, plain, media, options } = post;
  const words = text && {
    body: plain ?? textOfHtml(text).trim(),
    format: "org.matrix.custom.html",
    formatted_body: text,
  };
  const [item] = media;
  if (!item || !uri)
    return { msgtype: options.notice ? "m.notice" : "m.text", ...(words || { body: "" }), ...called(post) };
  const name = nameOf(item);
  return {
    msgtype: KINDS[item.type.split("/")[0] ?? ""] ?? "m.file",
    url: uri,
    info: infoOf(item),
    // A body that is not the file's name is its caption.
    filename: name,
    ...(words || { body: name }),
    ...called(post),
  };
}

// Always: without it clients look for names in the words.
function called({ entities }: Post<Options>) {
  const users = entities.flatMap((entity) => (entity.kind === "mention" ? [userIdOf(entity)] : []));
  const known = users.filter((user) => /^@[^\s:]+:\S+$/.test(user));
  return { "m.mentions": known.length > 0 ? { user_ids: [...new Set(known)] } : {} };
}

function userIdOf({ handle, id }: { handle: string; id?: string }): string {
  return id ?? `@${handle.replace(/^@/, "")}`;
}

function infoOf({ type, bytes, width, height }: Media) {
  return { mimetype: type, size: bytes, ...(width && height && { w: width, h: height }) };
}

export function relationOf({ thread }: Pick<Context, "thread">): Record<string, unknown> {
  if (!thread) return {};
  const root = rootOf({ thread });
  const answered = { "m.in_reply_to": { event_id: thread.parent.id } };
  if (!root) return { "m.relates_to": answered };
  // What knows no threads shows a part of ours as an answer to the part before.
  return {
    "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: !thread.answers, ...answered },
  };
}

/** A new event that clients show in the old one's place; the words besides are for those that know no edits. */
export function editOf(
  receipt: Receipt,
  post: Post<Options>,
  uri: string | undefined,
): Record<string, unknown> {
  const fresh = contentOf(post, uri);
  return {
    msgtype: "m.text",
    body: `* ${fresh.body}`,
    "m.mentions": {},
    "m.new_content": fresh,
    "m.relates_to": { rel_type: "m.replace", event_id: receipt.id },
  };
}

/**
 * The name of an edit towards the server: the same for a repeat of it, another one for other words and for the same words
 * later on.
 */
export function editName(key: string, receipt: Receipt, { text, media }: Post<Options>): string {
  const said = JSON.stringify([text, media.map(({ sha256 }) => sha256)]);
  const words = createHash("sha256").update(said).digest("hex").slice(0, 16);
  return `${key}-edit-${receipt.ref?.edits ?? "0"}-${words}`;
}
