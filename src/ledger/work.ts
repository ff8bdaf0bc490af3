/**
 * How the ledger talks to a database. A unit of work is a generator that yields statements and receives rows: SQLite runs
 * it in one go, PostgreSQL awaits each answer, and the SQL is written once.
 */
export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Statement {
  /** Parameters are `$1`, `$2`, … */
  sql: string;
  values: Value[];
}

export type Work<T> = Generator<Statement, T, Row[]>;

export interface Database {
  /** Runs the work in a transaction of its own; resolves once it is durable. Work that throws leaves nothing behind. */
  write<T>(work: () => Work<T>): Promise<T>;
  /** Runs work that changes nothing. */
  read<T>(work: () => Work<T>): Promise<T>;
  close(): Promise<void>;
}

/** Yields one statement and gives its rows. */
export function* query(sql: string, ...values: Value[]): Work<Row[]> {
  return yield { sql, values };
}
