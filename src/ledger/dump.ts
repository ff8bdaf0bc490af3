/** A whole ledger as text: one JSON line for its tables, then one for each row. The same ledger gives the same text. */
import { type Database, query, type Row, type Value, type Work } from "./database.ts";

interface Table {
  name: string;
  /** The statements that make the table and its indexes. */
  sql: string[];
}

export function dump(db: Database): Promise<string> {
  return db.read(function* (): Work<string> {
    const tables = yield* tablesOf();
    const lines = [JSON.stringify({ broadcast: "ledger", tables })];
    for (const { name } of tables) {
      for (const row of yield* query(`select * from ${name} order by rowid`))
        lines.push(JSON.stringify([name, row]));
    }
    return tables.length === 0 ? "" : `${lines.join("\n")}\n`;
  });
}

/** Into an empty database. Throws if the text is not a ledger's; the database is then left empty. */
export function restore(db: Database, text: string): Promise<void> {
  const [head = "", ...rows] = text.split("\n").filter((line) => line !== "");
  const { tables } = JSON.parse(head) as { tables: Table[] };
  return db.write(function* (): Work<void> {
    for (const { name, sql } of tables) {
      requireName(name);
      for (const statement of sql) {
        // The text may create tables, and nothing else.
        if (!/^create\s+(table|(unique\s+)?index)\s/i.test(statement))
          throw new TypeError(`the ledger holds a statement that makes no table: ${statement.slice(0, 40)}`);
        yield* query(statement);
      }
    }
    for (const line of rows) {
      const [name, row] = JSON.parse(line) as [string, Row];
      const columns = Object.keys(row);
      for (const word of [name, ...columns]) requireName(word);
      const places = columns.map((_, index) => `$${index + 1}`).join(", ");
      yield* query(
        `insert into ${name} (${columns.join(", ")}) values (${places})`,
        ...(Object.values(row) as Value[]),
      );
    }
  });
}

function* tablesOf(): Work<Table[]> {
  const rows = yield* query(
    "select type, tbl_name, sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by type desc, name",
  );
  const names = [...new Set(rows.map(({ tbl_name }) => String(tbl_name)))].sort();
  return names.map((name) => ({
    name,
    sql: rows.filter(({ tbl_name }) => tbl_name === name).map(({ sql }) => String(sql)),
  }));
}

function requireName(word: string): void {
  if (!/^[a-z_]+$/.test(word))
    throw new TypeError(`the ledger holds a name that is none: ${word.slice(0, 40)}`);
}
