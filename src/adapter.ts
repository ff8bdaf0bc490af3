/**
 * THE contract. A network is an object of this shape: data first, then as few functions as it needs.
 * Built-in and third-party adapters see exactly the same things.
 */
import type { GenericSchema, InferOutput } from "valibot";
import type { Duration } from "./duration.ts";
import type { ErrorCode } from "./errors.ts";
import type { Http, Reply } from "./http/http.ts";
import type { Entity, TextRules } from "./text/types.ts";

export { NetworkError } from "./errors.ts";
export type { Http, HttpRequest, Reply } from "./http/http.ts";
export type { Entity, TextRules } from "./text/types.ts";

export interface Adapter<Channel = unknown, Options = unknown> {
  /** File name = YAML key = ledger value: `mastodon`. */
  id: string;
  /** As the network writes itself: `Mastodon`. */
  name: string;
  /** The page the numbers below come from, and the day they were read (ISO date). */
  source: { url: string; checked: string };
  /** The version of the network's API that is spoken, where it has one, and the ISO date on which the network ends it. */
  api?: { version: string; sunset?: string };
  /** Which template serves when the network has none of its own. */
  shape: "short" | "chat" | "article";

  /** What one account needs, as a valibot strict object. Mark secrets with `secret()`; every other string is public. */
  channel: GenericSchema<unknown, Channel>;
  /** What one campaign may say to this network: visibility, subreddit. A strict object, all optional. */
  options: GenericSchema<unknown, Options>;
  /** How a person gets a credential, step by step: printed by `init`, `login` and the docs. */
  auth: Auth;

  /** Length of a title, where the network has one. */
  title?: TextRules;
  text: TextRules;
  media: MediaRules | "none";
  /** How several posts hang together: replies, one after another, or not at all. */
  thread: "reply" | "sequence" | "none";
  /** The link card below a post: made by the network from the text, by us, or absent. */
  card: "network" | "ours" | "none";
  /** A list of windows; all of them hold. */
  rates: Rate[];
  /** How long the network itself refuses a repeat of the same key. */
  idempotency: Duration | "forever" | "none";
  /** It takes single posts ahead of time and publishes them itself (`schedule: network`). Absent: it does not. */
  schedules?: Schedules<Channel>;
  /** Where posting is charged: what this post costs. */
  cost?: (post: Post<Options>) => Money | undefined;

  /**
   * What this network would refuse though text and media fit their rules, in words for the author; asked by the plan,
   * before anything is sent. Pure.
   */
  check?(post: Post<Options>, channel: Channel): string | Objection | undefined;

