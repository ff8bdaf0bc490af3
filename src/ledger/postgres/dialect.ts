/** The ledger's statements as PostgreSQL takes them. */
import { LOCK_NAMES, type Statement, type Value } from "../database.ts";

/** `scope` keeps the names of one ledger apart from those of others in the same database. */
export function inPostgres({ sql, values }: Statement, scope: string): { text: string; values: unknown[] } {
  if (sql === LOCK_NAMES)
    return {
      text: "select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) with ordinality as wanted(name, place) order by place",
      values: [values.map((name) => `${scope} ${name}`)],
    };
  const text = sql
    .replace(/\(select value from json_each\((\$\d+)\)\)/g, "(select json_array_elements_text($1::json))")
    .replace(/\$(\d+)/g, (place, number) => place + castOf(values[Number(number) - 1]));
  return { text, values: values.map(plain) };
}

// A parameter among parameters has no type that could be found out.
function castOf(value: Value | undefined): string {
  if (typeof value !== "number") return "";
  return Number.isInteger(value) ? "::bigint" : "::float8";
}

// A text holds no NUL there. JSON writes it as an escape; only words of a server may hold one.
function plain(value: Value): Value {
  return typeof value === "string" && value.includes("\0") ? value.replaceAll("\0", "\uFFFD") : value;
}
