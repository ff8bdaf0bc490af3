/** How Discord answers, and how it refuses: a code, and for a form the fields that are wrong. */
import { refusal } from "../../api.ts";
import type { SandboxReply } from "../../network.ts";

export type Fields = Record<string, unknown>;
export type FieldErrors = { _errors: { code: string; message: string }[] };

export function ok(body: unknown): SandboxReply {
  return { status: 200, body };
}

export function said(status: number, code: number, message: string): SandboxReply {
  return { status, body: { message, code } };
}

export function refuse(status: number, code: number, message: string): Error {
  return refusal(said(status, code, message));
}

export function fault(code: string, message: string): FieldErrors {
  return { _errors: [{ code, message }] };
}

export function invalid(errors: unknown): Error {
  return refusal({ status: 400, body: { message: "Invalid Form Body", code: 50035, errors } });
}
