/** One part of one delivery: builds what the adapter is given, and keeps the record straight around its request. */
import { createHash } from "node:crypto";
import type { Account, Adapter, Context, Post, Rate, Session } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import type { Dial } from "../http/connect.ts";
import {
  type Leaving,
  type Offset,
  type Reply,
  type ServerClocks,
  serverClocks,
  type Transport,
} from "../http/http.ts";
import { quotaOf } from "../http/rate-limit.ts";
import { ALL_PARTS, type Ledger } from "../ledger/ledger.ts";
import type { Attempt, Delivery } from "../ledger/types.ts";
import { isUrl } from "../urls.ts";
import {
  contextOf,
  type OpenMedia,
  preparationOf,
  type Record,
  type Surroundings,
  type Workplace,
} from "./context.ts";
import type { FitMedia, Fitting } from "./fitted.ts";
import type { Host } from "./hosting.ts";
import { createWatchdog } from "./watchdog.ts";

/** A configured channel, as far as delivering needs it. */
export interface DeliveryChannel {
  name: string;
  adapter: Adapter;
  settings: unknown;
  /** Values to be kept out of messages. */
  secrets: readonly string[];
  /** What the server said of itself, over what the adapter declares. */
  server?: Pick<Account, "limits" | "idempotency">;
}

export interface Tools {
  ledger: Ledger;
  clock: Clock;
  transport: Transport;
  /** For networks that are not HTTP. */
  dial?: Dial;
  userAgent: string;
  /** The longest that a post waits for its turn inside this process; later it is left for the next run. */
  patience: number;
  session(channel: DeliveryChannel): Session;
  open: OpenMedia;
  /** Where files get a public address. */
  host?: Host;
  /** Makes a picture fit; absent where nothing with one is sent. */
  fit?: FitMedia;
  restore?: Fitting["restore"];
  /** Breaks off requests under way; only when a person insists. */
  signal: AbortSignal;
  /** Milliseconds until a request is given up; default: `http`'s own. */
  deadline?: number;
  onWait?: (delivery: Delivery, until: number) => void;
  /** A large file is on its way. */
  onUpload?: (delivery: Delivery, file: string, sent: number, size: number) => void;
  /** What the servers' clocks say; default: what this process has heard. */
  clocks?: ServerClocks;
  /** Milliseconds without a sign of life after which an adapter is given up; default: five minutes. */
  idle?: number;
  /** When each open attempt was first seen here, by `delivery/part/number/at`; the loop makes one. */
  seen?: Map<string, number>;
  /** Whether a server that has not told the time is asked for it, where a look-up would go by it. Default: no. */
  asksTime?: boolean;
}

const ASK_TIME = 10_000;
// Of what sends by other means than `http`.
const LONGEST_REQUEST = 120_000;
const BRIEFLY = 5;
// A hundredth more than was said, see http/deadline.ts.
const TOLERANCE = 0.01;
// Further back than any look-up goes.
const EARLIER = 86_400_000;

export function ratesOf({ adapter, server }: Pick<DeliveryChannel, "adapter" | "server">): readonly Rate[] {
  return server?.limits?.rates ?? adapter.rates;
}

/** What the server said of itself goes over what the channel's settings say, and that over what is declared. */
export function idempotencyOf({
  adapter,
  server,
  settings,
}: Pick<DeliveryChannel, "adapter" | "server"> & { settings?: unknown }): Adapter["idempotency"] {
  const here = settings === undefined ? undefined : adapter.rulesFor?.(settings).idempotency;
  return server?.idempotency ?? here ?? adapter.idempotency;
}

/** The windows are full for longer than this process waits. */
export class Paced extends Error {
  override name = "Paced";
  readonly until: number;

  constructor(until: number) {
    super("the rate limit leaves no room now");
    this.until = until;
  }
}

