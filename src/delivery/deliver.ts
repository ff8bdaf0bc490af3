/**
 * The loop: takes due deliveries, hands their posts to the adapter, writes down what became of them. Channels run side by
 * side, a thread's parts one after another. Every outcome is a row in the ledger before anything else happens.
 */
import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Receipt } from "../adapter.ts";
import { waitUntil } from "../bounds.ts";
import { NetworkError } from "../errors.ts";
import { redactor } from "../http/http.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Attempt, Delivery, State } from "../ledger/types.ts";
import { isDead, newOwner } from "../lock.ts";
import { digest } from "../plan/digest.ts";
import { latenessOf } from "../plan/late.ts";
import { appearance, handedOver, lookAt, whoseTurn } from "./native-schedule.ts";
import {
  type DeliveryChannel,
  LeaseLost,
  Paced,
  type Publication,
  postOf,
  prepare,
  publication as publicationOf,
  ratesOf,
  type Tools,
} from "./publish.ts";
import { kept } from "./receipt.ts";
import { verdict } from "./retry-policy.ts";
import { isOpen, settleOpen, Unknown } from "./settle.ts";

export interface DeliverOptions extends Tools {
  channels: readonly DeliveryChannel[];
  /** Only these deliveries, in about this order; all due ones when absent. */
  ids?: readonly string[];
  /** Nothing new is begun once this is aborted; what is under way is finished and written down. */
  stop: AbortSignal;
  onEvent?: (event: DeliveryEvent) => void;
  /** Deliveries of one channel at the same time; default 1, so that a channel's posts keep their order. */
  concurrency?: number;
  random?: () => number;
  /** Asked just before a delivery's posts leave; a reason why exactly these may not, if there is one. */
  mayLeave?(delivery: Delivery): Promise<string | undefined>;
}

export type DeliveryEvent =
  | { type: "sending"; delivery: Delivery; part: number; parts: number }
  | { type: "part"; delivery: Delivery; part: number; parts: number; receipt: Receipt; found: boolean }
  | { type: "waiting"; delivery: Delivery; until: number }
  | { type: "ended"; delivery: Delivery; state: State; nextAt?: number; code?: string; message?: string };

const LEASE = 60_000;
const LOOK_AGAIN = 500;

/** Resolves when nothing is left that can be done within the patience. */
export async function deliver(options: DeliverOptions): Promise<void> {
  const owner = newOwner();
  const held = new Set<string>();
  // Every request under way listens; there may be many.
  setMaxListeners(0, options.signal);
  const heartbeat = setInterval(() => {
    if (held.size > 0)
      void options.ledger.renew(owner, [...held], options.clock.now() + LEASE).catch(() => {});
  }, LEASE / 4);
  heartbeat.unref();
  // What cannot be written down must not be sent: a ledger that fails stops every channel, after the requests under way.
  const broken = new AbortController();
  const stop = AbortSignal.any([options.stop, broken.signal]);
  const within: DeliverOptions = {
    ...options,
    stop,
    seen: new Map(),
    onWait: (delivery, until) => options.onEvent?.({ type: "waiting", delivery, until }),
  };
  const run = async (channel: DeliveryChannel) => {
    try {
      for (const ids of pagesOf(options.ids)) {
        const left = await deliverChannel(channel, owner, held, { ...within, ids });
        if (left === "login" || stop.aborted) return;
      }
    } catch (error) {
      const first: unknown = broken.signal.reason;
      if (first instanceof LedgerError && error instanceof LedgerError) first.sent.push(...error.sent);
      broken.abort(error);
    }
  };
  try {
    await Promise.all(options.channels.map(run));
  } finally {
    clearInterval(heartbeat);
  }
  if (broken.signal.aborted) throw broken.signal.reason;
}

// Each claim names them all.
const MOST_IDS = 100;

function pagesOf(ids: readonly string[] | undefined): (readonly string[] | undefined)[] {
  if (ids === undefined || ids.length <= MOST_IDS) return [ids];
  const pages = Math.ceil(ids.length / MOST_IDS);
  return Array.from({ length: pages }, (_, page) => ids.slice(page * MOST_IDS, (page + 1) * MOST_IDS));
}

