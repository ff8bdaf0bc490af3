/** What a channel of mail has to say. */
import * as v from "valibot";
import { secret, text } from "../../settings.ts";

const ADDRESS = /^(?:[^\r\n<>]*<[\x21-\x7e]+@[\w.-]+>|[\x21-\x3b=\x3f-\x7e]+@[\w.-]+)$/;
const address = (description: string) =>
  v.pipe(
    text(description),
    v.regex(ADDRESS, "is not an address: news@acme.example, or Acme <news@acme.example>"),
  );

// RFC 5321, 4.5.3.1.8: what every server takes at least.
const MOST_RECIPIENTS = 100;

export const channel = v.strictObject({
  server: v.pipe(
    text(
      "The mail server: smtps://HOST:465, smtp://HOST:587 (with STARTTLS), or tcp://127.0.0.1:25 for one on this computer",
    ),
    v.regex(
      /^(?:smtps?:\/\/[\w.-]+(?::\d+)?|tcp:\/\/(?:127\.0\.0\.1|localhost|\[::1\]):\d+)\/?$/,
      "is not smtps://HOST:465 or smtp://HOST:587; without encryption only tcp://127.0.0.1:25",
    ),
  ),
  user: v.optional(text("Who logs in there")),
  password: v.optional(secret("Their password, or an app password")),
  from: address("Who it is from: Acme <news@acme.example>"),
  to: v.pipe(
    v.union([
      address("An address"),
      v.pipe(
        v.array(address("An address")),
        v.minLength(1, "has no recipient"),
        v.maxLength(MOST_RECIPIENTS, `names more than ${MOST_RECIPIENTS}: use a list`),
      ),
    ]),
    v.description("A list's address, or several people's, who do not see each other"),
  ),
  reply_to: v.optional(address("Where answers go; default: to the sender")),
  list_id: v.optional(text("The list's own name for filters: news.acme.example")),
  unsubscribe: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          v.string(),
          v.regex(/^(?:https:\/\/|mailto:)[^\s<>,]+$/, "is not an https: or mailto: address"),
        ),
      ),
      v.description("Where readers end it: https: and mailto: addresses"),
    ),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
