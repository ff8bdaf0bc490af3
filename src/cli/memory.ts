/** What the commands ask of the ledger besides sending. */
import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { accountsKnown } from "../app/account.ts";
import { ledgerExists, openLedger } from "../app/ledger.ts";
import { type Project, shown } from "../app/project.ts";
import { usageError } from "../errors.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/types.ts";
import type { Whereabouts } from "../report/held-hints.ts";

type Home = Pick<Project, "config" | "rehearsal">;

/** Looks into the ledger if there is one; looking does not make one. */
export async function looking<T>(home: Home, look: (ledger: Ledger) => Promise<T>, otherwise: T): Promise<T> {
  if (!(await ledgerExists(home))) return otherwise;
  const ledger = await openLedger(home);
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}

/** For the commands that change something: without a ledger there is nothing to change. */
export async function changing<T>(home: Home, change: (ledger: Ledger) => Promise<T>): Promise<T> {
  if (!(await ledgerExists(home))) {
    throw usageError(
      home.rehearsal ? "nothing was rehearsed here yet" : "nothing was sent from here yet",
      "`broadcast status` lists what there is.",
    );
  }
  const ledger = await openLedger(home);
  try {
    return await change(ledger);
  } finally {
    await ledger.close();
  }
}

export async function historiesOf(ledger: Ledger, ids: readonly string[]): Promise<History[]> {
  const histories: History[] = [];
  for (const id of ids) {
    const history = await ledger.history(id);
    if (history) histories.push(history);
  }
  return histories;
}

/** Where a person can look after what is held: the account's page, or the last post of it that has an address. */
export async function whereabouts(
  histories: readonly History[],
  project: Project,
  ledger: Ledger,
): Promise<Map<string, Whereabouts>> {
  const held = histories.filter(({ state }) => state === "held");
  const found = new Map<string, Whereabouts>();
  if (held.length === 0) return found;
  const accounts = await accountsKnown(project);
  for (const { id, account } of held) {
    const known = accounts.get(account);
    found.set(id, { handle: known?.handle, url: known?.url ?? (await ledger.lastUrl(account)) });
  }
  return found;
}

/** The campaign's id for what a person types: the id itself, or the path of its file from where they stand. */
export async function campaignId(
  typed: string,
  { config, cwd }: Pick<Project, "config" | "cwd">,
): Promise<string> {
  const file = resolve(cwd, typed);
  // A delivery's id goes on behind the file, which is no folder.
  if (!existsSync(file) || !statSync(file).isFile()) return typed;
  const { readSource } = await import("../yaml/source.ts");
  const { value } = await readSource(file, shown(cwd, file));
  const own = (value as { id?: unknown } | null)?.id;
  return typeof own === "string" ? own : relative(config.root, file).split(sep).join("/");
}
