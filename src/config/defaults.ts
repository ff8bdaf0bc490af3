/** `defaults:` of broadcast.yml: what holds for the channels of a network or a group that do not say it themselves. */
import { GROUPS } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import { isSecret } from "../settings.ts";
import { didYouMean, listed } from "../suggest.ts";
import { isMap } from "../yaml/is-map.ts";
import { check, entriesAt, problemsOf } from "../yaml/schema-problems.ts";
import type { Source } from "../yaml/source.ts";
import type { Adapters } from "./adapters.ts";
import { isReference } from "./environment.ts";
import { type Joined, type Origin, routed } from "./joined.ts";
import { channelEntries, defaultsSchema } from "./schema.ts";

type Settings = Record<string, unknown>;

const COMMON = Object.keys(channelEntries).filter((key) => key !== "network");

/** A default as it is written. */
interface Written {
  source: Source;
  /** The network, or the group. */
  name: string;
  settings: Settings;
}

/**
 * The channels with what the defaults add. What a channel says comes first; then a group of channels, its network, and its
 * network's group: of the channel's own file, then of broadcast.yml.
 */
export function withDefaults(
  { source, fileOf }: Joined,
  files: readonly Source[],
  adapters: Adapters,
): { source: Source; problems: Problem[] } {
  const [main] = files;
  const all = files.flatMap(defaultsOf);
  if (!main || all.length === 0) return { source, problems: [] };
  const groups = isMap(source.value.groups) ? source.value.groups : {};
  const problems = files.flatMap((file) => faults(file, file !== main, groups, adapters));
  for (const one of all) hideSecretsOf(one, adapters);

  const origins = new Map<string, Origin>();
  const { channels } = source.value;
  const filled = Object.entries(isMap(channels) ? channels : {}).map(([channel, own]) => {
    if (!isMap(own)) return [channel, own];
    const network = typeof own.network === "string" ? own.network : channel;
    const settings: Settings = { ...own };
    const from = (file: Source, named: (name: string) => boolean) => {
      const layer = all.filter((one) => one.source === file && named(one.name));
      problems.push(...atOdds(channel, layer, settings));
      for (const { name, settings: given } of layer)
        for (const [key, value] of Object.entries(given)) {
          if (Object.hasOwn(settings, key) || key === "network") continue;
          settings[key] = value;
          origins.set(`${channel} ${key}`, { source: file, path: ["defaults", name, key] });
        }
    };
    for (const file of new Set([fileOf(channel), main])) {
      from(file, (name) => Object.hasOwn(groups, name) && isIn(channel, name, groups));
      from(file, (name) => name === network && !Object.hasOwn(groups, name));
      from(file, (name) => name === adapters.get(network)?.group && !Object.hasOwn(groups, name));
    }
    return [channel, settings];
  });
  const value = isMap(channels) ? { ...source.value, channels: Object.fromEntries(filled) } : source.value;
  const at = (path: readonly (string | number)[]): Origin => {
    const [section, channel, key, ...rest] = path;
    const origin = section === "channels" ? origins.get(`${String(channel)} ${String(key)}`) : undefined;
    return origin ? { source: origin.source, path: [...origin.path, ...rest] } : { source, path: [...path] };
  };
  return { source: routed(source, value, at), problems };
}

function defaultsOf(source: Source): Written[] {
  const { defaults } = source.value;
  return Object.entries(isMap(defaults) ? defaults : {}).flatMap(([name, settings]) =>
    isMap(settings) ? [{ source, name, settings }] : [],
  );
}

/** A group may hold groups, and by mistake itself. */
function isIn(channel: string, group: string, groups: Settings, above: readonly string[] = []): boolean {
  const members = groups[group];
  if (!Array.isArray(members) || above.includes(group)) return false;
  return members.some((one) => one === channel || isIn(channel, String(one), groups, [...above, group]));
}

/** Two groups of one channel that say different things: neither comes first. */
function atOdds(channel: string, layer: readonly Written[], own: Settings): Problem[] {
  const [first, ...others] = layer;
  if (!first || others.length === 0) return [];
  const said = new Map<string, Written>();
  return layer.flatMap((one) =>
    Object.entries(one.settings).flatMap(([key, value]): Problem[] => {
      const before = said.get(key);
      said.set(key, before ?? one);
      if (!before || Object.hasOwn(own, key) || before.settings[key] === value) return [];
      return [
        {
          severity: "error",
          code: "wrong-value",
          message: `\`${channel}\` is in \`${before.name}\` and in \`${one.name}\`, whose defaults for \`${key}\` differ`,
          remedy: `Write \`${key}\` at the channel itself.`,
          place: one.source.place(["defaults", one.name, key]),
        },
      ];
    }),
  );
}

/** `included`: in other files than broadcast.yml, which is checked as a whole elsewhere. */
function faults(source: Source, included: boolean, groups: Settings, adapters: Adapters): Problem[] {
  const { defaults } = source.value;
  const issues = included && isMap(defaults) ? check(defaultsSchema, defaults).issues : [];
  const shapes = problemsOf(issues, { source, schema: defaultsSchema, at: ["defaults"], shows: () => false });
  return [
    ...shapes,
    ...defaultsOf(source).flatMap(({ name, settings }): Problem[] => {
      const isGroup = Object.hasOwn(groups, name) || (GROUPS as readonly string[]).includes(name);
      if (!isGroup && !adapters.has(name)) return [unknown(source, name, groups, adapters)];
      return Object.keys(settings)
        .filter((key) => key === "network" || (isGroup && !COMMON.includes(key)))
        .map((key) => notThere(source, name, key, isGroup));
    }),
  ];
}

function unknown(source: Source, name: string, groups: Settings, adapters: Adapters): Problem {
  const known = [...adapters.keys(), ...GROUPS, ...Object.keys(groups)];
  return {
    severity: "error",
    code: "unknown-network",
    message: `there is no network and no group \`${name}\``,
    remedy: didYouMean(name, known) || "Name a network, a group of networks, or a group of channels.",
    place: source.place(["defaults", name], "key"),
  };
}

function notThere(source: Source, name: string, key: string, isGroup: boolean): Problem {
  return {
    severity: "error",
    code: "unknown-key",
    message:
      key === "network"
        ? "`network` is said by each channel"
        : `\`${key}\` is a setting of single networks, and \`${name}\` is a group`,
    remedy: isGroup
      ? `The defaults of a group are ${listed(COMMON)}; write others under a network's name.`
      : "Take it out.",
    place: source.place(["defaults", name, key], "key"),
  };
}

function hideSecretsOf({ source, name, settings }: Written, adapters: Adapters): void {
  const adapter = adapters.get(name);
  const known = adapter ? entriesAt(adapter.channel, []) : new Map<string, unknown>();
  for (const [key, value] of Object.entries(settings)) {
    const isPublic = COMMON.includes(key) || (known.has(key) && !isSecret(known.get(key)));
    if (!isPublic && !isReference(value)) source.hide(["defaults", name, key]);
  }
}
