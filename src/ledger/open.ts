/** Opens a ledger where it is kept. */
import { Ledger } from "./ledger.ts";
import { openSqlite } from "./sqlite.ts";

/** `file` is a path, or `:memory:`. */
export async function openAt(file: string): Promise<Ledger> {
  return Ledger.open(await openSqlite(file));
}
