/** E-mail by SMTP: one message to a list's address, or to a few people in blind copy. */
import * as v from "valibot";
import { defineAdapter } from "../../adapter.ts";
import { channel } from "./channel.ts";
import { messageIdOf, messageOf, recipientsOf } from "./message.ts";
import { addressIn, deliver, login } from "./smtp.ts";

const options = v.strictObject({});

export const email = defineAdapter({
  id: "email",
  name: "E-mail",
  source: { url: "https://www.rfc-editor.org/rfc/rfc5321", checked: "2026-11-23" },
  group: "writing",
  shape: "mail",

  channel,
  options,
  auth: {
    kind: "password",
    url: "https://www.rfc-editor.org/rfc/rfc5321",
    asks: ["server", "user", "password", "from", "to"],
    steps: [
      "Take the server, user and password that your mail provider shows for sending by SMTP: `server`, `user` and `password`.",
      "`from` is an address that the provider lets you send from, with SPF, DKIM and DMARC in its domain's DNS.",
      "`to` is a list's address, such as announce@lists.acme.example, or a few people's.",
    ],
  },
  // No refusal of SMTP comes by HTTP.
  own: { body: v.never() },

  // A header's line; an inbox shows 60 or so.
  title: { max: 200, unit: "codepoint", markup: "plain", line: true, required: true },
  text: { max: 500_000, unit: "byte", markup: "html", tags: "none" },
  media: {
    count: 10,
    alt: 1_000,
    // Base 64 makes a third more; most servers take 20 to 25 MB.
    total: 15_000_000,
    image: { types: ["image/png", "image/jpeg", "image/gif"], bytes: 10_000_000 },
  },
  thread: "reply",
  card: "none",
  rates: [{ posts: 20, per: "1m" }],
  // SMTP knows no repeats, though some receivers drop a second message of the same id.
  idempotency: "none",
  edits: "none",
  retracts: "none",

  check: (_, { user, password, server }) =>
    (user === undefined) === (password === undefined)
      ? undefined
      : {
          message: `the channel has ${user === undefined ? "`password` without `user`" : "`user` without `password`"} for ${server}`,
          remedy: "Give it both, or neither for a server that lets everybody in.",
          about: "options",
        },

  async publish(post, context) {
    const { channel } = context;
    const message = await messageOf(post, context);
    const session = await login(context);
    try {
      const response = await deliver(session, { from: channel.from, to: recipientsOf(channel), message });
      return { id: messageIdOf(context, channel), ref: { response: response.slice(0, 200) } };
    } finally {
      session.connection.close();
    }
  },

  async account(reach) {
    const { connection } = await login(reach, true);
    connection.close();
    const to = recipientsOf(reach.channel);
    const readers = to.length === 1 ? addressIn(to[0] ?? "") : `${to.length} people`;
    return { id: addressIn(reach.channel.from), handle: `${addressIn(reach.channel.from)} to ${readers}` };
  },
});
