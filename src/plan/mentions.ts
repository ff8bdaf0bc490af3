/** Who `@name` is on one network: by the name under `people`, or by a handle listed there. */
import type { Config } from "../config/config.ts";
import type { Handle } from "../text/types.ts";

export interface Names {
  person: (name: string) => Handle | undefined;
  /** Those asked for who cannot be called there, as written and without `@`: not listed at all, or not for this network. */
  missed: { name: string; listed: boolean }[];
}

/**
 * Only listed people are mentioned: a wrong mention cannot be taken back. Capitals do not matter, and a listed handle of
 * any network means its person on every one.
 */
export function namesOn(network: string, people: Config["people"]): Names {
  const missed = new Map<string, boolean>();
  const known = new Map<string, string | undefined>();
  const find = (name: string): string | undefined => {
    if (!known.has(name)) known.set(name, whoIs(name, network, people));
    return known.get(name);
  };
  return {
    person(name) {
      const who = find(name);
      const handle = who === undefined ? undefined : people[who]?.[network];
      if (!handle) missed.set(name, who !== undefined);
      return handle;
    },
    get missed() {
      return [...missed].map(([name, listed]) => ({ name, listed }));
    },
  };
}

/** The key under `people`; none when several have an equal claim. */
function whoIs(written: string, network: string, people: Config["people"]): string | undefined {
  if (Object.hasOwn(people, written)) return written;
  const same = (other: string) => other.toLowerCase() === written.toLowerCase();
  const here = ([, handles]: Listed) => handles[network] !== undefined && same(handles[network].handle);
  const claims: ((one: Listed) => boolean)[] = [
    ([name]) => same(name),
    here,
    ([, handles]) => Object.values(handles).some(({ handle }) => same(handle)),
  ];
  const all = Object.entries(people);
  for (const claim of claims) {
    const found = all.filter(claim);
    if (found.length > 0) return found.length === 1 ? found[0]![0] : undefined;
  }
  return undefined;
}

type Listed = [name: string, handles: Config["people"][string]];
