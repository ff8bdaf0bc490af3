/** What a channel of Nostr has to say, and what a campaign may. */
import * as v from "valibot";
import { base, secret, text, url } from "../../settings.ts";
import { isUrl } from "../../urls.ts";
import { isKey } from "./event.ts";

const MOST_RELAYS = 20;
const relay = v.pipe(
  text("A relay"),
  v.check((value) => isUrl(value) && /^wss?:\/\//i.test(value), "is not a relay: wss://relay.example"),
);
const relays = v.pipe(
  v.array(relay),
  v.minLength(1, "names no relay"),
  v.maxLength(MOST_RELAYS, `names more than ${MOST_RELAYS}`),
  v.check((all) => new Set(all).size === all.length, "names a relay twice"),
);
const written = v.pipe(
  v.string(),
  v.transform((all) => all.split(/[\s,]+/).filter(Boolean)),
  relays,
);

export const channel = v.strictObject({
  key: v.pipe(
    secret("Private key, nsec1… or 64 hex characters"),
    v.check(isKey, "is not a private key: nsec1…, or 64 hex characters"),
  ),
  relays: v.pipe(
    v.union([relays, written]),
    v.description("Where notes go: wss:// addresses, as a list or with spaces between them"),
  ),
  media_server: v.optional(url("A Blossom server for pictures and videos, such as https://blossom.example")),
  web: base("Where people look at notes in a browser", "https://njump.me"),
});

export const options = v.strictObject({
  content_warning: v.optional(text("Why readers are warned before they see the note (NIP-36)")),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;
