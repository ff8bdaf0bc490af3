/** The channels of broadcast.yml: each with its adapter, its settings checked, its secrets in place. */

import { createHash } from "node:crypto";
import { dirname, resolve } from "node:path";
import { type BaseIssue, type GenericSchema, type InferOutput, safeParse } from "valibot";
import type { Adapter } from "../adapter.ts";
import { hasControl } from "../bounds.ts";
import type { Problem } from "../errors.ts";
import { isPath, isSecret } from "../settings.ts";
import { didYouMean, listed } from "../suggest.ts";
import { isMap } from "../yaml/is-map.ts";
import { check, entriesAt, keysAt, problemsOf } from "../yaml/schema-problems.ts";
import type { Source } from "../yaml/source.ts";
import type { Adapters } from "./adapters.ts";
import type { Channel } from "./config.ts";
import { type Environment, howToSet, interpolate, isReference } from "./environment.ts";
import { channelEntries } from "./schema.ts";

type Settings = Record<string, unknown>;
type Issue = BaseIssue<unknown>;

/** Where values come from that are not in the file. */
export interface Sources {
  environment: Environment;
  /** Settings kept by `broadcast login`, by channel; what YAML says comes first. */
  stored?: (
    channel: string,
    network: string,
    written: Readonly<Settings>,
  ) => Record<string, string> | undefined;
  /** With the sandbox: its settings replace the channel's, and no environment variable is needed. */
  override?: (network: string, channel: string, written: Settings) => Record<string, string> | undefined;
}

const COMMON = Object.keys(channelEntries);

/** A channel whose network is unknown is missing from the result and named in the problems. */
export function readChannels(
  source: Source,
  adapters: Adapters,
  from: Sources,
): { channels: Map<string, Channel>; broken: Set<string>; problems: Problem[] } {
  const channels = new Map<string, Channel>();
  const broken = new Set<string>();
  const problems: Problem[] = [];
  for (const [name, written] of writtenChannels(source)) {
    const { network, rest } = splitEntry(name, written);
    const adapter = adapters.get(network);
    if (!adapter) {
      broken.add(name);
      problems.push(unknownNetwork(source, name, written, network, adapters));
      continue;
    }
    const read = readChannel(source, name, written, rest, adapter, from);
    channels.set(name, read.channel);
    problems.push(...read.problems);
  }
  return { channels, broken, problems };
}

/** Before anything is reported: what is a secret, or might be one by mistake, is not to be shown. */
export function hideSecrets(source: Source, adapters: Adapters): void {
  for (const [name, written] of writtenChannels(source)) {
    const { network, rest } = splitEntry(name, written);
    const known = adapters.has(network)
      ? entriesAt(adapters.get(network)?.channel, [])
      : new Map<string, unknown>();
    for (const [key, value] of Object.entries(rest)) {
      const isPublic = known.has(key) && !isSecret(known.get(key));
      if (!isPublic && !isReference(value)) source.hide(["channels", name, key]);
    }
  }
}

/** The networks that the channels name, as far as they can be read. */
export function namedNetworks(source: Source): string[] {
  return [...new Set(writtenChannels(source).map(([name, written]) => splitEntry(name, written).network))];
}

function writtenChannels(source: Source): [string, Settings][] {
  const { channels } = source.value;
  return isMap(channels)
    ? Object.entries(channels).filter((entry): entry is [string, Settings] => isMap(entry[1]))
    : [];
}

function splitEntry(name: string, written: Settings): { network: string; rest: Settings } {
  const rest = Object.entries(written).filter(([key]) => !COMMON.includes(key));
  return {
    network: typeof written.network === "string" ? written.network : name,
    rest: Object.fromEntries(rest),
  };
}

function unknownNetwork(
  source: Source,
  name: string,
  written: Settings,
  network: string,
  adapters: Adapters,
): Problem {
  const named = "network" in written;
  return {
    severity: "error",
    code: named ? "unknown-network" : "missing-key",
    message: named ? `there is no network \`${network}\`` : `the channel \`${name}\` has no \`network:\``,
    remedy: named
      ? didYouMean(network, adapters.keys()) || "See `broadcast networks`."
      : "Add `network:`; `broadcast networks` lists them.",
    place: source.place(["channels", name, "network"], named ? "value" : "key"),
  };
}

