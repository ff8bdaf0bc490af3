/** An open project: `broadcast.yml`, the networks, the logins, and the current folder. */
import { dirname, relative, resolve } from "node:path";
import type { Adapter } from "../adapter.ts";
import { type Adapters, LoadedAdapters } from "../config/adapters.ts";
import type { Channel, Config } from "../config/config.ts";
import { findConfig, loadConfig } from "../config/load.ts";
import { InputError, type Problem } from "../errors.ts";
import type { Entry } from "../sources/feed.ts";
import type { Release } from "../sources/release.ts";
import { explainLocked, type Logins, loginFor, readLogins } from "./credentials.ts";

/** Settings that stand in for a channel's own: the sandbox's. None for a network without a half there. */
export interface SandboxSettings {
  (network: string, channel: string, written: Record<string, unknown>): Record<string, string> | undefined;
  /** Where the sandbox is, its doors included: in a rehearsal nothing else is reached. */
  places: readonly string[];
  /** Takes the halves that the project's plug-ins bring along, where it can. */
  add(halves: readonly unknown[]): void;
}

export interface ProjectOptions {
  /** A campaign or a folder: `broadcast.yml` is looked for there and above. Default: `cwd`. */
  near?: string;
  cwd?: string;
  env?: Record<string, string | undefined>;
  override?: SandboxSettings;
  /** `--from`: where the facts of a release are read. */
  from?: readonly string[];
}

export interface Project {
  config: Config;
  /** Loaded are those that broadcast.yml names; `has` and `keys` know all of them. */
  adapters: Adapters;
  /** Of `broadcast.yml`; errors among them end every command that sends. */
  problems: Problem[];
  cwd: string;
  /** Whether the sandbox replaces the networks. */
  rehearsal: boolean;
  /** The base URLs of the sandbox, in a rehearsal. */
  sandbox?: readonly string[];
  /** What plug-ins export as `sandbox`: halves for rehearsals and dry runs. */
  halves: readonly unknown[];
  /** Absent without a login here, and in a rehearsal. */
  logins?: Logins;
  /** What `from` said. */
  release?: Release;
  /** The entry of a feed that the campaign is planned for. */
  entry?: Entry;
}

/** Reads `broadcast.yml`, its plug-ins and credentials. Throws InputError when it cannot be read at all. */
export async function openProject(options: ProjectOptions = {}): Promise<Project> {
  const { cwd = process.cwd(), env = process.env, override } = options;
  let adapters: Adapters = new Map();
  let halves: readonly unknown[] = [];
  const file = findConfig(resolve(cwd, options.near ?? "."));
  // A rehearsal needs no login.
  const logins = override || file === undefined ? undefined : await readLogins(dirname(file), env);
  const { config, problems } = await loadConfig({
    file,
    env,
    cwd,
    override,
    stored: (channel, network, written) => loginFor(logins, channel, network, written)?.settings,
    adapters: async (plugins, root, networks) => {
      const loaded = await withPlugins(await builtIn(networks), plugins, root);
      halves = loaded.halves;
      override?.add(halves);
      adapters = loaded.adapters;
      return loaded;
    },
  });
  if (!config) throw new InputError(problems);
  explainLocked(config, logins);
  if (override) {
    const instead = config.mediaHost.settings !== undefined || config.mediaHost.problem !== undefined;
    config.mediaHost = { settings: { kind: "sandbox", url: override.places[0] ?? "", instead } };
    refuseUnrehearsable(config, override);
  }
  const release = await releaseFrom(options.from ?? [], config.root, env);
  return {
    config,
    adapters,
    problems,
    cwd,
    rehearsal: override !== undefined,
    sandbox: override?.places,
    halves,
    logins,
    release,
  };
}

// With its real settings it would reach the real network.
function refuseUnrehearsable({ channels }: Config, override: SandboxSettings): void {
  for (const channel of channels.values()) {
    const { name, network, adapter, place } = channel;
    if (override(network, name, {}) !== undefined) continue;
    channel.settings = {};
    channel.problems = [
      {
        severity: "error",
        code: "no-sandbox",
        message: `${adapter.name} has no half in the sandbox, so \`${name}\` cannot be rehearsed`,
        remedy:
          "`--skip-unready` rehearses the others, `--channel NAME` those that you name. A plug-in can bring its half as its export `sandbox`.",
        place,
        channel: name,
      },
    ];
  }
}

/** Throws InputError when one of the channels cannot be rehearsed: nothing was sent. */
export function demandRehearsable(channels: readonly Pick<Channel, "problems">[]): void {
  const problems = channels
    .flatMap((channel) => channel.problems)
    .filter(({ code }) => code === "no-sandbox");
  if (problems.length > 0) throw new InputError(problems);
}

async function releaseFrom(
  sources: readonly string[],
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Release | undefined> {
  if (sources.length === 0) return undefined;
  const { readRelease } = await import("../sources/read.ts");
  return readRelease(sources, { root, env });
}

/** The networks that come with the program; only these of them are loaded, default: all. */
export async function builtIn(networks?: readonly string[]): Promise<LoadedAdapters> {
  const { LOADERS } = await import("../adapters/index.ts");
  const names = Object.keys(LOADERS);
  const wanted = networks ? names.filter((name) => networks.includes(name)) : names;
  const loaded = await Promise.all(wanted.map(async (name) => [name, await LOADERS[name]!()] as const));
  return new LoadedAdapters(loaded, names);
}

/** Every adapter of the project: the built-in ones and those of its plug-ins. */
export async function allAdapters({
  adapters,
}: Pick<Project, "adapters">): Promise<ReadonlyMap<string, Adapter>> {
  const all = await builtIn();
  const known = [...adapters.keys()].flatMap((name) => adapters.get(name) ?? all.get(name) ?? []);
  return new Map(known.map((adapter) => [adapter.id, adapter]));
}

async function withPlugins(
  own: LoadedAdapters,
  plugins: string[],
  root: string,
): Promise<{ adapters: Adapters; halves: readonly unknown[]; problems: Problem[] }> {
  if (plugins.length === 0) return { adapters: own, halves: [], problems: [] };
  const { loadPlugins } = await import("../adapters/plugins.ts");
  try {
    const { adapters, halves } = await loadPlugins(plugins, root, own.keys());
    return {
      adapters: own.with(adapters),
      halves,
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { adapters: own, halves: [], problems: [...error.problems] };
  }
}

/** A path as the person standing in `cwd` would write it. */
export function shown(cwd: string, path: string): string {
  const way = relative(cwd, path);
  return way === "" ? "." : way.startsWith("..") && way.length > path.length ? path : way;
}
