/** What the ledger holds, as the rest of the program sees it. Times are epoch milliseconds. */
import type { Post, Receipt } from "../adapter.ts";
import type { ErrorCode } from "../errors.ts";

export const STATES = [
  "scheduled",
  "sending",
  "published",
  "failed",
  "held",
  "cancelled",
  "expired",
] as const;
export type State = (typeof STATES)[number];

/** A delivery before it is in the ledger. */
export interface NewDelivery {
  id: string;
  campaign: string;
  channel: string;
  network: string;
  account: string;
  digest: string;
  posts: Post[];
  dueAt: number;
  expiresAt?: number;
}

export interface Delivery extends NewDelivery {
  state: State;
  seed: string;
  round: number;
  nextAt: number;
  failures: number;
  code?: ErrorCode | "fault";
  message?: string;
  owner?: string;
  leaseUntil?: number;
  createdAt: number;
  updatedAt: number;
}

export type Outcome = "published" | "found" | "absent" | "abandoned" | ErrorCode;

export interface Attempt {
  delivery: string;
  part: number;
  number: number;
  round: number;
  startedAt: number;
  at: number;
  endedAt?: number;
  /** Absent while the request is on its way, and after a crash. */
  outcome?: Outcome;
  status?: number;
  message?: string;
}

export interface StoredReceipt extends Receipt {
  part: number;
  at: number;
}

/** A delivery with all that happened to it. */
export interface History extends Delivery {
  receipts: StoredReceipt[];
  attempts: Attempt[];
}

/** What became of a delivery that was to be added. */
export interface Added {
  delivery: Delivery;
  /** `new`: entered now · `updated`: not out yet, takes the new content · `same`: already there · `drift`: out or on its way with other content. */
  as: "new" | "updated" | "same" | "drift";
}
