/** Where a project keeps what it must remember: its state folder and its ledger. */
import { isAbsolute, join } from "node:path";
import { InputError, type Problem } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Delivery, GitPlace } from "../ledger/types.ts";
import type { Project } from "./project.ts";

/** Where the project keeps what it must remember: `.broadcast`, and apart from it the rehearsal's own memory. */
export function stateFolder(project: Pick<Project, "config" | "rehearsal">): string {
  const folder = join(project.config.root, ".broadcast");
  return project.rehearsal ? join(folder, "sandbox") : folder;
}

/** The ledger's file. A rehearsal has its own, so that it never counts as published. */
export function ledgerFile(project: Pick<Project, "config" | "rehearsal">): string {
  const { ledger, root } = project.config;
  if (project.rehearsal || ledger === undefined) return join(stateFolder(project), "ledger.db");
  return isAbsolute(ledger) ? ledger : join(root, ledger);
}

const LEDGER_REF = "refs/broadcast/ledger";

/** `ledger: git` or `ledger: git:REMOTE`. A rehearsal stays on this computer all the same. */
export function ledgerInGit({
  config,
  rehearsal,
}: Pick<Project, "config" | "rehearsal">): GitPlace | undefined {
  const [written, remote = "origin"] = config.ledger?.match(/^git(?::(.+))?$/) ?? [];
  if (rehearsal || written === undefined) return undefined;
  return { folder: config.root, remote, ref: LEDGER_REF };
}

/** Whether anything was entered yet. Throws InputError when the place cannot be reached. */
export async function ledgerExists(project: Pick<Project, "config" | "rehearsal">): Promise<boolean> {
  const place = ledgerInGit(project);
  const { beforeSending, isThere } = await import("../ledger/errors.ts");
  if (!place) return beforeSending(async () => isThere(ledgerFile(project)));
  const { existsInGit } = await import("../ledger/git.ts");
  return beforeSending(() => existsInGit(place));
}

export async function openLedger(project: Pick<Project, "config" | "rehearsal">): Promise<Ledger> {
  const { openAt, openInGit } = await import("../ledger/open.ts");
  const place = ledgerInGit(project);
  return place ? openInGit(place) : openAt(ledgerFile(project));
}

/**
 * Asked before the networks are: throws InputError when the ledger cannot be kept where it is to be; gives warnings. Writes
 * nothing.
 */
export async function inspectLedger(
  project: Pick<Project, "config" | "rehearsal">,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Problem[]> {
  if (ledgerInGit(project)) return [];
  const { inspectPlace, vanishingWarning } = await import("../ledger/filesystem-check.ts");
  const warnings = inspectPlace(ledgerFile(project));
  return project.rehearsal ? warnings : [...warnings, ...vanishingWarning(env)];
}

/** A delivery by its id, by its end (`mastodon`), as people type it. Throws InputError when it names none or several. */
export async function findDelivery(ledger: Ledger, typed: string): Promise<Delivery> {
  const all = await ledger.list();
  const exact = all.find(({ id }) => id === typed);
  const matching = exact ? [exact] : all.filter(({ id }) => id.endsWith(`/${typed}`));
  if (matching.length === 1) return matching[0]!;
  throw new InputError({
    severity: "error",
    code: matching.length === 0 ? "unknown-delivery" : "ambiguous-delivery",
    message:
      matching.length === 0
        ? `there is no delivery \`${typed}\``
        : `\`${typed}\` names ${matching.length} deliveries`,
    remedy:
      matching.length === 0
        ? "`broadcast status` lists them."
        : `Write one in full: ${matching.map(({ id }) => id).join(", ")}.`,
  });
}
