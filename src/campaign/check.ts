/** Whether a campaign and the channels belong together: names, audiences, options, languages, files. */
import type { Adapters } from "../config/adapters.ts";
import type { Channel, Config } from "../config/config.ts";
import type { Problem } from "../errors.ts";
import { didYouMean, listed } from "../suggest.ts";
import type { Path } from "../yaml/places.ts";
import { type Campaign, inLanguage, layerSaying, layersOf, type Override, type Text } from "./campaign.ts";
import { channelsReached, type Resolved } from "./resolve.ts";
import type { CampaignInput } from "./schema.ts";

/** The names that a template knows already; a variable cannot take them over. */
export const RESERVED = [
  "title",
  "summary",
  "body",
  "link",
  "tags",
  "vars",
  "kind",
  "lang",
  "channel",
  "campaign",
  "occurrence",
  "release",
  "entry",
];

/** Errors in the campaign itself. */
export async function checkCampaign(campaign: Campaign): Promise<Problem[]> {
  return [...checkWords(campaign), ...(await checkMedia(campaign))];
}

/** What does not fit between a resolved campaign and the project's channels. */
export function checkChannels(
  { campaign, places }: Resolved,
  input: Partial<CampaignInput>,
  config: Config,
  adapters: Adapters,
): Problem[] {
  const reached = channelsReached(campaign, config);
  return [
    ...reached.flatMap((channel) => channel.problems),
    ...checkAudience(campaign, reached, places, config),
    ...checkNames(campaign, input, config, adapters),
    ...checkLanguages(campaign, reached, places),
    ...checkMixed(campaign, reached),
  ];
}

function checkAudience(
  campaign: Campaign,
  channels: readonly Channel[],
  places: ReadonlyMap<string, Path>,
  config: Config,
): Problem[] {
  const { source } = campaign;
  const unknown = campaign.allowExternal.flatMap((name, index): Problem[] => {
    if (config.channels.has(name) || config.broken.has(name)) return [];
    return [
      {
        severity: "error",
        code: "unknown-channel",
        message: config.groups.has(name)
          ? `\`allow_external\` names the group \`${name}\`; it takes channels only`
          : `\`allow_external\` names \`${name}\`, and there is no such channel`,
        remedy: didYouMean(name, config.channels.keys()) || undefined,
        place: source.place(["allow_external", index]),
      },
    ];
  });
  if (campaign.audience === "external") return unknown;

  const leaks = channels
    .filter(({ name, audience }) => audience === "external" && !campaign.allowExternal.includes(name))
    .map(
      ({ name }): Problem => ({
        severity: "error",
        code: "internal-to-external",
        message: `this campaign is internal and the channel \`${name}\` is external`,
        remedy: `Remove it; or, if everyone may read this, write \`allow_external: [${name}]\`.`,
        place: source.place(places.get(name)!),
        channel: name,
      }),
    );
  return [...unknown, ...leaks];
}

/** The keys of `only` and `options`. */
function checkNames(
  campaign: Campaign,
  input: Partial<CampaignInput>,
  config: Config,
  adapters: Adapters,
): Problem[] {
  const { source } = campaign;
  const networks = new Set(campaign.channels.map((name) => config.channels.get(name)!.network));
  const judge = (
    path: Path,
    used: ReadonlySet<string>,
    known: readonly string[],
    what: string,
  ): Problem[] => {
    const name = String(path.at(-1));
    if (used.has(name)) return [];
    const place = source.place(path, "key");
    if (known.includes(name) || config.broken.has(name)) {
      const message = `\`${path.join(".")}\` has no effect: this campaign does not go there`;
      return [{ severity: "warning", code: "no-effect", message, place }];
    }
    const message = `there is no ${what} \`${name}\``;
    return [
      {
        severity: "error",
        code: what === "network" ? "unknown-network" : "unknown-channel",
        message,
        remedy: didYouMean(name, known),
        place,
      },
    ];
  };
  const names = new Set([...campaign.channels, ...networks]);
  const everyone = [...new Set([...config.channels.keys(), ...adapters.keys()])];
  return [
    ...Object.keys(campaign.only).flatMap((name) =>
      judge(["only", name], names, everyone, "channel or network"),
    ),
    ...Object.keys(input.options ?? {}).flatMap((name) =>
      judge(["options", name], networks, [...adapters.keys()], "network"),
    ),
  ];
}

function checkLanguages(
  campaign: Campaign,
  channels: readonly Channel[],
  places: ReadonlyMap<string, Path>,
): Problem[] {
  return channels.flatMap((channel) => {
    const lang = channel.lang ?? campaign.lang;
    return textsFor(campaign, channel).flatMap(({ text, path }): Problem[] => {
      if (inLanguage(text, lang, path)) return [];
      const place = campaign.source.place(path, "key");
      const what = `\`${path.join(".")}\``;
      if (lang === undefined) {
        return [
          {
            severity: "error",
            code: "no-language",
            message: `${what} is written by language, and the channel \`${channel.name}\` has no \`lang\``,
            remedy: `Write \`lang:\` for the channel or for the campaign.`,
            place: campaign.source.place(places.get(channel.name)!),
            channel: channel.name,
          },
        ];
      }
      return [
        {
          severity: "error",
          code: "missing-language",
          message: `${what} has no text in \`${lang}\`, the language of the channel \`${channel.name}\``,
          remedy: `Add \`${lang}:\` to it.`,
          place,
          channel: channel.name,
        },
      ];
    });
  });
}

