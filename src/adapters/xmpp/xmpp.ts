/** XMPP: a message in a room, by somebody who comes, speaks and goes. The room shows it back, which proves that it is there. */
import * as v from "valibot";
import { type Context, defineAdapter, NetworkError, type Receipt } from "../../adapter.ts";
import type { ErrorCode } from "../../errors.ts";
import { type Channel, channel, enter, leave, login, nickOf, refused, type Session } from "./session.ts";
import { child, element, errorIn, escaped } from "./stanza.ts";

const options = v.strictObject({});

export const xmpp = defineAdapter({
  id: "xmpp",
  name: "XMPP",
  source: { url: "https://xmpp.org/extensions/xep-0045.html", checked: "2026-11-27" },
  group: "community",
  shape: "chat",
  look: { mark: "Xm", light: "#8a3b12", dark: "#f0b38c", layout: "message" },

  channel,
  options,
  auth: {
    kind: "password",
    asks: ["jid", "password", "room"],
    steps: [
      "Make an account for the bot at an XMPP server: `jid` and `password`.",
      "Ask the room's owner to let it in, and to give it a voice where the room is moderated: `room`.",
    ],
  },
  // No refusal of XMPP comes by HTTP.
  own: { body: v.never() },

  // A server's own limit for a stanza is at least this (RFC 6120, 13.12).
  text: { max: 8_000, unit: "byte", markup: "plain", tags: "text" },
  media: "none",
  thread: "sequence",
  card: "none",
  // Each post is a visit of its own.
  rates: [{ posts: 6, per: "1m" }],
  idempotency: "none",
  edits: "none",
  retracts: "none",

  async publish(post, context) {
    const session = await login(context);
    try {
      await enter(session, context.channel);
      return await say(session, post.text, context);
    } finally {
      await leave(session);
    }
  },

  async account(reach) {
    await leave(await login(reach, true));
    const { jid, room } = reach.channel;
    return { id: jid, handle: `${nickOf(reach.channel)} in ${room}` };
  },
});

// What a room may have against a message.
const REFUSALS: Record<string, [ErrorCode, string]> = {
  forbidden: ["rejected", "we may not speak in the room (it is moderated)"],
  "not-acceptable": ["rejected", "we are not in the room, or it does not take the message"],
  "policy-violation": ["rejected", "the room does not take the message"],
  "resource-constraint": ["limited", "the room wants us to speak less"],
  wait: ["limited", "the room wants us to speak less"],
};

/** Says it, and waits until the room shows it: with our id, from our place in the room. */
async function say(
  { connection, next }: Session,
  text: string,
  { channel, key }: Context<Channel>,
): Promise<Receipt> {
  const body = element("body", {}, escaped(text));
  const origin = element("origin-id", { xmlns: "urn:xmpp:sid:0", id: key });
  // From here on, a silence may mean either.
  await connection.send(
    element("message", { type: "groupchat", to: channel.room, id: key }, `${body}${origin}`),
  );
  for (;;) {
    const stanza = await afterwards(next);
    const { from, id, type } = stanza.attributes;
    if (stanza.name !== "message" || !from?.startsWith(channel.room)) continue;
    const ours = id === key || child(stanza, "origin-id", "urn:xmpp:sid:0")?.attributes.id === key;
    if (!ours) continue;
    const error = type === "error" ? errorIn(stanza) : undefined;
    if (error) throw refused(error, REFUSALS);
    if (from !== `${channel.room}/${nickOf(channel)}`) continue;
    const given = stanza.children.find(
      ({ name, attributes }) => name === "stanza-id" && attributes.by === channel.room,
    );
    return { id: given?.attributes.id ?? key, url: `xmpp:${channel.room}?join` };
  }
}

/** The next stanza; a stream that ends now says nothing about what was said. */
async function afterwards(next: Session["next"]) {
  try {
    return await next();
  } catch (error) {
    if (error instanceof NetworkError && error.code === "unavailable")
      throw new NetworkError("uncertain", error.message, { cause: error });
    throw error;
  }
}