/** Another process has taken the delivery over: nothing more may be sent or written for it here. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

export interface Publication {
  context: Context;
  /** The attempt, once a request that may have published is on its way. */
  attempt(): Attempt | undefined;
  /** Until when the server says there is no room, if its last answer said so. */
  blockUntil(): number | undefined;
  /** How far the server's clock is ahead of ours. Absent where it has not told the time, though it was asked. */
  offset(): Promise<Offset | undefined>;
  /** Ends the adapter's work when it hangs. */
  watch<T>(work: Promise<T>): Promise<T>;
}

/** What comes before the first post of a delivery. Its steps are known to all posts. */
export async function prepare(
  posts: readonly Post[],
  delivery: Delivery,
  channel: DeliveryChannel,
  tools: Tools,
): Promise<void> {
  if (!channel.adapter.prepare) return;
  const { transport, dial, watch } = createWatchdog(tools.transport, tools.dial, tools.idle);
  const preparation = preparationOf(
    around(channel, { ...tools, transport, dial }),
    workplace(delivery, ALL_PARTS, tools),
  );
  await watch(channel.adapter.prepare(posts, preparation), () => "unavailable");
}

export function publication(
  delivery: Delivery,
  part: number,
  startedAt: number,
  thread: Context["thread"],
  channel: DeliveryChannel,
  tools: Tools,
): Publication {
  const { ledger, clock } = tools;
  let attempt: Attempt | undefined;
  const request = requestOn(
    {
      delivery,
      part,
      startedAt,
      thread,
      due: delivery.schedule === "network" ? new Date(delivery.dueAt) : undefined,
      key: () => keyOf(delivery, part),
      async begin(leaving) {
        const begun = await ledger.begin(delivery, part, startedAt, clock.now(), ratesOf(channel), leaving);
        if (begun === "lost" || "waitUntil" in begun) return begun;
        attempt = begun.attempt;
        tools.seen?.set(`${delivery.id}/${part}/${attempt.number}/${attempt.at}`, attempt.at);
        return "begun";
      },
    },
    channel,
    tools,
  );
  return { ...request, attempt: () => attempt };
}

/** What is asked of the network for one post, and how it is written down that its request leaves. */
export interface Undertaking {
  delivery: Delivery;
  part: number;
  /** Of the first request for this. */
  startedAt: number;
  thread?: Context["thread"];
  due?: Date;
  /** 32 hex characters, the same for every repeat. */
  key(): string;
  begin(leaving: { deadline: number; offset?: Offset }): Promise<"begun" | "lost" | { waitUntil: number }>;
}

/** An adapter's context for one post: its first request that is not safe is written down before it leaves. */
export function requestOn(
  { delivery, part, startedAt, thread, due, key: keyFor, begin }: Undertaking,
  channel: DeliveryChannel,
  all: Tools,
): Omit<Publication, "attempt"> & { isBegun(): boolean } {
  const dog = createWatchdog(all.transport, all.dial, all.idle);
  const tools: Tools = { ...all, transport: dog.transport, dial: dog.dial };
  const { ledger, clock } = tools;
  let isBegun = false;
  let blockUntil: number | undefined;
  let key: string | undefined;
  let others: Promise<ReadonlySet<string>> | undefined;

  const watch = <T>(work: Promise<T>) => dog.watch(work, () => (isBegun ? "uncertain" : "unavailable"));
  const offset = () => offsetOf(context, channel, tools);
  const record: Record = {
    async sending({ deadline = LONGEST_REQUEST }: Partial<Leaving> = {}) {
      // A plug-in that was given up may still run.
      if (dog.isOver()) throw new LeaseLost();
      if (isBegun) return;
      const leaving = { deadline: deadline * (1 + TOLERANCE), offset: await offset() };
      for (;;) {
        const begun = await begin(leaving);
        if (begun === "lost") throw new LeaseLost();
        if (begun === "begun") {
          isBegun = true;
          return;
        }
        if (begun.waitUntil - clock.now() > tools.patience) throw new Paced(begun.waitUntil);
        tools.onWait?.(delivery, begun.waitUntil);
        // Where the clock is another machine's, the time may seem to have come already.
        await clock.sleep(Math.max(begun.waitUntil - clock.now(), BRIEFLY), tools.signal);
      }
    },
    isAnnounced: () => isBegun,
    onReply(reply: Reply, safe: boolean) {
      if (safe) return;
      const quota = quotaOf(reply.headers, clock.now());
      blockUntil = quota?.remaining === 0 ? quota.resetAt : undefined;
    },
  };
  const context = contextOf(around(channel, tools), workplace(delivery, part, tools), record, {
    // Many networks have no use for it.
    get key() {
      key ??= keyFor();
      return key;
    },
    startedAt: new Date(startedAt),
    thread,
    index: part,
    due,
    async taken(id) {
      others ??= ledger.othersSince(delivery, part, startedAt - EARLIER);
      return (await others).has(id);
    },
  });
  return { context, isBegun: () => isBegun, blockUntil: () => blockUntil, offset, watch };
}

