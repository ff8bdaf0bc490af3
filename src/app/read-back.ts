/** Asks the networks about what is out. Changes nothing there; one request after the other for each channel. */
import type { Money, Reach } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import { reachOf } from "../delivery/context.ts";
import { InputError, NetworkError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import { chargeFor, sumOf } from "../plan/charges.ts";
import { type ToolsOptions, withDeliveryTools } from "./delivery-tools.ts";
import { campaignId, findDelivery } from "./find-deliveries.ts";
import type { Project } from "./project.ts";
import { whyUnusable } from "./usable.ts";

export interface ReadBackOptions extends ToolsOptions {
  /** A campaign or a delivery; absent: what came out since `since`. */
  what?: string;
  /** Only these channels; default: all. */
  channels?: readonly string[];
  /** Epoch milliseconds. */
  since?: number;
  /** Called before anything is asked, if a network charges for answers. `false`: those that charge are not asked. Default: yes. */
  agree?: (cost: readonly Money[], posts: number) => Promise<boolean>;
}

/** Why a channel could not be asked. */
export interface NotAsked {
  channel: string;
  /** A sentence. */
  why: string;
  code?: NetworkError["code"];
}

/** Deliveries with posts that are out, the newest first. Throws InputError for a name that nothing has. */
export async function outOf(
  { what, channels, since }: ReadBackOptions,
  project: Pick<Project, "config" | "cwd">,
  ledger: Ledger,
): Promise<History[]> {
  const campaign = what === undefined ? undefined : await campaignId(what, project);
  const listed = await ledger.list({ campaign });
  const meant = listed.length > 0 || what === undefined ? listed : [await findDelivery(ledger, what)];
  const wanted = meant.filter(({ channel }) => channels === undefined || channels.includes(channel));
  if (wanted.length === 0 && channels !== undefined)
    throw new InputError({
      severity: "error",
      code: "unknown-delivery",
      message: `nothing went to ${channels.join(", ")}`,
      remedy: "`broadcast status` lists what there is.",
    });
  const histories = await ledger.histories(wanted.map(({ id }) => id));
  return histories
    .filter(({ receipts }) =>
      receipts.some(({ id, due, at }) => id !== "" && due === undefined && at >= (since ?? 0)),
    )
    .sort((a, b) => timeOf(b) - timeOf(a));
}

/** When it came out. */
export function timeOf({ receipts, updatedAt }: History): number {
  return receipts[0]?.at ?? updatedAt;
}

/** Runs `ask` for each delivery of each channel that can answer. What a network refuses stops only its own channel. */
export async function askEach<T>(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
  options: ReadBackOptions,
  can: (channel: Channel) => string | undefined,
  ask: (channel: Channel, histories: readonly History[], reach: Reach) => Promise<T[]>,
): Promise<{ results: T[]; notAsked: NotAsked[] }> {
  // Channels are asked at once, and answer in any order: what is shown has the order of what was asked.
  const answers = new Map<string, T[]>();
  const refusals = new Map<string, NotAsked>();
  const names = new Set(histories.map(({ channel }) => channel));
  await withDeliveryTools(project, ledger, names, options, async ({ tools, channels }) => {
    const known = new Map(channels().map((channel) => [channel.name, channel]));
    const isAgreed = await agreed(histories, known, can, options.agree);
    const work = [...names].map(async (name) => {
      const own = histories.filter(({ channel }) => channel === name);
      const usable = own.filter((one) => whyUnusable(one, project).length === 0);
      const channel = known.get(name);
      const why =
        channel === undefined || usable.length === 0
          ? (whyUnusable(own[0]!, project)[0]?.message ?? `there is no channel \`${name}\``)
          : (can(channel) ??
            (isAgreed || !channel.adapter.charges?.read ? undefined : "was not asked, since it charges"));
      if (why !== undefined || !channel) {
        refusals.set(name, { channel: name, why: why ?? "" });
        return;
      }
      const { adapter, settings, secrets } = channel;
      const reach = reachOf({
        adapter,
        settings,
        secrets,
        transport: tools.transport,
        dial: tools.dial,
        userAgent: tools.userAgent,
        session: tools.session(channel),
        clock: tools.clock,
        signal: tools.signal,
      });
      try {
        answers.set(name, await ask(channel, usable, reach));
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        refusals.set(name, { channel: name, why: error.message, code: error.code });
      }
    });
    await Promise.all(work);
  });
  return {
    results: [...names].flatMap((name) => answers.get(name) ?? []),
    notAsked: [...names].flatMap((name) => refusals.get(name) ?? []),
  };
}

async function agreed(
  histories: readonly History[],
  known: ReadonlyMap<string, Channel>,
  can: (channel: Channel) => string | undefined,
  agree: ReadBackOptions["agree"],
): Promise<boolean> {
  const charged = histories.flatMap(({ channel: name, receipts }) => {
    const channel = known.get(name);
    const cost = channel && can(channel) === undefined && chargeFor("read", receipts.length, channel.adapter);
    return cost ? [{ cost, posts: receipts.length }] : [];
  });
  if (charged.length === 0 || !agree) return true;
  return agree(
    sumOf(charged.map(({ cost }) => cost)),
    charged.reduce((sum, { posts }) => sum + posts, 0),
  );
}
