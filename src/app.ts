/** The one place where the parts are put together: project, plan, ledger, delivery. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Account, Adapter, Media } from "./adapter.ts";
import { type Campaign, saidTo } from "./campaign/campaign.ts";
import { type Channel, type Config, NO_CREDENTIAL } from "./campaign/channel.ts";
import { loadCampaign } from "./campaign/load.ts";
import { type Clock, systemClock } from "./clock.ts";
import { findConfig, loadConfig } from "./config.ts";
import type { DeliveryEvent } from "./delivery/deliver.ts";
import { byPlace, InputError, NetworkError, type Problem, type ProblemCode } from "./errors.ts";
import type { Transport, WireReply } from "./http.ts";
import type { GitPlace } from "./ledger/git.ts";
import type { Ledger } from "./ledger/ledger.ts";
import type { Added, Delivery, NewDelivery } from "./ledger/records.ts";
import { explainLocked, type Logins, loginFor, readLogins, renewLogins } from "./logins.ts";
import type { MediaFile } from "./media/file.ts";
import type { Plan } from "./plan/plan.ts";
import type { Release } from "./release/release.ts";
import { USER_AGENT } from "./version.ts";

/** Settings that stand in for a channel's own: the sandbox's. */
export type Override = (
  network: string,
  channel: string,
  written: Record<string, unknown>,
) => Record<string, string> | undefined;

export interface ProjectOptions {
  /** A campaign or a folder: `broadcast.yml` is looked for there and above. Default: `cwd`. */
  near?: string;
  cwd?: string;
  env?: Record<string, string | undefined>;
  override?: Override;
  /** `--from`: where the facts of a release are read. */
  from?: readonly string[];
}

export interface Project {
  config: Config;
  adapters: ReadonlyMap<string, Adapter>;
  /** Of `broadcast.yml`; errors among them end every command that sends. */
  problems: Problem[];
  cwd: string;
  /** Whether the sandbox stands in. */
  rehearsal: boolean;
  /** Absent when nobody has logged in here, and in a rehearsal. */
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
  const { readRelease } = await import("./release/sources.ts");
  return readRelease(sources, { root, env });
}

/** The networks that come with the program. */
export async function builtIn(): Promise<ReadonlyMap<string, Adapter>> {
  const { adapters } = await import("./adapters/index.ts");
  return new Map(adapters.map((adapter) => [adapter.id, adapter]));
}

