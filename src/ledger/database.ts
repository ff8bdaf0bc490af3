/**
 * How the ledger talks to a database. A unit of work is a generator that yields statements and receives rows: SQLite runs
 * it in one go, PostgreSQL awaits each answer, and the SQL is written once. What is read to be changed says `for update`,
 * which SQLite's driver leaves out.
 */
export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Statement {
  /** Parameters are `$1`, `$2`, … */
  sql: string;
  values: Value[];
}

export type Work<T> = Generator<Statement, T, Row[]>;

/** Does for many what it would do for one: as many results as items, in the same order. */
export type WorkOnMany<I, T> = (items: readonly I[]) => Work<T[]>;

export interface Database {
  /** Runs the work in a transaction of its own; resolves once it is durable. Work that throws leaves nothing behind. */
  write<T>(work: () => Work<T>): Promise<T>;
  /** As `write`; what is asked for in one moment with the same `work` may reach it together. Gives the result for `item`. */
  writeEach<I, T>(work: WorkOnMany<I, T>, item: I): Promise<T>;
  /** Runs work that changes nothing. */
  read<T>(work: () => Work<T>): Promise<T>;
  /** How far the database's own clock is ahead of ours, milliseconds; absent where ours is the one that counts. */
  ahead?(): number;
  /** How far off `ahead` may be, milliseconds. */
  blur?(): number;
  close(): Promise<void>;
}

/**
 * What PostgreSQL is asked for so that these things are dealt with by one transaction at a time, until it ends. SQLite has one
 * writing transaction at a time anyway.
 */
export const LOCK_NAMES = "lock names";

/** No other transaction holds any of these names until this one ends. */
export function* exclusively(names: readonly string[]): Work<void> {
  // Always in the same order: two who want the same ones do not wait for each other.
  const own = [...new Set(names)].sort();
  if (own.length > 0) yield { sql: LOCK_NAMES, values: own };
}

/** Yields one statement and gives its rows. */
export function* query(sql: string, ...values: Value[]): Work<Row[]> {
  return yield { sql, values };
}

// A power of two, as are all lengths below: a handful of texts are prepared, however many rows there are.
const MOST_ROWS = 128;

/**
 * The same statement over many rows, a few at a time; `@rows` in it stands for `($1, $2), ($3, $4), …`. `types` are those of
 * the columns, in their order: a column of nothing but nulls has none of its own.
 */
export function forRows(
  sql: string,
  ...types: readonly ("text" | "bigint")[]
): (rows: readonly Value[][]) => Work<Row[]> {
  const texts = new Map<number, string>();
  const textOf = (length: number, width: number) => {
    let text = texts.get(length);
    if (text === undefined) {
      const place = (row: number, column: number) => `$${row * width + column + 1}`;
      const cell = (row: number, column: number) =>
        row === 0 ? `cast(${place(row, column)} as ${types[column]})` : place(row, column);
      const tuple = (_: unknown, row: number) =>
        `(${Array.from({ length: width }, (_, column) => cell(row, column)).join(", ")})`;
      text = sql.replace("@rows", Array.from({ length }, tuple).join(", "));
      texts.set(length, text);
    }
    return text;
  };
  return function* (rows) {
    const answers: Row[] = [];
    let from = 0;
    while (from < rows.length) {
      const length = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(rows.length - from)));
      const values = rows.slice(from, from + length).flat();
      answers.push(...(yield { sql: textOf(length, rows[0]!.length), values }));
      from += length;
    }
    return answers;
  };
}