/** One text is translated and another is not: in some channel the two stand side by side. */
function checkMixed(campaign: Campaign, channels: readonly Channel[]): Problem[] {
  const langs = new Set(channels.map(({ lang }) => lang ?? campaign.lang));
  if (langs.size < 2) return [];
  const mixed = new Map<string, { path: Path; channels: string[] }>();
  for (const channel of channels) {
    const lang = channel.lang ?? campaign.lang;
    // What is written once is taken to be in the campaign's language.
    if (lang === campaign.lang) continue;
    const texts = textsFor(campaign, channel);
    if (!texts.some(({ text }) => typeof text !== "string")) continue;
    for (const { text, path } of texts) {
      if (typeof text !== "string" || !SENTENCE.test(text)) continue;
      const key = path.join(".");
      mixed.set(key, { path, channels: [...(mixed.get(key)?.channels ?? []), channel.name] });
    }
  }
  return [...mixed].map(([key, { path, channels }]) => ({
    severity: "warning",
    code: "mixed-languages",
    message: `\`${key}\` is written once and other texts by language: ${listed(channels, "and")} ${channels.length === 1 ? "gets" : "get"} it as it is`,
    remedy: `Write it by language, too${campaign.lang === undefined ? "; `lang:` says in which language the campaign is" : ""}.`,
    place: campaign.source.place(path),
  }));
}

// A name, a number or a variable is the same in every language.
const SENTENCE = /\p{L}+\P{L}+\p{L}+\P{L}+\p{L}+/u;

/** The texts that a channel would get, in all their languages. */
function textsFor(campaign: Campaign, channel: Channel): { text: Text; path: Path }[] {
  const layers = layersOf(campaign, channel);
  const words = (["text", "title", "summary", "body"] as const).flatMap((key) => {
    const layer = layerSaying(layers, key);
    return layer ? [{ text: layer.content[key]!, path: [...layer.path, key] }] : [];
  });
  const media = layers.find(({ content }) => content.media !== undefined)?.content.media ?? [];
  const asking = layers.find(({ content }) => content.poll !== undefined);
  const poll = asking?.content.poll || undefined;
  const choices = (poll?.choices ?? []).map((text, index) => ({
    text,
    path: [...asking!.path, "poll", "choices", index],
  }));
  const answer =
    poll?.answer === undefined ? [] : [{ text: poll.answer, path: [...asking!.path, "poll", "answer"] }];
  const replying = layerSaying(layers, "firstReply");
  const reply = replying?.content.firstReply || undefined;
  return [
    ...words,
    ...media.map(({ alt, path }) => ({ text: alt, path: [...path, "alt"] })),
    ...choices,
    ...answer,
    ...cardWords(layers),
    ...(reply === undefined ? [] : [{ text: reply, path: [...replying!.path, "first_reply"] }]),
  ];
}

function cardWords(layers: readonly { content: Override; path: Path }[]): { text: Text; path: Path }[] {
  const saying = layers.find(({ content }) => content.card !== undefined);
  const { title, description } = saying?.content.card || {};
  const at = (key: string) => [...saying!.path, "card", key];
  return [
    ...(title === undefined ? [] : [{ text: title, path: at("title") }]),
    ...(description === undefined ? [] : [{ text: description, path: at("description") }]),
  ];
}

/** A text that YAML cut off at a `#`. */
function checkComments(campaign: Campaign): Problem[] {
  const { source, title, summary, body, tags, media, poll, card, firstReply, only } = campaign;
  const texts = [
    ...textPaths({ title, summary, body, tags, media, poll, card, firstReply }, []),
    ...Object.entries(only).flatMap(([name, content]) => textPaths(content, ["only", name])),
  ];
  return texts.flatMap((path): Problem[] => {
    const place = source.commentAfter(path);
    if (!place) return [];
    return [
      {
        severity: "warning",
        code: "yaml-comment",
        message: `\`${path.join(".")}\` ends before the \`#\`: what follows is a comment`,
        remedy: "If it belongs to the text, put the whole value in quotes.",
        place,
      },
    ];
  });
}

// Wherever it stands; a text may be about a TODO list.
const TODO =
  /(?<![\p{L}\p{N}-])TODO(?![\p{L}\p{N}-])(?! (?:lists?|apps?|items?|comments?|managers?|tools?)\b)/u;

