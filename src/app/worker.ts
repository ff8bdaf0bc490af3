/**
 * A worker: delivers from a ledger in PostgreSQL beside others, each channel's posts in their order, until it is stopped. The
 * queue says when to look; the ledger decides what is done, so that whatever becomes of the queue, nothing is out twice.
 */
import type { Channel } from "../config/config.ts";
import { holdLeases } from "../delivery/leases.ts";
import type { DeliveryChannel } from "../delivery/publish.ts";
import { takeTurn } from "../delivery/turn.ts";
import type { DeliveryEvent } from "../delivery/types.ts";
import { InputError, type Problem, uniqueProblems, usageError } from "../errors.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Backlog } from "../ledger/workers.ts";
import type { Queue } from "../queue/queue.ts";
import { mayLeave } from "./approval.ts";
import { type DeliveryTools, type ToolsOptions, withDeliveryTools } from "./delivery-tools.ts";
import { ledgerInPostgres, withLedger } from "./ledger.ts";
import { lackedFile } from "./media-store.ts";
import { notify } from "./notify.ts";
import type { Project } from "./project.ts";
import { enterWhatIsDue } from "./run.ts";
import { whyUnusable } from "./usable.ts";

export interface WorkerOptions extends Omit<ToolsOptions, "patience"> {
  /** Campaigns whose time comes, feeds and recurring ones too: entered once a minute by one of all workers. */
  paths?: readonly string[];
  /** Only these channels. */
  only?: readonly string[];
  /** Channels at the same time. Default 8. */
  concurrency?: number;
  /** Ends when nothing is left to do. */
  drain?: boolean;
  /** Takes nothing new, and ends when what is under way is written down. */
  stop: AbortSignal;
  onEvent?: (event: WorkerEvent) => void;
}

export type WorkerEvent =
  | { type: "started"; channels: readonly string[]; left: readonly Problem[] }
  | DeliveryEvent
  | { type: "problems"; problems: readonly Problem[] }
  /** The ledger or the queue does not answer as it should; the worker goes on. */
  | { type: "trouble"; message: string }
  /** Every few seconds. */
  | { type: "pulse"; backlog: Backlog; workers: number; delivering: number };

// A channel is left to the others after so many deliveries, or milliseconds: none starves another.
const MOST = 25;
const LONGEST = 5_000;
// What must wait for a rate window waits in the ledger, and the worker does something else.
const PATIENCE = 1_000;
const SWEEP = 10_000;
const PULSE = 5_000;
// A network is not asked again and again with a login that it has refused.
const REST = 5 * 60_000;
// So that others come to what a file is missing for here.
const LACKING = 15_000;
// Another worker is at the channel, or a clock was read a moment too early.
const SOON = 1_000;
// A drain does not wait for what is due later than that.
const DRAIN = 120_000;

/** Resolves when it was stopped, or with `drain` when nothing is left. Throws InputError when it cannot begin. */
export async function work(project: Project, options: WorkerOptions): Promise<void> {
  const place = ledgerInPostgres(project);
  if (!place)
    throw usageError(
      "workers need a ledger that machines share",
      "Set `ledger: $" + "{DATABASE_URL}` in broadcast.yml: a PostgreSQL database.",
    );
  // What is wrong with the project, and not with a channel, holds everybody up, as it does `send`.
  const wrong = project.problems.filter((one) => one.severity === "error" && one.channel === undefined);
  if (wrong.length > 0) throw new InputError(wrong);
  if (options.concurrency !== undefined && options.concurrency < 1)
    throw usageError("`--concurrency` takes a number from 1 on");
  const { served, left } = channelsOf(project, options.only);
  if (served.length === 0) throw new InputError(left.length > 0 ? left : [nothingToServe()]);
  const { openQueue, attend } = await import("../queue/queue.ts");
  await withLedger(project, async (door) => {
    const ledger = await door.open();
    const names = new Set(served.map(({ name }) => name));
    await withDeliveryTools(project, ledger, names, { ...options, patience: PATIENCE }, async (tools) => {
      const queue = await openQueue(place);
      const end = new AbortController();
      const stop = AbortSignal.any([options.stop, end.signal]);
      const crew = createCrew(project, ledger, tools, queue, { ...options, stop });
      try {
        options.onEvent?.({ type: "started", channels: [...names], left });
        await crew.begin([...names]);
        const paths = options.paths ?? [];
        await attend(
          place,
          {
            channels: [...names],
            concurrency: options.concurrency ?? 8,
            look: crew.look,
            ...(paths.length > 0 && { everyMinute: () => crew.enter(paths, door) }),
            onTrouble: (message) => options.onEvent?.({ type: "trouble", message }),
          },
          options.drain ? drained(crew, [...names], stop, end) : stop,
        );
      } finally {
        await crew.end();
        await queue.close();
      }
    });
  });
}

