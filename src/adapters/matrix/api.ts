/** Matrix's client-server API as far as the adapter speaks it: settings, answers, and where an event is. */
import * as v from "valibot";
import {
  type Context,
  expectReply,
  NetworkError,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { base, secret, text, url } from "../../settings.ts";

export const channel = v.strictObject({
  server: url("The account's homeserver, such as https://matrix-client.matrix.org"),
  token: secret("Access token of the account that posts"),
  room: v.pipe(
    text("The room: #alias:server, or its id, !…"),
    v.regex(/^(#[^\s:]+:\S+|![^\s/]+)$/, "is not a room: #alias:server, or its id, which begins with !"),
  ),
  web: base("Where links to messages lead", "https://matrix.to/#"),
});

export const options = v.strictObject({
  notice: v.optional(
    v.pipe(v.boolean(), v.description("As bots do: most clients notify nobody and show it quietly")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

export const V3 = "/_matrix/client/v3";
export const V1 = "/_matrix/client/v1";

export const Refused = v.object({ errcode: v.string(), error: v.optional(v.string(), "") });
export const Sent = v.object({ event_id: v.string() });
export const Me = v.object({ user_id: v.string(), device_id: v.optional(v.string()) });
const Relation = v.object({
  rel_type: v.optional(v.string()),
  event_id: v.optional(v.string()),
  "m.in_reply_to": v.optional(v.object({ event_id: v.optional(v.string()) })),
});
const Content = v.object({
  body: v.optional(v.string()),
  formatted_body: v.optional(v.string()),
  broadcast_key: v.optional(v.string()),
  "m.relates_to": v.nullish(Relation),
});
/** Of a message; what was redacted has nothing left in `content`. */
export const Event = v.object({
  event_id: v.string(),
  sender: v.string(),
  origin_server_ts: v.number(),
  content: Content,
  unsigned: v.optional(
    v.object({
      transaction_id: v.optional(v.string()),
      redacted_because: v.optional(v.unknown()),
      "m.relations": v.optional(
        v.object({
          "m.replace": v.optional(
            v.object({
              origin_server_ts: v.number(),
              content: v.optional(v.object({ "m.new_content": v.optional(Content) })),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type Event = v.InferOutput<typeof Event>;

interface Place {
  /** The room's id. */
  room: string;
  /** A server that is in the room. */
  via: string;
}

export function whoAmI({ ask }: Reach<Channel>) {
  return ask({ path: `${V3}/account/whoami` }, Me, "an account");
}

/** Where the room is, known before the first post. A room whose messages are encrypted is none that can be posted to. */
export function placeOf(context: Preparation<Channel>): Promise<Place> {
  return context.step("place", async () => {
    const { user_id } = await whoAmI(context);
    const room = await roomIn(context);
    const reply = await context.http({ path: `${roomPath(room)}/state/m.room.encryption`, ok: [404] });
    if (reply.status !== 404) {
      expectReply(reply, v.object({ algorithm: v.string() }), "how the room is encrypted", true);
      throw new NetworkError(
        "rejected",
        "the room is encrypted, and this account has no keys: choose one that is not",
      );
    }
    return { room, via: user_id.slice(user_id.indexOf(":") + 1) };
  });
}

export async function roomIn({ channel, ask }: Reach<Channel>): Promise<string> {
  if (channel.room.startsWith("!")) return channel.room;
  const path = `${V3}/directory/room/${encodeURIComponent(channel.room)}`;
  return (await ask({ path }, v.object({ room_id: v.string() }), "a room")).room_id;
}

export function roomPath(room: string): string {
  return `${V3}/rooms/${encodeURIComponent(room)}`;
}

/** The first message of the thread that a post belongs to. An answer to somebody is one without a thread, unless it is in one. */
export function rootOf({ thread }: Pick<Context, "thread">): string | undefined {
  return thread?.parent.ref?.thread ?? (thread?.answers ? undefined : thread?.root.id);
}

export function receiptOf(id: string, place: Place, context: Context<Channel>): Receipt {
  const thread = rootOf(context);
  return { id, url: urlOf(id, place, context.channel), ref: { room: place.room, ...(thread && { thread }) } };
}

/** By the room's alias, which servers can look up; an id needs a server that is in the room. */
function urlOf(id: string, { room, via }: Place, { web, room: said }: Channel): string {
  const event = encodeURIComponent(id);
  if (said.startsWith("#")) return `${web}/${encodeURIComponent(said)}/${event}`;
  return `${web}/${encodeURIComponent(room)}/${event}?via=${encodeURIComponent(via)}`;
}

export const GONE = "gone";

/** The event as it is, or `gone` for one that is not there or was redacted. */
export async function eventOf(receipt: Receipt, reach: Reach<Channel>): Promise<Event | typeof GONE> {
  const room = receipt.ref?.room ?? (await roomIn(reach));
  const reply = await reach.http({
    path: `${roomPath(room)}/event/${encodeURIComponent(receipt.id)}`,
    ok: [404],
  });
  if (reply.status === 404) return GONE;
  const event = expectReply(reply, Event, "an event", true);
  return event.unsigned?.redacted_because === undefined && event.content.body !== undefined ? event : GONE;
}