  /** Sends ONE post. The loop owns the thread, the retries and the waiting. */
  publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt>;
  /**
   * Did it go out? Asked after an uncertain outcome, with the same post and key. Authoritative, or not declared:
   * `absent` allows a second attempt. `since` is the time of the first attempt. Whoever looks for the same words asks
   * `context.taken` of each post that has them. With `context.due` it looks among the posts
   * that wait at the network first, and gives those a receipt with `due`.
   */
  find?(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Receipt | "absent">;
  /** Who am I, and what does this server allow; its limits override the declared ones. Changes nothing. */
  verify?(context: Context<Channel>): Promise<Account>;
  /**
   * Takes a published post back; one that is gone already is no error. A repeat does no harm, so its context records no
   * attempt, though its requests change what readers see.
   */
  remove?(receipt: Receipt, context: Context<Channel>): Promise<void>;
  /** A refusal that the status alone does not explain; errors that come as HTTP 200. `undefined` leaves the table's word. */
  classify?(reply: Reply): Refusal | undefined;
}

/** What `check` finds; a string is one about the text. */
export interface Objection {
  /** What is wrong, one sentence, no full stop. */
  message: string;
  /** What to do about it, an imperative sentence. */
  remedy?: string;
  /** Where the author looks. Default: the text. */
  about?: "text" | "media" | "options";
}

/** What `classify` may say about a reply. */
export interface Refusal {
  code: ErrorCode;
  /** In the network's words. */
  message: string;
  /** Epoch milliseconds. */
  retryAt?: number;
  /** What the network calls the post, when it refuses a repeat and says of which: then it is out. */
  evidence?: { id: string; url?: string };
}

/** One request's worth of content, finished: rendered, measured, split, fitted. */
export interface Post<Options = unknown> {
  text: string;
  /** Offsets into `text` in UTF-8 bytes. */
  entities: Entity[];
  /** The same without markup, for networks that take both forms. */
  plain?: string;
  /** Structured content, for networks that take blocks. */
  blocks?: unknown[];
  title?: string;
  /** The campaign's short form, plain, where the network has a field for it. */
  summary?: string;
  media: Media[];
  /** The link that the post is about, for the networks that draw a card or have a field. */
  link?: Card;
  /** Without `#`, in the network's form; filled where the network has a field. */
  tags: string[];
  /** BCP 47. */
  lang?: string;
  options: Options;
}

export interface Media {
  /** Relative to the project's folder, with forward slashes. */
  file: string;
  /** Lower-case hex. */
  sha256: string;
  /** MIME type, from the bytes and not from the name. */
  type: string;
  bytes: number;
  width?: number;
  height?: number;
  /** Empty only when the author said `decorative: true`. */
  alt: string;
}

export interface Card {
  url: string;
  title?: string;
  description?: string;
}

export interface Context<Channel = unknown> {
  channel: Channel;
  /** Every call to the network goes through here: deadline, errors, redaction, dry run and record are its business. */
  http: Http;
  /** 32 hex characters: the same for every attempt at this post, and for no other post. */
  key: string;
  /** The time of the first attempt at this post, from the ledger. */
  startedAt: Date;
  /** Where this post hangs. Absent for a single post or the first of a thread. */
  thread?: { root: Receipt; parent: Receipt };
  /** 0 for the first post of a delivery. */
  index: number;
  signal: AbortSignal;
  /** When the network is to publish the post itself; only where the adapter `schedules`. Absent: now. */
  due?: Date;
  /** The bytes of a post's media file; checked against its sha256. */
  read(media: Media): Promise<Uint8Array>;
  /**
   * A step before the post itself that may be repeated without harm: an upload. Its result (JSON) is remembered in the
   * ledger, so that a later attempt does not do it again. Never put the request that publishes in a step.
   */
  step<T>(name: string, run: () => Promise<T>): Promise<T>;
  /** For `find`: whether a post with this id is known to be another one of this account's, with the same words perhaps. */
  taken(id: string): Promise<boolean>;
  /** For adapters that publish by other means than `http`: resolves once the attempt is on disk. Call it just before. */
  sending(): Promise<void>;
  /** A login session kept between processes, outside the ledger (Bluesky's tokens). */
  session: Session;
}

export interface Session {
  get(): Promise<unknown>;
  set(value: unknown): Promise<void>;
}

/** What the network calls the post. Stored in the ledger, shown to people. */
export interface Receipt {
  /** The network's own id; empty only where the network gives none (Slack's webhook). */
  id: string;
  /** Where a person can look at it; absent where the network has no such page. */
  url?: string;
  /** What a reply to this post needs to know besides the id (Bluesky's cid). JSON. */
  ref?: Record<string, string>;
  /** ISO date-time at which the network publishes it; until then `id` is that of what waits there. Absent: it is out. */
  due?: string;
}

/** How a network takes posts ahead of time. */
export interface Schedules<Channel = unknown> {
  /** How far ahead at least. */
  least: Duration;
  /** Takes back what waits there. `gone`: it does not wait any more; it is out, or a person took it away. */
  cancel(receipt: Receipt, context: Context<Channel>): Promise<"cancelled" | "gone">;
}

export interface Account {
  id: string;
  /** As people know it: `@acme@mastodon.social`. */
  handle: string;
  url?: string;
  /** What this server allows, where it says so. */
  limits?: { text?: Partial<TextRules>; media?: Partial<MediaRules> };
  /** ISO date-time, where the credential ends. */
  expires?: string;
  scopes?: string[];
}

export interface MediaRules {
  /** The most files on one post. */
  count: number;
  /** Longest alternative text, in `altUnit` (default: graphemes); 0 when the network has no field for it. */
  alt: number;
  altUnit?: "grapheme" | "utf16";
  image?: FileRules;
  video?: FileRules & { seconds?: number };
  /** Images and videos in one post. Default false. */
  mixed?: boolean;
  /** The most bytes of all files of a post together. */
  total?: number;
  /** The most that the text may measure, in the text's unit, on a post with media; default: the text's own `max`. */
  caption?: number;
  /** `instead`: media take the place of a link card that we make (`card: "ours"`). Default: a post may have both. */
  card?: "beside" | "instead";
}

export interface FileRules {
  /** MIME types. */
  types: string[];
  /** The most bytes of one file. */
  bytes: number;
  /** The most pixels: width × height. */
  pixels?: number;
  /** The longest side. */
  side?: number;
  /** The most of width + height. */
  sum?: number;
  /** The most that one side may be of the other. */
  ratio?: number;
}

export interface Rate {
  posts: number;
  per: Duration;
}

export interface Money {
  /** In the currency's main unit. */
  amount: number;
  /** ISO 4217. */
  currency: string;
}

/** How a person gets a credential. Several when there are several ways; the first is the recommended one. */
export interface Auth {
  kind: "token" | "webhook" | "password" | "key" | "none";
  /** Numbered steps, each a sentence; the page to open first. */
  steps: string[];
  url?: string;
  /** The settings that a person is asked for, in this order. Default: those that every channel must have. */
  asks?: string[];
  /** How `broadcast login` gets a credential in a browser. */
  oauth2?: OAuth2;
  /** The same for networks that still have OAuth 1.0a. */
  oauth1?: OAuth1;
}

/**
 * OAuth 2, authorization code. `{name}` in an address stands for the channel's public setting of that name:
 * `{server}/oauth/token`.
 */
export interface OAuth2 {
  /** The page on which the person agrees. */
  authorize: string;
  /** Further parameters of that page: `{ duration: "permanent" }`. */
  parameters?: Record<string, string>;
  token: string;
  scopes: string[];
  /** Between scopes. Default: a space. */
  separator?: "," | " ";
  pkce: "S256" | "none";
  /** How the app proves itself when it asks for tokens: HTTP Basic, in the body, or not at all. */
  client: "basic" | "body" | "none";
  /** Where apps register themselves, with the form to send; `{redirect}` and `{scopes}` are filled in. Absent: people make the app. */
  register?: { url: string; form: Record<string, string> };
  /**
   * Where the network sends the browser afterwards. `loopback`: to this computer, http://127.0.0.1:PORT/callback. Else an
   * address of the app's own; the person copies what the browser ends at. Default: loopback.
   */
  redirect?: "loopback" | (string & {});
  /** The address that makes the network show a code to copy, for logins without a browser here. */
  code?: string;
  /** A short-lived token becomes a long-lived one. */
  exchange?: TokenSwap;
  /** How the token is renewed. Default: with a refresh token, when the network gives one. */
  renew?: "refresh_token" | TokenSwap | "none";
  /** The token is for a person; posting takes one of something that the person manages: a page. */
  pick?: TokenPick;
  /** How long the token holds when the answer does not say. Absent: for ever. */
  lifetime?: Duration;
  /** The setting that takes the token. Default: `token`. */
  setting?: string;
}

/** One token for another, by GET, as Meta's networks do. */
export interface TokenSwap {
  url: string;
  /** `grant_type`. */
  grant: string;
  /** The parameter that carries the token. */
  token: string;
  /** What of the app goes along, as `client_id` and `client_secret`. */
  client: ("id" | "secret")[];
  /** How old the token must be before it can be renewed. */
  after?: Duration;
}

/** A list, by GET with the token, of what the person may post as. Each entry has a token of its own, which does not end. */
export interface TokenPick {
  url: string;
  /** The member of the answer that holds the list. */
  list: string;
  /** The member of an entry that people know it by. */
  name: string;
  /** The member of an entry that holds its token. */
  token: string;
  /** Settings of the channel, by the members of the entry that they are filled from: `{ page: "id" }`. */
  settings: Record<string, string>;
}

/** OAuth 1.0a with HMAC-SHA1. The app's key and secret become settings of the channel, as do the token and its secret. */
export interface OAuth1 {
  request: string;
  authorize: string;
  access: string;
  settings: { key: string; secret: string; token: string; tokenSecret: string };
}

/** Gives an adapter its types; returns it unchanged. */
export function defineAdapter<Channel, Options>(
  adapter: Adapter<Channel, Options>,
): Adapter<Channel, Options> {
  return adapter;
}

export type { GenericSchema, InferOutput };
