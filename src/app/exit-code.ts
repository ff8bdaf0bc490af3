/** How deliveries end a command. */
import { ApprovalError } from "../approval/error.ts";
import { CredentialError, EXIT, type InputError } from "../errors.ts";
import type { LedgerError } from "../ledger/errors.ts";
import type { History } from "../ledger/types.ts";

/** The worst outcome decides. Deliveries that are scheduled for later count as success. `now`: epoch milliseconds. */
export function exitCodeOf(histories: readonly History[], now: number): number {
  if (histories.some(({ state }) => state === "held")) return EXIT.unknown;
  if (histories.some(({ state, code }) => state === "scheduled" && code === "auth")) return EXIT.credentials;
  return histories.every((history) => isAsAsked(history, now)) ? EXIT.ok : EXIT.failed;
}

function isAsAsked({ state, dueAt, code }: History, now: number): boolean {
  // What was taken back is as a person wants it.
  if (state === "published" || state === "retracted") return true;
  // A person posts it when there is time.
  if (code === "by-hand") return state === "scheduled";
  return state === "scheduled" && code === undefined && dueAt > now;
}

/** A ledger that fails while posts go out: what is out and not recorded is not known to the next run. */
export function exitCodeOfLedger({ problem, sent }: LedgerError): number {
  return problem.code === "ledger-gone" && sent.length > 0 ? EXIT.unknown : EXIT.fault;
}

export function exitCodeOfError(error: InputError): number {
  if (error instanceof CredentialError) return EXIT.credentials;
  return error instanceof ApprovalError ? EXIT.approval : EXIT.input;
}

// The first one decides.
const GRAVITY: readonly number[] = [EXIT.unknown, EXIT.credentials, EXIT.approval, EXIT.input, EXIT.failed];

/** The exit code of several campaigns together. */
export function worstOf(codes: readonly number[]): number {
  return GRAVITY.find((code) => codes.includes(code)) ?? EXIT.ok;
}
