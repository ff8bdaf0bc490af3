/** How the ledger's rows read, and how their conditions are written. */

import { storedTime, timeOfDate } from "../bounds.ts";
import { DamagedRow } from "./damaged-row.ts";
import type { Row, Value } from "./database.ts";
import type {
  Attempt,
  Change,
  Correction,
  Delivery,
  Outcome,
  Outline,
  RetractedReceipt,
  State,
  StoredReceipt,
} from "./types.ts";

const MOST_LISTED = 500;

/** Conditions with their values, numbered as they come. */
export class Where {
  readonly values: Value[] = [];
  readonly #conditions: string[] = [];

  value(value: Value): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  list(values: readonly Value[]): string {
    return values.length === 0 ? "null" : values.map((value) => this.value(value)).join(", ");
  }

  add(condition: string, ...values: Value[]): void {
    const queue = [...values];
    this.#conditions.push(condition.replace(/\?/g, () => this.value(queue.shift() ?? null)));
  }

  in(column: string, values: readonly Value[]): void {
    // A statement takes some thousand parameters; PostgreSQL would say `any`.
    if (values.length > MOST_LISTED)
      this.add(`${column} in (select value from json_each(?))`, JSON.stringify(values));
    else this.#conditions.push(`${column} in (${this.list(values)})`);
  }

  toString(): string {
    return this.#conditions.length === 0 ? "where 1 = 1" : `where ${this.#conditions.join(" and ")}`;
  }
}

export function toDelivery(row: Row): Delivery {
  return {
    id: String(row.id),
    campaign: String(row.campaign),
    channel: String(row.channel),
    network: String(row.network),
    account: String(row.account),
    state: row.state as State,
    digest: String(row.digest),
    posts: postsOf(row),
    seed: String(row.seed),
    round: Number(row.round),
    dueAt: storedTime(row.due_at),
    nextAt: storedTime(row.next_at),
    expiresAt: optional(row.expires_at, storedTime),
    schedule: optional(row.schedule, String) as Delivery["schedule"],
    late: optional(row.late, String) as Delivery["late"],
    uncertain: optional(row.uncertain, String) as Delivery["uncertain"],
    answers: optional(row.answers, (value) => JSON.parse(String(value)) as Delivery["answers"]),
    failures: Number(row.failures),
    tries: Number(row.tries),
    code: optional(row.code, String) as Delivery["code"],
    message: optional(row.message, String),
    owner: optional(row.owner, String),
    leaseUntil: optional(row.lease_until, storedTime),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
  };
}

function postsOf({ id, posts }: Row): Delivery["posts"] {
  try {
    return postsIn(posts);
  } catch (error) {
    throw error instanceof SyntaxError ? new DamagedRow(String(id)) : error;
  }
}

function postsIn(value: Value | undefined): Delivery["posts"] {
  const posts: unknown = JSON.parse(String(value));
  const isPost = (post: unknown): post is Delivery["posts"][number] =>
    typeof post === "object" && post !== null && "text" in post && "media" in post;
  if (!Array.isArray(posts) || !posts.every(isPost)) throw new SyntaxError("no posts");
  return posts;
}

export function toOutline(row: Row): Outline {
  return {
    id: String(row.id),
    channel: String(row.channel),
    account: String(row.account),
    state: row.state as State,
    nextAt: storedTime(row.next_at),
    owner: optional(row.owner, String),
    leaseUntil: optional(row.lease_until, storedTime),
    code: optional(row.code, String) as Delivery["code"],
  };
}

export function toAttempt(row: Row): Attempt {
  return {
    delivery: String(row.delivery),
    part: Number(row.part),
    number: Number(row.number),
    round: Number(row.round),
    startedAt: Number(row.started_at),
    at: Number(row.at),
    server:
      row.server_from === null || row.server_to === null
        ? undefined
        : { from: Number(row.server_from), to: Number(row.server_to) },
    overAt: optional(row.over_at, Number),
    endedAt: optional(row.ended_at, Number),
    outcome: optional(row.outcome, String) as Outcome | undefined,
    status: optional(row.status, Number),
    message: optional(row.message, String),
  };
}

export function toReceipt(row: Row): StoredReceipt {
  return {
    part: Number(row.part),
    id: String(row.post_id),
    url: optional(row.url, String),
    ref: row.ref ? JSON.parse(String(row.ref)) : undefined,
    due: optional(row.due, dateOf),
    hidden: optional(row.hidden, String) as StoredReceipt["hidden"],
    at: Number(row.at),
  };
}

export function toCorrection(row: Row): Correction {
  return {
    delivery: String(row.delivery),
    number: Number(row.number),
    kind: row.kind as Correction["kind"],
    state: row.state as Correction["state"],
    round: Number(row.round),
    account: String(row.account),
    digest: optional(row.digest, String),
    posts: optional(row.posts, postsIn),
    was: JSON.parse(String(row.was)),
    by: optional(row.name, String),
    reason: optional(row.reason, String),
    at: Number(row.at),
    endedAt: optional(row.ended_at, Number),
    code: optional(row.code, String),
    message: optional(row.message, String),
    owner: optional(row.owner, String),
    leaseUntil: optional(row.lease_until, storedTime),
  };
}

export function toRetracted(row: Row): RetractedReceipt {
  return {
    part: Number(row.part),
    round: Number(row.round),
    id: String(row.post_id),
    url: optional(row.url, String),
    at: Number(row.at),
    retractedAt: Number(row.retracted_at),
  };
}

export function toChange(row: Row): Change {
  return {
    delivery: String(row.delivery),
    correction: Number(row.correction),
    part: Number(row.part),
    number: Number(row.number),
    at: Number(row.at),
    overAt: optional(row.over_at, Number),
    endedAt: optional(row.ended_at, Number),
    outcome: optional(row.outcome, String) as Change["outcome"],
    status: optional(row.status, Number),
    message: optional(row.message, String),
  };
}

// What is not a date was a server's word that an older version took as it was: it waits there, until an unknown time.
function dateOf(value: Value): string {
  return new Date(timeOfDate(String(value)) ?? 0).toISOString();
}

function optional<T>(value: Value | undefined, read: (value: Value) => T): T | undefined {
  return value === null || value === undefined ? undefined : read(value);
}
