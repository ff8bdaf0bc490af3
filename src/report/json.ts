/**
 * What `--json` prints: one document per command, on stdout, nothing else there. Every document begins with
 * `{ "version": 2, "command": … }`; a member is added without a new version, and removed or given another meaning only with
 * one. Times are ISO 8601 in UTC. Nothing secret is in any of them.
 *
 * docs/json.md has every document, written from scripts/documents.ts; a test holds what the program prints against it.
 *
 * A plan with errors is still a plan: `problems` holds them, and the exit code is 2. What cannot be planned at all is an error.
 * `schema` prints the JSON Schema itself, which has a version of its own.
 */
import type { Adapter } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import type { SentPost } from "../ledger/errors.ts";
import type { Added, Correction, History, State } from "../ledger/types.ts";
import type { Measured } from "../text/types.ts";

/** A delivery with what the networks answered. */
export interface DeliveryJson {
  id: string;
  campaign: string;
  channel: string;
  network: string;
  state: State;
  /** When it was to go out. */
  due: string;
  /** When it is tried next; only while it waits. */
  next?: string;
  /** SHA-256 over its posts. */
  digest: string;
  /** Why it is not out: one of the error codes, in the network's words. */
  code?: string;
  message?: string;
  /** Whether it is from the sandbox's own ledger. */
  rehearsal: boolean;
  posts: number;
  /** With `due` it waits at the network, which publishes it then. */
  receipts: { part: number; id: string; url?: string; at: string; due?: string }[];
  /** Requests made so far. */
  attempts: number;
  /** Edits and retractions, oldest first; absent when there are none. */
  corrections?: CorrectionJson[];
  /** Posts that were out and are not any more; absent when there are none. */
  retracted?: { part: number; id: string; url?: string; at: string; retracted: string }[];
}

export interface CorrectionJson {
  kind: Correction["kind"];
  state: Correction["state"];
  at: string;
  ended?: string;
  /** Who wanted it, and why. */
  by?: string;
  reason?: string;
  code?: string;
  message?: string;
}

export interface SentJson extends DeliveryJson {
  /** `same`: it was there already · `drift`: it is out with other content, which stays · `updated`: took the new content. */
  entered: Added["as"];
}

export interface ErrorJson {
  code: "input" | "usage" | "credentials" | "approval" | "fault";
  message: string;
  problems: Problem[];
  /** Posts that are out, of a run that ended since its ledger failed. */
  sent?: SentPost[];
}

export interface NetworkJson
  extends Pick<
    Adapter,
    "id" | "name" | "source" | "shape" | "title" | "text" | "media" | "thread" | "rates" | "idempotency"
  > {
  auth: Adapter["auth"]["kind"];
}

export interface MeasureJson extends Measured {
  network: string;
}

/** Ready to print. */
export function document(command: string, members: object): string {
  return `${JSON.stringify({ version: 2, command, ...members }, null, 2)}\n`;
}

export function deliveryJson(history: History, rehearsal: boolean): DeliveryJson {
  const {
    id,
    campaign,
    channel,
    network,
    state,
    dueAt,
    nextAt,
    digest,
    code,
    message,
    posts,
    receipts,
    attempts,
    corrections,
    retracted,
  } = history;
  return {
    id,
    campaign,
    channel,
    network,
    state,
    due: iso(dueAt),
    next: state === "scheduled" ? iso(nextAt) : undefined,
    digest,
    code,
    message,
    rehearsal,
    posts: posts.length,
    receipts: receipts.map(({ part, id, url, at, due }) => ({ part, id, url, at: iso(at), due })),
    attempts: attempts.length,
    ...(corrections.length > 0 && { corrections: corrections.map(correctionJson) }),
    ...(retracted.length > 0 && {
      retracted: retracted.map(({ part, id, url, at, retractedAt }) => ({
        part,
        id,
        url,
        at: iso(at),
        retracted: iso(retractedAt),
      })),
    }),
  };
}

function correctionJson({ kind, state, at, endedAt, by, reason, code, message }: Correction): CorrectionJson {
  const ended = endedAt === undefined ? undefined : iso(endedAt);
  return { kind, state, at: iso(at), ended, by, reason, code, message };
}

/** One line of `ledger export`: a delivery with its posts, what was tried and what the networks answered. */
export function ledgerLine(history: History): string {
  const { receipts, attempts } = history;
  const line = {
    ...deliveryJson(history, false),
    rehearsal: undefined,
    account: history.account,
    created: iso(history.createdAt),
    updated: iso(history.updatedAt),
    expires: history.expiresAt === undefined ? undefined : iso(history.expiresAt),
    schedule: history.schedule,
    late: history.late,
    uncertain: history.uncertain,
    posts: history.posts,
    receipts: receipts.map(({ part, id, url, ref, at, due }) => ({ part, id, url, ref, at: iso(at), due })),
    attempts: attempts.map(({ part, number, round, at, endedAt, outcome, status, message }) => ({
      part,
      number,
      round,
      at: iso(at),
      ended: endedAt === undefined ? undefined : iso(endedAt),
      outcome,
      status,
      message,
    })),
  };
  return `${JSON.stringify(line)}\n`;
}

export function networkJson(adapter: Adapter): NetworkJson {
  const { id, name, source, shape, title, text, media, thread, rates, idempotency, auth } = adapter;
  return { id, name, source, shape, title, text, media, thread, rates, idempotency, auth: auth.kind };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
