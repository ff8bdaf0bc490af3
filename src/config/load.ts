/** `broadcast.yml`: found, read, its secrets put in place. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError, type Problem } from "../errors.ts";
import { passwordsIn } from "../postgres-address.ts";
import { looksSecret } from "../redact.ts";
import { check, problemsOf, salvage } from "../yaml/schema-problems.ts";
import { readSource, type Source, shownPath } from "../yaml/source.ts";
import type { Adapters } from "./adapters.ts";
import { hideKeys } from "./bucket.ts";
import { hideSecrets, namedNetworks, readChannels, type Sources } from "./channels.ts";
import type { Channel, Config, Utm } from "./config.ts";
import { withDefaults } from "./defaults.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { readIncluded } from "./include.ts";
import { joined } from "./joined.ts";
import { isAddress, lonelyWorkers, readLedger } from "./ledger.ts";
import { readMediaHost } from "./media-host.ts";
import { readMediaStore } from "./media-store.ts";
import { expandGroups, readPeople } from "./names.ts";
import { readNotify } from "./notify.ts";
import { readPolicy } from "./policy.ts";
import { forbiddenPrograms } from "./programs.ts";
import { type ConfigInput, configSchema } from "./schema.ts";

export type { Channel, Config, Utm } from "./config.ts";
export type { Audience } from "./kinds.ts";

/** What a project file is read with. */
export interface ConfigOptions extends Pick<Sources, "stored" | "override"> {
  /** From `findConfig`; `undefined` is a problem that says how to begin. */
  file: string | undefined;
  /** The environment; `.env` beside the file fills what it lacks. */
  env: Readonly<Record<string, string | undefined>>;
  /** The adapters, or a function that gets the plug-ins that the file names, its folder, and the networks of its channels. */
  adapters:
    | Adapters
    | ((
        plugins: string[],
        root: string,
        networks: string[],
      ) => Promise<{ adapters: Adapters; problems: Problem[] }>);
  /** Where the person stands; paths are shown relative to it. Default: the working directory. */
  cwd?: string;
}

const NAME = "broadcast.yml";