function nothingToServe(): Problem {
  return {
    severity: "error",
    code: "usage",
    message: "there is no channel that this worker could send to",
    remedy: "Look at the channels in broadcast.yml, and at --channels.",
  };
}

/** Those that can be used here; what the others lack is said, and they are left to other workers. */
function channelsOf({ config }: Project, only?: readonly string[]): { served: Channel[]; left: Problem[] } {
  const wanted = [...config.channels.values()].filter(({ name }) => only?.includes(name) ?? true);
  const unknown = (only ?? []).filter((name) => !config.channels.has(name) && !config.broken.has(name));
  if (unknown.length > 0)
    throw usageError(
      `there is no channel \`${unknown[0]}\``,
      `There are ${[...config.channels.keys()].join(", ")}.`,
    );
  const errorsOf = ({ problems }: Channel) => problems.filter(({ severity }) => severity === "error");
  return {
    served: wanted.filter((channel) => errorsOf(channel).length === 0),
    left: wanted.flatMap(errorsOf),
  };
}

/** Aborted when nothing is left to do, and when the worker is stopped. */
function drained(crew: Crew, names: readonly string[], stop: AbortSignal, end: AbortController): AbortSignal {
  const look = async () => {
    if (stop.aborted) return;
    if (await crew.isDone(names).catch(() => false)) return end.abort();
    setTimeout(look, 300);
  };
  setTimeout(look, 300);
  return stop;
}

type Crew = ReturnType<typeof createCrew>;

