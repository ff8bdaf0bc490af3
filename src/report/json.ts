/**
 * What `--json` prints: one document per command, on stdout, nothing else there. Every document begins with
 * `{ "version": 1, "command": … }`; a member is added without a new version, and removed or given another meaning only with
 * one. Times are ISO 8601 in UTC. Nothing secret is in any of them.
 *
 * | command | members besides `version` and `command` |
 * | --- | --- |
 * | `plan`, `preview` | those of `Plan`: `campaign`, `deliveries`, `problems`, `digest`; `send --plan` takes the same document |
 * | `send` | `campaign`, `digest`, `rehearsal`, `deliveries` (`SentJson`), `problems`, `sandbox` |
 * | `approve` | `digest`, `by`, `at`, `expires`, `signed`, `recorded`, `approved`: whether nothing is missing any more, `needs` |
 * | `send --dry-run` | `campaign`, `digest`, `rehearsal`, `dryRun: true`, `channels` (`{ channel, network, requests, files, error }`) |
 * | `status`, `resolve`, `retry`, `cancel` | `deliveries` (`DeliveryJson`) |
 * | `status`, of what is held | also `look`: `{ for, at, handle, url }`, where a person looks for what |
 * | `ledger check` | `file`, `sound`, `version`, `current`, `bytes`, `deliveries` (by state), `attempts`, `receipts`, `problems` |
 * | `ledger backup` | `file`, `backup`, `bytes` |
 * | `ledger export` | no document but a line per delivery (`LedgerLine`) |
 * | `run` | `rehearsal`, `deliveries` (`DeliveryJson`): what was due, `problems` |
 * | `schedule` | `rehearsal`, `coming` (`ComingJson`), `problems` |
 * | `networks` | `networks` (`NetworkJson`) |
 * | `measure` | `measures` (`MeasureJson`) |
 * | `sandbox` | `url`, `port`; printed when it is ready |
 * | `init` | `files` (`{ path, as }`), `channels` (`{ name, network, handle, login, missing }`) |
 * | `new` | `file`, `kind` |
 * | `login` | `channel`, `network`, `account`, `expires`, `scopes`, `kept`, `overruled`; with `--remove`: `removed` |
 * | `doctor` | `days`, `findings` (`{ about, state, message, remedy, credential, unreachable }`) |
 * | any, when it fails | `error` (`ErrorJson`), with the same exit code as without `--json` |
 *
 * A plan with errors is still a plan: `problems` holds them, and the exit code is 2. What cannot be planned at all is an error.
 * `schema` prints the JSON Schema itself, which has a version of its own.
 */
import type { Adapter } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import type { Added, History, State } from "../ledger/records.ts";
import type { Measured } from "../text/text.ts";

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
  receipts: { part: number; id: string; url?: string; at: string }[];
  /** Requests made so far. */
  attempts: number;
}

export interface SentJson extends DeliveryJson {
  /** `same`: it was there already · `drift`: it is out with other content, which stays · `updated`: took the new content. */
  entered: Added["as"];
}

export interface ErrorJson {
  /** `input`, `usage`, `credentials` or `fault`. */
  code: string;
  message: string;
  problems: Problem[];
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
  return `${JSON.stringify({ version: 1, command, ...members }, null, 2)}\n`;
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
    receipts: receipts.map(({ part, id, url, at }) => ({ part, id, url, at: iso(at) })),
    attempts: attempts.length,
  };
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
    late: history.late,
    uncertain: history.uncertain,
    posts: history.posts,
    receipts: receipts.map(({ part, id, url, ref, at }) => ({ part, id, url, ref, at: iso(at) })),
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
