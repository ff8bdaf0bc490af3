/** A campaign: what to say, to which channels, when. The words of `campaign.yml` after reading; the rules are in schema.ts. */

import type { Channel } from "../config/config.ts";
import type { Audience, Kind } from "../config/kinds.ts";
import type { Place } from "../errors.ts";
import type { Entry } from "../sources/feed.ts";
import type { Release } from "../sources/release.ts";
import type { Path } from "../yaml/places.ts";
import type { Source } from "../yaml/source.ts";

/** What happens to a text that is longer than the network takes. */
/** Where the campaign's link stands. */
export const LINK_IN = ["post", "reply"] as const;

export const FITS = ["thread", "trim", "refuse"] as const;
export type Fit = (typeof FITS)[number];

/** Who waits until a delivery is due: we do, or the network. */
export const SCHEDULES = ["broadcast", "network"] as const;

/** What happens to a delivery that comes more than an hour after its time. */
export const LATE = ["send", "skip", "ask"] as const;

/** What happens to a delivery that may or may not be out. */
export const UNCERTAIN = ["hold", "resend"] as const;

/** One text for everyone, or one for each language (BCP 47): `{ en: …, it: … }`. Liquid is not yet filled in. */
export type Text = string | Record<string, string>;

export interface CampaignMedia {
  /** From the project's folder, with forward slashes. In the file it counts from the campaign's folder, or else the project's. */
  file: string;
  /** Empty only when `decorative`. */
  alt: Text;
  decorative: boolean;
  /** What stays in it when it is cropped: fractions of width and height. */
  focus?: { x: number; y: number };
  /** The colour of bars where its shape does not fit: `#rrggbb`. */
  letterbox?: string;
  place: Place;
  /** Where in the source it is: `["media", 0]`. */
  path: Path;
}

/** A question to the readers, as written. */
export interface CampaignPoll {
  choices: Text[];
  open: string;
  multiple: boolean;
  /** What ends the list where a network has no polls. */
  answer?: Text;
}

/** The link's card, as far as the author says it. */
export interface CampaignCard {
  title?: Text;
  description?: Text;
  /** From the project's folder, with forward slashes. */
  image?: string;
}

/** What one channel or network gets differently; what is absent is as in the campaign. */
export interface Override {
  /** The whole text, in place of the template. */
  text?: Text;
  title?: Text;
  summary?: Text;
  body?: Text;
  link?: string;
  /** Where the link stands. */
  linkIn?: (typeof LINK_IN)[number];
  /** What we answer to our own post at once; `false`: nothing here. */
  firstReply?: Text | false;
  tags?: string[];
  media?: CampaignMedia[];
  /** `false`: none here. */
  poll?: CampaignPoll | false;
  /** `false`: none here. */
  card?: CampaignCard | false;
  /** As written; the checked and merged form is `Campaign.options`. */
  options?: Record<string, unknown>;
  /** This channel gets nothing. */
  skip?: boolean;
  fit?: Fit;
  /** Whether pictures are made to fit. */
  fitMedia?: boolean;
  /** Whether alt texts end the text where a network has no field for them. */
  altInText?: boolean;
  number?: boolean;
  /** The most posts of a thread. */
  maxPosts?: number;
  at?: string;
  schedule?: (typeof SCHEDULES)[number];
  late?: (typeof LATE)[number];
  uncertain?: (typeof UNCERTAIN)[number];
}

export interface Campaign {
  /** `id:`, or the file's path in the project, with forward slashes. Unique in a project; the ledger's key. */
  id: string;
  /** Absolute. */
  file: string;
  /** The project's folder, absolute. */
  root: string;
  source: Source;
  kind: Kind;
  /** A Liquid condition, as written: only when it holds is anything sent. */
  when?: string;
  /** What `--from` content. */
  release?: Release;
  title?: Text;
  summary?: Text;
  body?: Text;
  link?: string;
  linkIn?: Override["linkIn"];
  firstReply?: Text | false;
  vars: Record<string, unknown>;
  /** Without `#`. */
  tags: string[];
  media: CampaignMedia[];
  poll?: CampaignPoll | false;
  card?: CampaignCard | false;
  /** `source:`: each new entry of the feed is announced. */
  announces?: { feed?: string; releases?: string; match?: string; newest?: number };
  /** The entry that this is about. */
  entry?: Entry;
  /** Names of channels, in the order written; groups are expanded, each name once, `skip` not yet applied. */
  channels: string[];
  audience: Audience;
  /** External channels that an internal campaign may reach. */
  allowExternal: string[];
  lang?: string;
  /** Who wrote it, as written. */
  author?: string;
  /** As written: `2026-12-01 09:00 Europe/Rome`. The plan reads it. */
  at?: string;
  /** As written: a phrase or a cron expression. The plan reads it, and the four below. */
  every?: string;
  /** As written: a wall-clock time without a zone. */
  from?: string;
  until?: string;
  count?: number;
  /** As written: how long each channel comes after the one before it. */
  stagger?: string;
  /** IANA name; where a channel has none of its own. */
  timezone?: string;
  /** As written: a time like `at`, or a duration after it. The plan reads it. */
  expires?: string;
  schedule?: Override["schedule"];
  late?: Override["late"];
  uncertain?: Override["uncertain"];
  fit?: Fit;
  fitMedia?: boolean;
  altInText?: boolean;
  number?: boolean;
  maxPosts?: number;
  /** By channel or network. */
  only: Record<string, Override>;
  /** By channel: `options.<network>`, `only.<network>.options`, `only.<channel>.options`, merged and checked by the adapter. */
  options: Record<string, unknown>;
}

