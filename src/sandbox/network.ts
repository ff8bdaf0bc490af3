/** What the sandbox asks of a network's half: an HTTP handler written from the network's own documents. */
import type { IncomingHttpHeaders } from "node:http";

export interface SandboxNetwork {
  /** As in the adapter's id. */
  id: string;
  /** As shown on the page. */
  name: string;
  /** How its posts are drawn. */
  look: Look;
  /** The ways of being somebody there and posting; the first is the recommended one. Tests are derived from them. */
  ways: readonly Way[];
  /**
   * Settings that point a channel of this network at the sandbox; merged over the channel's own. `settings` are those,
   * where they are known: a channel that has a bot's token keeps the bot's way, one with a webhook the webhook's.
   */
  channel(
    name: string,
    base: string,
    folder: string,
    settings?: Record<string, unknown>,
    /** `tcp://127.0.0.1:6667`, where `connect` is answered; absent where there is no socket. */
    door?: string,
  ): Record<string, string>;
  /** Whether such a request would put something before readers: chaos plays on these. Decided before the body is read. */
  publishes(method: string, path: string): boolean;
  /** Where one address does everything (GraphQL): which of the requests that `publishes` names do so, by their bodies. */
  publishing?(body: Buffer): boolean;
  /** What it says when it is down, in its own words. Absent: its documents have none, and what is heard is a proxy. */
  busy?: SandboxReply;
  /** Whether the network itself would recognise a repeat of this very request, by a key or an id inside it. */
  recognises?(request: SandboxRequest): boolean;
  /** Answers one API request. `undefined` is a 404 of the sandbox itself. */
  handle(request: SandboxRequest, world: World): Promise<SandboxReply | undefined> | SandboxReply | undefined;
  /**
   * Answers one connection of a protocol that is not HTTP, until it returns. What comes so is in no journal, and chaos does
   * not play on it.
   */
  connect?(connection: SandboxConnection, world: World): Promise<void>;
  /** Its connections are WebSockets below its base, and what is received is a whole message; else it has a TCP port of its own. */
  webSocket?: true;
  /** Posts that did not come by HTTP (the feed writes files): read when the page or a test asks. */
  posts?(world: World): SandboxPost[] | Promise<SandboxPost[]>;
}

/** One way of logging in and posting, as data: a webhook, a bot. What is not said is the usual case. */
export interface Way {
  /** In a word or two, unique within the network: `webhook`. */
  name: string;
  /** The settings by which `channel` knows that this way is meant: `{ webhook: "…" }`. */
  settings?: Record<string, string>;
  /**
   * Whether the network can be asked for a post whose answer was lost: `exact`, it tells what is there and what is not;
   * `none`, there is no list. Default: `exact`.
   */
  lookUp?: "exact" | "none";
  /** The network knows a repeat of the same request, and answers as it did the first time. */
  repeats?: "known";
  /** Posts with pictures. Absent: this way carries none. */
  media?: WayMedia;
  /** Several posts may hang together. */
  threads?: true;
  /** What an example post may say to the network: its options as in a campaign, where it cannot do without. */
  options?: Record<string, unknown>;
  /** What an example post is called, where the network takes none without a title. */
  title?: string;
  /** A text that the server shows otherwise than it was sent: mentions, links. A look-up has to know it again. */
  rewritten?: string;
  /** A success is told in plain words, so that JSON says nothing about it; or by its head alone, so that no body does. */
  answers?: "words" | "headers";
  /** A token that has ended is renewed from a key that has not, without a person. */
  renews?: true;
  /** Who reads a post is not told that it was edited. */
  edits?: "untold";
  /** Posts have no id in this way. */
  ids?: "none";
  /** The network takes no words in this way: an example post has none. */
  words?: "none";
  /** Posts are files on a disk, and nothing is asked of a server. */
  files?: true;
  /** It is not HTTP: `connect` answers, and what is played by requests is not played on it. */
  socket?: true;
  /** Other software that speaks the same API, besides the first way: that one is called by the network's name alone. */
  besides?: true;
  /** A post's place has a name (a tag, a page's title) and holds one post: the same words there are the same post. */
  named?: true;
}