async function deliverChannel(
  channel: DeliveryChannel,
  owner: string,
  held: Set<string>,
  options: DeliverOptions,
): Promise<"login" | undefined> {
  const { ledger, clock, ids, stop } = options;
  const concurrency = options.concurrency ?? 1;
  const queue = new PQueue({ concurrency });
  let needsLogin = false;
  let fault: unknown;
  let idle = true;

  while (fault === undefined && !stop.aborted && !needsLogin) {
    const now = clock.now();
    // Dead processes are looked for when there is nothing else to do.
    const dead = idle ? (await ledger.owners(now)).filter(isDead) : [];
    const claimed = await ledger.claim({
      owner,
      now,
      until: now + LEASE,
      channel: channel.name,
      ids,
      limit: concurrency,
      dead,
    });
    idle = claimed.length === 0;
    for (const delivery of claimed) {
      held.add(delivery.id);
      void queue.add(async () => {
        try {
          if (stop.aborted || needsLogin || fault !== undefined)
            return await ledger.release(delivery, "scheduled", clock.now(), delivery);
          needsLogin = (await work(delivery, channel, options)) === "login" || needsLogin;
        } catch (error) {
          fault ??= error;
        } finally {
          held.delete(delivery.id);
        }
      });
    }
    await queue.onSizeLessThan(concurrency);
    if (claimed.length > 0 && concurrency > 1) continue;
    await queue.onIdle();
    if (claimed.length > 0) continue;
    const next = await ledger.nextAt(channel.name, ids);
    if (next === undefined || next - clock.now() > options.patience) break;
    // Another process is usually done long before its lease ends.
    const shared = (await ledger.owners(clock.now())).some((other) => other !== owner);
    const wait = Math.max(next - clock.now(), 20);
    await clock.sleep(shared ? Math.min(wait, LOOK_AGAIN) : wait, stop).catch(() => {});
  }
  await queue.onIdle();
  if (fault !== undefined) throw fault;
  return needsLogin ? "login" : undefined;
}

