/** How deliveries come into the ledger, and what happens to those that are there already. */
import { randomBytes } from "node:crypto";
import { query, type Work } from "./database.ts";
import { toDelivery } from "./rows.ts";
import type { Added, Delivery, NewDelivery } from "./types.ts";

/** Enters one. An existing one is kept; if it was not tried yet, it gets the new content. */
export function* enter(delivery: NewDelivery, now: number): Work<Added> {
  const [row] = yield* query("select * from deliveries where id = $1 for update", delivery.id);
  if (!row) return { delivery: yield* insert(delivery, now), as: "new" };
  const existing = toDelivery(row);
  const isTampered = existing.state === "held" && existing.code === "tampered";
  if (!isTampered && !differs(existing, delivery, now)) {
    return { delivery: yield* withTerms(existing, delivery, now), as: "same" };
  }
  if (!(yield* replaceable(existing, delivery))) {
    // What waits at the network comes at the time that it was given.
    const waits = existing.state === "scheduled" && existing.schedule === "network";
    const moved = waits && (!isSameTime(existing, delivery, now) || existing.schedule !== delivery.schedule);
    return { delivery: existing, as: existing.digest === delivery.digest && !moved ? "same" : "drift" };
  }
  const [updated] = yield* query(
    `update deliveries set digest = $1, posts = $2, due_at = $3, next_at = $10, expires_at = $4, account = $5, state = 'scheduled',
       failures = 0, code = null, message = null, round = round + 1, updated_at = $6, late = $7, uncertain = $8, schedule = $11
     where id = $9 returning *`,
    delivery.digest,
    JSON.stringify(delivery.posts),
    delivery.dueAt,
    delivery.expiresAt ?? null,
    delivery.account,
    now,
    delivery.late ?? null,
    delivery.uncertain ?? null,
    delivery.id,
    firstTry(delivery, now),
    delivery.schedule ?? null,
  );
  return { delivery: toDelivery(updated!), as: "updated" };
}

/** Whether a delivery would be another one than the ledger's. One that has expired is, as soon as it gets other terms. */
export function differs(existing: Delivery, delivery: NewDelivery, now: number): boolean {
  const { digest, account, schedule, state, expiresAt, late } = existing;
  if (digest !== delivery.digest || account !== delivery.account || schedule !== delivery.schedule)
    return true;
  if (!isSameTime(existing, delivery, now)) return true;
  return state === "expired" && (expiresAt !== delivery.expiresAt || late !== delivery.late);
}

function isSameTime(existing: Delivery, { dueAt }: NewDelivery, now: number): boolean {
  return existing.dueAt === dueAt || dueAt <= now;
}

// The network waits for the time in our place.
function firstTry({ schedule, dueAt }: NewDelivery, now: number): number {
  return schedule === "network" ? Math.min(now, dueAt) : dueAt;
}

// `late` and `uncertain` are not content: they may change while the delivery is under way.
function* withTerms(existing: Delivery, planned: NewDelivery, now: number): Work<Delivery> {
  const { late, uncertain } = planned;
  // If the end is past, a person has decided that it still goes out.
  const lifted = existing.expiresAt === undefined && (planned.expiresAt ?? now) <= now;
  const isOnItsWay = existing.state === "scheduled" || existing.state === "sending";
  const expiresAt = isOnItsWay && !lifted ? planned.expiresAt : existing.expiresAt;
  if (existing.late === late && existing.uncertain === uncertain && existing.expiresAt === expiresAt)
    return existing;
  yield* query(
    "update deliveries set late = $1, uncertain = $2, expires_at = $3 where id = $4",
    late ?? null,
    uncertain ?? null,
    expiresAt ?? null,
    existing.id,
  );
  return { ...existing, late, uncertain, expiresAt };
}

// No process works on it, and its published part is unchanged: of a thread that was refused in the middle, the rest
// may be fixed.
function* replaceable(existing: Delivery, { posts, account }: NewDelivery): Work<boolean> {
  const { id, state, code } = existing;
  const isOpen = state === "scheduled" || state === "failed" || state === "expired";
  if (!isOpen && !(state === "held" && code === "tampered")) return false;
  const [row] = yield* query(
    `select (select count(*) from receipts where delivery = $1) as receipts,
            (select count(*) from receipts where delivery = $1 and due is not null) as waiting,
            (select count(*) from attempts where delivery = $1 and (outcome is null or outcome = 'uncertain')) as open`,
    id,
  );
  if (Number(row?.open) > 0 || Number(row?.waiting) > 0) return false;
  const out = Number(row?.receipts);
  if (out === 0) return true;
  const same = (post: unknown, part: number) => JSON.stringify(post) === JSON.stringify(posts[part]);
  return (
    state === "failed" &&
    account === existing.account &&
    posts.length >= out &&
    existing.posts.slice(0, out).every(same)
  );
}

function* insert(delivery: NewDelivery, now: number): Work<Delivery> {
  const [row] = yield* query(
    `insert into deliveries (id, campaign, channel, network, account, state, digest, posts, seed, round, due_at, next_at,
       expires_at, failures, created_at, updated_at, late, uncertain,
       schedule, answers)
     values ($1, $2, $3, $4, $5, 'scheduled', $6, $7, $8, 0, $9, $14, $10, 0, $11, $11, $12, $13, $15, $16) returning *`,
    delivery.id,
    delivery.campaign,
    delivery.channel,
    delivery.network,
    delivery.account,
    delivery.digest,
    JSON.stringify(delivery.posts),
    randomBytes(16).toString("hex"),
    delivery.dueAt,
    delivery.expiresAt ?? null,
    now,
    delivery.late ?? null,
    delivery.uncertain ?? null,
    firstTry(delivery, now),
    delivery.schedule ?? null,
    delivery.answers ? JSON.stringify(delivery.answers) : null,
  );
  return toDelivery(row!);
}
