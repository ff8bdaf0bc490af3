/** The ledger's tables, as its migrations make them. */
import { MIGRATIONS } from "./migrate.ts";

export interface Column {
  name: string;
  type: "text" | "bigint";
}

export interface Table {
  name: string;
  columns: Column[];
  /** The columns that tell its rows apart. */
  key: string[];
}

/** Without the one that holds the version. */
export const TABLES: readonly Table[] = read(MIGRATIONS.join("\n").replace(/--.*$/gm, ""));

function read(sql: string): Table[] {
  const tables = [...sql.matchAll(/create table (\w+) \(([\s\S]*?)\n\)/g)].map(
    ([, name = "", body = ""]): Table => {
      const columns = [...body.matchAll(/^\s*(\w+)\s+(text|integer|bigint)\b/gm)].map(columnOf);
      const written = /primary key \(([^)]+)\)/.exec(body)?.[1]?.split(/,\s*/);
      return { name, columns, key: written ?? [/^\s*(\w+)\s+\w+ primary key/m.exec(body)?.[1] ?? ""] };
    },
  );
  for (const [, name, column = "", type = ""] of sql.matchAll(/alter table (\w+) add column (\w+) (\w+)/g))
    tables.find((table) => table.name === name)?.columns.push(columnOf(["", column, type]));
  return tables;
}

function columnOf([, name = "", type]: readonly string[]): Column {
  return { name, type: type === "text" ? "text" : "bigint" };
}