// Every way out of here leaves the delivery's state in the ledger.
async function work(
  delivery: Delivery,
  channel: DeliveryChannel,
  options: DeliverOptions,
): Promise<"login" | undefined> {
  const { ledger, clock } = options;
  const parts = delivery.posts.length;
  const hush = redactor(channel.secrets);
  const end = async (state: State, detail: Parameters<typeof ledger.release>[3] = {}) => {
    const message = detail.message === undefined ? undefined : hush(detail.message);
    await ledger.release(delivery, state, clock.now(), { ...detail, message });
    options.onEvent?.({ type: "ended", delivery, state, nextAt: detail.nextAt, code: detail.code, message });
  };

  // Most deliveries are new: then there is no history to read.
  const history = delivery.tries === 0 ? undefined : await ledger.history(delivery.id);
  const receipts: Receipt[] = history?.receipts ?? [];
  const attempts = (history?.attempts ?? []).filter((attempt) => attempt.round === delivery.round);
  const begun = receipts.length > 0 || attempts.some(isOpen);
  // Whatever has begun is finished, however late.
  switch (begun ? undefined : latenessOf(delivery, clock.now())) {
    case "expired":
      await end("expired", { message: "its time was over before it could go out" });
      return undefined;
    case "skip":
      await end("expired", { message: "it was more than an hour late, and the campaign says `late: skip`" });
      return undefined;
    case "ask":
      await end("held", { code: "late", message: "it is more than an hour late: does it still go out?" });
      return undefined;
  }

  // Somebody has moved the next try before the time for which it was planned.
  if (!begun && delivery.schedule !== "network" && delivery.dueAt > clock.now()) {
    await end("scheduled", { nextAt: delivery.dueAt });
    return undefined;
  }

  const handed = handedOver(receipts);
  if (handed) return lookWhether(delivery, handed, attempts, channel, options, end);

  const tampered =
    digest(delivery.posts) === delivery.digest
      ? await options.mayLeave?.(delivery)
      : "its posts are not those that were entered: somebody has changed the ledger";
  if (tampered !== undefined) {
    await end("held", { code: "tampered", message: tampered });
    return undefined;
  }

  let prepared = false;
  for (let part = receipts.length; part < parts; part++) {
    if (options.stop.aborted) {
      // It keeps its place before those that come after it.
      await end("scheduled", { nextAt: delivery.nextAt });
      return undefined;
    }
    const before = attempts.filter((attempt) => attempt.part === part);
    const startedAt = before[0]?.startedAt ?? clock.now();
    const thread = part > 0 ? { root: receipts[0]!, parent: receipts[part - 1]! } : undefined;
    const publication = publicationOf(delivery, part, startedAt, thread, channel, options);
    try {
      const found = await settleOpen(delivery, part, before, publication, channel, options);
      if (found) {
        receipts.push(found);
        options.onEvent?.({ type: "part", delivery, part, parts, receipt: found, found: true });
        if (found.due === undefined) continue;
        await end("scheduled", { nextAt: lookAt(delivery) });
        return undefined;
      }
      const turn = whoseTurn(delivery, channel.adapter, clock.now());
      if (turn === "nobody") {
        await end("scheduled", { nextAt: delivery.dueAt });
        return undefined;
      }
      // Uploads may take a while: the turn is waited for before them. The attempt itself asks again, and exactly.
      const left = delivery.posts.slice(part);
      if ((prepared ? left.slice(0, 1) : left).some(({ media }) => media.length > 0))
        await waitForTurn(delivery, channel, options);
      if (!prepared) await prepare(left, delivery, channel, options);
      prepared = true;
      options.onEvent?.({ type: "sending", delivery, part, parts });
      const ahead = turn === "ours" && publication.context.due !== undefined;
      const context = ahead ? { ...publication.context, due: undefined } : publication.context;
      const receipt = kept(
        await publication.watch(channel.adapter.publish(postOf(delivery, part), context)),
        delivery,
      );
      const last = part + 1 === parts;
      await written(delivery, publication, receipt, last, options);
      receipts.push(receipt);
      options.onEvent?.({ type: "part", delivery, part, parts, receipt, found: false });
      if (receipt.due !== undefined) {
        options.onEvent?.({ type: "ended", delivery, state: "scheduled" });
        return undefined;
      }
      if (!last) continue;
      options.onEvent?.({ type: "ended", delivery, state: "published" });
      return undefined;
    } catch (error) {
      if (error instanceof LeaseLost) return undefined;
      return afterError(
        error,
        delivery,
        part,
        { publication, open: before.some(isOpen) },
        channel,
        options,
        end,
      );
    }
  }
  await end("published");
  return undefined;
}

/** It waits at the network: after its time, is it out? */
async function lookWhether(
  delivery: Delivery,
  handed: Receipt,
  attempts: readonly Attempt[],
  channel: DeliveryChannel,
  options: DeliverOptions,
  end: (state: State, detail?: Parameters<DeliverOptions["ledger"]["release"]>[3]) => Promise<void>,
): Promise<"login" | undefined> {
  const { ledger, clock } = options;
  const publication = publicationOf(
    delivery,
    0,
    attempts[0]?.startedAt ?? delivery.dueAt,
    undefined,
    channel,
    options,
  );
  try {
    const look = appearance(delivery, handed, channel.adapter, publication.context, clock.now());
    const seen = await publication.watch(look);
    if (seen.is === "waiting") {
      await end("scheduled", { nextAt: seen.at });
      return undefined;
    }
    const state = seen.is === "out" ? "published" : "held";
    if (seen.is === "out") await ledger.appeared(delivery, kept(seen.receipt, delivery), clock.now());
    else await ledger.vanished(delivery, redactor(channel.secrets)(seen.message), clock.now());
    options.onEvent?.({ type: "ended", delivery, state, code: seen.is === "out" ? undefined : "uncertain" });
    return undefined;
  } catch (error) {
    return afterError(error, delivery, 0, { publication, open: false }, channel, options, end);
  }
}