/** The server's clock, as far as it is known. Where a look-up goes by times, it is asked if it is not known yet. */
async function offsetOf(
  { http }: Pick<Context, "http">,
  { adapter, settings }: DeliveryChannel,
  { clocks = serverClocks, asksTime = false }: Tools,
): Promise<Offset | undefined> {
  const base = adapter.endpoint?.(settings).base;
  if (base === undefined || !isUrl(base)) return undefined;
  const { host } = new URL(base);
  if (asksTime && adapter.find && clocks.offset(host) === undefined) {
    // Whatever it answers, it says what time it is.
    await http({ path: "", safe: true, deadline: ASK_TIME }).catch(() => {});
  }
  return clocks.offset(host);
}

function around(channel: DeliveryChannel, tools: Tools): Surroundings {
  const { adapter, settings, secrets } = channel;
  const { transport, dial, userAgent, clock, signal, deadline, clocks, host } = tools;
  return {
    adapter,
    settings,
    secrets,
    transport,
    dial,
    userAgent,
    session: tools.session(channel),
    clock,
    signal,
    deadline,
    clocks,
    host,
  };
}

function workplace(delivery: Delivery, part: number, { ledger, open, onUpload }: Tools): Workplace {
  return {
    steps: {
      get: (name) => ledger.step(delivery, part, name),
      put: (name, result, at) => ledger.putStep(delivery, part, name, result, at),
    },
    open: async (media) => {
      const source = await open(media);
      const tell = onUpload && ((sent: number) => onUpload(delivery, media.file, sent, source.size));
      return tell && source.size >= LARGE ? { ...source, open: () => counted(source.open(), tell) } : source;
    },
    partOf: (post) => (part === ALL_PARTS ? delivery.posts.indexOf(post as Post) : part),
  };
}

// Smaller ones are gone before anybody has read it.
const LARGE = 5_000_000;
// How often it is told.
const STEP = 1_000_000;

async function* counted(
  pieces: AsyncIterable<Uint8Array>,
  tell: (sent: number) => void,
): AsyncIterable<Uint8Array> {
  let [sent, told] = [0, Number.NEGATIVE_INFINITY];
  for await (const piece of pieces) {
    if (sent - told >= STEP) {
      tell(sent);
      told = sent;
    }
    yield piece;
    sent += piece.length;
  }
  tell(sent);
}

/** The post as the ledger keeps it, handed to the adapter unchanged. */
export function postOf(delivery: Delivery, part: number): Post {
  return delivery.posts[part]!;
}

/** The key of one post: 32 hex characters, the same for every attempt, different for every other post and round. */
export function keyOf(delivery: Pick<Delivery, "seed" | "round">, part: number): string {
  return createHash("sha256").update(`${delivery.seed}/${delivery.round}/${part}`).digest("hex").slice(0, 32);
}
