/**
 * One approval for all that a feed will say: of the campaign that announces it, with the words around an entry, the channels and the
 * feed's address. What the entries say is not known yet: that is what a policy with `approve_source` allows.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { digest } from "../plan/digest.ts";
import type { Approval } from "./approval.ts";

/** What such an approval is bound to. */
export interface SourceSubject {
  /** The campaign's id, without an entry. */
  campaign: string;
  digest: string;
}

type Home = Pick<Config, "root" | "templates" | "channels" | "people">;

/**
 * `written`: the campaign's file as it was read. Undefined for a campaign without `source:`. The digest covers the whole file, the
 * project's templates, its people, and of each channel the account and who reads it.
 */
export async function sourceSubject(
  id: string,
  written: Readonly<Record<string, unknown>>,
  { templates, channels, people }: Home,
): Promise<SourceSubject | undefined> {
  if (written.source === undefined) return undefined;
  const readers = [...channels.values()].map(({ name, network, audience, lang, accountFingerprint }) => ({
    name,
    network,
    audience,
    lang,
    account: accountFingerprint,
  }));
  const bound = { campaign: written, templates: await textsIn(templates), channels: readers, people };
  return { campaign: withoutEntry(id), digest: digest({ "broadcast source": 1, ...bound }) };
}

export function withoutEntry(id: string): string {
  return id.replace(/@[^@/]*$/, "");
}

export function coversSource(approval: Approval, source: SourceSubject | undefined): boolean {
  return source !== undefined && approval.campaign === source.campaign && approval.digest === source.digest;
}

export function sourceApproval(
  { campaign, digest }: SourceSubject,
  { by, at, expiresAt }: Pick<Approval, "by" | "at" | "expiresAt">,
): Approval {
  return { campaign, by, at, expiresAt, digest, approved: [] };
}

async function textsIn(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const texts: Record<string, string> = {};
  for (const name of names.filter((one) => one.endsWith(".md")).sort())
    texts[name.replaceAll("\\", "/")] = await readFile(join(folder, name), "utf8");
  return texts;
}
