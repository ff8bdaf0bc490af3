/** A campaign: what to say, to which channels, when. The words of `campaign.yml` after reading; the rules are in schema.ts. */

import type { Channel } from "../config/config.ts";
import type { Audience, Kind } from "../config/kinds.ts";
import type { Place } from "../errors.ts";
import type { Release } from "../sources/release.ts";
import type { Source } from "../yaml/source.ts";
import type { Path } from "../yaml/yaml.ts";

/** What happens to a text that is longer than the network takes. */
export const FITS = ["thread", "trim", "refuse"] as const;
export type Fit = (typeof FITS)[number];

/** Who waits until a delivery is due: we do, or the network. */
export const SCHEDULES = ["broadcast", "network"] as const;

/** What happens to a delivery that comes more than an hour after its time. */
export const LATE = ["send", "skip", "ask"] as const;

/** What happens to a delivery of which nobody can know whether it is out. */
export const UNCERTAIN = ["hold", "resend"] as const;

/** The same words for everyone, or by language (BCP 47): `{ en: …, it: … }`. Liquid is not yet filled in. */
export type Text = string | Record<string, string>;

export interface CampaignMedia {
  /** Relative to the project's folder, with forward slashes; written from there or from the campaign's own folder. */
  file: string;
  /** Empty only when `decorative`. */
  alt: Text;
  decorative: boolean;
  place: Place;
  /** Where in the source it stands: `["media", 0]`. */
  path: Path;
}

/** What one channel or network says differently; what is absent is as in the campaign. */
export interface Only {
  /** The whole text, in place of the template. */
  text?: Text;
  title?: Text;
  summary?: Text;
  body?: Text;
  link?: string;
  tags?: string[];
  media?: CampaignMedia[];
  /** As written; the checked and merged form is `Campaign.options`. */
  options?: Record<string, unknown>;
  /** This channel gets nothing. */
  skip?: boolean;
  fit?: Fit;
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
  /** What `--from` said. */
  release?: Release;
  title?: Text;
  summary?: Text;
  body?: Text;
  link?: string;
  vars: Record<string, unknown>;
  /** Without `#`. */
  tags: string[];
  media: CampaignMedia[];
  /** Names of channels, in the order written; groups are expanded, each name once, `skip` not yet applied. */
  channels: string[];
  audience: Audience;
  /** External channels that an internal campaign may reach all the same. */
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
  schedule?: Only["schedule"];
  late?: Only["late"];
  uncertain?: Only["uncertain"];
  fit?: Fit;
  number?: boolean;
  maxPosts?: number;
  /** By channel or network. */
  only: Record<string, Only>;
  /** By channel: `options.<network>`, `only.<network>.options`, `only.<channel>.options`, merged and checked by the adapter. */
  options: Record<string, unknown>;
}

/** A text as one channel gets it, and where it is written, for error frames. Liquid is not yet filled in. */
export interface Worded {
  text: string;
  path: Path;
}

/** What a campaign says to one channel, before templates: the channel's own words, else the network's, else everyone's. */
export interface Said {
  /** The whole text, in place of the template. */
  text?: Worded;
  title?: Worded;
  summary?: Worded;
  body?: Worded;
  link?: Worded;
  tags: Worded[];
  media: (Omit<CampaignMedia, "alt"> & { alt: Worded })[];
  skip: boolean;
  fit?: Fit;
  number?: boolean;
  /** The most posts of a thread: the campaign's, else the channel's. */
  maxPosts?: number;
  at?: Worded;
  expires?: Worded;
  schedule?: { is: Only["schedule"]; path: Path };
  late?: { is: Only["late"]; path: Path };
  uncertain?: { is: Only["uncertain"]; path: Path };
  /** The channel's, else the campaign's; the campaign's, where its words are there in one language only. */
  lang?: string;
  options: unknown;
}

type SaidTo = Pick<Channel, "name" | "network" | "lang" | "maxPosts">;

