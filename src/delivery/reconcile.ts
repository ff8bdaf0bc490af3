/** After an uncertain outcome: did it go out? Asked, proved by the network's own key, or put before a person. */
import type { Adapter, Context, Post, Receipt } from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import { type ErrorCode, NetworkError } from "../errors.ts";
import { type DeliveryChannel, idempotencyOf } from "./publish.ts";

export type Settlement =
  | { is: "found"; receipt: Receipt }
  /** Certainly not out: an attempt like the first. */
  | { is: "absent" }
  /** Unknown, but the network refuses the key's second use: sending again is safe. */
  | { is: "covered" }
  /** Unknown, and the campaign wants it sent again rather than held: it may appear twice. */
  | { is: "again" }
  /** The look-up itself did not work now. */
  | { is: "later"; code: ErrorCode; retryAt?: number; message: string }
  | { is: "unknown"; message: string }
  /** Something that resembles it is out: a second one is out of the question, whatever the campaign says. */
  | { is: "like"; message: string };

// The network counts its window from when it saw the first attempt; two minutes cover its slowest way there.
const MARGIN = 120_000;

/** What is known of the first attempt. */
export interface Begun {
  /** By the server's clock: what was posted before is not ours. */
  since: Date;
  /** How long ago it was, milliseconds, at most; absent when it is unknown. */
  age?: number;
}

/**
 * `uncertain` is the campaign's word for what nobody can know. A repeat has the same key, so that a network that does
 * remember it still refuses it.
 */
export async function reconcile(
  channel: Pick<DeliveryChannel, "adapter" | "server"> & { settings?: unknown },
  post: Post,
  context: Context,
  begun: Begun,
  uncertain?: "resend",
): Promise<Settlement> {
  const settlement = await settle(channel, post, context, begun);
  return settlement.is === "unknown" && uncertain === "resend" ? { is: "again" } : settlement;
}

async function settle(
  channel: Pick<DeliveryChannel, "adapter" | "server"> & { settings?: unknown },
  post: Post,
  context: Context,
  { since, age }: Begun,
): Promise<Settlement> {
  const { adapter } = channel;
  const covered = isCovered(idempotencyOf(channel), age);
  if (!adapter.find) {
    return covered
      ? { is: "covered" }
      : { is: "unknown", message: `${adapter.name} cannot be asked whether it took the post` };
  }
  try {
    const found = await adapter.find(post, context, since);
    if (found === "absent") return { is: "absent" };
    return "like" in found ? { is: "like", message: resembles(found.like) } : { is: "found", receipt: found };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    if (error.code !== "rejected") {
      return { is: "later", code: error.code, retryAt: error.retryAt, message: error.message };
    }
    return covered
      ? { is: "covered" }
      : { is: "unknown", message: `asking whether it went out failed: ${error.message}` };
  }
}

/** For a person. */
export function resembles({ id, url }: Pick<Receipt, "id" | "url">): string {
  return `something that resembles it is out: ${url ?? id}`;
}

function isCovered(idempotency: Adapter["idempotency"], age: number | undefined): boolean {
  if (idempotency === "none") return false;
  if (idempotency === "forever") return true;
  return age !== undefined && age < milliseconds(idempotency) - MARGIN;
}
