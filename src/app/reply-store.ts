/**
 * Other people's words: beside the ledger and not in it, since a ledger in git forgets nothing. Kept only as long as
 * broadcast.yml says.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PostReply } from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import { writeAtomically } from "../files.ts";
import { stateFolder } from "./ledger.ts";
import type { Project } from "./project.ts";

export interface StoredReply extends PostReply {
  /** To name it by: eight hex digits. */
  name: string;
  delivery: string;
  channel: string;
  network: string;
  /** Nobody has been shown it yet. */
  unread: boolean;
  /** When it was fetched, epoch milliseconds. */
  fetched: number;
}

const KEEP = "90d";

type Home = Pick<Project, "config" | "rehearsal">;

export function replyName(channel: string, id: string): string {
  return createHash("sha256").update(`${channel}/${id}`).digest("hex").slice(0, 8);
}

/** Newest first. */
export async function storedReplies(project: Home, now: number): Promise<StoredReply[]> {
  const text = await readFile(file(project), "utf8").catch(() => "[]");
  try {
    const all: unknown = JSON.parse(text);
    return Array.isArray(all) ? fresh(all as StoredReply[], project, now) : [];
  } catch {
    // A write was interrupted: the networks still have them.
    return [];
  }
}

export function storeReplies(project: Home, replies: readonly StoredReply[], now: number): Promise<void> {
  return writeAtomically(file(project), `${JSON.stringify(fresh(replies, project, now), null, 1)}\n`, 0o600);
}

function fresh(replies: readonly StoredReply[], { config }: Home, now: number): StoredReply[] {
  const oldest = now - milliseconds(config.replies?.keep ?? KEEP);
  return replies
    .filter(({ at }) => Date.parse(at) >= oldest)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Digests of whom and what was erased: what the networks still have must not come back. */
export async function forgottenIn(project: Home): Promise<Set<string>> {
  const text = await readFile(join(stateFolder(project), "replies-forgotten.json"), "utf8").catch(() => "[]");
  try {
    const all: unknown = JSON.parse(text);
    return new Set(Array.isArray(all) ? all.filter((one) => typeof one === "string") : []);
  } catch {
    return new Set();
  }
}

export async function rememberForgotten(project: Home, digests: readonly string[]): Promise<void> {
  const all = [...new Set([...(await forgottenIn(project)), ...digests])];
  const path = join(stateFolder(project), "replies-forgotten.json");
  await writeAtomically(path, `${JSON.stringify(all)}\n`, 0o600);
}

/** What stands for a person's handle, or a reply's id, once it is erased. */
export function traceOf(channel: string, what: string): string {
  return createHash("sha256").update(`${channel} ${what.toLowerCase()}`).digest("hex");
}

function file(project: Home): string {
  return join(stateFolder(project), "replies.json");
}
