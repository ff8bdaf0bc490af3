/** Where a project keeps what it must remember: its state folder and its ledger. */
import { isAbsolute, join } from "node:path";
import { InputError, type Problem, usageError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { FoundLedger } from "../ledger/open.ts";
import type { GitPlace } from "../ledger/types.ts";
import { type PostgresPlace, postgresPlace } from "../postgres-address.ts";
import type { Project } from "./project.ts";

/** What decides where a project keeps its ledger. */
export type LedgerProject = Pick<Project, "config" | "rehearsal">;

/** Where the project keeps what it must remember: `.broadcast`, and apart from it the rehearsal's own memory. */
export function stateFolder(project: LedgerProject): string {
  const folder = join(project.config.root, ".broadcast");
  return project.rehearsal ? join(folder, "sandbox") : folder;
}

/** The ledger's file. A rehearsal has its own, so that it never counts as published. */
export function ledgerFile(project: LedgerProject): string {
  const { ledger, root } = project.config;
  if (project.rehearsal || ledger === undefined) return join(stateFolder(project), "ledger.db");
  return isAbsolute(ledger) ? ledger : join(root, ledger);
}

export const LEDGER_REF = "refs/broadcast/ledger";

/** `ledger: git` or `ledger: git:REMOTE`. A rehearsal stays on this computer in any case. */
export function ledgerInGit({ config, rehearsal }: LedgerProject): GitPlace | undefined {
  const [written, remote = "origin"] = config.ledger?.match(/^git(?::(.+))?$/) ?? [];
  if (rehearsal || written === undefined) return undefined;
  return { folder: config.root, remote, ref: LEDGER_REF };
}

/** `ledger: postgres://…`. A rehearsal stays on this computer in any case. */
export function ledgerInPostgres({ config, rehearsal }: LedgerProject): PostgresPlace | undefined {
  return rehearsal || config.ledger === undefined ? undefined : postgresPlace(config.ledger);
}

/** The project's ledger, opened at most once; looking does not make one. */
export interface LedgerDoor {
  /** `undefined` while there is no ledger. */
  existing(): Promise<Ledger | undefined>;
  /** Makes it if there is none. */
  open(): Promise<Ledger>;
  close(): Promise<void>;
}

/** Throws InputError when the ledger cannot be used: nothing was sent. */
export function ledgerDoor(project: LedgerProject): LedgerDoor {
  let ledger: Promise<Ledger> | undefined;
  let found: Promise<FoundLedger> | undefined;
  const find = () => {
    found ??= findLedger(project);
    return found;
  };
  return {
    async existing() {
      if (ledger) return ledger;
      const { exists, open } = await find();
      if (exists) ledger ??= open();
      return ledger;
    },
    async open() {
      ledger ??= find().then(({ open }) => open());
      return ledger;
    },
    async close() {
      if (ledger) await (await ledger.catch(() => undefined))?.close();
      else await (await found?.catch(() => undefined))?.close();
    },
  };
}

async function findLedger(project: LedgerProject): Promise<FoundLedger> {
  const { ledgerProblem } = project.config;
  // A different ledger would not know what is out.
  if (ledgerProblem && !project.rehearsal) throw new InputError(ledgerProblem);
  const place = ledgerInGit(project);
  const { openAt, findInGit, findInPostgres } = await import("../ledger/open.ts");
  const shared = ledgerInPostgres(project);
  if (shared) return findInPostgres(shared);
  if (place) return findInGit(place);
  const file = ledgerFile(project);
  const { asInputError, isThere } = await import("../ledger/errors.ts");
  const exists = await asInputError(async () => isThere(file));
  return { exists, open: () => openAt(file), close: async () => {} };
}

/** Whether anything was entered yet. Throws InputError if the place cannot be reached. */
export async function ledgerExists(project: LedgerProject): Promise<boolean> {
  const found = await findLedger(project);
  await found.close();
  return found.exists;
}

/** Runs `work` with a door to the ledger, which is closed afterwards. */
export async function withLedger<T>(
  project: LedgerProject,
  work: (door: LedgerDoor) => Promise<T>,
): Promise<T> {
  const door = ledgerDoor(project);
  try {
    return await work(door);
  } finally {
    await door.close();
  }
}

/** Looks into the ledger if there is one. */
export function readLedger<T>(
  project: LedgerProject,
  look: (ledger: Ledger) => Promise<T>,
  otherwise: T,
): Promise<T> {
  return withLedger(project, async (door) => {
    const ledger = await door.existing();
    return ledger ? look(ledger) : otherwise;
  });
}

/** For what changes deliveries: without a ledger there is nothing to change. Throws InputError then. */
export function changeLedger<T>(project: LedgerProject, change: (ledger: Ledger) => Promise<T>): Promise<T> {
  return withLedger(project, async (door) => {
    const ledger = await door.existing();
    if (ledger) return change(ledger);
    throw usageError(
      project.rehearsal ? "nothing was rehearsed here yet" : "nothing was sent from here yet",
      "`broadcast status` lists what there is.",
    );
  });
}

/**
 * Asked before the networks are: throws InputError when the ledger cannot be kept where it is to be; gives warnings. Writes
 * nothing.
 */
export async function inspectLedger(
  project: LedgerProject,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Problem[]> {
  if (ledgerInGit(project) || ledgerInPostgres(project)) return [];
  const { inspectPlace, vanishingWarning } = await import("../ledger/filesystem-check.ts");
  const warnings = inspectPlace(ledgerFile(project));
  return project.rehearsal ? warnings : [...warnings, ...vanishingWarning(env)];
}
