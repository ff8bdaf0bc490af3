/** One part of one delivery: builds what the adapter is given, and keeps the record straight around its request. */
import { createHash } from "node:crypto";
import type { Adapter, Context, Media, Post, Receipt, Session } from "../adapter.ts";
import type { Clock } from "../clock.ts";
import { createHttp, type Http, type Reply, type Transport } from "../http/http.ts";
import { quotaOf } from "../http/rate-limit.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Attempt, Delivery } from "../ledger/types.ts";

/** A configured channel, as far as delivering needs it. */
export interface DeliveryChannel {
  name: string;
  adapter: Adapter;
  settings: unknown;
  /** Values to be kept out of messages. */
  secrets: readonly string[];
}

export interface Tools {
  ledger: Ledger;
  clock: Clock;
  transport: Transport;
  userAgent: string;
  /** The longest that a post waits for its turn inside this process; later it is left for the next run. */
  patience: number;
  session(channel: DeliveryChannel): Session;
  /** Bytes of a media file, checked against its sha256. */
  read(media: Media): Promise<Uint8Array>;
  /** Breaks off requests under way; only when a person insists. */
  signal: AbortSignal;
  /** Milliseconds until a request is given up; default: `http`'s own. */
  deadline?: number;
  onWait?: (delivery: Delivery, until: number) => void;
}

// Further back than any look-up goes.
const EARLIER = 86_400_000;

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
}

export function prepare(
  delivery: Delivery,
  part: number,
  startedAt: number,
  thread: { root: Receipt; parent: Receipt } | undefined,
  channel: DeliveryChannel,
  tools: Tools,
): Publication {
  const { ledger, clock } = tools;
  let attempt: Attempt | undefined;
  let blockUntil: number | undefined;
  let key: string | undefined;
  let others: Promise<ReadonlySet<string>> | undefined;

  const sending = async () => {
    if (attempt) return;
    for (;;) {
      const begun = await ledger.begin(delivery, part, startedAt, clock.now(), channel.adapter.rates);
      if (begun === "lost") throw new LeaseLost();
      if ("attempt" in begun) {
        attempt = begun.attempt;
        return;
      }
      if (begun.waitUntil - clock.now() > tools.patience) throw new Paced(begun.waitUntil);
      tools.onWait?.(delivery, begun.waitUntil);
      await clock.sleep(begun.waitUntil - clock.now(), tools.signal);
    }
  };
  const onReply = (reply: Reply) => {
    const quota = quotaOf(reply.headers, clock.now());
    blockUntil = quota?.remaining === 0 ? quota.resetAt : undefined;
  };
  const http = (safe: boolean) =>
    createHttp({
      transport: tools.transport,
      userAgent: tools.userAgent,
      secrets: channel.secrets,
      classify: channel.adapter.classify,
      sending: safe ? undefined : sending,
      onReply: safe ? undefined : onReply,
      signal: tools.signal,
      now: () => clock.now(),
      deadline: tools.deadline,
    });

  // Inside a step nothing that readers see changes: no attempt is written, and a failure is certain to be harmless.
  const unrecorded: Http = (
    (plain) => (request) =>
      plain({ ...request, safe: true })
  )(http(true));
  const recorded = http(false);
  let inStep = 0;

  const context: Context = {
    channel: channel.settings,
    http: (request) => {
      if (inStep > 0) return unrecorded(request);
      return (request.safe ?? (request.method ?? "GET") === "GET") ? unrecorded(request) : recorded(request);
    },
    // Many networks have no use for it.
    get key() {
      key ??= keyOf(delivery, part);
      return key;
    },
    startedAt: new Date(startedAt),
    thread,
    index: part,
    due: delivery.schedule === "network" ? new Date(delivery.dueAt) : undefined,
    signal: tools.signal,
    read: tools.read,
    step: async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      const done = await ledger.step(delivery, part, name);
      if (done !== undefined) return done as T;
      inStep++;
      try {
        const result = await run();
        await ledger.putStep(delivery, part, name, result);
        return result;
      } finally {
        inStep--;
      }
    },
    taken: async (id) => {
      others ??= ledger.othersSince(delivery, part, startedAt - EARLIER);
      return (await others).has(id);
    },
    sending,
    session: tools.session(channel),
  };
  return { context, attempt: () => attempt, blockUntil: () => blockUntil };
}

/** The post as the ledger keeps it, handed to the adapter unchanged. */
export function postOf(delivery: Delivery, part: number): Post {
  return delivery.posts[part]!;
}

/** The key of one post: 32 hex characters, the same for every attempt, different for every other post and round. */
export function keyOf(delivery: Pick<Delivery, "seed" | "round">, part: number): string {
  return createHash("sha256").update(`${delivery.seed}/${delivery.round}/${part}`).digest("hex").slice(0, 32);
}