export interface WayMedia {
  /** How many pictures an example has, each in a fixture of its own; several where they are another kind of post. Default: 1. */
  counts?: readonly number[];
  /** No post goes without one. */
  needed?: true;
  /** What kind an example is. Default: `image/png`. */
  type?: "image/jpeg" | "video/mp4";
  /** They are uploaded before the post, and not with it. */
  before?: true;
  /** An upload may still be worked on when it is asked about: the half plays `processing`. */
  processing?: true;
  /** Files are links below the text. */
  inText?: true;
  /** `presence`: what is not there yet may still appear, so that absence is never proved. Default: as the way's own. */
  lookUp?: "presence";
  /** Milliseconds after which it is certain. */
  settles?: number;
}

/** A card's appearance, as data: the page itself knows no network. */
export interface Look {
  /** Accent on a light and on a dark page, `#rrggbb`. */
  light: string;
  dark: string;
  /** One or two characters for the badge. */
  mark: string;
  /** A short public post, a message in a room, or a page with a title. */
  layout: "post" | "message" | "article";
  /** Whether the network has a field for alternative text: then the page says where it is missing. */
  alt: boolean;
}

export interface SandboxRequest {
  method: string;
  /** Below the network's prefix, not decoded: `/api/v1/statuses`. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** What chaos wants this request to meet: answered in the network's own words, or ignored where it has none. */
  trouble?: Trouble;
}

/** The server's end of a connection. */
export interface SandboxConnection {
  /** Of a WebSocket, below the network's prefix: `/relay/1`. */
  path?: string;
  /** Resolves when the system has taken it, or the connection has ended. */
  send(data: string | Uint8Array): Promise<void>;
  /** What came next; nothing once the other side has closed. */
  receive(): Promise<Buffer | undefined>;
  close(): void;
}

export type Trouble =
  /** The rate limit is used up; `retryAfter` as the header would say it, absent when the server says nothing. */
  | { kind: "limited"; retryAfter?: string }
  /** The credential ended just now. */
  | { kind: "expired" }
  /** An upload stays in processing for so many milliseconds. */
  | { kind: "processing"; ms: number };

export interface SandboxReply {
  status: number;
  headers?: Record<string, string>;
  /** Objects are sent as JSON; strings and bytes as they are. */
  body?: unknown;
}

/** What the networks' halves share: the posts, a clock, a place for their own state, and where they are reachable. */
export interface World {
  /** `http://127.0.0.1:4747/mastodon`, without a trailing slash. */
  base(network: string): string;
  /** Where the sandbox keeps files: the feed's folders. */
  folder: string;
  now(): number;
  /** A network's own memory: tokens seen, idempotency keys, uploads. Created on first use. */
  state<T>(network: string, initial: () => T): T;
  posts: SandboxPost[];
  /** Keeps an accepted post and tells the page. */
  accept(post: SandboxPost): void;
  /** Puts an edited post in the place of the kept one with its id, marked as edited. Unknown posts are ignored. */
  update(post: SandboxPost): void;
  /** Takes a post away again; the page shows where it was. Unknown posts are ignored. */
  remove(network: string, id: string): void;
  /** What was taken away, oldest first. */
  removed: SandboxPost[];
  /** Whether the rate of this network is used up for `account`: counts and answers in one call. A refusal does not count. */
  take(network: string, account: string, windows: Window[], at?: number): Taken;
}

/** At most so many in every stretch of this length. */
export interface Window {
  posts: number;
  ms: number;
}

export type Taken = { ok: true; remaining: number; resetAt: number } | { ok: false; resetAt: number };

/** A post as the page shows it. */
export interface SandboxPost {
  network: string;
  /** The account, room or list it appeared in, as people know it. */
  account: string;
  /** The network's own id. */
  id: string;
  /** The id it answers, in a thread. */
  parent?: string;
  /** Where it can be looked at: a page of the sandbox. */
  url: string;
  /** Epoch milliseconds. */
  at: number;
  title?: string;
  /** The text as the network received it. */
  text: string;
  /** The text as readers see it: trusted only after the page has sanitised it. Built by escaping, never by passing through. */
  html: string;
  media: { type: string; alt: string; bytes: Uint8Array }[];
  card?: {
    url: string;
    title?: string;
    description?: string;
    image?: { type: string; alt: string; bytes: Uint8Array };
  };
  /** Length as this network counts, by the sandbox's own reckoning. */
  length: number;
  max: number;
  /** Anything else worth seeing: visibility, content warning. */
  notes?: string[];
  /** Set by the sandbox. */
  edited?: true;
  deleted?: true;
}
