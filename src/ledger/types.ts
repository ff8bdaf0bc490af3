/** What the ledger holds, as the rest of the program sees it. Times are epoch milliseconds. */
import type { Post, Receipt } from "../adapter.ts";
import type { ErrorCode } from "../errors.ts";
import type { Found } from "./afterwards.ts";

export const STATES = [
  "scheduled",
  "sending",
  "published",
  "failed",
  "held",
  "cancelled",
  "expired",
  "retracted",
] as const;
export type State = (typeof STATES)[number];

/** What happens to a late delivery; and to one whose outcome stays unknown, if it is not held. */
export type Late = "send" | "skip" | "ask";
export type Uncertain = "resend";

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
  /** The network gets it at once, and publishes it at `dueAt`. */
  schedule?: "network";
  late?: Late;
  uncertain?: Uncertain;
  /** Whom it answers. `theirs`: the parent is somebody else's post. */
  answers?: { root: Receipt; parent: Receipt; theirs?: true };
}

export interface Delivery extends NewDelivery {
  state: State;
  seed: string;
  round: number;
  nextAt: number;
  failures: number;
  /** Attempts so far; 0 when nothing of it was ever tried. */
  tries: number;
  /**
   * Of the last error. `late`: it is late, and a person must say whether it still goes out. `tampered`: its posts are not
   * those that were entered, or that were approved. `retracting`: it is being taken back, and some of it may still be out.
   * `by-hand`: the network takes posts from people only.
   */
  code?: ErrorCode | "fault" | "late" | "tampered" | "retracting" | "by-hand" | "no-file";
  message?: string;
  owner?: string;
  leaseUntil?: number;
  createdAt: number;
  updatedAt: number;
}

/** A delivery without its words. */
export type Outline = Pick<
  Delivery,
  "id" | "channel" | "account" | "state" | "nextAt" | "owner" | "leaseUntil" | "code"
>;

export type Outcome = "published" | "found" | "absent" | "abandoned" | ErrorCode;

export interface Attempt {
  delivery: string;
  part: number;
  number: number;
  round: number;
  startedAt: number;
  at: number;
  /** When it began by the server's clock: not before, not after. Absent where the server had not told the time. */
  server?: { from: number; to: number };
  /** Until when its request may be under way, by our clock; by then it is given up. */
  overAt?: number;
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

/** What is wanted of posts that are out. */
export interface NewCorrection {
  delivery: string;
  /** `repost`: taken back, and then sent again with the new content. */
  kind: "edit" | "retract" | "repost";
  /** What is to stand there; absent for `retract`. */
  digest?: string;
  posts?: Post[];
  /** Who wanted it, and why. */
  by?: string;
  reason?: string;
}

export interface Correction extends NewCorrection {
  /** 1 is the first of its delivery. */
  number: number;
  /** `open`: the same command goes on with it. `refused`: by the network, before anything was changed. */
  state: "open" | "done" | "refused" | "superseded";
  round: number;
  account: string;
  /** What stood there, and the delivery's state. */
  was: Pick<Delivery, "digest" | "posts" | "state" | "code" | "message">;
  at: number;
  endedAt?: number;
  /** Of the last trouble. */
  code?: string;
  message?: string;
  owner?: string;
  leaseUntil?: number;
}

/** One request at a post that is out. */
export interface Change {
  delivery: string;
  correction: number;
  part: number;
  number: number;
  at: number;
  /** Until when it may be under way. */
  overAt?: number;
  endedAt?: number;
  /** Absent while the request is on its way, and after a crash. */
  outcome?: "done" | ErrorCode;
  status?: number;
  message?: string;
}

/** A post that was out. */
export interface RetractedReceipt {
  part: number;
  round: number;
  id: string;
  url?: string;
  /** When it had come out. */
  at: number;
  retractedAt: number;
}

/** A delivery with all that happened to it. */
export interface History extends Delivery {
  /** Of what is out now. */
  receipts: StoredReceipt[];
  attempts: Attempt[];
  /** Edits and retractions, oldest first. */
  corrections: Correction[];
  changes: Change[];
  retracted: RetractedReceipt[];
  /** What stood there when it was last read. */
  found: Found[];
}

/** What became of a delivery that was to be added. */
export interface Added {
  delivery: Delivery;
  /** `new`: entered now · `updated`: not out yet, takes the new content · `same`: already there · `drift`: out or on its way with other content. */
  as: "new" | "updated" | "same" | "drift";
}

/** Where a ledger in git is. */
export interface GitPlace {
  /** A folder of the repository, absolute. */
  folder: string;
  /** The name or address of the remote; `.` keeps the ledger in this repository. */
  remote: string;
  /** `refs/broadcast/ledger`. */
  ref: string;
}
