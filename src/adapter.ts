/**
 * THE contract. A network is an object of this shape: data first, then as few functions as it needs.
 * Built-in and third-party adapters see exactly the same things.
 */
import type { GenericSchema, InferOutput } from "valibot";
import type { Duration } from "./duration.ts";
import type { ErrorCode } from "./errors.ts";
import type { Connect } from "./http/connect.ts";
import type { Endpoint, ErrorRule, Http, HttpRequest, Own, Refusal, Reply, Source } from "./http/http.ts";
import type { Entity, TextRules } from "./text/types.ts";

export { NetworkError } from "./errors.ts";
export type { Connect, Connection } from "./http/connect.ts";
export type {
  Endpoint,
  ErrorRule,
  Http,
  HttpRequest,
  Own,
  Part,
  Refusal,
  Reply,
  Source,
} from "./http/http.ts";
export { expectReply, unlessGone } from "./http/http.ts";
export { everyItem, type Page, tooMuch } from "./http/pages.ts";
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
  /** What it is for, for `init` and the docs. */
  group: Group;
  /** Which template serves when the network has none of its own. */
  shape: Shape;
  /** How a page draws its posts. Absent: as its shape says, in a colour of the page's choice. */
  look?: Look;

  /** What one account needs, as a valibot strict object. Mark secrets with `secret()`; every other string is public. */
  channel: GenericSchema<unknown, Channel>;
  /** What one campaign may say to this network: visibility, subreddit. A strict object, all optional. */
  options: GenericSchema<unknown, Options>;
  /** How a person gets a credential, step by step: printed by `init`, `login` and the docs. */
  auth: Auth;

  /** Where paths lead, and what proves who we are: for every request that names a `path`. */
  endpoint?(channel: Channel): Endpoint;
  /** Refusals by status and words; the first that fits decides, before `classify` and the status alone. */
  errors?: readonly ErrorRule[];
  /**
   * How the network's own refusals are recognised, from its documents: a proxy may answer 503 after it has passed a post on.
   * Without it, every 401, 408, 425, 429 and 503 to a post leaves its outcome open.
   */
  own?: Own;

  /** Length of a title, where the network has one. `required`: it takes no post without. */
  title?: TextRules & { required?: boolean };
  text: TextRules;
  media: MediaRules | "none";
  poll?: PollRules;
  /** How several posts hang together: replies, one after another, or not at all. */
  thread: "reply" | "sequence" | "none";
  /**
   * What stands below a post where that is another kind of text than the post, a comment: its rules. With them a network
   * whose posts do not hang together has a place for `first_reply:` and for answers.
   */
  answer?: TextRules;
  /** The link card below a post: made by the network from the text, by us, or absent. */
  card: "network" | "ours" | "none";
  /** Which pictures a card of ours may have. Absent: it has none. */
  cardImage?: FileRules;
  /** What of these rules is otherwise with a channel's settings. What the server says of itself goes over it. */
  rulesFor?: ByChannel<Channel, ChannelRules>;
  /** A list of windows; all of them hold. */
  rates: Rate[];
  /** How long the network itself refuses a repeat of the same key. */
  idempotency: Idempotency;
  /** It takes single posts ahead of time and publishes them itself (`schedule: network`). Absent: it does not. */
  schedules?: Schedules<Channel>;
  /** What may be corrected in a post that is out, and taken back. `"none"` says that it cannot be done. */
  edits: Edits | "none" | ByChannel<Channel, Edits | "none">;
  retracts: Retracts | "none" | ByChannel<Channel, Retracts | "none">;
  /** Where posting is charged: what this post costs. */
  cost?(post: Post<Options>): Money | undefined;
  /** Where more than posting is charged: what it costs for one post. */
  charges?: Charges;

  /**
   * What this network would refuse though text and media fit their rules, in words for the author; asked by the plan,
   * before anything is sent. Pure. `as`: it stands below a post.
   */
  check?(
    post: Post<Options>,
    channel: Channel,
    as?: "answer",
  ): string | Objection | readonly Objection[] | undefined;

  /**
   * Before the first post of a delivery: resolves mentions, uploads files, all as steps. What can fail here fails while
   * nothing is public. `posts` are those that are not out yet; asked again at each attempt, and then finished steps are not
   * done again.
   */
  prepare?(posts: readonly Post<Options>[], context: Preparation<Channel>): Promise<void>;
  /** The network takes posts from people only: then nothing is published, and a person is told what to do. */
  byHand?(post: Post<Options>, channel: Channel): ByHand;
  /** Sends ONE post. The loop owns the thread, the retries and the waiting. */
  publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt>;
  /**
   * Did it go out? Asked after an uncertain outcome, with the same post and key. Authoritative, or not declared:
   * `absent` allows a second attempt; `like` says that something of ours resembles it, and a person decides. `since` is the
   * time of the first attempt by the server's clock, or a little before: what was posted earlier is not ours. A look-up by the same words asks `context.taken` of each post that has them. With
   * `context.due` it looks among the posts that wait at the network first, and gives those a receipt with `due`.
   */
  find?(post: Post<Options>, context: Context<Channel>, since: Date): Promise<Found>;
  /** Who am I, and what does this server allow; that overrides what is declared here. Changes nothing. */
  account?(reach: Reach<Channel>): Promise<Account>;
  /** What stands there now. Changes nothing. */
  read?(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone">;
  /**
   * Puts this post in the place of the one that is out. Recorded as attempts, like `publish`; a repeat must come to the same.
   * Gives the receipt that holds from now on.
   */
  edit?(receipt: Receipt, post: Post<Options>, context: Context<Channel>): Promise<Receipt>;
  /** Deletes a post that is out; one that is gone already is not an error. Recorded as attempts, like `publish`. */
  retract?(receipt: Receipt, context: Context<Channel>): Promise<void>;
  /** How these posts fare, in their order. Changes nothing. */
  metrics?(receipts: readonly Receipt[], reach: Reach<Channel>): Promise<(Metrics | "gone")[]>;
  /** What people have answered to this post since then, oldest first, our own posts left out. Changes nothing. */
  replies?(receipt: Receipt, reach: Reach<Channel>, since: Date): Promise<PostReply[]>;
  /** Which of these three a channel cannot answer though the adapter has them: a webhook reads nothing. Then they throw `rejected`. */
  blind?: ByChannel<Channel, readonly Question[]>;
  /** A refusal that the rules in `errors` do not explain. `undefined` leaves the status's meaning. */
  classify?(reply: Reply): Refusal | undefined;
}

