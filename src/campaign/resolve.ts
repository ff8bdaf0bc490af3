/** A campaign's channels and options, as `broadcast.yml` defines them: groups expanded, options merged and read by the adapter. */
import { type GenericSchema, safeParse } from "valibot";
import type { Channel, Config } from "../config/config.ts";
import type { Problem } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Path } from "../yaml/places.ts";
import { check, problemsOf } from "../yaml/schema-problems.ts";
import { type Campaign, layersOf } from "./campaign.ts";
import { hasTemplates } from "./option-templates.ts";
import type { CampaignInput } from "./schema.ts";

export interface Resolved {
  campaign: Campaign;
  /** Where each channel, or the group that contains it, is written. */
  places: ReadonlyMap<string, Path>;
  problems: Problem[];
}

/** The same campaign with `channels` and `options` filled in. Channels and options that are wrong are left out. */
export function resolveCampaign(campaign: Campaign, input: Partial<CampaignInput>, config: Config): Resolved {
  const { places, problems } = resolveChannels(campaign, channelsWritten(campaign, input), config);
  const withChannels = { ...campaign, channels: [...places.keys()] };
  const options: Campaign["options"] = {};
  for (const channel of channelsReached(withChannels, config)) {
    const read = readOptions(withChannels, input, channel, places.get(channel.name)!);
    problems.push(...read.problems);
    if (read.options !== undefined) options[channel.name] = read.options;
  }
  return { campaign: { ...withChannels, options }, places, problems };
}

/** The channels of a resolved campaign without those that it skips. */
export function channelsReached(campaign: Campaign, config: Config): Channel[] {
  return campaign.channels
    .map((name) => config.channels.get(name)!)
    .filter((channel) => !layersOf(campaign, channel).some(({ content }) => content.skip));
}

// One wrong entry does not hide the others.
function channelsWritten({ source }: Campaign, input: Partial<CampaignInput>): (string | undefined)[] {
  if (input.channels) return input.channels;
  const written: unknown = source.value.channels;
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

/** Checks each part where it is written, then what they give together. */
function readOptions(
  { source, only }: Campaign,
  input: Partial<CampaignInput>,
  { name, network, adapter }: Channel,
  channelPath: Path,
): { options?: unknown; problems: Problem[] } {
  const parts: { path: Path; options: Record<string, unknown> | undefined }[] = [
    { path: ["options", network], options: input.options?.[network] },
    { path: ["only", network, "options"], options: only[network]?.options },
    { path: ["only", name, "options"], options: name === network ? undefined : only[name]?.options },
  ];
  const written = parts.filter((part) => part.options !== undefined);
  const schema = adapter.options as GenericSchema;
  const problems = written.flatMap(({ path, options }) => {
    // What is filled in later is checked then.
    const issues = check(schema, options).issues.filter(
      ({ input: value, expected }) => expected === "never" || !hasTemplates(value),
    );
    return problemsOf(issues, { source, schema, at: path }).filter(({ code }) => code !== "missing-key");
  });
  if (problems.length > 0) return { problems };

  const together = Object.assign({}, ...written.map((part) => part.options));
  if (hasTemplates(together)) return { options: together, problems: [] };
  const merged = safeParse(schema, together);
  if (merged.success) return { options: merged.output, problems: [] };
  const place = source.place(written.at(-1)?.path ?? channelPath);
  return {
    problems: problemsOf(merged.issues, { source, schema, at: ["options", network] }).map((problem) => ({
      ...problem,
      place,
      channel: name,
    })),
  };
}
