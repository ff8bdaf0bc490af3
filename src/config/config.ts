/** What `broadcast.yml` says, checked: the accounts of this project and who is who on each network. */
import type { Adapter } from "../adapter.ts";
import type { Place, Problem } from "../errors.ts";
import type { Handle } from "../text/types.ts";
import type { Source } from "../yaml/source.ts";
import type { Audience } from "./kinds.ts";
import type { MediaHostRead } from "./media-host.ts";
import type { MediaStoreRead } from "./media-store.ts";
import type { Notify } from "./notify.ts";
import type { Rule } from "./policy.ts";

/** The codes of problems that a credential on another machine, or a login, would solve. */
export const NO_CREDENTIAL: ReadonlySet<string> = new Set([
  "missing-env",
  "missing-credential",
  "login-locked",
]);

/** Why a channel cannot be sent to at the moment, though its settings are right; it can be left out. */
export const NOT_READY: ReadonlySet<string> = new Set([...NO_CREDENTIAL, "no-sandbox"]);

/** One configured account, room, list or feed. */
export interface Channel {
  name: string;
  /** The adapter's id. */
  network: string;
  adapter: Adapter;
  audience: Audience;
  /** BCP 47. */
  lang?: string;
  /** IANA name: `Europe/Rome`. */
  timezone?: string;
  /** The most posts of a thread. */
  maxPosts?: number;
  /** As `adapter.channel` returned it, secrets in place; `{}` when something in `problems` prevented that. */
  settings: Record<string, unknown>;
  /**
   * As `settings`; while something in `problems` keeps those empty, all that can be read. The network's rules go by it, so that a
   * plan is the same on a machine that has no credentials.
   */
  known?: Record<string, unknown>;
  /** The public settings as far as they are written, also while something in `problems` keeps `settings` empty. */
  publicSettings: Record<string, unknown>;
  /** The values of the secrets, for redaction. Never written anywhere. */
  secrets: string[];
  /** The real secrets, also while the sandbox's stand in: no post may hold one of them. */
  realSecrets: string[];
  /** 16 hex characters over the network and the public settings: another account or server gives another one. */
  accountFingerprint: string;
  /** Why this channel cannot be used now: a missing environment variable. Matters only to the campaigns that use it. */
  problems: Problem[];
  place: Place;
}

/** The parameters added to every link: values may hold `{{ network }}`, `{{ channel }}`, `{{ campaign }}`, `{{ kind }}`. */
export interface Utm {
  source?: string;
  medium?: string;
  campaign?: string;
  term?: string;
  content?: string;
}

export interface Config {
  /** Absolute. */
  file: string;
  /** Absolute: `file`, and those that it includes. */
  files: string[];
  /** The project's folder, absolute: where `broadcast.yml` is. */
  root: string;
  /** By name, in the file's order. */
  channels: Map<string, Channel>;
  /** Each credential that no post may hold, with whose it is: a channel's name, or `.env`. Never written anywhere. */
  secrets: ReadonlyMap<string, string>;
  /** Names of channels that are written but too broken to be in `channels`. */
  broken: Set<string>;
  /** Names of channels; groups in groups are expanded. */
  groups: Map<string, string[]>;
  /** Who `@name` is, by network. */
  people: Record<string, Record<string, Handle>>;
  /** A path, relative to `root`, or `git`, or `git:REMOTE`. */
  ledger?: string;
  /** Why the ledger's place is unknown; also among the problems of broadcast.yml. */
  ledgerProblem?: Problem;
  /** Where the files of posts lie that workers send. */
  mediaStore: MediaStoreRead;
  /** Who sends; default: the process that was asked to. */
  deliver?: "workers";
  /** IANA name; where neither a channel nor a campaign has one. */
  timezone?: string;
  /** Absolute folder of the project's own templates; it need not exist. */
  templates: string;
  /** Plug-ins as written: a path relative to `root`, or a package. */
  adapters: string[];
  utm?: Utm;
  /** How long other people's words are kept. */
  replies?: { keep?: string };
  /** The internal channel that is told what needs a person. */
  notify?: Notify;
  /** What is read from the web: whether from private addresses, too, and whether pages for their cards. */
  fetch?: { private?: boolean; cards?: boolean };
  /** Whether pictures are made to fit, where a campaign does not say. Default: true. */
  fitMedia?: boolean;
  /** Where files get a public address. */
  mediaHost: MediaHostRead;
  /** The most that posts may cost in a calendar month, in the currency's main unit. */
  budget?: { month: number; currency: string };
  /** Who must approve what. */
  policy: Rule[];
  /** Absolute: the SSH keys whose signatures count. */
  allowedSigners?: string;
  source: Source;
}