export type Shape = "short" | "chat" | "article" | "mail";

/** A network looks like itself by layout and mark; there is no logo, and nothing is told by colour alone. */
export interface Look {
  /** One or two letters, unique among all networks. */
  mark: string;
  /** Its accent on a light and on a dark page, `#rrggbb`; words in it must be readable there. */
  light: string;
  dark: string;
  layout: Layout;
  /** Of the sender's picture. Default: round. */
  avatar?: "round" | "soft" | "square";
  /** The header has two lines, and the text stands below the avatar; for `post`. */
  wide?: true;
}

export type Layout =
  | "post"
  | "page"
  | "picture"
  | "message"
  | "card"
  | "bubble"
  | "article"
  | "mail"
  | "forum"
  | "release";

export const GROUPS = ["public", "community", "team", "writing", "knowledge", "video", "machine"] as const;
export type Group = (typeof GROUPS)[number];

export type Idempotency = Duration | "forever" | "none";

export type Found = Receipt | "absent" | { like: Pick<Receipt, "id" | "url"> };

/** What `check` finds; a string is one about the text. */
export interface Objection {
  /** `warning`: it is sent anyway, and the plan says what becomes of it. Default: nothing is sent. */
  severity?: "error" | "warning";
  /** What is wrong, one sentence, no full stop. */
  message: string;
  /** What to do about it, an imperative sentence. */
  remedy?: string;
  /** Where the author looks. Default: the text. */
  about?: "text" | "media" | "options";
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
  poll?: Poll;
  /** Where the text is at home, for the networks that tell search engines. */
  canonical?: string;
  options: Options;
}

