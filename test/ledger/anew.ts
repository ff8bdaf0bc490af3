/** A ledger of a test's own: in memory, or with LEDGER=postgres in a new schema of the server at TEST_DATABASE_URL. */

import { Ledger } from "../../src/ledger/ledger.ts";
import { findInPostgres } from "../../src/ledger/open.ts";
import { openSqlite } from "../../src/ledger/sqlite.ts";
import { postgresPlace } from "../../src/postgres-address.ts";

export const ON_POSTGRES = process.env.LEDGER === "postgres";

let schemas = 0;

/** Of a new schema; the same address again is the same ledger. */
export function newAddress(): string {
  const url = new URL(process.env.TEST_DATABASE_URL ?? "");
  url.searchParams.set("schema", `t${process.pid}_${++schemas}_${Math.floor(Math.random() * 1e9)}`);
  return url.href;
}

export async function openAtAddress(address: string): Promise<Ledger> {
  return (await findInPostgres(postgresPlace(address)!)).open();
}

export async function newLedger(): Promise<Ledger> {
  return ON_POSTGRES ? openAtAddress(newAddress()) : Ledger.open(await openSqlite(":memory:"));
}
