/** What the commands ask of the ledger besides sending. */
import { existsSync, statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { ledgerFile, openLedger, type Project, shown } from "../app.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { History } from "../ledger/records.ts";
import { misuse } from "./faults.ts";

type Home = Pick<Project, "config" | "rehearsal">;

/** Looks into the ledger if there is one; looking does not make one. */
export async function looking<T>(home: Home, look: (ledger: Ledger) => Promise<T>, otherwise: T): Promise<T> {
  if (!existsSync(ledgerFile(home))) return otherwise;
  const ledger = await openLedger(home);
  try {
    return await look(ledger);
  } finally {
    await ledger.close();
  }
}

/** For the commands that change something: without a ledger there is nothing to change. */
export async function changing<T>(home: Home, change: (ledger: Ledger) => Promise<T>): Promise<T> {
  if (!existsSync(ledgerFile(home))) {
    throw misuse(
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

/** The campaign's id for what a person types: the id itself, or the path of its file from where they stand. */
export async function campaignId(
  typed: string,
  { config, cwd }: Pick<Project, "config" | "cwd">,
): Promise<string> {
  const file = resolve(cwd, typed);
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return typed;
  const { readSource } = await import("../campaign/source.ts");
  const { value } = await readSource(file, shown(cwd, file));
  const own = (value as { id?: unknown } | null)?.id;
  return typeof own === "string" ? own : relative(config.root, file).split(sep).join("/");
}