/** A question to the readers; the post's text asks it. */
export interface Poll {
  choices: string[];
  open: Duration;
  /** Whether one may choose several. Default false. */
  multiple?: boolean;
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
  /**
   * How it is made to fit the network before it leaves; the members above are then those of the file in the project.
   * Adapters get the file that was made, and never see this.
   */
  fit?: Fit;
}

/** What a picture becomes. The same on every machine; the encoder's bytes are not. */
export interface Fit {
  /** MIME type. */
  type: string;
  /** At most, in pixels. */
  width: number;
  height: number;
  /** At most. */
  bytes: number;
  /** Where the type has losses, the highest that is tried: 1 to 100. */
  quality?: number;
  /** What is left of the upright picture, in its pixels. */
  crop?: { left: number; top: number; width: number; height: number };
  /** The size that it gets by bars at its sides, in its pixels. */
  bars?: { width: number; height: number; color: string };
  /** All its frames are kept. */
  moving?: true;
}

export interface Card {
  url: string;
  title?: string;
  description?: string;
  /** Its picture, for the networks that take one with a card that we make. */
  image?: Media;
}

/** What a question needs, one that changes nothing. */
export interface Reach<Channel = unknown> {
  channel: Channel;
  /** Every call to the network goes through here: deadline, errors, redaction, dry run and record are its business. */
  http: Http;
  /** `http`, and its body in the expected shape. A success without `what` is `uncertain`, or `unavailable` when the request was safe. */
  ask<S extends GenericSchema>(request: HttpRequest, schema: S, what: string): Promise<InferOutput<S>>;
  /** For networks that are not HTTP: `wss:`, `ircs:`, `smtps:`, `smtp:`, `tls:`, `tcp:`, and `exec:` for a program. Deadline, redaction, record, dry run and sandbox as for `http`. */
  connect: Connect;
  /**
   * Asks again, ever more slowly, until there is an answer. After `within` it throws with the code `otherwise` (default
   * `unavailable`) and these words.
   */
  until<T>(
    ask: () => Promise<T | undefined>,
    patience: { within: Duration; words: string; otherwise?: ErrorCode },
  ): Promise<T>;
  signal: AbortSignal;
  /** A login session kept between processes, outside the ledger (Bluesky's tokens). */
  session: Session;
}

/** What comes before a post and is not seen by readers. */
export interface Preparation<Channel = unknown> extends Reach<Channel> {
  /** All bytes of a post's file; checked against its sha256. */
  bytes(media: Media): Promise<Uint8Array>;
  /** The same for a body, without the file ever being whole in memory. Checked before it resolves, and while it is read. */
  stream(media: Media): Promise<Source>;
  /**
   * What may be repeated without harm: an upload. Its result (JSON) is remembered in the ledger, so that a later attempt
   * does not do it again; what `prepare` did, every post of the delivery knows. A result older than `keeps` is done anew.
   * Never put the request that publishes in a step.
   */
  step<T>(name: string, run: () => Promise<T>, options?: { keeps?: Duration }): Promise<T>;
  /** What a step has come to before, without doing it. */
  done<T>(name: string): Promise<T | undefined>;
  /**
   * One step for each file of the post, in order, with what the network calls it. `keeps`: how long the network keeps what
   * is in no post. `files`: others than the post's `media`, such as the picture of its card.
   */
  uploads<T>(
    post: Pick<Post, "media">,
    upload: (media: Media, index: number) => Promise<T>,
    options?: { keeps?: Duration; files?: readonly Media[] },
  ): Promise<T[]>;
  /** A public address of the file, at the project's media host; only where the rules say `by: "url"`. */
  hosted(media: Media): Promise<string>;
}

