/**
 * What Meta's APIs have in common: their errors, the fields that are asked for by name, pages with cursors, and containers,
 * which are published in a second step. https://developers.facebook.com/docs/graph-api, read 2026-11-26.
 */
import { refusal } from "./api.ts";
import { text } from "./body.ts";
import type { SandboxReply } from "./network.ts";

const DAY = 86_400_000;

export const ok = (body: unknown): SandboxReply => ({ status: 200, body });

export function said(code: number, message: string, status = 400, subcode?: number): SandboxReply {
  const error = {
    message,
    type: "OAuthException",
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    fbtrace_id: "sandbox",
  };
  return { status, headers: { "x-fb-trace-id": "sandbox" }, body: { error } };
}

export function refuse(code: number, message: string, status?: number, subcode?: number): Error {
  return refusal(said(code, message, status, subcode));
}

export function missing({ params }: { params: Record<string, string | undefined> }): Error {
  return refuse(
    100,
    `Unsupported request. Object with ID '${params.id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
  );
}

/** Of paths without a version. */
export function unknownPath({ path }: { path: string }): SandboxReply | undefined {
  return /^\/v\d/.test(path) ? said(2_500, "Unknown path components", 400) : undefined;
}

/** Members and fields as the documents list them. */
export const setOf = (names: string): ReadonlySet<string> => new Set(names.split(" "));

/** Only the fields that are asked for; `usual` without a word. */
export function only(
  entity: Record<string, unknown>,
  query: URLSearchParams,
  known: ReadonlySet<string>,
  usual: readonly string[] = ["id"],
): Record<string, unknown> {
  // `comments.summary(true)` is the field with a wish.
  const names =
    query
      .get("fields")
      ?.split(",")
      .map((field) => field.replace(/\..*$/, "")) ?? usual;
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) throw refuse(100, `(#100) Tried accessing nonexisting field (${unknown})`);
  return Object.fromEntries(Object.entries(entity).filter(([name]) => name === "id" || names.includes(name)));
}

/** `next`: any address, where there is more. */
export function paged<T>(
  found: readonly T[],
  entity: (one: T) => unknown,
  query: URLSearchParams,
  next: string,
): SandboxReply {
  const limit = Math.min(100, Number(query.get("limit") ?? 25));
  const start = Number(query.get("after") ?? 0);
  const goesOn = start + limit < found.length;
  return ok({
    data: found.slice(start, start + limit).map(entity),
    paging: { cursors: { after: String(start + limit) }, ...(goesOn && { next }) },
  });
}

export const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, "+0000");

export interface SandboxFile {
  type: string;
  alt: string;
  bytes: Uint8Array;
}

export interface Container {
  id: string;
  user: string;
  kind: string;
  files: SandboxFile[];
  /** Of a carousel. */
  item: boolean;
  failed?: string;
  readyAt: number;
  at: number;
  published?: true;
}

/** Where it is on its way. A container lives for a day. */
export function stageOf({ published, at, failed, readyAt }: Container, now: number): string {
  if (published) return "PUBLISHED";
  if (now - at > DAY) return "EXPIRED";
  if (failed !== undefined) return "ERROR";
  return readyAt > now ? "IN_PROGRESS" : "FINISHED";
}

/** The files of a carousel's items, which are containers of the same account. */
export function itemsOf(
  written: unknown,
  most: number,
  user: string,
  containers: ReadonlyMap<string, Container>,
): Pick<Container, "files" | "failed"> {
  const ids = (text(written) ?? "").split(",");
  if (ids.length < 2 || ids.length > most) throw refuse(100, `A carousel has 2 to ${most} children`);
  const children = ids.flatMap((id) => containers.get(id) ?? []);
  if (children.length < ids.length || !children.every((child) => child.item && child.user === user))
    throw refuse(100, "Param children must be carousel item containers");
  const failed = children.find((child) => child.failed)?.failed;
  return { files: children.flatMap(({ files }) => files), ...(failed !== undefined && { failed }) };
}