/** Text that nobody has written yet: it can be planned and looked at, and not sent. */
export function todosIn({
  source,
  title,
  summary,
  body,
  tags,
  media,
  poll,
  card,
  only,
  vars,
}: Campaign): Problem[] {
  const paths = [
    ...textPaths({ title, summary, body, tags, media, poll, card }, []),
    ...Object.entries(only).flatMap(([name, content]) => textPaths(content, ["only", name])),
    // What a text says may come from here.
    ...Object.keys(vars).map((name): Path => ["vars", name]),
  ];
  return paths.flatMap((path): Problem[] => {
    const text = path.reduce<unknown>(
      (value, key) => (value as Record<string, unknown>)?.[key],
      source.value,
    );
    const found = typeof text === "string" ? TODO.exec(text) : null;
    if (!found || typeof text !== "string") return [];
    const at = found.index;
    const before = text.slice(0, at).split("\n");
    return [
      {
        severity: "error",
        code: "todo",
        message: `\`${path.join(".")}\` is not written yet`,
        remedy: "Write it in place of the TODO, or take it away. If the word itself is meant: to-do.",
        place: source.placeIn(path, { line: before.length, column: before.at(-1)!.length + 1, length: 4 }),
      },
    ];
  });
}

function textPaths({ media, poll, card, firstReply, ...content }: Override, at: Path): Path[] {
  const paths = (text: unknown, path: Path): Path[] => {
    if (typeof text === "string") return [path];
    return Object.entries(text ?? {}).flatMap(([key, one]) =>
      paths(one, [...path, Array.isArray(text) ? Number(key) : key]),
    );
  };
  const keys = ["text", "title", "summary", "body", "tags"] as const;
  return [
    ...keys.flatMap((key) => paths(content[key], [...at, key])),
    ...(media ?? []).flatMap(({ alt, path }) => paths(alt, [...path, "alt"])),
    ...paths(poll ? poll.choices : undefined, [...at, "poll", "choices"]),
    ...paths(card ? card.title : undefined, [...at, "card", "title"]),
    ...paths(card ? card.description : undefined, [...at, "card", "description"]),
    ...paths(firstReply || undefined, [...at, "first_reply"]),
  ];
}

function checkWords(campaign: Campaign): Problem[] {
  const { source, title, summary, body, link, media, only, vars } = campaign;
  const problems = checkComments(campaign);
  const says = [{ title, summary, body, link, media }, ...Object.values(only)].some(
    (content: Override) =>
      content.text ||
      content.title ||
      content.summary ||
      content.body ||
      content.link ||
      content.media?.length,
  );
  const written = Object.keys(source.value);
  if (!says && !written.some((key) => ["title", "summary", "body", "link", "media", "only"].includes(key))) {
    problems.push({
      severity: "error",
      code: "nothing-to-say",
      message: "this campaign has no text",
      remedy: "Write a `title:` or a `body:`.",
      place: source.place([]),
    });
  }
  for (const [name, value] of Object.entries(vars)) {
    if (RESERVED.includes(name)) {
      problems.push({
        severity: "error",
        code: "reserved-name",
        message: `\`vars.${name}\` would hide the campaign's own \`${name}\``,
        remedy: "Choose another name.",
        place: source.place(["vars", name], "key"),
      });
    }
    const asWritten = typeof value === "number" ? source.written(["vars", name]) : undefined;
    if (asWritten !== undefined && asWritten !== String(value)) {
      problems.push({
        severity: "warning",
        code: "number-rewritten",
        message: `YAML reads ${asWritten} as a number, so it comes out as ${value}`,
        remedy: `Put it in quotes: "${asWritten}".`,
        place: source.place(["vars", name]),
      });
    }
  }
  return problems;
}

/** A path from Windows. */
function slashesFor(file: string): string | undefined {
  return file.includes("\\") ? `Write \`/\` between folders: \`${file.replaceAll("\\", "/")}\`.` : undefined;
}

async function checkMedia(campaign: Campaign): Promise<Problem[]> {
  const { source, root, media, only } = campaign;
  const all = [...media, ...Object.values(only).flatMap((content) => content.media ?? [])];
  const found = await Promise.all(
    all.map(async ({ file, alt, decorative, path, place }): Promise<Problem[]> => {
      const { locateMedia } = await import("../media/file.ts");
      const located = await locateMedia(root, file);
      const problems: Problem[] =
        typeof located === "string"
          ? []
          : [{ ...located, remedy: slashesFor(file) ?? located.remedy, place }];
      const texts = typeof alt === "string" ? [alt] : Object.values(alt);
      const described = texts.length > 0 && texts.every((text) => text.trim() !== "");
      if (!described && !decorative) {
        problems.push({
          severity: "error",
          code: "missing-alt",
          message: `\`${file}\` has no alt text`,
          remedy: "Describe the image in `alt:`, or write `decorative: true` if it is decoration.",
          place: source.place([...path, "alt"], "key"),
        });
      }
      if (decorative && texts.some((text) => text.trim() !== "")) {
        problems.push({
          severity: "error",
          code: "decorative-alt",
          message: `\`${file}\` is decorative and has an alt text`,
          remedy: "Keep one of the two.",
          place: source.place([...path, "decorative"], "key"),
        });
      }
      return problems;
    }),
  );
  return found.flat();
}