export interface Context<Channel = unknown> extends Preparation<Channel> {
  /** 32 hex characters: the same for every attempt at this post, and for no other post. */
  key: string;
  /** The time of the first attempt at this post, from the ledger. */
  startedAt: Date;
  /** Where this post hangs. Absent for a single post or the first of a thread. `answers`: the parent is somebody else's. */
  thread?: { root: Receipt; parent: Receipt; answers?: true };
  /** 0 for the first post of a delivery. */
  index: number;
  /** When the network is to publish the post itself; only where the adapter `schedules`. Absent: now. */
  due?: Date;
  /** For `find`: whether a post with this id is known to be another one of this account's, with the same words perhaps. */
  taken(id: string): Promise<boolean>;
  /** For what publishes by other means than `http` and `send`: resolves once the attempt is on disk. Call it just before. */
  sending(): Promise<void>;
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
  /**
   * What a reply to this post needs to know besides the id (Bluesky's cid). JSON. `note` is for people, beside the address:
   * `at 2 of 3 relays`.
   */
  ref?: Record<string, string>;
  /** ISO date-time at which the network publishes it; until then `id` is that of what waits there. Absent: it is out. */
  due?: string;
  /** The network has it and readers do not see it yet. */
  hidden?: "draft" | "review";
}

/** A post as it is at the network now. */
export interface Standing {
  /** As readers read it, without markup. */
  text: string;
  title?: string;
  /** ISO date-time of the last change after it was published. */
  edited?: string;
  url?: string;
  hidden?: Receipt["hidden"];
  /** The address that its link card leads to. Absent where the network does not tell. */
  card?: string | "none";
}

/** Counts, as far as the network tells them. */
export interface Metrics {
  views?: number;
  likes?: number;
  /** Reposts, boosts. */
  shares?: number;
  quotes?: number;
  replies?: number;
  bookmarks?: number;
  clicks?: number;
  /** What the poll has come to, in the order of its choices. */
  poll?: { choice: string; votes: number }[];
}

/** What somebody has answered. */
export interface PostReply extends Receipt {
  /** The id of the post that it answers: ours, or another reply. */
  parent: string;
  author: { handle: string; name?: string; url?: string };
  /** Without markup. */
  text: string;
  /** ISO date-time. */
  at: string;
}

/** What depends on the channel's settings: a webhook may allow less than a bot. A method's type, so that adapters stay assignable. */
export type ByChannel<Channel, T> = { of(channel: Channel): T }["of"];

/** What the network is asked about posts that are out. */
export type Question = "read" | "metrics" | "replies";

/** What may be corrected in a post that is out. */
export interface Edits {
  /** How long after it was published. Absent: for ever. */
  within?: Duration;
  /** How often. Absent: as often as one likes. */
  times?: number;
  fields: ("text" | "title" | "summary" | "media" | "alt" | "link" | "tags" | "poll" | "options")[];
  /** Names of options that stay as they are. */
  fixed?: string[];
  /** A post with a poll stays as it is. */
  exceptPolls?: true;
  /** Whether readers are shown that it was changed. */
  visible?: boolean;
  /** An edit makes a new post with an id of its own: if its outcome is not known, `find` is asked for it. */
  replaces?: boolean;
}

export interface Retracts {
  /** How long after it was published. Absent: for ever. */
  within?: Duration;
}

/** How a network takes posts ahead of time. */
export interface Schedules<Channel = unknown> {
  /** How far ahead at least. */
  least: Duration;
  /** Takes back what waits there. `gone`: it does not wait any more; it is out, or a person took it away. */
  cancel(receipt: Receipt, reach: Reach<Channel>): Promise<"cancelled" | "gone">;
}

export interface Account {
  id: string;
  /** As people know it: `@acme@mastodon.social`. */
  handle: string;
  url?: string;
  /** What this server allows, where it says so. */
  limits?: Limits;
  /** Whether this server keeps the promise, where servers differ. */
  idempotency?: Idempotency;
  /** ISO date-time, where the credential ends. */
  expires?: string;
  scopes?: string[];
}

export interface Limits {
  text?: Partial<TextRules>;
  title?: Partial<TextRules>;
  media?: Partial<MediaRules>;
  rates?: Rate[];
  poll?: Partial<PollRules>;
  /** What else is otherwise there, each in a few words that the plan says: `a repeat is not recognised`. */
  differs?: readonly string[];
}

/** What depends on a channel's settings. */
export type ChannelRules = Omit<Limits, "rates" | "title"> & {
  title?: Partial<NonNullable<Adapter["title"]>> | "none";
  shape?: Shape;
  /** How long a repeat of the same key is refused there. */
  idempotency?: Idempotency;
};

