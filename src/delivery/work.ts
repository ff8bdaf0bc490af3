/** One delivery that was claimed: its posts one after another. Every way out leaves the delivery's state in the ledger. */
import type { Context, Receipt } from "../adapter.ts";
import { describeDuration } from "../duration.ts";
import { redactor } from "../http/http.ts";
import type { Attempt, Delivery } from "../ledger/types.ts";
import { isAsNamed } from "../plan/answer.ts";
import { digest } from "../plan/digest.ts";
import { latenessOf } from "../plan/late.ts";
import { handedOver } from "../plan/native-schedule.ts";
import { afterError } from "./after-error.ts";
import { fittedPosts } from "./fitted.ts";
import { appearance, lookAt, whoseTurn } from "./native-schedule.ts";
import { waitForTurn } from "./pace.ts";
import { type DeliveryChannel, LeaseLost, postOf, prepare, publication as publicationOf } from "./publish.ts";
import { kept } from "./receipt.ts";
import { isOpen, settleOpen } from "./settle.ts";
import type { DeliverOptions, End, Stopped } from "./types.ts";
import { written } from "./written.ts";

const DECADE = 10 * 365 * 86_400_000;

export async function work(
  delivery: Delivery,
  channel: DeliveryChannel,
  options: DeliverOptions,
): Promise<Stopped | undefined> {
  const { ledger, clock } = options;
  const parts = delivery.posts.length;
  const hush = redactor(channel.secrets);
  const end: End = async (state, detail = {}) => {
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
      await end("held", {
        code: "late",
        message: `it is ${describeDuration(clock.now() - delivery.dueAt)} late: does it still go out?`,
      });
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
    digest(delivery.posts) === delivery.digest && isAsNamed(delivery)
      ? await options.mayLeave?.(delivery)
      : "its posts are not those that were entered: somebody has changed the ledger";
  if (tampered !== undefined) {
    await end("held", { code: "tampered", message: tampered });
    return undefined;
  }

  if (channel.adapter.byHand) {
    // A person is asked once; its time may end before that person comes.
    const nextAt = delivery.expiresAt ?? delivery.dueAt + DECADE;
    const { place } = channel.adapter.byHand(delivery.posts[0]!, channel.settings);
    await end("scheduled", { code: "by-hand", nextAt, message: `a person posts it: ${place}` });
    return undefined;
  }

  let prepared = false;
  let fitted: Delivery | undefined;
  for (let part = receipts.length; part < parts; part++) {
    if (options.stop.aborted) {
      // It keeps its place before those that come after it.
      await end("scheduled", { nextAt: delivery.nextAt });
      return undefined;
    }
    const before = attempts.filter((attempt) => attempt.part === part);
    const startedAt = before[0]?.startedAt ?? clock.now();
    const thread = threadOf(part, receipts, delivery);
    const publication = publicationOf(delivery, part, startedAt, thread, channel, options);
    try {
      fitted ??= { ...delivery, posts: await fittedPosts(delivery.posts, delivery, options) };
      const found = await settleOpen(fitted, part, before, publication, channel, options);
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
      const left = fitted.posts.slice(part);
      if ((prepared ? left.slice(0, 1) : left).some(({ media }) => media.length > 0))
        await waitForTurn(delivery, channel, options);
      if (!prepared) await prepare(left, fitted, channel, options);
      prepared = true;
      options.onEvent?.({ type: "sending", delivery, part, parts });
      const ahead = turn === "ours" && publication.context.due !== undefined;
      const context = ahead ? { ...publication.context, due: undefined } : publication.context;
      const receipt = kept(
        await publication.watch(channel.adapter.publish(postOf(fitted, part), context)),
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

/** Where the post hangs: below the one before, or below the one that it answers. */
function threadOf(part: number, receipts: readonly Receipt[], { answers }: Delivery): Context["thread"] {
  if (part > 0) return { root: answers?.root ?? receipts[0]!, parent: receipts[part - 1]! };
  if (!answers) return undefined;
  const { root, parent, theirs } = answers;
  return { root, parent, ...(theirs && { answers: true }) };
}

/** It waits at the network: after its time, is it out? */
async function lookWhether(
  delivery: Delivery,
  handed: Receipt,
  attempts: readonly Attempt[],
  channel: DeliveryChannel,
  options: DeliverOptions,
  end: End,
): Promise<Stopped | undefined> {
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
