/** Where a ledger in PostgreSQL is: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME&sslmode=…`. */
import { isUrl } from "./urls.ts";

export interface PostgresPlace {
  /** As PostgreSQL's drivers take it. Holds the password: never shown. */
  url: string;
  /** Of the ledger's tables; projects that share a database have one each. */
  schema: string;
  /** For people: host, port, database and schema. */
  name: string;
}

const SCHEMA = "broadcast";

export function isPostgres(text: string): boolean {
  return /^postgres(ql)?:\/\//i.test(text);
}

/** `undefined` when it is not such an address, or its `schema` is not a plain name. */
export function postgresPlace(text: string): PostgresPlace | undefined {
  if (!isPostgres(text) || !isUrl(text)) return undefined;
  const url = new URL(text);
  const schema = url.searchParams.get("schema") ?? SCHEMA;
  if (!/^[a-z_][a-z0-9_]{0,47}$/.test(schema) || schema.startsWith("pg_")) return undefined;
  url.searchParams.delete("schema");
  const database = decoded(url.pathname.slice(1)) || decoded(url.username);
  // A socket's folder is written as a parameter.
  const host = url.hostname || url.searchParams.get("host") || "localhost";
  return { url: url.href, schema, name: `${host}${url.port ? `:${url.port}` : ""}/${database} (${schema})` };
}

/** The password in it, as written and as it is meant; empty when there is none. */
export function passwordsIn(text: string): string[] {
  if (!isUrl(text)) return [];
  const { password, searchParams } = new URL(text);
  const all = [password, decoded(password), ...searchParams.getAll("password")];
  return [...new Set(all)].filter((one) => one !== "");
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