/** Where a person posts. */
export interface ByHand {
  /** As people know it: `Hacker News`. */
  place: string;
  /** The page on which it is written, with as much filled in as it takes. */
  url?: string;
  /** What that page has already. */
  filled: ("title" | "text" | "link" | "tags")[];
}

export interface PollRules {
  choices: [least: number, most: number];
  /** The most of one choice, in `unit` (default: graphemes). */
  length: number;
  unit?: "grapheme" | "codepoint" | "utf16";
  open: [least: Duration, most: Duration];
  /** Whether several may be chosen. Default false. */
  multiple?: boolean;
  /** Whether a post may have files as well. Default false. */
  media?: boolean;
}

export interface MediaRules {
  /** The most files on one post. */
  count: number;
  /** The fewest on a first post. Default 0. */
  least?: number;
  /** Longest alternative text, in `altUnit` (default: graphemes); 0 when the network has no field for it. */
  alt: number;
  altUnit?: "grapheme" | "utf16";
  /** How the network gets them: as bytes, or from a public address of the project's media host. Default: bytes. */
  by?: "bytes" | "url";
  image?: FileRules;
  /** `codecs`: of the pictures, where not every player's are taken: `H.264`. */
  video?: FileRules & { seconds?: number; codecs?: string[] };
  audio?: FileRules & { seconds?: number };
  document?: FileRules;
  /** Files of several kinds in one post. Default false. */
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
  /** This kind is fetched from a public address, though others are sent as bytes. Default: as the rules' own `by`. */
  by?: "url";
  /** The most of this kind in one post; default: the rules' own `count`. */
  count?: number;
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
  /** The narrowest and the widest shape: width divided by height. */
  shape?: [least: number, most: number];
  /** MIME types of pictures that stand still here though they move. */
  still?: string[];
}

export interface Rate {
  posts: number;
  per: Duration;
}

export interface Charges {
  edit?: Money;
  retract?: Money;
  /** Looking at it, its counts or its answers. */
  read?: Money;
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
  /** Further parameters of every request for a token. */
  tokenParameters?: Record<string, string>;
  scopes: string[];
  /** Between scopes. Default: a space. */
  separator?: "," | " ";
  pkce: "S256" | "none";
  /** How the app proves itself when it asks for tokens: HTTP Basic, in the body, or not at all. */
  client: "basic" | "body" | "none";
  /** What the network calls the app's id. Default: `client_id`. */
  clientId?: string;
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

/** A file's own name: `hero.png`. */
export function nameOf({ file }: Pick<Media, "file">): string {
  return file.split("/").at(-1) ?? file;
}

/** Whether something of ours can stand below a post. */
export function takesAnswers({ thread, answer }: Pick<Adapter, "thread" | "answer">): boolean {
  return thread !== "none" || answer !== undefined;
}

/** What may be edited on this channel. `settings`: the channel's. */
export function editsOf({ edits }: Pick<Adapter, "edits">, settings: unknown): Edits | "none" {
  return typeof edits === "function" ? edits(settings) : edits;
}

/** Whether posts can be taken back on this channel. */
export function retractsOf({ retracts }: Pick<Adapter, "retracts">, settings: unknown): Retracts | "none" {
  return typeof retracts === "function" ? retracts(settings) : retracts;
}

/** Whether this channel can be asked that about posts that are out. */
export function answersOn(adapter: Adapter, settings: unknown, question: Question): boolean {
  return adapter[question] !== undefined && !adapter.blind?.(settings).includes(question);
}

/** `metrics` where the network is asked about one post at a time. */
export function oneByOne<Channel>(
  count: (receipt: Receipt, reach: Reach<Channel>) => Promise<Metrics | "gone">,
): (receipts: readonly Receipt[], reach: Reach<Channel>) => Promise<(Metrics | "gone")[]> {
  return async (receipts, reach) => {
    const all: (Metrics | "gone")[] = [];
    for (const receipt of receipts) all.push(await count(receipt, reach));
    return all;
  };
}

/** Gives an adapter its types; returns it unchanged. */
export function defineAdapter<Channel, Options>(
  adapter: Adapter<Channel, Options>,
): Adapter<Channel, Options> {
  return adapter;
}

export type { GenericSchema, InferOutput };