/** What one channel gets, and where in the campaign it is written, for error frames. */
export interface Located<T> {
  value: T;
  path: Path;
}

/**
 * What a campaign says to one channel, before templates: the channel's own, else the network's, else the campaign's. Liquid is
 * not yet filled in.
 */
export interface Content {
  /** The whole text, in place of the template. */
  text?: Located<string>;
  title?: Located<string>;
  summary?: Located<string>;
  body?: Located<string>;
  link?: Located<string>;
  linkIn: (typeof LINK_IN)[number];
  firstReply?: Located<string>;
  tags: Located<string>[];
  media: (Omit<CampaignMedia, "alt"> & { alt: Located<string> })[];
  poll?: { choices: Located<string>[]; open: string; multiple: boolean; answer?: string; path: Path };
  card?: { title?: Located<string>; description?: Located<string>; image?: Located<string> } | false;
  skip: boolean;
  fit?: Fit;
  /** Absent: as the project says. */
  fitMedia?: boolean;
  altInText: boolean;
  number?: boolean;
  /** The most posts of a thread: the campaign's, else the channel's. */
  maxPosts?: number;
  at?: Located<string>;
  expires?: Located<string>;
  schedule?: Located<NonNullable<Override["schedule"]>>;
  late?: Located<NonNullable<Override["late"]>>;
  uncertain?: Located<NonNullable<Override["uncertain"]>>;
  /** The channel's, else the campaign's; the campaign's, where its texts are written in one language only. */
  lang?: string;
  options: unknown;
}

/** As the file writes it, where that is otherwise. */
const WRITTEN: Partial<Record<keyof Override, string>> = {
  maxPosts: "max_posts",
  fitMedia: "fit_media",
  altInText: "alt_in_text",
  linkIn: "link_in",
  firstReply: "first_reply",
};

type ContentChannel = Pick<Channel, "name" | "network" | "lang" | "maxPosts">;

/** `loadCampaign` has made sure that every text exists in the channel's language; a missing one is left out here. */
export function contentFor(campaign: Campaign, channel: ContentChannel): Content {
  const layers = layersOf(campaign, channel);
  const lang = langOf(campaign, channel, layers);

  const first = <K extends keyof Override>(key: K) => {
    const found = layerSaying(layers, key);
    const path = found && [...found.path, WRITTEN[key] ?? key];
    return found && { value: found.content[key] as NonNullable<Override[K]>, path: path! };
  };
  const text = (key: "text" | "title" | "summary" | "body" | "link" | "at") => {
    const found = first(key);
    return found && inLanguage(found.value, lang, found.path);
  };
  const tags = first("tags");

  return {
    text: text("text"),
    title: text("title"),
    summary: text("summary"),
    body: text("body"),
    link: text("link"),
    linkIn: first("linkIn")?.value ?? "post",
    firstReply: replyIn(first("firstReply"), lang),
    tags: tags?.value.map((value, index) => ({ value, path: [...tags.path, index] })) ?? [],
    media: (first("media")?.value ?? []).map((item) => {
      const path = [...item.path, "alt"];
      return { ...item, alt: inLanguage(item.alt, lang, path) ?? { value: "", path } };
    }),
    poll: pollIn(first("poll"), lang),
    card: cardIn(first("card"), lang),
    skip: first("skip")?.value ?? false,
    fit: first("fit")?.value,
    fitMedia: first("fitMedia")?.value,
    altInText: first("altInText")?.value ?? false,
    number: first("number")?.value,
    maxPosts: first("maxPosts")?.value ?? channel.maxPosts,
    at: text("at"),
    schedule: first("schedule"),
    late: first("late"),
    uncertain: first("uncertain"),
    expires: campaign.expires === undefined ? undefined : { value: campaign.expires, path: ["expires"] },
    lang,
    options: campaign.options[channel.name] ?? {},
  };
}

function replyIn(
  found: Located<Text | false> | undefined,
  lang: string | undefined,
): Located<string> | undefined {
  return found?.value ? inLanguage(found.value, lang, found.path) : undefined;
}

