/** How deliveries end a command. */
import { ApprovalError } from "../approval/error.ts";
import { CredentialError, EXIT, type InputError } from "../errors.ts";
import type { History } from "../ledger/types.ts";

/** The worst outcome decides. Deliveries that are scheduled for later count as success. `now`: epoch milliseconds. */
export function exitCodeOf(histories: readonly History[], now: number): number {
  if (histories.some(({ state }) => state === "held")) return EXIT.unknown;
  if (histories.some(({ state, code }) => state === "scheduled" && code === "auth")) return EXIT.credentials;
  return histories.every((history) => isAsAsked(history, now)) ? EXIT.ok : EXIT.failed;
}

function isAsAsked({ state, dueAt, code }: History, now: number): boolean {
  return state === "published" || (state === "scheduled" && code === undefined && dueAt > now);
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
