/** The trouble that a network can be: named faults, drawn from a seed or played from a script. */
import { InputError } from "../errors.ts";

export const FAULTS = [
  "ok",
  /** 503, in the network's own words where it has some, and the door stays shut for a moment: new connections are refused. */
  "refuse",
  /** The connection breaks before the request is read. */
  "reset",
  "commit-then-reset",
  /** Never answers. */
  "commit-then-hang",
  "commit-then-500",
  "commit-then-502",
  /** A proxy's page, after it has passed the post on. */
  "commit-then-503",
  "commit-then-504",
  /** A proxy's 429 after it has passed the post on, with Retry-After. */
  "commit-then-429",
  /** 429, with Retry-After in seconds, as a date, without one. */
  "limited-seconds",
  "limited-date",
  "limited-bare",
  /** Commits, and answers in small pieces. */
  "slow",
  /** Commits; the answer ends in the middle, though HTTP says that it is whole. */
  "truncated-json",
  /** A gateway's 502 page; nothing was taken. */
  "html-error",
  /** Commits; the JSON is called text/plain. */
  "wrong-type",
  /** Commits; sixteen megabytes of answer. */
  "huge",
  /** 307 to another host, where credentials must not follow. */
  "redirect",
  /** The credential ends at this request. */
  "expired",
  /** An upload stays in processing for three seconds. */
  "processing",
  /** The server's clock is minutes off. */
  "clock-off",
  /** The request arrives twice; the answer is the one to the second. */
  "duplicate",
] as const;

export type Fault = (typeof FAULTS)[number];

export interface Chaos {
  /** A name of `PROFILES`, or one fault: then every second request meets it. */
  profile: string;
  seed: number;
  /** Played before the profile is asked. */
  scripts?: Script[];
}

/** What one request after the other meets; afterwards all is well. */
export interface Script {
  /** Default: every network. */
  network?: string;
  /** The start of a path below the network's prefix: then every request there counts, not only those that publish. */
  path?: string;
  steps: Fault[];
}

export interface FaultSchedule {
  /** What this request meets. Advances the script, or the network's own sequence. */
  next(network: string, method: string, path: string, publishes: boolean): Fault;
  /** How far the server's clock is off when it is off, in milliseconds. */
  readonly skew: number;
}

type Profile = Partial<Record<Fault, number>>;

/** Probabilities per request that publishes; what is left is `ok`. `processing` is drawn for uploads. */
export const PROFILES: Record<string, Profile> = {
  calm: {},
  mild: { slow: 0.1, "limited-seconds": 0.05, "commit-then-502": 0.05, processing: 0.2 },
  limits: { "limited-seconds": 0.2, "limited-date": 0.2, "limited-bare": 0.1 },
  lost: {
    reset: 0.15,
    "commit-then-reset": 0.15,
    "commit-then-500": 0.1,
    "commit-then-502": 0.1,
    "commit-then-503": 0.1,
    "commit-then-504": 0.1,
    "commit-then-429": 0.05,
  },
  garbled: { "truncated-json": 0.15, "html-error": 0.15, "wrong-type": 0.15, huge: 0.05, redirect: 0.05 },
  tired: { expired: 0.2, "clock-off": 0.5, processing: 0.8 },
  storm: {
    refuse: 0.05,
    reset: 0.08,
    "commit-then-reset": 0.08,
    "commit-then-hang": 0.02,
    "commit-then-500": 0.05,
    "commit-then-502": 0.05,
    "commit-then-503": 0.04,
    "commit-then-504": 0.05,
    "commit-then-429": 0.02,
    "limited-seconds": 0.06,
    "limited-date": 0.04,
    "limited-bare": 0.02,
    slow: 0.05,
    "truncated-json": 0.04,
    "html-error": 0.04,
    "wrong-type": 0.04,
    huge: 0.02,
    duplicate: 0.05,
    processing: 0.4,
  },
};

/** Throws an `InputError` when nothing is known by the profile's name. */
export function createFaultSchedule(chaos: Chaos): FaultSchedule {
  const profile = profileOf(chaos.profile);
  const scripts = (chaos.scripts ?? []).map((script) => ({ ...script, at: 0 }));
  const counts = new Map<string, number>();

  return {
    skew: skewOf(chaos.seed),
    next(network, method, path, publishes) {
      for (const script of scripts) {
        if (script.network !== undefined && script.network !== network) continue;
        if (script.path === undefined ? !publishes : !path.startsWith(script.path)) continue;
        const fault = script.steps[script.at];
        script.at++;
        if (fault !== undefined) return fault;
      }
      const uploads = !publishes && method !== "GET";
      const draws = publishes ? without(profile, "processing") : uploads ? only(profile, "processing") : {};
      if (Object.keys(draws).length === 0) return "ok";
      // Each network has its own sequence: the others' tempo does not change it.
      const sequence = `${network}/${publishes ? "posts" : "uploads"}`;
      const count = counts.get(sequence) ?? 0;
      counts.set(sequence, count + 1);
      return draw(draws, chance(`${chaos.seed}/${sequence}/${count}`));
    },
  };
}

function profileOf(name: string): Profile {
  const named = PROFILES[name];
  if (named) return named;
  const fault = FAULTS.find((known) => known === name);
  if (fault) return { [fault]: 0.5 };
  throw new InputError({
    severity: "error",
    code: "unknown-chaos",
    message: `there is no chaos profile "${name}"`,
    remedy: `Use one of ${Object.keys(PROFILES).join(", ")}, or one fault: ${FAULTS.join(", ")}.`,
  });
}

function only(profile: Profile, fault: Fault): Profile {
  return profile[fault] === undefined ? {} : { [fault]: profile[fault] };
}

function without(profile: Profile, fault: Fault): Profile {
  return Object.fromEntries(Object.entries(profile).filter(([name]) => name !== fault));
}

function draw(profile: Profile, at: number): Fault {
  let edge = 0;
  for (const [fault, probability] of Object.entries(profile)) {
    edge += probability;
    if (at < edge) return fault as Fault;
  }
  return "ok";
}

// Two to nine minutes, fast or slow, the same for the same seed.
function skewOf(seed: number): number {
  const minutes = 2 + Math.floor(chance(`${seed}/minutes`) * 8);
  return (chance(`${seed}/sign`) < 0.5 ? -1 : 1) * minutes * 60_000;
}

/** A number in [0, 1) that depends on the words and on nothing else: FNV-1a, then murmur3's finisher. */
function chance(words: string): number {
  let hash = 0x811c9dc5;
  for (const char of words) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
