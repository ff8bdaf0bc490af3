/** One channel's share of a plan: its words through its template, in its network's form, measured and split. */
import type { Media, MediaRules, Post } from "../adapter.ts";
import { type Said, saidTo } from "../campaign/campaign.ts";
import type { Channel } from "../campaign/channel.ts";
import type { FilledTemplate, Locate, TemplateData } from "../campaign/template.ts";
import { InputError, type Problem } from "../errors.ts";
import { checkMedia } from "../media/check.ts";
import { parse } from "../text/markdown.ts";
import { measure } from "../text/measure.ts";
import { plain, render } from "../text/render.ts";
import { split } from "../text/split.ts";
import type { RenderContext, TextRules } from "../text/text.ts";
import { digest } from "./digest.ts";
import { deliveryId, type PlanInput, type PlannedDelivery, type PlannedPost } from "./plan.ts";
import { withUtm } from "./utm.ts";

export interface Composed {
  delivery?: PlannedDelivery;
  problems: Problem[];
}

export async function compose(channel: Channel, input: PlanInput): Promise<Composed> {
  const { campaign } = input;
  const said = saidTo(campaign, channel);
  if (said.skip) return { problems: [] };
  const problems: Problem[] = [];
  const report = (problem: Omit<Problem, "severity" | "channel"> & Partial<Problem>) =>
    problems.push({ severity: "error", channel: channel.name, ...problem });

  const data = dataOf(channel, said, input);
  const locate: Locate = (key, spot) => said[key] && campaign.source.placeIn(said[key].path, spot);
  let filled: FilledTemplate;
  let media: Media[];
  let context: RenderContext;
  try {
    filled = input.templates.render(campaign.kind, [channel.name, channel.network, channel.adapter.shape, "default"], data, locate);
    context = contextOf(channel, said, data, input);
    media = mediaOf(said, data, input);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problems: error.problems.map((problem) => ({ ...problem, channel: channel.name })) };
  }

  const { text, mediaRules } = rulesOf(channel, input);
  const bodyPath = (said.body ?? said.summary ?? said.title)?.path ?? ["kind"];
  const rules = media.length > 0 && mediaRules !== "none" && mediaRules.caption ? { ...text, max: Math.min(text.max, mediaRules.caption) } : text;
  const fit = said.fit ?? (channel.adapter.thread === "none" ? "refuse" : "thread");
  const tree = parse(filled.markdown);
  const result = split(tree, rules, { fit, number: said.number, lang: said.lang }, context, render);

  if (!result.fits) {
    const { length, max, unit, bytes } = result.parts[0]!.measured;
    const over = bytes && bytes.length > bytes.max ? `${bytes.length} bytes of at most ${bytes.max}` : `${length} of at most ${max} ${unitName(unit)}`;
    report({
      code: "too-long",
      message: `the text for \`${channel.name}\` is too long: ${over}`,
      remedy: remedyFor(channel, fit, rules !== text),
      place: campaign.source.place(bodyPath),
    });
  }
  if (result.trimmed) {
    report({
      severity: "warning",
      code: "trimmed",
      message: `the text for \`${channel.name}\` is cut to ${rules.max} ${unitName(rules.unit)}, as \`fit: trim\` asks`,
      place: campaign.source.place(bodyPath),
    });
  }
  for (const problem of checkMedia(media, mediaRules, channel.adapter.name)) {
    const { index, ...rest } = problem;
    report({ ...rest, place: said.media[index ?? 0]?.place ?? campaign.source.place(["media"]) });
  }
  const title = filled.title === undefined ? undefined : plain(filled.title, context);
  if (channel.adapter.title && title !== undefined) {
    const { fits, length, max, unit } = measure({ text: title, entities: [] }, channel.adapter.title);
    if (!fits) {
      report({
        code: "title-too-long",
        message: `the title for \`${channel.name}\` is too long: ${length} of at most ${max} ${unitName(unit)}`,
        remedy: `Shorten it, or give this channel its own under \`only: { ${channel.name}: { title: … } }\`.`,
        place: campaign.source.place(said.title?.path ?? ["title"]),
      });
    }
  }
  const times = await timesOf(channel, said, input, report);

  const shared = { tags: said.tags, lang: said.lang, options: said.options };
  const first = {
    title,
    summary: filled.summary === undefined ? undefined : plain(filled.summary, context),
    media: mediaRules === "none" ? [] : media,
    link: cardOf(said, filled, context),
  };
  const posts: PlannedPost[] = result.parts.map(({ rendered, measured }, index) => ({
    post: tidy({
      text: rendered.text,
      entities: rendered.entities,
      plain: rendered.plain,
      blocks: rendered.blocks,
      ...(index === 0 ? first : { media: [] }),
      ...shared,
    }),
    measured,
  }));
  if (posts.every(({ post }) => post.text.trim() === "" && post.media.length === 0)) {
    report({
      code: "nothing-to-say",
      message: `there is nothing to say on \`${channel.name}\``,
      remedy: "Give the campaign a title, a summary or a body.",
      place: campaign.source.place(["kind"]),
    });
  }

  const costs = posts.flatMap(({ post }) => channel.adapter.cost?.(post) ?? []);
  const delivery: PlannedDelivery = {
    id: deliveryId(campaign.id, channel),
    channel: channel.name,
    network: channel.network,
    audience: channel.audience,
    account: channel.identity,
    ...times,
    timezone: channel.timezone,
    posts,
    cost: costs[0] && { amount: costs.reduce((sum, { amount }) => sum + amount, 0), currency: costs[0].currency },
    lost: [...new Set(result.parts.flatMap(({ rendered }) => rendered.lost))],
    digest: digest(posts.map(({ post }) => post)),
  };
  return { delivery: tidy(delivery), problems };
}