async function waitForTurn(
  delivery: Delivery,
  channel: DeliveryChannel,
  options: DeliverOptions,
): Promise<void> {
  const { ledger, clock, patience } = options;
  for (;;) {
    const free = await ledger.freeAt(delivery.account, clock.now(), ratesOf(channel));
    if (free <= clock.now()) return;
    if (free - clock.now() > patience) throw new Paced(free);
    options.onEvent?.({ type: "waiting", delivery, until: free });
    await clock.sleep(free - clock.now(), options.stop).catch(() => {});
    if (options.stop.aborted) throw new Paced(clock.now());
  }
}

async function written(
  delivery: Delivery,
  publication: Publication,
  receipt: Receipt,
  last: boolean,
  { ledger, clock }: DeliverOptions,
): Promise<void> {
  const attempt = publication.attempt();
  if (!attempt) throw new TypeError("the adapter gave a receipt without having sent anything");
  const ended = { outcome: "published" as const, receipt, blockUntil: publication.blockUntil() };
  try {
    if (receipt.due !== undefined)
      await ledger.handOver(attempt, delivery, ended, lookAt(delivery), clock.now());
    else if (last) await ledger.finish(attempt, delivery, ended, clock.now());
    else await ledger.end(attempt, delivery.account, ended, clock.now());
  } catch (error) {
    // It is out, and only this process knows.
    if (error instanceof LedgerError)
      error.sent.push({
        delivery: delivery.id,
        channel: delivery.channel,
        part: attempt.part,
        url: receipt.url,
      });
    throw error;
  }
}

async function afterError(
  error: unknown,
  delivery: Delivery,
  part: number,
  { publication, open }: { publication: Publication; open: boolean },
  channel: DeliveryChannel,
  options: DeliverOptions,
  end: (state: State, detail?: Parameters<DeliverOptions["ledger"]["release"]>[3]) => Promise<void>,
): Promise<"login" | undefined> {
  // What cannot be written down decides nothing about the delivery: everything stops, see `deliver`.
  if (error instanceof LedgerError) throw error;
  const { ledger, clock } = options;
  const now = clock.now();
  const attempt = publication.attempt();

  if (error instanceof Paced) {
    await end("scheduled", { nextAt: error.until, code: "limited", message: error.message });
    return undefined;
  }
  if (error instanceof Unknown) {
    await end("held", { code: "uncertain", message: error.message });
    return undefined;
  }
  const trouble = error instanceof NetworkError ? error : ours(error, attempt !== undefined);
  const retryAt = waitUntil(trouble.retryAt, now);
  if (attempt) {
    const proof = trouble.evidence && kept(trouble.evidence, delivery);
    // A network that knows the same words by another delivery proves nothing about this one.
    const evidence = proof && !(await publication.context.taken(proof.id)) ? proof : undefined;
    await ledger.end(
      attempt,
      delivery.account,
      {
        outcome: evidence ? "found" : trouble.code,
        status: trouble.status,
        message: redactor(channel.secrets)(trouble.message),
        receipt: evidence,
        blockUntil: trouble.code === "limited" ? retryAt : publication.blockUntil(),
      },
      now,
    );
    if (evidence) {
      await end(part + 1 < delivery.posts.length ? "scheduled" : "published", { nextAt: now });
      return undefined;
    }
  } else if (trouble.code === "limited" && retryAt !== undefined) {
    await ledger.block(delivery.account, retryAt);
  }

  const { failures } = delivery;
  const decided = verdict({
    code: trouble.code,
    retryAt,
    failures,
    now,
    random: (options.random ?? Math.random)(),
  });
  const detail = { code: trouble.code, message: trouble.message, failures: failures + 1 };
  switch (decided.do) {
    case "retry":
    case "settle":
      await end("scheduled", { ...detail, nextAt: decided.at });
      return undefined;
    case "fail":
      // A refusal of a repeat may be the network's way of saying that the first attempt went through.
      await end(open ? "held" : "failed", detail);
      return undefined;
    case "login":
      await end("scheduled", { ...detail, nextAt: now });
      return "login";
  }
}

// A fault in an adapter. After the request has left, its outcome is not known; before, nothing happened.
function ours(error: unknown, sent: boolean): NetworkError {
  const message = error instanceof Error ? error.message : String(error);
  return new NetworkError(sent ? "uncertain" : "rejected", `a fault in the adapter: ${message}`, {
    cause: error,
  });
}
