/** An open project: `broadcast.yml`, the networks, the logins, and the current folder. */
import { dirname, relative, resolve } from "node:path";
import type { Adapter } from "../adapter.ts";
import type { Config } from "../config/config.ts";
import { findConfig, loadConfig } from "../config/load.ts";
import { InputError, type Problem } from "../errors.ts";
import type { Release } from "../sources/release.ts";
import { explainLocked, type Logins, loginFor, readLogins } from "./credentials.ts";

/** Settings that replace a channel's own: the sandbox's. */
export type SandboxSettings = (
  network: string,
  channel: string,
  written: Record<string, unknown>,
) => Record<string, string> | undefined;

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
  adapters: ReadonlyMap<string, Adapter>;
  /** Of `broadcast.yml`; errors among them end every command that sends. */
  problems: Problem[];
  cwd: string;
  /** Whether the sandbox replaces the networks. */
  rehearsal: boolean;
  /** Absent without logins, and in a rehearsal. */
  logins?: Logins;
  /** What `from` said. */
  release?: Release;
}

/** Reads `broadcast.yml`, its plug-ins and credentials. Throws InputError when it cannot be read at all. */
export async function openProject(options: ProjectOptions = {}): Promise<Project> {
  const { cwd = process.cwd(), env = process.env, override } = options;
  let adapters = await builtIn();
  const file = findConfig(resolve(cwd, options.near ?? "."));
  // A rehearsal needs no login.
  const logins = override || file === undefined ? undefined : await readLogins(dirname(file), env);
  const { config, problems } = await loadConfig({
    file,
    env,
    cwd,
    override,
    stored: (channel, network, written) => loginFor(logins, channel, network, written)?.settings,
    adapters: async (plugins, root) => {
      const loaded = await withPlugins(adapters, plugins, root);
      adapters = loaded.adapters;
      return loaded;
    },
  });
  if (!config) throw new InputError(problems);
  explainLocked(config, logins);
  const release = await releaseFrom(options.from ?? [], config.root, env);
  return { config, adapters, problems, cwd, rehearsal: override !== undefined, logins, release };
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

/** The networks that come with the program. */
export async function builtIn(): Promise<ReadonlyMap<string, Adapter>> {
  const { adapters } = await import("../adapters/index.ts");
  return new Map(adapters.map((adapter) => [adapter.id, adapter]));
}

async function withPlugins(
  own: ReadonlyMap<string, Adapter>,
  plugins: string[],
  root: string,
): Promise<{ adapters: ReadonlyMap<string, Adapter>; problems: Problem[] }> {
  if (plugins.length === 0) return { adapters: own, problems: [] };
  const { loadPlugins } = await import("../adapters/plugins.ts");
  try {
    const loaded = await loadPlugins(plugins, root, own.keys());
    return {
      adapters: new Map([...own, ...loaded.map((adapter) => [adapter.id, adapter] as const)]),
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { adapters: own, problems: [...error.problems] };
  }
}

/** A path as the person standing in `cwd` would write it. */
export function shown(cwd: string, path: string): string {
  const way = relative(cwd, path);
  return way === "" ? "." : way.startsWith("..") && way.length > path.length ? path : way;
}