function readChannel(
  source: Source,
  name: string,
  written: Settings,
  rest: Settings,
  adapter: Adapter,
  from: Sources,
): { channel: Channel; problems: Problem[] } {
  const at = ["channels", name];
  const schema = adapter.channel as GenericSchema;
  const secretKeys = [...entriesAt(schema, [])].filter(([, entry]) => isSecret(entry)).map(([key]) => key);
  const literal = secretKeys.filter((key) => typeof rest[key] === "string" && !isReference(rest[key]));

  const said = fill(rest, keysAt(schema, []), from.environment);
  const stored = from.stored?.(name, adapter.id, said.settings) ?? {};
  const filled = withoutStored(said, stored);
  const own: Settings = { ...stored, ...filled.settings };
  const sandbox = from.override?.(adapter.id, name, rest);

  const parsed = check(schema, own);
  // A literal secret is reported once. Missing variables, and settings of the sandbox, are not errors of the file.
  const excused = new Set([...literal, ...filled.missing.map(({ key }) => key)]);
  const issues = parsed.issues.filter(({ path }) => !excused.has(String(path?.[0]?.key)));
  const rules = { source, schema, at, shows: () => false };
  // A missing credential is not an error of the file: `broadcast login` can provide it.
  const without = secretKeys.every((key) => own[key] === undefined);
  const lacks = (path: Issue["path"]) =>
    path
      ? secretKeys.includes(String(path[0]?.key)) && own[String(path[0]?.key)] === undefined
      : without && secretKeys.length > 0;
  const lacking = issues.filter(({ path }) => lacks(path));
  const inFile = issues
    .filter((issue) => !lacking.includes(issue))
    .filter(({ path }) => (path ? !filled.used.has(String(path[0]?.key)) : !sandbox));
  const inValues = issues.filter(({ path }) => path && filled.used.has(String(path[0]?.key)));

  const found = problemsOf(inFile, rules).filter(({ code }) => !sandbox || code !== "missing-key");
  for (const problem of found) {
    if (problem.code !== "unknown-key" || problem.remedy?.startsWith("Did")) continue;
    problem.remedy = `The settings of ${adapter.name} are ${keysAt(schema, []).join(", ")}.`;
  }
  const faulty = problemsOf(inValues, rules).map(
    (problem): Problem => ({
      ...problem,
      remedy: "The value comes from the environment: check it there.",
      channel: name,
    }),
  );
  const missing = filled.missing.map(
    ({ key, variable }): Problem => ({
      severity: "error",
      code: "missing-env",
      message: `the environment variable \`${variable}\` is not set; the channel \`${name}\` needs it`,
      remedy: `${howToSet(variable, from.environment)}${secretKeys.includes(key) ? ` Or run \`broadcast login ${name}\`.` : ""}`,
      place: source.place([...at, key]),
      channel: name,
    }),
  );
  const noCredential = lacking.slice(0, 1).map(
    ({ path }): Problem => ({
      severity: "error",
      code: "missing-credential",
      message: `the channel \`${name}\` has no credential: ${path ? `\`${String(path[0]?.key)}\` is missing` : `it needs ${listed(secretKeys)}`}`,
      remedy: `Run \`broadcast login ${name}\`; or ${howToWrite(name, path ? String(path[0]?.key) : (secretKeys[0] ?? ""))}`,
      place: source.place(at, "key"),
      channel: name,
    }),
  );
  const invisible = sandbox
    ? []
    : Object.entries(own)
        .filter(([key]) => secretKeys.includes(key) || filled.used.has(key))
        .filter(([key, value]) => !literal.includes(key) && typeof value === "string" && hasControl(value))
        .map(([key, value]) => withControl(source, name, key, String(value)));
  const usable = sandbox
    ? inSandbox(
        schema,
        own,
        [sandbox, from.override?.(adapter.id, name, {}) ?? {}],
        secretKeys,
        filled.missing,
      )
    : parsed;
  const settings = pathsFrom(dirname(source.file), schema, (usable.output ?? {}) as Settings);
  const missingKeys = new Set(filled.missing.map(({ key }) => key));
  const known = usable.output === undefined ? oneByOne(schema, own, missingKeys) : settings;

  const pick = <K extends keyof typeof channelEntries>(key: K) => {
    const read = safeParse(channelEntries[key], written[key]);
    return read.success ? (read.output as InferOutput<(typeof channelEntries)[K]>) : undefined;
  };
  const audience = pick("audience") === "internal" ? "internal" : "external";
  return {
    channel: {
      name,
      network: adapter.id,
      adapter,
      audience,
      lang: pick("lang"),
      timezone: pick("timezone"),
      maxPosts: pick("max_posts"),
      settings,
      known,
      publicSettings: publicIn(own, secretKeys, filled.missing),
      secrets: secretsIn(settings, secretKeys),
      realSecrets: secretsIn(own, secretKeys).filter((value) => !isReference(value)),
      accountFingerprint: fingerprintOf(adapter.id, name, audience, { ...own, ...rest }, secretKeys),
      problems: sandbox ? [] : [...missing, ...noCredential, ...(invisible.length > 0 ? invisible : faulty)],
      place: source.place(at, "key"),
    },
    problems: [...literal.map((key) => literalSecret(source, name, key)), ...found],
  };
}

interface Filled {
  settings: Settings;
  /** Known keys whose value came, at least in part, from the environment. */
  used: Set<string>;
  missing: { key: string; variable: string }[];
}

