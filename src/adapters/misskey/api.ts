/** Misskey's API as far as the adapter speaks it: every call is a POST of JSON. */
import * as v from "valibot";
import {
  type Context,
  type HttpRequest,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The server, such as https://misskey.io"),
  token: secret(
    "Access token with the rights to write notes, to read and write the drive, and to read the account",
  ),
});

export const options = v.strictObject({
  visibility: v.optional(
    v.pipe(v.picklist(["public", "home", "followers"]), v.description("Who sees the note")),
  ),
  cw: v.optional(
    v.pipe(
      text("Content warning, shown instead of the text until the reader asks for it"),
      v.maxLength(100, "is longer than 100"),
    ),
  ),
  local_only: v.optional(v.pipe(v.boolean(), v.description("The note stays on its server"))),
  sensitive: v.optional(v.pipe(v.boolean(), v.description("Hides the files until the reader asks for them"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({
  error: v.object({ message: v.string(), code: v.string(), id: v.optional(v.string()) }),
});
export const Me = v.object({ id: v.string(), username: v.string(), host: v.nullish(v.string()) });
export const Note = v.object({
  id: v.string(),
  createdAt: v.string(),
  text: v.nullish(v.string()),
  cw: v.nullish(v.string()),
  replyId: v.nullish(v.string()),
  fileIds: v.nullish(v.array(v.string())),
  user: v.optional(
    v.object({
      id: v.string(),
      username: v.string(),
      host: v.nullish(v.string()),
      name: v.nullish(v.string()),
    }),
  ),
  repliesCount: v.optional(v.number()),
  renoteCount: v.optional(v.number()),
  reactions: v.optional(v.record(v.string(), v.number()), {}),
  poll: v.nullish(v.object({ choices: v.array(v.object({ text: v.string(), votes: v.number() })) })),
});
export type Note = v.InferOutput<typeof Note>;

/** A question: it is a POST like everything else. */
export function asked(name: string, json: object = {}): HttpRequest {
  return { method: "POST", path: `/${name}`, json, safe: true };
}

export function whoAmI({ ask }: Reach<Channel>) {
  return ask(asked("i"), Me, "an account");
}

export function receiptOf({ id }: Pick<Note, "id">, { server }: Channel): Receipt {
  return { id, url: `${server}/notes/${id}` };
}

const File = v.object({ id: v.string() });

export function uploaded(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, async (media) => {
    const parts = [
      { name: "name", value: nameOf(media) },
      ...(media.alt ? [{ name: "comment", value: media.alt }] : []),
      ...(post.options.sensitive ? [{ name: "isSensitive", value: "true" }] : []),
      // The same file as before would be the file from before, with its old description.
      { name: "force", value: "true" },
      { name: "file", value: await context.stream(media), filename: nameOf(media), type: media.type },
    ];
    return (await context.ask({ method: "POST", path: "/drive/files/create", parts }, File, "a file's id"))
      .id;
  });
}

export function noteOf(post: Post<Options>, fileIds: string[], { thread }: Pick<Context, "thread">) {
  const { visibility, cw, local_only } = post.options;
  const { poll } = post;
  return {
    ...(post.text && { text: post.text }),
    ...(visibility && { visibility }),
    ...(cw && { cw }),
    ...(local_only && { localOnly: true }),
    ...(fileIds.length > 0 && { fileIds }),
    ...(poll && {
      poll: {
        choices: poll.choices,
        multiple: poll.multiple ?? false,
        expiredAfter: milliseconds(poll.open),
      },
    }),
    ...(thread && { replyId: thread.parent.id }),
  };
}
