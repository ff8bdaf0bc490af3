/** What Notion says: errors in its own shape, ids, and times, which are whole minutes. https://developers.notion.com/reference/status-codes */
import { refusal } from "../../api.ts";
import { sha256 } from "../../ids.ts";
import type { SandboxReply } from "../../network.ts";

export function said(status: number, code: string, message: string): SandboxReply {
  return { status, body: { object: "error", status, code, message, request_id: idOf(message) } };
}

export function refuse(status: number, code: string, message: string): Error {
  return refusal(said(status, code, message));
}

/** A body that is not what its documents say; `at`: `children[0].paragraph`. */
export function invalid(at: string, words: string): Error {
  return refuse(400, "validation_error", `body failed validation: body.${at} ${words}.`);
}

export function missing(kind: string, id: string): Error {
  const shared = "Make sure the relevant pages and databases are shared with your connection.";
  return refuse(404, "object_not_found", `Could not find ${kind} with ID: ${id}. ${shared}`);
}

/** The same in every run. */
export function idOf(words: string): string {
  const hex = sha256(`notion ${words}`).toString("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

/** With or without dashes, it is the same id. */
export function sameId(one: string, two: string): boolean {
  return one.replaceAll("-", "").toLowerCase() === two.replaceAll("-", "").toLowerCase();
}

export function minute(at: number): string {
  return new Date(Math.floor(at / 60_000) * 60_000).toISOString();
}