function createCrew(
  project: Project,
  ledger: Ledger,
  { tools, channels, renew }: DeliveryTools,
  queue: Queue,
  options: WorkerOptions,
) {
  const { stop, onEvent } = options;
  const { clock } = tools;
  const leases = holdLeases(ledger, clock);
  const startedAt = clock.now();
  const busy = new Set<string>();
  const resting = new Map<string, number>();
  // Their accounts' windows are full until then.
  const full = new Map<string, number>();
  const seen = new Map<string, number>();
  let served: readonly string[] = [];
  let timers: NodeJS.Timeout[] = [];
  const trouble = (error: unknown) => {
    if (!(error instanceof LedgerError)) throw error;
    onEvent?.({ type: "trouble", message: error.message });
  };
  // What it tells the team goes out from here, not by itself again.
  const own: Project = { ...project, config: { ...project.config, deliver: undefined } };

  const pulse = async () => {
    const now = clock.now();
    await ledger.present({
      id: leases.owner,
      channels: [...served],
      startedAt,
      seenAt: now,
      delivering: busy.size,
    });
    const [backlog, workers] = [await ledger.backlog(now), await ledger.workers(now)];
    onEvent?.({ type: "pulse", backlog, workers: workers.length, delivering: busy.size });
  };
  // What the queue has forgotten, or never heard of.
  // What was due the last time already is looked at without it.
  let before: readonly string[] = [];
  const sweep = async () => {
    const due = (await ledger.dueChannels(clock.now())).filter(
      (name) => served.includes(name) && mayLook(name),
    );
    const mine: string[] = [];
    for (const name of due) if (await isOurs(name)) mine.push(name);
    const forgotten = mine.filter((name) => before.includes(name));
    before = mine;
    for (const name of forgotten) void lookAt(name).catch(() => {});
    await queue.look(mine.filter((name) => !forgotten.includes(name)).map((channel) => ({ channel })));
  };
  const strangers = new Set<string>();
  /** What is due was planned for the account that the channel has here; else it is said, once. */
  const isOurs = async (name: string) => {
    const channel = project.config.channels.get(name);
    if (!channel) return false;
    const next = await ledger.nextAt(name, undefined, channel.accountFingerprint);
    if (next !== undefined && next <= clock.now()) return true;
    const waiting = (await ledger.outlines({ states: ["scheduled"] })).filter(
      (one) => one.channel === name && one.nextAt <= clock.now() && !strangers.has(one.id),
    );
    for (const { id } of waiting) strangers.add(id);
    const problems = uniqueProblems(waiting.flatMap((one) => whyUnusable(one, project)));
    if (problems.length > 0) onEvent?.({ type: "problems", problems });
    return false;
  };
  const restOf = (name: string) => Math.max(resting.get(name) ?? 0, full.get(name) ?? 0);
  const mayLook = (name: string) => !busy.has(name) && restOf(name) <= clock.now();
  const every = (ms: number, what: () => Promise<void>) => {
    // Not all workers at the same moment.
    const timer = setInterval(() => void what().catch(trouble), ms * (0.9 + Math.random() / 5));
    timer.unref();
    timers.push(timer);
  };

  const turnAt = async (channel: DeliveryChannel & Channel): Promise<void> => {
    const troubled: string[] = [];
    const turn = await takeTurn(channel, {
      ...tools,
      leases,
      account: channel.accountFingerprint,
      lacks: (delivery) => lackedFile(delivery, tools.open),
      most: MOST,
      longest: LONGEST,
      stop,
      seen,
      mayLeave: mayLeave(project, ledger, undefined),
      onEvent: (event) => {
        if (event.type === "ended" && event.state !== "published") troubled.push(event.delivery.id);
        onEvent?.(event);
      },
    });
    if (turn.login && !(await renew(new Set([channel.name]))).has(channel.name))
      resting.set(channel.name, clock.now() + REST);
    if (turn.until !== undefined) full.set(channel.name, turn.until);
    if (turn.lacks) resting.set(channel.name, clock.now() + LACKING);
    if (troubled.length > 0)
      await notify(await ledger.histories(troubled), own, ledger, { ...options, clock });
    if (stop.aborted) return;
    const rest = restOf(channel.name);
    const next = await ledger.nextAt(channel.name, undefined, channel.accountFingerprint);
    if (next === undefined) return;
    const goesOn = turn.delivered > 0 && next <= clock.now() && rest <= clock.now();
    await queue.look([
      { channel: channel.name, ...(!goesOn && { at: Math.max(next, clock.now() + SOON, rest) }) },
    ]);
  };

  async function lookAt(name: string): Promise<void> {
    if (stop.aborted || busy.has(name)) return;
    // The look is for one of the others.
    if (!mayLook(name))
      return queue.look([{ channel: name, at: Math.max(clock.now() + SOON, full.get(name) ?? 0) }]);
    const channel = channels().find((one) => one.name === name);
    if (!channel) return;
    busy.add(name);
    try {
      await turnAt(channel);
    } catch (error) {
      trouble(error);
      // The engine tries again after a while.
      throw error;
    } finally {
      busy.delete(name);
    }
  }

  return {
    async begin(names: readonly string[]) {
      served = names;
      await pulse();
      every(PULSE, pulse);
      every(SWEEP, sweep);
      // Whatever waits there gets its time.
      await queue.look(names.map((channel) => ({ channel })));
    },
    look: lookAt,
    async enter(paths: readonly string[], door: Parameters<typeof enterWhatIsDue>[2]) {
      const { problems } = await enterWhatIsDue(paths, own, door, { ...options, clock });
      if (problems.length > 0) onEvent?.({ type: "problems", problems });
      await sweep();
    },
    async isDone(names: readonly string[]) {
      // What waits for a login, for somebody who has a file, or long for a window is not waited for.
      const awake = names.filter(
        (name) => (resting.get(name) ?? 0) <= clock.now() && (full.get(name) ?? 0) <= clock.now() + DRAIN,
      );
      const places = awake.flatMap((name) => {
        const account = project.config.channels.get(name)?.accountFingerprint;
        return account === undefined ? [] : [{ channel: name, account }];
      });
      const next = await ledger.earliest(places);
      return busy.size === 0 && (next === undefined || next > clock.now() + DRAIN);
    },
    async end() {
      for (const timer of timers) clearInterval(timer);
      timers = [];
      leases.stop();
      await ledger.absent(leases.owner).catch(trouble);
    },
  };
}
