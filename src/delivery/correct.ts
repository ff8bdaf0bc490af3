/**
 * What is out is edited or taken back: recorded before each request, repeated until the network has said so. Channels run
 * side by side, a thread's parts in order when edited, from its end when taken back.
 */
import type { Receipt } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { redactor } from "../http/http.ts";
import type { NotNow } from "../ledger/corrections.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Correction, Delivery, History, NewCorrection } from "../ledger/types.ts";
import { isDead, newOwner } from "../lock.ts";
import { digest } from "../plan/digest.ts";
import { STILL_AT_WORK } from "./attempt-times.ts";
import { changePart } from "./change-part.ts";
import { fittedPosts } from "./fitted.ts";
import { type DeliveryChannel, LeaseLost, Paced, prepare, ratesOf, type Tools } from "./publish.ts";
import { verdict } from "./retry-policy.ts";
import { Unknown } from "./settle.ts";

export interface CorrectOptions extends Tools {
  channels: readonly DeliveryChannel[];
  corrections: readonly NewCorrection[];
  /** Nothing new is begun once this is aborted. */
  stop: AbortSignal;
  onEvent?: (event: CorrectionEvent) => void;
  random?: () => number;
  /** Asked just before posts are to stand there; a reason why exactly these may not, if there is one. */
  mayLeave?(delivery: Delivery): Promise<string | undefined>;
}

export type CorrectionEvent =
  | { type: "correcting"; delivery: Delivery; kind: Correction["kind"]; part: number; parts: number }
  | { type: "corrected"; delivery: Delivery; kind: Correction["kind"]; part: number; receipt?: Receipt }
  | { type: "correction-waits"; delivery: Delivery; until: number }
  | { type: "correction-ended"; outcome: Corrected };

/** `refused`: by the network, and nothing was changed. `left`: the same command goes on with it. */
export interface Corrected {
  delivery: string;
  kind: Correction["kind"];
  is: "done" | "refused" | "left" | NotNow;
  code?: string;
  message?: string;
}

const LEASE = 60_000;

/** In the order of `corrections`. Throws LedgerError when what happens cannot be written down. */
export async function correct(options: CorrectOptions): Promise<Corrected[]> {
  const owner = newOwner();
  const { ledger, clock, corrections, channels } = options;
  const heartbeat = setInterval(() => {
    void ledger.renewCorrections(owner, clock.now() + LEASE).catch(() => {});
  }, LEASE / 4);
  heartbeat.unref();
  const results = new Map<NewCorrection, Corrected>();
  const work = channels.map(async (channel) => {
    for (const wanted of corrections) {
      const delivery = await ledger.get(wanted.delivery);
      if (delivery?.channel !== channel.name) continue;
      const outcome = await correctOne(wanted, channel, owner, options);
      results.set(wanted, outcome);
      options.onEvent?.({ type: "correction-ended", outcome });
    }
  });
  try {
    const settled = await Promise.allSettled(work);
    for (const one of settled) if (one.status === "rejected") throw one.reason;
  } finally {
    clearInterval(heartbeat);
  }
  return corrections.map(
    (wanted) => results.get(wanted) ?? { delivery: wanted.delivery, kind: wanted.kind, is: "missing" },
  );
}

async function correctOne(
  wanted: NewCorrection,
  channel: DeliveryChannel,
  owner: string,
  options: CorrectOptions,
): Promise<Corrected> {
  const { ledger, clock } = options;
  const now = clock.now();
  const dead = (await ledger.correctionOwners(now)).filter(isDead);
  const outcome = (is: Corrected["is"], trouble: { code?: string; message?: string } = {}): Corrected => ({
    delivery: wanted.delivery,
    kind: wanted.kind,
    is,
    ...trouble,
  });
  const correction = await ledger.correct(wanted, { owner, now, until: now + LEASE, dead });
  if (typeof correction === "string") return outcome(correction);
  const history = (await ledger.history(wanted.delivery))!;
  const stop = async (how: "refused" | "left", code: string, words: string) => {
    const message = redactor(channel.secrets)(words);
    await ledger.stopCorrection(correction, how, { code, message }, clock.now());
    return outcome(how, { code, message });
  };

  const why = await whyNot(correction, history, options);
  if (why !== undefined) return stop("refused", "tampered", why);
  const parts = partsOf(correction, history);
  let ready = correction;
  if (correction.posts && correction.kind === "edit") {
    try {
      const posts = await fittedPosts(correction.posts, history, options);
      ready = { ...correction, posts };
      const changed = parts.map((part) => posts[part]!);
      await prepare(changed, { ...history, posts }, channel, options);
    } catch (error) {
      const { code, message } = troubleOf(error, false);
      return stop(code === "rejected" ? "refused" : "left", code, message);
    }
  }
  const until = now + options.patience;
  for (const part of parts) {
    if (options.stop.aborted) return stop("left", "unavailable", "it was interrupted");
    options.onEvent?.({
      type: "correcting",
      delivery: history,
      kind: correction.kind,
      part,
      parts: history.posts.length,
    });
    try {
      await othersAreQuiet(correction, part, history, options);
      await turn(history, channel, options);
      const receipt = await repeated(() => changePart(ready, part, history, channel, options), {
        correction,
        part,
        until,
        options,
      });
      options.onEvent?.({ type: "corrected", delivery: history, kind: correction.kind, part, receipt });
    } catch (error) {
      if (error instanceof LedgerError) throw error;
      if (error instanceof LeaseLost) return outcome("busy");
      if (error instanceof Paced) return stop("left", "limited", error.message);
      if (error instanceof Unknown) return stop("left", "uncertain", error.message);
      const { code, message } = troubleOf(error, false);
      return stop(code === "rejected" ? "refused" : "left", code, message);
    }
  }
  return outcome((await ledger.finishCorrection(correction, clock.now())) ? "done" : "busy");
}

