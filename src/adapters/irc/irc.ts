/** IRC: a few lines in a channel, by somebody who comes, speaks and goes. */
import * as v from "valibot";
import { defineAdapter } from "../../adapter.ts";
import { channel, mostText } from "./channel.ts";
import { linesOf, say } from "./say.ts";
import { join, leave, login } from "./session.ts";

const options = v.strictObject({});

// More at once is taken for a flood by many servers.
const MOST_LINES = 10;

export const irc = defineAdapter({
  id: "irc",
  name: "IRC",
  source: { url: "https://modern.ircdocs.horse/", checked: "2026-11-27" },
  group: "community",
  shape: "short",
  look: { mark: "Ir", light: "#3d5a80", dark: "#9dbbe0", layout: "message", avatar: "square" },

  channel,
  options,
  auth: {
    kind: "password",
    asks: ["server", "channel", "nick", "password"],
    steps: [
      "Choose the network's server with its TLS port: `server`, such as ircs://irc.libera.chat:6697.",
      "Register the bot's nick there (on most networks: /msg NickServ REGISTER PASSWORD EMAIL): `nick` and `password`.",
      "Ask the channel's operators to let it speak, where the channel is moderated or for registered nicks.",
    ],
  },
  // No refusal of IRC comes by HTTP.
  own: { body: v.never() },

  // One line's room; how much that is follows from the names.
  text: { max: 400, unit: "byte", markup: "irc", tags: "text" },
  media: "none",
  thread: "sequence",
  card: "none",
  rulesFor: (settings) => ({ text: { max: mostText(settings) } }),
  // Each post is a visit of its own, and servers turn away who comes more often.
  rates: [{ posts: 3, per: "1m" }],
  idempotency: "none",
  edits: "none",
  retracts: "none",

  check(post) {
    const lines = linesOf(post).length;
    return lines > MOST_LINES
      ? {
          message: `the post has ${lines} lines, and more than ${MOST_LINES} at once look like a flood on IRC`,
          remedy: "Say it in fewer lines.",
        }
      : undefined;
  },

  async publish(post, context) {
    const session = await login(context);
    try {
      const prefix = await join(session, context.channel);
      const [id = ""] = await say(session, prefix, linesOf(post), context);
      return { id };
    } finally {
      await leave(session);
    }
  },

  async account(reach) {
    const session = await login(reach, true);
    await leave(session);
    return { id: session.nick, handle: `${session.nick} in ${reach.channel.channel}` };
  },
});
