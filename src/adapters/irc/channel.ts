/** What a channel on IRC has to say, and how much of a line others leave for the text. */
import * as v from "valibot";
import { secret, text } from "../../settings.ts";

// It becomes a word of a line: a space or a line end would begin another one.
const word = (description: string) =>
  v.pipe(secret(description), v.regex(/^[^\s:,\0][^\s,\0]*$/, "holds a space, a comma or a line end"));

export const channel = v.strictObject({
  server: v.pipe(
    text(
      "The server, with TLS: ircs://irc.libera.chat:6697; or tcp://127.0.0.1:6667 for one on this computer",
    ),
    v.regex(
      /^(?:ircs:\/\/[\w.-]+(?::\d+)?|tcp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+)\/?$/,
      "is not ircs://HOST:6697; without encryption only tcp://127.0.0.1:6667",
    ),
  ),
  channel: v.pipe(
    text("Where it speaks: #acme"),
    v.regex(/^[#&+!][^\s,:\0\x07]{1,63}$/, "is not the name of a channel: #acme"),
  ),
  nick: v.pipe(
    text("The name that others see: acme-bot"),
    v.regex(/^[A-Za-z[\]\\`_^{|}][\w[\]\\`^{|}-]{0,29}$/, "is not a nickname: a letter first, no spaces"),
  ),
  account: v.optional(
    v.pipe(text("Who logs in (SASL PLAIN); default: the nick"), v.regex(/^[^\s\0]+$/, "holds a space")),
  ),
  password: v.optional(secret("That account's password; without it nobody logs in")),
  server_password: v.optional(word("The server's own password (PASS), where it has one")),
  channel_key: v.optional(word("The channel's key (+k), where it has one")),
});

export type Channel = v.InferOutput<typeof channel>;

/** RFC 2812, 2.3: a line's bytes, its end included. */
export const LONGEST_LINE = 512;
export const USER = "broadcast";
// The longest that servers show; a cloak may be as long.
const LONGEST_HOST = 63;

/** `:nick!user@host `, as the server puts it before a line for the others: the longest that it may become. */
function longestPrefix({ nick }: Pick<Channel, "nick">): number {
  // Servers put a tilde before a user that nobody vouches for.
  return `:${nick}!~${USER}@ `.length + LONGEST_HOST;
}

/** A message as the others get it, without the prefix. */
export function messageLine({ channel }: Pick<Channel, "channel">, text: string): string {
  return `PRIVMSG ${channel} :${text}\r\n`;
}

/** The most bytes that one line of text may have on this channel, whatever the server calls us. */
export function mostText(settings: Pick<Channel, "nick" | "channel">): number {
  return LONGEST_LINE - longestPrefix(settings) - Buffer.byteLength(messageLine(settings, ""));
}