/** The nearest `broadcast.yml` in `from` (a file or a folder, which need not exist) or above it. */
export function findConfig(from: string): string | undefined {
  const start = resolve(from);
  let folder = existsSync(start) && statSync(start).isDirectory() ? start : dirname(start);
  for (;;) {
    const file = join(folder, NAME);
    if (existsSync(file)) return file;
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
}

/**
 * `config` is there whenever the file could be read at all, so that a campaign can be checked in the same run: look at
 * `problems` before using it.
 */
export async function loadConfig(options: ConfigOptions): Promise<{ config?: Config; problems: Problem[] }> {
  if (options.file === undefined) return { problems: [noConfig()] };
  const file = resolve(options.cwd ?? process.cwd(), options.file);
  const root = dirname(file);
  try {
    const main = await readSource(file, shownPath(file, options.cwd), { secrets: true });
    const included = await readIncluded(main, options.cwd);
    const whole = joined(main, included.sources);
    const environment = await readEnvironment(options.env, root, options.cwd);
    const { adapters, problems } = await allAdapters(whole.source, root, options.adapters);
    const filled = withDefaults(whole, [main, ...included.sources], adapters);
    const read = configOf(filled.source, root, adapters, environment, options);
    const found = [...included.problems, ...whole.problems, ...filled.problems, ...environment.problems];
    return {
      config: { ...read.config, files: [file, ...included.sources.map((one) => one.file)] },
      problems: inOrder([...found, ...problems, ...read.problems], [main, ...included.sources]),
    };
  } catch (error) {
    if (error instanceof InputError) return { problems: [...error.problems] };
    throw error;
  }
}

function noConfig(): Problem {
  return {
    severity: "error",
    code: "no-config",
    message: `there is no ${NAME} here or in a folder above`,
    remedy:
      "Run `broadcast init`: it asks a few questions and writes one. `broadcast help init` shows more ways.",
  };
}

/** A plug-in that cannot be loaded is a problem among the others, and its place is where it is named. */
async function allAdapters(
  source: Source,
  root: string,
  given: ConfigOptions["adapters"],
): Promise<{ adapters: Adapters; problems: Problem[] }> {
  if (typeof given !== "function") return { adapters: given, problems: [] };
  const written = source.value.adapters;
  const plugins = Array.isArray(written)
    ? written.filter((one): one is string => typeof one === "string")
    : [];
  const { adapters, problems } = await given(plugins, root, namedNetworks(source));
  const place = source.place(["adapters"], "key");
  return { adapters, problems: problems.map((problem) => ({ place, ...problem })) };
}

// A database's password of fewer signs is a word that texts may hold.
const SHORTEST = 8;

// Whose secrets no channel's server may repeat.
const OTHERS = ["media_host", "media_store", "ledger"] as const;

// `.env` is where credentials are, also those of other programs; an address that broadcast.yml takes from there is none.
function secretsOf(
  channels: ReadonlyMap<string, Channel>,
  { stored }: Environment,
  others: Record<(typeof OTHERS)[number], readonly string[]>,
): ReadonlyMap<string, string> {
  const all = [...channels.values()];
  const shown = new Set(all.flatMap(({ publicSettings }) => Object.values(publicSettings)));
  return new Map([
    ...stored.filter((value) => !shown.has(value)).map((value) => [value, ".env"] as const),
    ...Object.entries(others).flatMap(([owner, values]) => values.map((value) => [value, owner] as const)),
    ...all.flatMap(({ name, realSecrets }) => realSecrets.map((secret) => [secret, name] as const)),
  ]);
}

// A server's answer may repeat any credential, so all are masked.
function hiding(channel: Channel, secrets: ReadonlyMap<string, string>): Channel {
  const others = [...secrets].filter(
    ([value, owner]) =>
      (OTHERS as readonly string[]).includes(owner) || (owner === ".env" && looksSecret(value)),
  );
  return { ...channel, secrets: [...channel.secrets, ...others.map(([value]) => value)] };
}

function configOf(
  source: Source,
  root: string,
  adapters: Adapters,
  environment: Environment,
  options: ConfigOptions,
): { config: Omit<Config, "files">; problems: Problem[] } {
  hideSecrets(source, adapters);
  hideKeys(source, "media_host");
  hideKeys(source, "media_store");
  if (isAddress(source.value.ledger)) source.hide(["ledger"]);
  const { input, problems } = readShape(source);
  const read = readChannels(source, adapters, {
    environment,
    stored: options.stored,
    override: options.override,
  });
  const mediaHost = readMediaHost(source, input.media_host, root, environment);
  const mediaStore = readMediaStore(source, input.media_store, root, environment);
  const groups = expandGroups(source, input.groups ?? {}, [...read.channels.keys()], read.broken);
  const people = readPeople(source, input.people ?? {}, adapters);
  const ledger = readLedger(source, input.ledger, environment, options.override !== undefined);
  const passwords = passwordsIn(ledger.ledger ?? "").filter(({ length }) => length >= SHORTEST);
  const secrets = secretsOf(read.channels, environment, {
    media_host: mediaHost.secrets,
    media_store: mediaStore.secrets,
    ledger: passwords,
  });
  const known = new Set([...read.channels.keys(), ...read.broken]);
  const lonely = lonelyWorkers(source, input.deliver, ledger.ledger, options.override !== undefined);
  const policy = readPolicy(source, input, known, groups.groups);
  const notify = readNotify(source, input.notify, read.channels, read.broken);
  const templates = readTemplates(source, input.templates, root);
  return {
    config: {
      file: source.file,
      root,
      channels: new Map([...read.channels].map(([name, one]) => [name, hiding(one, secrets)])),
      secrets,
      broken: read.broken,
      groups: groups.groups,
      people: people.people,
      ledger: ledger.ledger,
      ledgerProblem: ledger.problems[0],
      timezone: input.timezone,
      templates: templates.folder,
      adapters: input.adapters ?? [],
      utm: input.utm as Utm | undefined,
      replies: input.replies,
      notify: notify.notify,
      deliver: input.deliver,
      mediaStore: mediaStore.store,
      fetch: input.fetch,
      fitMedia: input.fit_media,
      mediaHost: mediaHost.host,
      budget: input.budget,
      policy: policy.policy,
      allowedSigners: input.allowed_signers && resolve(root, input.allowed_signers),
      source,
    },
    problems: [
      ...problems,
      ...read.problems,
      ...forbiddenPrograms(source, read.channels.values(), root, input.programs ?? []),
      ...groups.problems,
      ...people.problems,
      ...ledger.problems,
      ...lonely,
      ...policy.problems,
      ...notify.problems,
      ...mediaHost.problems,
      ...mediaStore.problems,
      ...templates.problems,
    ],
  };
}

/** The channels are read one by one elsewhere. */
function readShape(source: Source): { input: Partial<ConfigInput>; problems: Problem[] } {
  const { issues, output } = check(configSchema, source.value);
  if (output) return { input: output as ConfigInput, problems: [] };
  return {
    input: salvage(configSchema, source.value, issues) as Partial<ConfigInput>,
    // With wrong indentation a secret may be anywhere: no value of this file is shown.
    problems: problemsOf(issues, { source, schema: configSchema, shows: () => false }),
  };
}

/** The default folder may be missing. A configured one may not: without it other texts would go out. */
function readTemplates(
  source: Source,
  written: string | undefined,
  root: string,
): { folder: string; problems: Problem[] } {
  const folder = resolve(root, written ?? "templates");
  if (written === undefined || (existsSync(folder) && statSync(folder).isDirectory()))
    return { folder, problems: [] };
  const problem: Problem = {
    severity: "error",
    code: "missing-file",
    message: "`templates` names a folder that does not exist",
    remedy: "Create it, or correct its path, which counts from the folder of broadcast.yml.",
    place: source.place(["templates"]),
  };
  return { folder, problems: [problem] };
}

/** By file and line. What is said of one place for many channels is said once. */
function inOrder(problems: readonly Problem[], files: readonly Source[]): Problem[] {
  const rank = ({ place }: Problem) => files.findIndex(({ shown }) => shown === place?.file);
  const seen = new Set<string>();
  return problems
    .filter(({ code, place, channel }) => {
      if (channel !== undefined || place?.line === undefined) return true;
      const key = `${place.file}:${place.line}:${place.column}:${code}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
}