function pollIn(found: Located<CampaignPoll | false> | undefined, lang: string | undefined): Content["poll"] {
  if (!found?.value) return undefined;
  const { choices, answer, open, multiple } = found.value;
  const { path } = found;
  return {
    open,
    multiple,
    path,
    choices: choices.map((choice, index) => {
      const at = [...path, "choices", index];
      return inLanguage(choice, lang, at) ?? { value: "", path: at };
    }),
    ...(answer !== undefined && { answer: inLanguage(answer, lang, [...path, "answer"])?.value }),
  };
}

function cardIn(found: Located<CampaignCard | false> | undefined, lang: string | undefined): Content["card"] {
  if (!found) return undefined;
  if (!found.value) return false;
  const { title, description, image } = found.value;
  const { path } = found;
  return {
    ...(title !== undefined && { title: inLanguage(title, lang, [...path, "title"]) }),
    ...(description !== undefined && {
      description: inLanguage(description, lang, [...path, "description"]),
    }),
    ...(image !== undefined && { image: { value: image, path: [...path, "image"] } }),
  };
}

/**
 * The language of a channel's texts: its own, where they are written in several. Texts that are written once are in the
 * campaign's, whatever its readers speak.
 */
function langOf(
  campaign: Campaign,
  channel: Pick<Channel, "lang">,
  layers: readonly Layer[],
): string | undefined {
  if (campaign.lang === undefined) return channel.lang;
  const words: Text[] = (["text", "title", "summary", "body"] as const).flatMap((key) => {
    const text = layerSaying(layers, key)?.content[key];
    return text === undefined ? [] : [text];
  });
  words.push(...(layerSaying(layers, "media")?.content.media ?? []).map(({ alt }) => alt));
  words.push(...pollTexts(layerSaying(layers, "poll")?.content.poll));
  const reply = layerSaying(layers, "firstReply")?.content.firstReply;
  if (reply) words.push(reply);
  words.push(...cardTexts(layerSaying(layers, "card")?.content.card));
  return words.every((text) => typeof text === "string") ? campaign.lang : (channel.lang ?? campaign.lang);
}

/** Its choices, and what ends its list. */
export function pollTexts(poll: CampaignPoll | false | undefined): Text[] {
  return poll ? [...poll.choices, ...(poll.answer === undefined ? [] : [poll.answer])] : [];
}

export function cardTexts(card: CampaignCard | false | undefined): Text[] {
  return card ? [card.title, card.description].filter((one) => one !== undefined) : [];
}

/** Where the most specific options of a channel are written. */
export function optionsPath({ only }: Campaign, { name, network }: Pick<Channel, "name" | "network">): Path {
  const own = [name, network].find((one) => only[one]?.options !== undefined);
  return own === undefined ? ["options", network] : ["only", own, "options"];
}

/** The most specific layer that has the key. A layer with a body of its own does not inherit a summary to go before it. */
export function layerSaying(layers: readonly Layer[], key: keyof Override): Layer | undefined {
  const own = key === "summary" ? layers.findIndex(({ content }) => content.body !== undefined) : -1;
  return layers.slice(0, own < 0 ? undefined : own + 1).find(({ content }) => content[key] !== undefined);
}

interface Layer {
  content: Override;
  path: Path;
}

/** From the most specific to the most general. A channel that is named like its network has one layer for both. */
export function layersOf(
  campaign: Campaign,
  channel: Pick<Channel, "name" | "network">,
): { content: Override; path: Path }[] {
  const names = [...new Set([channel.name, channel.network])];
  const own = names.flatMap((name) => {
    const content = Object.hasOwn(campaign.only, name) ? campaign.only[name] : undefined;
    return content ? [{ content, path: ["only", name] }] : [];
  });
  const { title, summary, body, link, tags, media, poll, card, fit, number, maxPosts } = campaign;
  const { at, schedule, late, uncertain, fitMedia, altInText, linkIn, firstReply } = campaign;
  const words = { title, summary, body, link, tags, media, poll, card, fit, number, maxPosts };
  const everyone = { ...words, at, schedule, late, uncertain, fitMedia, altInText, linkIn, firstReply };
  return [...own, { content: everyone, path: [] }];
}

/** The text for `lang`: an exact match, else its language without region. Without a `lang` only a plain text is possible. */
export function inLanguage(text: Text, lang: string | undefined, path: Path): Located<string> | undefined {
  if (typeof text === "string") return { value: text, path };
  if (lang === undefined) return undefined;
  const wanted = lang.toLowerCase();
  const keys = Object.keys(text);
  const key =
    keys.find((key) => key.toLowerCase() === wanted) ??
    keys.find((key) => key.toLowerCase() === wanted.split("-")[0]);
  return key === undefined ? undefined : { value: text[key]!, path: [...path, key] };
}

/** Whether it says anything about a recurrence, rightly or wrongly. */
export function isRecurring({ every, from, until, count }: Campaign): boolean {
  return [every, from, until, count].some((key) => key !== undefined);
}
