/** What the loop is given, and what it tells. */
import type { Receipt } from "../adapter.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, State } from "../ledger/types.ts";
import type { DeliveryChannel, Tools } from "./publish.ts";

export interface DeliverOptions extends Tools {
  channels: readonly DeliveryChannel[];
  /** Only these deliveries, in about this order; all due ones when absent. */
  ids?: readonly string[];
  /** Nothing new is begun once this is aborted; what is under way is finished and written down. */
  stop: AbortSignal;
  onEvent?: (event: DeliveryEvent) => void;
  /** Deliveries of one channel at the same time; default 1, so that a channel's posts keep their order. */
  concurrency?: number;
  random?: () => number;
  /** Asked just before a delivery's posts leave; a reason why exactly these may not, if there is one. */
  mayLeave?(delivery: Delivery): Promise<string | undefined>;
}

export type DeliveryEvent =
  | { type: "sending"; delivery: Delivery; part: number; parts: number }
  /** `sent` of `size` bytes of this file have left; told for large files only. */
  | { type: "uploading"; delivery: Delivery; file: string; sent: number; size: number }
  | { type: "part"; delivery: Delivery; part: number; parts: number; receipt: Receipt; found: boolean }
  | { type: "waiting"; delivery: Delivery; until: number }
  | { type: "ended"; delivery: Delivery; state: State; nextAt?: number; code?: string; message?: string };

/** Why the channel's next delivery would get no further: the login was refused, or the account's windows are full. */
export type Stopped = "login" | { until: number };

/** Ends the work on a delivery: its new state is written and told. */
export type End = (state: State, detail?: Parameters<Ledger["release"]>[3]) => Promise<void>;
