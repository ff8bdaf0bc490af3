/** What an error while sending means for the attempt and its delivery. */
import { waitUntil } from "../bounds.ts";
import { NetworkError } from "../errors.ts";
import { redactor } from "../http/http.ts";
import { LedgerError } from "../ledger/errors.ts";
import type { Delivery } from "../ledger/types.ts";
import { type DeliveryChannel, Paced, type Publication } from "./publish.ts";
import { kept } from "./receipt.ts";
import { verdict } from "./retry-policy.ts";
import { Unknown } from "./settle.ts";
import type { DeliverOptions, End, Stopped } from "./types.ts";

const SHORTLY = 1_000;

export async function afterError(
  error: unknown,
  delivery: Delivery,
  part: number,
  { publication, open }: { publication: Publication; open: boolean },
  channel: DeliveryChannel,
  options: DeliverOptions,
  end: End,
): Promise<Stopped | undefined> {
  // What cannot be written down decides nothing about the delivery: everything stops, see `deliver`.
  if (error instanceof LedgerError) throw error;
  const { ledger, clock } = options;
  const now = clock.now();
  const attempt = publication.attempt();

  if (error instanceof Paced) {
    // Who comes a little earlier waits with it: else that one would take the channel's next post instead.
    const nextAt = Math.max(now, error.until - Math.min(options.patience, SHORTLY));
    await end("scheduled", { nextAt, code: "limited", message: error.message });
    return { until: nextAt };
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
