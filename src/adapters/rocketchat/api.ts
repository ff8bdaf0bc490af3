/** Rocket.Chat's REST API as far as the adapter speaks it: settings, answers, files, and where a message is. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  NetworkError,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";

export const channel = v.pipe(
  v.strictObject({
    server: v.optional(url("The server, such as https://chat.acme.example")),
    user_id: v.optional(text("The bot's user id, shown with its access token")),
    token: v.optional(secret("The bot's personal access token")),
    room: v.optional(
      v.pipe(
        text("The channel or private group: its name, or its id"),
        v.transform((name) => name.replace(/^#/, "")),
        v.regex(/^[^\s/@]+$/, "is not a room: its name without spaces, or its id"),
      ),
    ),
    webhook: v.optional(
      v.pipe(
        secret("Incoming webhook URL, https://chat.acme.example/hooks/…/…"),
        v.regex(
          /^https?:\/\/\S+\/hooks\/[^/?#\s]+\/[^/?#\s]+$/i,
          "is not a webhook's URL, https://chat.acme.example/hooks/…/…",
        ),
      ),
    ),
  }),
  v.check(
    ({ webhook, server, user_id, token, room }) =>
      webhook === undefined
        ? server !== undefined && user_id !== undefined && token !== undefined && room !== undefined
        : token === undefined && room === undefined,
    "needs either webhook, or server, user_id, token and room",
  ),
);

export const options = v.strictObject({
  preview: v.optional(v.pipe(v.boolean(), v.description("Cards below the links; default true"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const Refused = v.object({
  success: v.literal(false),
  error: v.optional(v.string()),
  errorType: v.optional(v.string()),
});
/** What stands before the API's methods has another form. */
export const LoggedOut = v.object({ status: v.literal("error"), message: v.string() });
export const answer = <E extends v.ObjectEntries>(entries: E) =>
  v.object({ success: v.literal(true), ...entries });

export const Message = v.object({
  _id: v.string(),
  msg: v.optional(v.string(), ""),
  ts: v.optional(v.string(), ""),
  t: v.optional(v.string()),
  tmid: v.optional(v.string()),
  editedAt: v.nullish(v.string()),
  tcount: v.optional(v.number()),
  u: v.optional(
    v.object({ _id: v.string(), username: v.optional(v.string()), name: v.optional(v.string()) }),
  ),
  file: v.nullish(v.object({ _id: v.optional(v.string()) })),
  reactions: v.nullish(v.record(v.string(), v.object({ usernames: v.optional(v.array(v.string()), []) }))),
});
export type Message = v.InferOutput<typeof Message>;
export const Sent = answer({ message: Message });
export const Me = v.object({ _id: v.string(), username: v.string() });

interface Room {
  id: string;
  /** c: channel, p: private group, d: direct. */
  type: string;
  name: string | null;
}

const Info = answer({ room: v.object({ _id: v.string(), t: v.string(), name: v.optional(v.string()) }) });

/** Known before the first post: messages go to a room's id, and addresses have its name. */
export function roomOf(context: Preparation<Channel>): Promise<Room> {
  return context.step("room", () => askRoom(context));
}

export async function askRoom({ channel, http, ask }: Reach<Channel>): Promise<Room> {
  const { room = "" } = channel;
  const unknown = ["error-room-not-found", "error-invalid-room"];
  const byName = await http({ path: "/rooms.info", query: { roomName: room }, ok: unknown });
  const { room: found } = v.is(Refused, byName.body)
    ? await ask({ path: "/rooms.info", query: { roomId: room } }, Info, "a room")
    : expectReply(byName, Info, "a room", true);
  return { id: found._id, type: found.t, name: found.name ?? null };
}

/** A name of ours for the message, as the server's own are long. */
export function idOf(key: string): string {
  return key.slice(0, 17);
}

const PAGES: Record<string, string> = { p: "group", d: "direct" };

export function receiptOf(id: string, { id: room, type, name }: Room, context: Context<Channel>): Receipt {
  const root = rootOf(context);
  const page = type === "d" ? room : encodeURIComponent(name ?? room);
  const url = `${context.channel.server}/${PAGES[type] ?? "channel"}/${page}?msg=${id}`;
  return { id, url, ref: { room, ...(root && { root }) } };
}

/** A thread hangs below its first message, whichever of its messages is answered. */
export function rootOf({ thread }: Pick<Context, "thread">): string | undefined {
  return thread && (thread.parent.ref?.root ?? thread.root.id);
}

const Uploaded = answer({ file: v.object({ _id: v.string() }) });

/** The file's id: it is in the room, and nobody sees it until it is confirmed. */
export async function upload(
  post: Post<Options>,
  context: Preparation<Channel>,
): Promise<string | undefined> {
  if (post.media.length === 0) return undefined;
  const { id } = await roomOf(context);
  const [file] = await context.uploads(post, async (media) => {
    const part = {
      name: "file",
      value: await context.stream(media),
      filename: nameOf(media),
      type: media.type,
    };
    const asked = { method: "POST", path: `/rooms.media/${id}`, parts: [part] } as const;
    return (await context.ask(asked, Uploaded, "a file's id")).file._id;
  });
  return file;
}

/** A webhook is told no id and reads nothing. */
export function onlyBot({ webhook }: Channel, what: string): void {
  if (webhook) throw new NetworkError("rejected", `a webhook cannot ${what}; a bot's token can`);
}