/** What leaves must be what was entered, and approved. */
async function whyNot(
  { kind, posts, digest: entered }: Correction,
  delivery: Delivery,
  { mayLeave }: CorrectOptions,
): Promise<string | undefined> {
  if (kind === "retract" || !posts || entered === undefined) return undefined;
  if (digest(posts) !== entered)
    return "its posts are not those that were entered: somebody has changed the ledger";
  return mayLeave?.({ ...delivery, posts, digest: entered });
}

/** Taken back from the end, so that what is left is a thread. Edited are those that differ, or may differ since an earlier try. */
function partsOf(
  { kind, posts = [] }: Correction,
  { posts: before, receipts, corrections, changes }: History,
): number[] {
  const out = receipts.map(({ part }) => part).sort((a, b) => a - b);
  if (kind !== "edit") return out.reverse();
  const finished = new Set(
    corrections.filter(({ state, kind }) => state === "done" && kind === "edit").map(({ number }) => number),
  );
  const touched = new Set(
    changes.filter(({ correction }) => !finished.has(correction)).map(({ part }) => part),
  );
  return out.filter(
    (part) => touched.has(part) || digest([before[part]!]) !== digest([posts[part] ?? before[part]!]),
  );
}

/** A request of an earlier correction that was given up could still arrive after ours, and undo it. */
async function othersAreQuiet(
  { number }: Correction,
  part: number,
  history: History,
  { clock, stop, onEvent }: CorrectOptions,
): Promise<void> {
  const open = history.changes.filter(
    (change) =>
      change.part === part &&
      change.correction !== number &&
      (change.outcome === undefined || change.outcome === "uncertain"),
  );
  const until = Math.max(0, ...open.map(({ at, overAt = at }) => overAt + STILL_AT_WORK));
  if (until <= clock.now()) return;
  onEvent?.({ type: "correction-waits", delivery: history, until });
  await clock.sleep(until - clock.now(), stop);
}

/** Before the request is entered, so that waiting writes nothing. */
async function turn(history: History, channel: DeliveryChannel, options: CorrectOptions): Promise<void> {
  const { ledger, clock, patience, stop, onEvent } = options;
  for (;;) {
    const until = await ledger.freeAt(history.account, clock.now(), ratesOf(channel));
    if (until <= clock.now()) return;
    if (until - clock.now() > patience) throw new Paced(until);
    onEvent?.({ type: "correction-waits", delivery: history, until });
    await clock.sleep(until - clock.now(), stop);
  }
}

interface Repetition {
  correction: Correction;
  part: number;
  /** Until when it may be repeated here, epoch milliseconds. */
  until: number;
  options: CorrectOptions;
}

/** A repeat comes to the same, so whatever may pass is tried again for as long as this process waits. */
async function repeated<T>(
  change: () => Promise<T>,
  { correction, part, until, options }: Repetition,
): Promise<T> {
  const { ledger, clock, stop, random = Math.random } = options;
  for (let failures = 0; ; failures++) {
    try {
      return await change();
    } catch (error) {
      if (error instanceof LedgerError || error instanceof LeaseLost || error instanceof Paced) throw error;
      if (error instanceof Unknown) throw error;
      const trouble = troubleOf(error, true);
      const { code, status, message, retryAt } = trouble;
      const now = clock.now();
      await ledger.endChange(correction, part, { outcome: code, status, message }, now);
      const decided = verdict({ code, retryAt, failures, now, random: random() });
      if (!("at" in decided) || decided.at > until || stop.aborted) throw trouble;
      options.onEvent?.({
        type: "correction-waits",
        delivery: (await ledger.get(correction.delivery))!,
        until: decided.at,
      });
      await clock.sleep(decided.at - now, stop);
      if (stop.aborted) throw trouble;
    }
  }
}

// A fault in an adapter: what it did is not known, and doing it again does no harm.
function troubleOf(error: unknown, sent: boolean): NetworkError {
  if (error instanceof NetworkError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new NetworkError(sent ? "uncertain" : "rejected", `a fault in the adapter: ${message}`, {
    cause: error,
  });
}
