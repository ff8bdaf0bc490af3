/** Whether a campaign and the channels belong together: names, audiences, options, languages, files. */

import { type GenericSchema, safeParse } from "valibot";
import type { Adapters } from "../config/adapters.ts";
import type { Channel, Config } from "../config/config.ts";
import type { Problem } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import { check, problemsOf } from "../yaml/schema-problems.ts";
import type { Path } from "../yaml/yaml.ts";
import { type Campaign, inLanguage, layerSaying, layersOf, type Only, type Text } from "./campaign.ts";
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
];

/** Fills `campaign.channels` and `campaign.options` on the way, since only here the configuration is known. */
export async function checkCampaign(
  campaign: Campaign,
  input: Partial<CampaignInput>,
  config: Config | undefined,
  adapters: Adapters,
): Promise<Problem[]> {
  const problems = [...checkWords(campaign), ...(await checkMedia(campaign))];
  if (!config) return problems;

  const named = resolveChannels(
    campaign,
    input.channels ?? stringsOf(campaign.source.value.channels),
    config,
  );
  problems.push(...named.problems);
  campaign.channels = [...named.places.keys()];
  const reached = campaign.channels
    .map((name) => config.channels.get(name)!)
    .filter((channel) => !layersOf(campaign, channel).some(({ said }) => said.skip));

  problems.push(...reached.flatMap((channel) => channel.problems));
  problems.push(...checkAudience(campaign, reached, named.places, config));
  problems.push(...checkNames(campaign, input, config, adapters));
  problems.push(...checkOptions(campaign, input, reached, named.places));
  problems.push(...checkLanguages(campaign, reached, named.places));
  return once(problems);
}

// One wrong entry makes the others no less meant.
function stringsOf(written: unknown): (string | undefined)[] {
  return Array.isArray(written) ? written.map((one) => (typeof one === "string" ? one : undefined)) : [];
}

function resolveChannels(
  { source }: Campaign,
  names: readonly (string | undefined)[],
  config: Config,
): { places: Map<string, Path>; problems: Problem[] } {
  const places = new Map<string, Path>();
  const problems: Problem[] = [];
  for (const [index, name] of names.entries()) {
    if (name === undefined) continue;
    const path: Path = ["channels", index];
    const members = config.channels.has(name) ? [name] : config.groups.get(name);
    for (const member of members ?? []) {
      if (config.channels.has(member) && !places.has(member)) places.set(member, path);
    }
    if (members || config.broken.has(name)) continue;
    problems.push({
      severity: "error",
      code: "unknown-channel",
      message: `there is no channel or group \`${name}\` in ${config.source.shown}`,
      remedy: didYouMean(name, [...config.channels.keys(), ...config.groups.keys()]) || "Add it there.",
      place: source.place(path),
    });
  }
  return { places, problems };
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
        remedy: `Take it out; or, if the world may read this, write \`allow_external: [${name}]\`.`,
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

/** Each part is checked where it stands, and what they give together once more. */
function checkOptions(
  campaign: Campaign,
  input: Partial<CampaignInput>,
  channels: readonly Channel[],
  places: ReadonlyMap<string, Path>,
): Problem[] {
  const { source, only } = campaign;
  return channels.flatMap(({ name, network, adapter }) => {
    const parts: { path: Path; options: Record<string, unknown> | undefined }[] = [
      { path: ["options", network], options: input.options?.[network] },
      { path: ["only", network, "options"], options: only[network]?.options },
      { path: ["only", name, "options"], options: name === network ? undefined : only[name]?.options },
    ];
    const written = parts.filter((part) => part.options !== undefined);
    const schema = adapter.options as GenericSchema;
    const problems = written.flatMap(({ path, options }) => {
      const { issues } = check(schema, options);
      return problemsOf(issues, { source, schema, at: path }).filter(({ code }) => code !== "missing-key");
    });
    if (problems.length > 0) return problems;

    const together = safeParse(schema, Object.assign({}, ...written.map((part) => part.options)));
    if (together.success) {
      campaign.options[name] = together.output;
      return [];
    }
    const place = source.place(written.at(-1)?.path ?? places.get(name)!);
    return problemsOf(together.issues, { source, schema, at: ["options", network] }).map((problem) => ({
      ...problem,
      place,
      channel: name,
    }));
  });
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
            message: `${what} is written by language, and the channel \`${channel.name}\` has none`,
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
          message: `${what} has no words in \`${lang}\`, the language of the channel \`${channel.name}\``,
          remedy: `Add \`${lang}:\` to it.`,
          place,
          channel: channel.name,
        },
      ];
    });
  });
}

/** The texts that a channel would get, in all their languages. */
function textsFor(campaign: Campaign, channel: Channel): { text: Text; path: Path }[] {
  const layers = layersOf(campaign, channel);
  const words = (["text", "title", "summary", "body"] as const).flatMap((key) => {
    const layer = layerSaying(layers, key);
    return layer ? [{ text: layer.said[key]!, path: [...layer.path, key] }] : [];
  });
  const media = layers.find(({ said }) => said.media !== undefined)?.said.media ?? [];
  return [...words, ...media.map(({ alt, path }) => ({ text: alt, path: [...path, "alt"] }))];
}

function checkWords(campaign: Campaign): Problem[] {
  const { source, title, summary, body, link, media, only, vars } = campaign;
  const problems: Problem[] = [];
  const says = [{ title, summary, body, link, media }, ...Object.values(only)].some(
    (said: Only) => said.text || said.title || said.summary || said.body || said.link || said.media?.length,
  );
  const written = Object.keys(source.value);
  if (!says && !written.some((key) => ["title", "summary", "body", "link", "media", "only"].includes(key))) {
    problems.push({
      severity: "error",
      code: "nothing-to-say",
      message: "this campaign says nothing",
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

async function checkMedia({ source, root, media, only }: Campaign): Promise<Problem[]> {
  const all = [...media, ...Object.values(only).flatMap((said) => said.media ?? [])];
  const found = await Promise.all(
    all.map(async ({ file, alt, decorative, path, place }): Promise<Problem[]> => {
      const { locateMedia } = await import("../media/file.ts");
      const located = await locateMedia(root, file);
      const problems: Problem[] = typeof located === "string" ? [] : [{ ...located, place }];
      const texts = typeof alt === "string" ? [alt] : Object.values(alt);
      const described = texts.length > 0 && texts.every((text) => text.trim() !== "");
      if (!described && !decorative) {
        problems.push({
          severity: "error",
          code: "missing-alt",
          message: `\`${file}\` has no alt text`,
          remedy: "Write what one sees in `alt:`, or `decorative: true` if it says nothing.",
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

/** Several channels may stumble over one line; saying it once is enough. */
function once(problems: Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, place }) => {
    const key = JSON.stringify([code, message, place?.file, place?.line, place?.column]);
    return !seen.has(key) && seen.add(key);
  });
}