function dataOf(channel: Channel, said: Said, { campaign }: PlanInput): TemplateData {
  return {
    title: said.title?.text,
    summary: said.summary?.text,
    body: said.body?.text,
    link: said.link,
    tags: said.tags,
    vars: campaign.vars,
    kind: campaign.kind,
    lang: said.lang,
    timezone: channel.timezone,
    channel: { name: channel.name, network: channel.network },
    campaign: { id: campaign.id },
  };
}

function contextOf(channel: Channel, said: Said, data: TemplateData, { config, templates, campaign }: PlanInput): RenderContext {
  const names = { network: channel.network, channel: channel.name, campaign: campaign.id, kind: campaign.kind };
  const utm = Object.fromEntries(
    Object.entries(config.utm ?? {}).map(([key, value]) => [
      key,
      templates.fill(String(value), { ...data, vars: { ...data.vars, ...names } }),
    ]),
  );
  return {
    person: (name) => config.people[name]?.[channel.network],
    lang: said.lang,
    link: (url) => withUtm(url, utm),
  };
}

function rulesOf(channel: Channel, { limits }: PlanInput): { text: TextRules; mediaRules: MediaRules | "none" } {
  const { text, media } = channel.adapter;
  const own = limits.get(channel.name);
  return {
    text: { ...text, ...own?.text },
    mediaRules: media === "none" ? "none" : { ...media, ...own?.media },
  };
}

function mediaOf(said: Said, data: TemplateData, { media, templates, campaign }: PlanInput): Media[] {
  return said.media.flatMap(({ file, alt }) => {
    const described = media.get(file);
    if (!described) return [];
    const filled = templates.fill(alt.text, data, (spot) => campaign.source.placeIn(alt.path, spot));
    const { sha256, type, bytes, width, height } = described;
    return [tidy({ file: described.file, sha256, type, bytes, width, height, alt: filled.trim() })];
  });
}

function cardOf(said: Said, filled: FilledTemplate, context: RenderContext): Post["link"] {
  if (said.link === undefined) return undefined;
  return tidy({
    url: context.link?.(said.link) ?? said.link,
    title: filled.title === undefined ? undefined : plain(filled.title, context),
    description: filled.summary === undefined ? undefined : plain(filled.summary, context),
  });
}

async function timesOf(
  channel: Channel,
  said: Said,
  { campaign, now }: PlanInput,
  report: (problem: Omit<Problem, "severity" | "channel">) => void,
): Promise<{ due?: string; expires?: string }> {
  if (!said.at && !said.expires) return {};
  const { readTime, readEnd } = await import("./schedule.ts");
  const times: { due?: string; expires?: string } = {};
  if (said.at) {
    const read = readTime(said.at.text, channel.timezone);
    if ("at" in read) times.due = new Date(read.at).toISOString();
    else report({ code: "bad-time", message: read.problem, remedy: read.remedy, place: campaign.source.place(said.at.path) });
  }
  if (said.expires) {
    const from = times.due ? Date.parse(times.due) : now;
    const read = readEnd(said.expires.text, channel.timezone, from);
    if (!("at" in read)) {
      report({ code: "bad-time", message: read.problem, remedy: read.remedy, place: campaign.source.place(said.expires.path) });
    } else if (read.at <= from) {
      report({
        code: "expires-before-due",
        message: "`expires` is over before the campaign is due",
        remedy: "Set it after `at`.",
        place: campaign.source.place(said.expires.path),
      });
    } else {
      times.expires = new Date(read.at).toISOString();
    }
  }
  return times;
}

function remedyFor(channel: Channel, fit: string, caption: boolean): string {
  const own = `give this channel its own text under \`only: { ${channel.name}: { body: … } }\``;
  const why = caption ? "With media the limit is lower here. " : "";
  if (fit === "refuse" && channel.adapter.thread !== "none") return `${why}Shorten it, ${own}, or set \`fit: thread\`.`;
  return `${why}Shorten it, ${own}, or set \`fit: trim\`.`;
}

const UNIT_NAMES: Record<string, string> = {
  grapheme: "characters",
  codepoint: "characters",
  utf16: "characters",
  byte: "bytes",
  weighted: "weighted characters",
  "emoji-bytes": "characters",
};

export function unitName(unit: string): string {
  return UNIT_NAMES[unit] ?? unit;
}

/** Without members that are undefined, so that a plan survives JSON unchanged. */
function tidy<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