/** `loadCampaign` has made sure that every text exists in the channel's language; a missing one is left out here. */
export function saidTo(campaign: Campaign, channel: SaidTo): Said {
  const layers = layersOf(campaign, channel);
  const lang = langOf(campaign, channel, layers);

  const first = <K extends keyof Only>(key: K) => {
    const found = layerSaying(layers, key);
    return found && { value: found.said[key] as NonNullable<Only[K]>, path: [...found.path, key] };
  };
  const worded = (key: "text" | "title" | "summary" | "body" | "link" | "at") => {
    const found = first(key);
    return found && inLanguage(found.value, lang, found.path);
  };
  const tags = first("tags");
  const schedule = first("schedule");
  const late = first("late");
  const uncertain = first("uncertain");

  return {
    text: worded("text"),
    title: worded("title"),
    summary: worded("summary"),
    body: worded("body"),
    link: worded("link"),
    tags: tags?.value.map((text, index) => ({ text, path: [...tags.path, index] })) ?? [],
    media: (first("media")?.value ?? []).map((item) => {
      const path = [...item.path, "alt"];
      return { ...item, alt: inLanguage(item.alt, lang, path) ?? { text: "", path } };
    }),
    skip: first("skip")?.value ?? false,
    fit: first("fit")?.value,
    number: first("number")?.value,
    maxPosts: first("maxPosts")?.value ?? channel.maxPosts,
    at: worded("at"),
    schedule: schedule && { is: schedule.value, path: schedule.path },
    late: late && { is: late.value, path: late.path },
    uncertain: uncertain && { is: uncertain.value, path: uncertain.path },
    expires: campaign.expires === undefined ? undefined : { text: campaign.expires, path: ["expires"] },
    lang,
    options: campaign.options[channel.name] ?? {},
  };
}

/**
 * In which language a channel is spoken to: its own, where the words are there in several. Words that stand there once are in
 * the campaign's, whatever its readers speak.
 */
function langOf(
  campaign: Campaign,
  channel: Pick<Channel, "lang">,
  layers: readonly Layer[],
): string | undefined {
  if (campaign.lang === undefined) return channel.lang;
  const words: Text[] = (["text", "title", "summary", "body"] as const).flatMap((key) => {
    const said = layerSaying(layers, key)?.said[key];
    return said === undefined ? [] : [said];
  });
  words.push(...(layerSaying(layers, "media")?.said.media ?? []).map(({ alt }) => alt));
  return words.every((text) => typeof text === "string") ? campaign.lang : (channel.lang ?? campaign.lang);
}

/** Where the options of a channel are written, the most particular ones. */
export function optionsPath({ only }: Campaign, { name, network }: Pick<Channel, "name" | "network">): Path {
  const own = [name, network].find((one) => only[one]?.options !== undefined);
  return own === undefined ? ["options", network] : ["only", own, "options"];
}

/** The most particular layer that says it. Whoever writes a body of its own does not want everyone's summary before it. */
export function layerSaying(layers: readonly Layer[], key: keyof Only): Layer | undefined {
  const own = key === "summary" ? layers.findIndex(({ said }) => said.body !== undefined) : -1;
  return layers.slice(0, own < 0 ? undefined : own + 1).find(({ said }) => said[key] !== undefined);
}

interface Layer {
  said: Only;
  path: Path;
}

/** From the most particular to the most general. A channel may be named like its network: then it is one layer. */
export function layersOf(
  campaign: Campaign,
  channel: Pick<Channel, "name" | "network">,
): { said: Only; path: Path }[] {
  const names = [...new Set([channel.name, channel.network])];
  const own = names.flatMap((name) => {
    const said = Object.hasOwn(campaign.only, name) ? campaign.only[name] : undefined;
    return said ? [{ said, path: ["only", name] }] : [];
  });
  const { title, summary, body, link, tags, media, fit, number, maxPosts } = campaign;
  const { at, schedule, late, uncertain } = campaign;
  const words = { title, summary, body, link, tags, media, fit, number, maxPosts };
  const everyone = { ...words, at, schedule, late, uncertain };
  return [...own, { said: everyone, path: [] }];
}

/** The words for `lang`: exactly, else for its language without region. Without a `lang` only a plain text will do. */
export function inLanguage(text: Text, lang: string | undefined, path: Path): Worded | undefined {
  if (typeof text === "string") return { text, path };
  if (lang === undefined) return undefined;
  const wanted = lang.toLowerCase();
  const keys = Object.keys(text);
  const key =
    keys.find((key) => key.toLowerCase() === wanted) ??
    keys.find((key) => key.toLowerCase() === wanted.split("-")[0]);
  return key === undefined ? undefined : { text: text[key]!, path: [...path, key] };
}

/** Whether it says anything about a recurrence, rightly or wrongly. */
export function isRecurring({ every, from, until, count }: Campaign): boolean {
  return [every, from, until, count].some((key) => key !== undefined);
}