/** A key that is not known is a fault of the file, whatever the environment says. */
function fill(rest: Settings, known: readonly string[], environment: Environment): Filled {
  const used = new Set<string>();
  const missing: Filled["missing"] = [];
  const settings = Object.entries(rest).map(([key, value]) => {
    if (typeof value !== "string" || !known.includes(key)) return [key, value];
    const filled = interpolate(value, environment);
    if (filled.used.length > 0) used.add(key);
    missing.push(...filled.missing.map((variable) => ({ key, variable })));
    return [key, filled.text];
  });
  return { settings: Object.fromEntries(settings) as Settings, used, missing };
}

/** A login replaces a variable that is not set. */
function withoutStored(filled: Filled, stored: Record<string, string>): Filled {
  const missing = filled.missing.filter(({ key }) => stored[key] === undefined);
  const fromLogin = filled.missing.filter((one) => !missing.includes(one)).map(({ key }) => key);
  const settings = Object.entries(filled.settings).filter(([key]) => !fromLogin.includes(key));
  return { ...filled, missing, settings: Object.fromEntries(settings) };
}

/**
 * The channel's public settings with the sandbox's over them; where the two do not go together, the sandbox's alone: those for
 * this channel, and those for any.
 */
function inSandbox(
  schema: GenericSchema,
  own: Settings,
  [here, anywhere]: [here: Settings, anywhere: Settings],
  secretKeys: readonly string[],
  missing: readonly { key: string }[],
) {
  const merged = safeParse(schema, { ...publicIn(own, secretKeys, missing), ...here });
  if (merged.success) return merged;
  const ours = safeParse(schema, here);
  if (ours.success) return ours;
  const alone = safeParse(schema, anywhere);
  // The sandbox and the adapter are ours: when they disagree, it is a fault of the program.
  if (!alone.success) throw new TypeError(`the sandbox's settings do not fit: ${alone.issues[0].message}`);
  return alone;
}

/** What is written, each setting by itself, with what a setting is when it is left out. */
function oneByOne(schema: GenericSchema, own: Settings, missing: ReadonlySet<string>): Settings {
  const read = [...entriesAt(schema, [])].flatMap(([key, entry]) => {
    const { success, output } = safeParse(entry as GenericSchema, missing.has(key) ? undefined : own[key]);
    return success ? [[key, output] as const] : [];
  });
  return Object.fromEntries(read);
}

function publicIn(
  own: Settings,
  secretKeys: readonly string[],
  missing: readonly { key: string }[],
): Settings {
  const entries = Object.entries(own).filter(
    ([key]) => !secretKeys.includes(key) && !missing.some((lack) => lack.key === key),
  );
  return Object.fromEntries(entries);
}

// No header takes it: the request would fail again and again, as if the network were away.
function withControl(source: Source, channel: string, key: string, value: string): Problem {
  const end = /^[^\p{Cc}]+[\r\n]+$/u.test(value)
    ? "ends in a line break"
    : "holds a line break or another control character";
  return {
    severity: "error",
    code: "wrong-value",
    message: `\`${key}\` of the channel \`${channel}\` ${end}`,
    remedy:
      "Write the value without it where it comes from; a file that was read whole has a line break at its end.",
    place: source.place(["channels", channel, key]),
    channel,
  };
}

function literalSecret(source: Source, channel: string, key: string): Problem {
  return {
    severity: "error",
    code: "literal-secret",
    message: `\`${key}\` of the channel \`${channel}\` is a secret and does not belong in this file`,
    remedy: `W${howToWrite(channel, key).slice(1)}`,
    place: source.place(["channels", channel, key]),
  };
}

function howToWrite(channel: string, key: string): string {
  const variable = variableFor(channel, key);
  return `write \`${variable}=…\` into .env beside it (never into git), and here \`${key}: \${${variable}}\`.`;
}

/** The environment variable for a channel's secret, as hints and `init` call it: `NEWS_TOKEN`. */
export function variableFor(channel: string, key: string): string {
  return `${channel}_${key}`
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "_")
    .replace(/^(?=\d)/, "_");
}

function secretsIn(settings: Settings, keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const value = settings[key];
    return typeof value === "string" && value !== "" ? [value] : [];
  });
}

// Who reads there is a part of it: what was planned and approved for colleagues is for another place once the world reads it.
// A secret does not enter it, but the name of the variable that holds it does: it tells two accounts on one server apart,
// is the same on every machine, and outlives a new token. A login from the store has only the channel's name.
function fingerprintOf(
  network: string,
  name: string,
  audience: Channel["audience"],
  settings: Settings,
  secretKeys: readonly string[],
): string {
  const entries = Object.entries(settings)
    .map(([key, value]) => [key, secretKeys.includes(key) && !isReference(value) ? name : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([network, entries, ...(audience === "internal" ? [audience] : [])]))
    .digest("hex")
    .slice(0, 16);
}

// A path in broadcast.yml is relative to its folder, not to the current one.
function pathsFrom(root: string, schema: GenericSchema, settings: Settings): Settings {
  const entries = [...entriesAt(schema, [])].map(([key, entry]): [string, unknown] => {
    const value = settings[key];
    return [key, isPath(entry) && typeof value === "string" ? resolve(root, value) : value];
  });
  return { ...settings, ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)) };
}
