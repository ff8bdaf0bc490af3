// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is what broadcast.yml holds
/** `broadcast.yml`: found, read, its secrets put in place. */
import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InputError, type Problem, type ProblemCode } from "../errors.ts";
import { looksSecret } from "../redact.ts";
import { didYouMean } from "../suggest.ts";
import { check, problemsOf, salvage } from "../yaml/schema-problems.ts";
import { readSource, type Source, shownPath } from "../yaml/source.ts";
import type { Adapters } from "./adapters.ts";
import { hideSecrets, namedNetworks, readChannels, type Sources } from "./channels.ts";
import type { Channel, Config, Utm } from "./config.ts";
import { type Environment, howToSet, interpolate, readEnvironment } from "./environment.ts";
import { readNotify } from "./notify.ts";
import { readPolicy } from "./policy.ts";
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
    const source = await readSource(file, shownPath(file, options.cwd), { secrets: true });
    const environment = await readEnvironment(options.env, root, options.cwd);
    const { adapters, problems } = await allAdapters(source, root, options.adapters);
    const read = configOf(source, root, adapters, environment, options);
    return {
      config: read.config,
      problems: [...environment.problems, ...problems, ...read.problems].sort(byLine),
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

// `.env` is where credentials are, also those of other programs; an address that broadcast.yml takes from there is none.
function secretsOf(
  channels: ReadonlyMap<string, Channel>,
  { stored }: Environment,
): ReadonlyMap<string, string> {
  const all = [...channels.values()];
  const shown = new Set(all.flatMap(({ publicSettings }) => Object.values(publicSettings)));
  return new Map([
    ...stored.filter((value) => !shown.has(value)).map((value) => [value, ".env"] as const),
    ...all.flatMap(({ name, realSecrets }) => realSecrets.map((secret) => [secret, name] as const)),
  ]);
}

// A server's answer may repeat any credential, so all are masked.
function hiding(channel: Channel, secrets: ReadonlyMap<string, string>): Channel {
  const others = [...secrets].filter(([value, owner]) => owner === ".env" && looksSecret(value));
  return { ...channel, secrets: [...channel.secrets, ...others.map(([value]) => value)] };
}

function configOf(
  source: Source,
  root: string,
  adapters: Adapters,
  environment: Environment,
  options: ConfigOptions,
): { config: Config; problems: Problem[] } {
  hideSecrets(source, adapters);
  if (isAddress(source.value.ledger)) source.hide(["ledger"]);
  const { input, problems } = readShape(source);
  const read = readChannels(source, adapters, {
    environment,
    stored: options.stored,
    override: options.override,
  });
  const secrets = secretsOf(read.channels, environment);
  const groups = expandGroups(source, input.groups ?? {}, [...read.channels.keys()], read.broken);
  const people = readPeople(source, input.people ?? {}, adapters);
  const ledger = readLedger(source, input.ledger, environment, options.override !== undefined);
  const known = new Set([...read.channels.keys(), ...read.broken]);
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
      fetch: input.fetch,
      policy: policy.policy,
      allowedSigners: input.allowed_signers && resolve(root, input.allowed_signers),
      source,
    },
    problems: [
      ...problems,
      ...read.problems,
      ...groups.problems,
      ...people.problems,
      ...ledger.problems,
      ...policy.problems,
      ...notify.problems,
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

function expandGroups(
  source: Source,
  written: Record<string, string[]>,
  channels: readonly string[],
  broken: ReadonlySet<string>,
): { groups: Map<string, string[]>; problems: Problem[] } {
  const problems: Problem[] = [];
  const complain = (code: ProblemCode, message: string, path: (string | number)[], remedy?: string) =>
    problems.push({ severity: "error", code, message, remedy, place: source.place(path, "key") });

  const members = (group: string, above: readonly string[]): string[] =>
    (written[group] ?? []).flatMap((name, index) => {
      const path = ["groups", group, index];
      if (channels.includes(name)) return [name];
      if (broken.has(name)) return [];
      if (above.includes(name)) {
        complain(
          "group-cycle",
          `the group \`${name}\` contains itself`,
          path,
          "Take it out of one of the groups.",
        );
        return [];
      }
      if (Object.hasOwn(written, name)) return members(name, [...above, name]);
      const known = [...channels, ...Object.keys(written)].filter((one) => one !== group);
      complain(
        "unknown-channel",
        `there is no channel or group \`${name}\``,
        path,
        didYouMean(name, known) || undefined,
      );
      return [];
    });

  const groups = new Map<string, string[]>();
  for (const name of Object.keys(written)) {
    if (channels.includes(name) || broken.has(name)) {
      complain("name-taken", `\`${name}\` is a channel and a group`, ["groups", name], "Rename one of them.");
      continue;
    }
    groups.set(name, [...new Set(members(name, [name]))]);
  }
  // A group inside another is visited twice; one report of its faults is enough.
  const seen = new Set<string>();
  const unique = problems.filter(({ place, message }) => {
    const key = `${place?.line}:${place?.column}:${message}`;
    return !seen.has(key) && seen.add(key);
  });
  return { groups, problems: unique };
}

function readPeople(
  source: Source,
  written: NonNullable<ConfigInput["people"]>,
  adapters: Adapters,
): { people: Config["people"]; problems: Problem[] } {
  const problems: Problem[] = [];
  const people = Object.entries(written).map(([person, handles]) => {
    const name = person.replace(/^@/, "");
    const known = Object.entries(handles).map(([network, value]) => {
      if (!adapters.has(network)) {
        problems.push({
          severity: "error",
          code: "unknown-network",
          message: `there is no network \`${network}\``,
          remedy: didYouMean(network, adapters.keys()) || undefined,
          place: source.place(["people", person, network], "key"),
        });
      }
      const { handle = name, id } = typeof value === "string" ? { handle: value } : value;
      return [
        network,
        id === undefined ? { handle: handle.replace(/^@/, "") } : { handle: handle.replace(/^@/, ""), id },
      ];
    });
    return [name, Object.fromEntries(known)];
  });
  return { people: Object.fromEntries(people) as Config["people"], problems };
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

function readLedger(
  source: Source,
  written: string | undefined,
  environment: Environment,
  sandbox: boolean,
): { ledger?: string; problems: Problem[] } {
  if (written === undefined) return { problems: [] };
  const { text, missing } = interpolate(written, environment);
  if (isAddress(written) || (missing.length === 0 && isAddress(text)))
    return { problems: [noDatabase(source)] };
  const remote = /^git:(.*)$/s.exec(text)?.[1];
  if (missing.length === 0 && remote !== undefined && !isRemote(remote))
    return { problems: [badRemote(source)] };
  // The rehearsal has a ledger of its own.
  if (sandbox || missing.length === 0)
    return { ledger: missing.length === 0 ? text : undefined, problems: [] };
  const problems = missing.map(
    (name): Problem => ({
      severity: "error",
      code: "missing-env",
      message: `the environment variable \`${name}\` is not set; the ledger needs it`,
      remedy: howToSet(name, environment),
      place: source.place(["ledger"]),
    }),
  );
  return { problems };
}

// `git:REMOTE` and `C:\\ledger.db` are none. A database is also named by `host=… password=…`.
function isAddress(ledger: unknown): boolean {
  if (typeof ledger !== "string" || /^git:/.test(ledger)) return false;
  return (
    /^[\s"'`<]*[a-z][a-z0-9+.-]+:/i.test(ledger) ||
    /(?:^|[\s;])(?:host|server|dbname|user|password)\s*=/i.test(ledger)
  );
}

// A remote's name, a path, or an address: nothing that git takes for an option or for a command (`ext::sh -c …`).
function isRemote(written: string): boolean {
  if (!/^[^\s\p{C}-][^\s\p{C}]*$/u.test(written) || written.includes("::")) return false;
  const [, protocol] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written) ?? [];
  // Over plain http whoever is on the way can write the ledger; on this computer nobody is.
  const isOwn = /^http:\/\/(?:[^@/]*@)?(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$)/i.test(written);
  return protocol === undefined || isOwn || /^(?:https|ssh|git|file)$/i.test(protocol);
}

function badRemote(source: Source): Problem {
  return {
    severity: "error",
    code: "wrong-value",
    message: "the part after `git:` is neither the name of a remote nor an allowed address",
    remedy: "Write `git`, `git:REMOTE`, or an address with https, ssh, git or file.",
    place: source.place(["ledger"]),
  };
}

// An address may hold a password, so it is not repeated.
function noDatabase(source: Source): Problem {
  return {
    severity: "error",
    code: "ledger-unsupported",
    message: "`ledger` is the address of a database, and a ledger cannot be kept in one yet",
    remedy: "Name a file in the project, or `git` for a ref of its own repository.",
    place: source.place(["ledger"]),
  };
}

function byLine(a: Problem, b: Problem): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}
