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

/** Whether a setting was declared with `secret()`, looking through `optional` and the like. */
export function isSecret(schema: unknown): boolean {
  const node = schema as { type?: string; wrapped?: unknown; pipe?: { type?: string; metadata?: { secret?: boolean } }[] };
  if (node.wrapped) return isSecret(node.wrapped);
  return node.pipe?.some((item) => item.type === "metadata" && item.metadata?.secret === true) ?? false;
}
