/** The words that the text engine and the adapters share. Everything in `text/` is pure and knows no network. */

/** What one unit of length is, for a network that counts. */
export type Unit =
  /** User-perceived characters (Unicode extended grapheme clusters, UAX #29). */
  | "grapheme"
  /** Unicode code points. */
  | "codepoint"
  /** UTF-16 code units: JavaScript's `length`. */
  | "utf16"
  /** UTF-8 bytes. */
  | "byte"
  /** X's weights, config v3: 0-4351, 8192-8205, 8208-8223, 8242-8247 weigh 1, emoji sequences 2, everything else 2. */
  | "weighted"
  /** Graphemes, but an emoji counts its UTF-8 bytes (Threads). */
  | "emoji-bytes";

/** The markup languages that a dialect exists for, each in `text/dialects/`. */
export type Markup =
  | "plain"
  | "facets"
  | "mrkdwn"
  | "chat-markdown"
  | "chat-html"
  | "google-chat"
  | "card"
  | "matrix"
  | "mattermost"
  | "rocketchat"
  | "zulip"
  | "mfm"
  | "little-text"
  | "reddit"
  | "npf"
  | "markdown"
  | "html"
  | "wikitext"
  | "irc"
  | "nostr";

/** How a network counts, and what its text may hold. */
export interface TextRules {
  /** The most that one post may measure, in `unit`. */
  max: number;
  unit: Unit;
  markup: Markup;
  /** A second ceiling, in UTF-8 bytes, that holds together with `max`. */
  bytes?: number;
  /** Every link measures this, however long it is. */
  link?: number;
  /** What the network itself turns into a link: `scheme` needs http(s)://, `bare` takes example.com too. Default `scheme`. */
  links?: "scheme" | "bare";
  /** `@user@host` measures as `@user`. */
  mention?: "local";
  /** Length is counted after markup is parsed away by the network (Telegram), or on the text as sent. Default `sent`. */
  counts?: "sent" | "parsed";
  /** Titles only: whether line breaks are refused. */
  line?: boolean;
  /** The option whose text counts in the same budget: a content warning. */
  warning?: string;
  /** How a hashtag looks: `#CamelCase` in the text, or a field of its own that the adapter fills. Default `text`. */
  tags?: "text" | "field" | "none";
}

/** A stretch of the text with a meaning. Offsets are UTF-8 bytes, start inclusive, end exclusive; they never overlap. */
export type Entity =
  | { kind: "link"; start: number; end: number; url: string }
  | { kind: "mention"; start: number; end: number; handle: string; id?: string }
  | { kind: "tag"; start: number; end: number; tag: string };

/** Text in a network's own form. */
export interface Rendered {
  text: string;
  entities: Entity[];
  /** The same without markup, for the networks that take two forms (Matrix, mail). */
  plain?: string;
  /** Structured content, for the networks that take blocks instead of text (Teams cards, Tumblr NPF). */
  blocks?: unknown[];
  /** What this markup cannot say and how it was said instead, in words: `table as lines`. Each once. */
  lost: string[];
}

/** What a length is, against what it may be. */
export interface Measured {
  length: number;
  max: number;
  unit: Unit;
  fits: boolean;
  /** UTF-8 bytes, where the network has a ceiling for these too. */
  bytes?: { length: number; max: number };
}

/** A person or organisation on one network. */
export interface Handle {
  /** As one types it there, without the leading @: `acme.bsky.social`, `acme@mastodon.social`. */
  handle: string;
  /** What the network calls it inside: a Slack `U…`, a Discord snowflake, a DID. */
  id?: string;
}

/** What rendering needs to know beyond the text. */
export interface RenderContext {
  /** Who `@name` is on this network; undefined names them without a ping. */
  person?: (name: string) => Handle | undefined;
  /** Language of the text, BCP 47: for segmentation and quotes. */
  lang?: string;
  /** Called for every link the author wrote, before it is rendered: adds UTM parameters. */
  link?: (url: string) => string;
}
