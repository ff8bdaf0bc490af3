/** What an error means for a delivery. One table, pure; see docs/delivery.md. */
import type { ErrorCode } from "../errors.ts";

export type Verdict =
  /** Certainly not out: try again, not before `at`. */
  | { do: "retry"; at: number }
  /** May be out: look it up, repeat it under the network's own key, or ask a person. Not before `at`. */
  | { do: "settle"; at: number }
  /** Refused: the same bytes are not tried again. */
  | { do: "fail" }
  /** The channel needs a new login; nothing more goes to it before. */
  | { do: "login" };

export interface Trouble {
  code: ErrorCode;
  /** When the server said to come back. */
  retryAt?: number;
  /** How often in a row it went wrong before. */
  failures: number;
  now: number;
  /** 0 to 1: the jitter. */
  random: number;
}

const FIRST_DELAY = 1_000;
const LONGEST_DELAY = 300_000;

export function verdict({ code, retryAt, failures, now, random }: Trouble): Verdict {
  switch (code) {
    case "auth":
      return { do: "login" };
    case "rejected":
      return { do: "fail" };
    case "limited":
    case "unavailable":
      return { do: "retry", at: Math.max(retryAt ?? 0, now + backOff(failures, random)) };
    case "uncertain":
      return {
        do: "settle",
        at: retryAt ?? (failures === 0 ? now : now + backOff(failures, random)),
      };
  }
}

/** Milliseconds before the next try: doubles each time, half of it left to chance so that many do not come at once. */
export function backOff(failures: number, random: number): number {
  const full = Math.min(FIRST_DELAY * 2 ** failures, LONGEST_DELAY);
  return Math.round(full / 2 + (full / 2) * random);
}
