/** The small words in which adapters describe their settings; JSON Schemas, docs and checks read them. */
import * as v from "valibot";

/** A credential: comes from `${ENV_NAME}` only, is masked in every output, never enters plan or ledger. */
export const secret = (description: string) =>
  v.pipe(v.string(), v.nonEmpty("is empty"), v.metadata({ secret: true }), v.description(description));

/** A base URL, http or https, without a trailing slash after reading. */
export const url = (description: string) =>
  v.pipe(
    v.string(),
    v.url("is not a URL: write it with https://"),
    v.check((value) => /^https?:\/\//i.test(value), "must start with https:// or http://"),
    v.transform((value) => value.replace(/\/+$/, "")),
    v.description(description),
  );

export const text = (description: string) =>
  v.pipe(v.string(), v.nonEmpty("is empty"), v.description(description));

interface Schema {
  type?: string;
  wrapped?: Schema;
  pipe?: Schema[];
  entries?: Record<string, Schema>;
  metadata?: { secret?: boolean };
}

/** Whether a setting was declared with `secret()`, looking through `optional`, further checks and the like. */
export function isSecret(schema: unknown): boolean {
  const { type, metadata, wrapped, pipe } = schema as Schema;
  if (type === "metadata") return metadata?.secret === true;
  return (wrapped !== undefined && isSecret(wrapped)) || (pipe?.some(isSecret) ?? false);
}

/** The settings of an object schema by name, looking through checks on the whole. */
export function entriesOf(schema: unknown): Record<string, unknown> {
  const { entries, pipe } = schema as Schema;
  return entries ?? (pipe?.[0] ? entriesOf(pipe[0]) : {});
}