async function withPlugins(
  own: ReadonlyMap<string, Adapter>,
  plugins: string[],
  root: string,
): Promise<{ adapters: ReadonlyMap<string, Adapter>; problems: Problem[] }> {
  if (plugins.length === 0) return { adapters: own, problems: [] };
  const { loadPlugins } = await import("./adapters/plugins.ts");
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

export interface Planned {
  plan: Plan;
  campaign: Campaign;
}

export interface PlanOptions {
  clock?: Clock;
  /**
   * Missing credentials are only remarked on: a plan sends nothing, and who reviews it (a pull request from a fork) has
   * none. What is to be sent is planned without this.
   */
  withoutCredentials?: boolean;
  /** Which occurrence of a campaign that comes again: its wall-clock time. Default: the next one. */
  occurrence?: string;
}

/** Reads and checks a campaign. Throws InputError with everything that is wrong with it and with `broadcast.yml`. */
export async function readCampaign(
  file: string,
  project: Project,
  { withoutCredentials = false }: PlanOptions = {},
): Promise<{ campaign: Campaign; problems: Problem[] }> {
  const { campaign, draft, problems } = await loadCampaign(
    resolve(project.cwd, file),
    project.config,
    project.adapters,
    project.cwd,
    project.release,
  );
  const found = [...project.problems, ...problems].map((problem) =>
    withoutCredentials && NO_CREDENTIAL.has(problem.code)
      ? { ...problem, severity: "warning" as const }
      : problem,
  );
  if (campaign && !hasErrors(found)) return { campaign, problems: found };
  const readable = campaign ?? draft;
  const further = readable ? await furtherErrors(readable, project, found) : [];
  throw new InputError([...found, ...further].sort(byPlace));
}

// What planning finds that no mistake of the reading can have brought about. Times, words and files stand for themselves;
// what is missing, or too much, may be so because of another mistake.
const OF_ITS_OWN = new Set<ProblemCode>([
  "bad-condition",
  "bad-link",
  "bad-rhythm",
  "bad-time",
  "expires-before-due",
  "media-missing",
  "media-type",
  "media-unreadable",
  "no-such-time",
  "template-limit",
  "template-syntax",
  "too-long",
  "undefined-variable",
  "unknown-filter",
]);

/** Whoever has to mend one thing wants to hear of the others too, as far as a campaign with errors can be planned. */
async function furtherErrors(
  campaign: Campaign,
  project: Project,
  known: readonly Problem[],
): Promise<Problem[]> {
  const spot = ({ place }: Problem) => `${place?.file}:${place?.line}:${place?.column}`;
  const said = new Set(known.map(spot));
  let found: readonly Problem[];
  try {
    found = (await planned(campaign, project, {})).problems;
  } catch (error) {
    // Planning may rely on what is wrong here; that is said already.
    found = error instanceof InputError ? error.problems : [];
  }
  return found.filter(
    (problem) => problem.severity === "error" && OF_ITS_OWN.has(problem.code) && !said.has(spot(problem)),
  );
}

/** Reads a campaign and plans it. Throws like `readCampaign`; what is wrong with the texts and media is in `plan.problems`. */
export async function planCampaign(
  file: string,
  project: Project,
  options: PlanOptions = {},
): Promise<Planned> {
  const { campaign, problems } = await readCampaign(file, project, options);
  const plan = await planned(campaign, project, options);
  plan.problems.unshift(...problems);
  return { plan, campaign };
}

async function planned(campaign: Campaign, project: Project, options: PlanOptions): Promise<Plan> {
  const { config, cwd } = project;
  const { clock = systemClock } = options;
  const used = campaign.channels.flatMap((name) => config.channels.get(name) ?? []);
  if (campaign.when !== undefined) {
    const { isWanted } = await import("./campaign/released.ts");
    const { withheldPlan } = await import("./plan/plan.ts");
    if (!(await isWanted(campaign))) return withheldPlan(campaign, []);
  }
  const { createTemplates } = await import("./campaign/template.ts");
  const { plan } = await import("./plan/plan.ts");
  const { media, problems } = await describeAll(campaign, used);
  const made = await plan({
    campaign,
    config,
    templates: createTemplates({ folders: [config.templates, shippedTemplates()], cwd }),
    media,
    limits: await knownLimits(project, used),
    now: clock.now(),
    occurrence: options.occurrence,
  });
  made.problems.unshift(...problems);
  return made;
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** Throws InputError when the plan may not be sent. */
export function demandSound(plan: Plan): void {
  if (hasErrors(plan.problems)) throw new InputError(plan.problems);
}

async function describeAll(
  campaign: Campaign,
  channels: readonly Channel[],
): Promise<{ media: Map<string, MediaFile>; problems: Problem[] }> {
  const used = channels.flatMap((channel) => saidTo(campaign, channel).media);
  const media = new Map<string, MediaFile>();
  const problems: Problem[] = [];
  if (used.length === 0) return { media, problems };
  const { describeMedia } = await import("./media/file.ts");
  for (const [file, { place }] of new Map(used.map((item) => [item.file, item]))) {
    const described = await describeMedia(campaign.root, file);
    if ("severity" in described) problems.push({ ...described, place });
    else media.set(file, described);
  }
  return { media, problems };
}

// Beside dist/ in the package, beside src/ in the repository.
function shippedTemplates(): string {
  return fileURLToPath(new URL("../templates", import.meta.url));
}

/** Where the project keeps what it must remember: `.broadcast`, and apart from it the rehearsal's own memory. */
export function stateFolder(project: Pick<Project, "config" | "rehearsal">): string {
  const folder = join(project.config.root, ".broadcast");
  return project.rehearsal ? join(folder, "sandbox") : folder;
}

/** The ledger's file. A rehearsal has its own, so that it never counts as published. */
export function ledgerFile(project: Pick<Project, "config" | "rehearsal">): string {
  const { ledger, root } = project.config;
  if (project.rehearsal || ledger === undefined) return join(stateFolder(project), "ledger.db");
  return isAbsolute(ledger) ? ledger : join(root, ledger);
}

const LEDGER_REF = "refs/broadcast/ledger";

/** `ledger: git` or `ledger: git:REMOTE`. A rehearsal stays on this computer all the same. */
export function ledgerInGit({
  config,
  rehearsal,
}: Pick<Project, "config" | "rehearsal">): GitPlace | undefined {
  const [written, remote = "origin"] = config.ledger?.match(/^git(?::(.+))?$/) ?? [];
  if (rehearsal || written === undefined) return undefined;
  return { folder: config.root, remote, ref: LEDGER_REF };
}

/** Whether anything was entered yet. Throws InputError when the place cannot be reached. */
export async function ledgerExists(project: Pick<Project, "config" | "rehearsal">): Promise<boolean> {
  const place = ledgerInGit(project);
  if (!place) return existsSync(ledgerFile(project));
  const { existsInGit } = await import("./ledger/git.ts");
  const { beforeSending } = await import("./ledger/trouble.ts");
  return beforeSending(() => existsInGit(place));
}

export async function openLedger(project: Pick<Project, "config" | "rehearsal">): Promise<Ledger> {
  const { openAt, openInGit } = await import("./ledger/open.ts");
  const place = ledgerInGit(project);
  return place ? openInGit(place) : openAt(ledgerFile(project));
}

/**
 * Asked before the networks are: throws InputError when the ledger cannot be kept where it is to be; gives warnings. Writes
 * nothing.
 */
export async function inspectLedger(
  project: Pick<Project, "config" | "rehearsal">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Problem[]> {
  if (ledgerInGit(project)) return [];
  const { inspectPlace, vanishingWarning } = await import("./ledger/place.ts");
  const warnings = inspectPlace(ledgerFile(project));
  return project.rehearsal ? warnings : [...warnings, ...vanishingWarning(env)];
}

/** The plan's deliveries as the ledger takes them. */
export function deliveriesOf(plan: Plan, clock: Clock = systemClock): NewDelivery[] {
  return plan.deliveries.map(
    ({ id, channel, network, account, digest, posts, due, expires, schedule, late, uncertain }) => ({
      id,
      campaign: plan.campaign.id,
      channel,
      network,
      account,
      digest,
      posts: posts.map(({ post }) => post),
      dueAt: due === undefined ? clock.now() : Date.parse(due),
      expiresAt: expires === undefined ? undefined : Date.parse(expires),
      schedule,
      late,
      uncertain,
    }),
  );
}

export interface SendOptions {
  /** Only these deliveries; default: everything that is due. */
  ids?: readonly string[];
  stop: AbortSignal;
  /** Breaks off what is under way. */
  abort?: AbortSignal;
  onEvent?: (event: DeliveryEvent) => void;
  /** Milliseconds; default 2 minutes. */
  patience?: number;
  clock?: Clock;
  concurrency?: number;
  /** For dry runs and tests. */
  transport?: Transport;
}

const PATIENCE = 120_000;

/** Delivers what the ledger holds for this project's channels. */
export async function deliverAll(project: Project, ledger: Ledger, options: SendOptions): Promise<void> {
  const { deliver } = await import("./delivery/deliver.ts");
  const { fileSession } = await import("./auth/store.ts");
  const wire = options.transport ? undefined : (await import("./transport.ts")).createWire();
  const wanted = await ledger.list(options.ids ? { ids: options.ids } : { states: ["scheduled", "sending"] });
  const names = new Set(wanted.map(({ channel }) => channel));
  const channels = [...project.config.channels.values()].filter(({ name }) => names.has(name));
  const { clock = systemClock, transport = wire!.transport } = options;
  const renewing = { clock, transport };
  const once = (only: readonly Channel[], ids: readonly string[] | undefined) =>
    deliver({
      channels: only,
      ledger,
      ids,
      clock,
      transport,
      userAgent: USER_AGENT,
      patience: options.patience ?? PATIENCE,
      session: (channel) =>
        fileSession(join(stateFolder(project), "sessions"), (channel as Channel).identity),
      read: (media) => readMedia(project.config.root, media),
      signal: options.abort ?? new AbortController().signal,
      stop: options.stop,
      onEvent: options.onEvent,
      concurrency: options.concurrency,
    });
  try {
    await renewLogins(project.logins, channels, renewing);
    await once(channels, options.ids);
    if (!project.logins || options.stop.aborted) return;
    // A token may end before its time: what waits for a login is tried once more with a renewed one.
    const waiting = (await ledger.list({ ids: wanted.map(({ id }) => id) })).filter(
      ({ state, code }) => state === "scheduled" && code === "auth",
    );
    const refused = new Set(waiting.map(({ channel }) => channel));
    const renewed = await renewLogins(project.logins, channels, renewing, refused);
    const again = waiting.filter(({ channel }) => renewed.has(channel)).map(({ id }) => id);
    if (again.length > 0)
      await once(
        channels.filter(({ name }) => renewed.has(name)),
        again,
      );
  } finally {
    await wire?.close();
  }
}

/** Enters a plan into the ledger. Throws InputError when the ledger cannot be written: nothing was sent. */
export async function enter(plan: Plan, ledger: Ledger, clock: Clock = systemClock): Promise<Added[]> {
  const { beforeSending } = await import("./ledger/trouble.ts");
  return beforeSending(() => ledger.add(deliveriesOf(plan, clock), clock.now()));
}

/** The file's bytes, if they are still the ones that were planned. */
export async function readMedia(root: string, media: Media): Promise<Uint8Array> {
  const { createHash } = await import("node:crypto");
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(root, media.file));
  } catch (error) {
    throw new NetworkError("rejected", `the file ${media.file} cannot be read any more`, { cause: error });
  }
  if (createHash("sha256").update(bytes).digest("hex") === media.sha256) return bytes;
  throw new NetworkError("rejected", `the file ${media.file} is not the one that was planned; plan again`);
}

interface KnownAccount {
  account: Account;
  /** Epoch milliseconds. */
  at: number;
}

// What servers say about their limits is kept for a day: `send` asks again only then.
const KNOWN_FOR = 86_400_000;

function accountsFile(project: Project): string {
  return join(stateFolder(project), "accounts.json");
}

async function knownAccounts(project: Project): Promise<Record<string, KnownAccount>> {
  try {
    return JSON.parse(await readFile(accountsFile(project), "utf8"));
  } catch {
    return {};
  }
}

async function knownLimits(
  project: Project,
  channels: readonly Channel[],
): Promise<Map<string, Account["limits"]>> {
  const known = await knownAccounts(project);
  return new Map(channels.map(({ name, identity }) => [name, known[identity]?.account.limits]));
}

/** Who we are on the networks, as far as they were asked: by the channels' fingerprints. */
export async function accountsKnown(project: Project): Promise<ReadonlyMap<string, Account>> {
  const known = await knownAccounts(project);
  return new Map(Object.entries(known).map(([identity, { account }]) => [identity, account]));
}

export interface Verified {
  channel: Channel;
  account?: Account;
  error?: NetworkError;
}

export interface VerifyOptions {
  clock?: Clock;
  /** Only those who were not asked within a day. */
  onlyUnknown?: boolean;
  transport?: Transport;
  /** Every complete answer, with the times (epoch milliseconds) of its request. */
  onReply?: (channel: Channel, reply: WireReply, times: { sent: number; received: number }) => void;
}

/** Asks each network who we are there and what it allows; remembers the answers. Networks that cannot be asked are left out. */
export async function verifyChannels(
  project: Project,
  names: readonly string[],
  options: VerifyOptions = {},
): Promise<Verified[]> {
  const { clock = systemClock } = options;
  const known = await knownAccounts(project);
  const asked = names
    .flatMap((name) => project.config.channels.get(name) ?? [])
    .filter(({ adapter }) => adapter.verify !== undefined)
    .filter(
      ({ identity }) =>
        !options.onlyUnknown || !known[identity] || known[identity].at < clock.now() - KNOWN_FOR,
    );
  if (asked.length === 0) return [];

  const { verify } = await import("./delivery/verify.ts");
  const { fileSession } = await import("./auth/store.ts");
  const { writeAtomically } = await import("./files.ts");
  const wire = options.transport ? undefined : (await import("./transport.ts")).createWire();
  const transport = options.transport ?? wire!.transport;
  const ask = async (channel: Channel): Promise<Verified> => {
    const session = fileSession(join(stateFolder(project), "sessions"), channel.identity);
    const watched: Transport = async (request, signal) => {
      const sent = clock.now();
      const reply = await transport(request, signal);
      options.onReply?.(channel, reply, { sent, received: clock.now() });
      return reply;
    };
    return { channel, ...(await verify(channel, session, watched, USER_AGENT)) };
  };
  try {
    await renewLogins(project.logins, asked, { clock, transport });
    const verified = await Promise.all(
      asked.map(async (channel) => {
        const first = await ask(channel);
        if (first.error?.code !== "auth") return first;
        const renewed = await renewLogins(
          project.logins,
          [channel],
          { clock, transport },
          new Set([channel.name]),
        );
        return renewed.size > 0 ? ask(channel) : first;
      }),
    );
    for (const { channel, account } of verified)
      if (account) known[channel.identity] = { account, at: clock.now() };
    await writeAtomically(accountsFile(project), JSON.stringify(known, null, 2), 0o600);
    return verified;
  } finally {
    await wire?.close();
  }
}

/** A delivery by its id, by its end (`mastodon`), as people type it. Throws InputError when it names none or several. */
export async function findDelivery(ledger: Ledger, typed: string): Promise<Delivery> {
  const all = await ledger.list();
  const exact = all.find(({ id }) => id === typed);
  const matching = exact ? [exact] : all.filter(({ id }) => id.endsWith(`/${typed}`));
  if (matching.length === 1) return matching[0]!;
  throw new InputError({
    severity: "error",
    code: matching.length === 0 ? "unknown-delivery" : "ambiguous-delivery",
    message:
      matching.length === 0
        ? `there is no delivery \`${typed}\``
        : `\`${typed}\` names ${matching.length} deliveries`,
    remedy:
      matching.length === 0
        ? "`broadcast status` lists them."
        : `Write one in full: ${matching.map(({ id }) => id).join(", ")}.`,
  });
}

/** A path as the person standing in `cwd` would write it. */
export function shown(cwd: string, path: string): string {
  const way = relative(cwd, path);
  return way === "" ? "." : way.startsWith("..") && way.length > path.length ? path : way;
}
