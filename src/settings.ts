/** How adapters describe their settings; JSON Schemas, docs and checks read it. */
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

/** Where an API is, when the channel names no other server: a proxy, a self-hosted one, the sandbox. */
export const base = (description: string, usual: string) =>
  v.optional(url(`${description}; default ${usual}`), usual);

export const text = (description: string) =>
  v.pipe(v.string(), v.nonEmpty("is empty"), v.description(description));

/** A file or folder; a relative one is relative to the folder of `broadcast.yml`, and arrives at the adapter absolute. */
export const path = (description: string) => v.pipe(text(description), v.metadata({ path: true }));

/** A program of the project's own; it runs only if broadcast.yml names it under `programs` as well. */
export const program = (description: string) =>
  v.pipe(text(description), v.metadata({ path: true, program: true }));

interface Schema {
  type?: string;
  description?: string;
  wrapped?: Schema;
  pipe?: Schema[];
  entries?: Record<string, Schema>;
  metadata?: Partial<Record<Mark, boolean>>;
}

type Mark = "secret" | "path" | "program";

/** Whether a setting was declared with `secret()`. */
export function isSecret(schema: unknown): boolean {
  return isMarked(schema, "secret");
}

/** Whether a setting was declared with `path()`. */
export function isPath(schema: unknown): boolean {
  return isMarked(schema, "path");
}

/** Whether a setting was declared with `program()`. */
export function isProgram(schema: unknown): boolean {
  return isMarked(schema, "program");
}

// Looks through `optional`, further checks and the like.
function isMarked(schema: unknown, mark: Mark): boolean {
  const { type, metadata, wrapped, pipe } = schema as Schema;
  if (type === "metadata") return metadata?.[mark] === true;
  return (
    (wrapped !== undefined && isMarked(wrapped, mark)) ||
    (pipe?.some((item) => isMarked(item, mark)) ?? false)
  );
}

/** What a setting is for, in the words it was declared with; empty when there are none. */
export function descriptionOf(schema: unknown): string {
  const { type, description, wrapped, pipe } = schema as Schema;
  if (type === "description" && description !== undefined) return description;
  const inner = [...(pipe ?? [])].reverse().concat(wrapped ?? []);
  return inner.map(descriptionOf).find((text) => text !== "") ?? "";
}

/** The settings of an object schema that every channel must have. */
export function requiredOf(schema: unknown): string[] {
  return Object.entries(entriesOf(schema)).flatMap(([name, entry]) =>
    (entry as Schema).type === "optional" ? [] : [name],
  );
}

/** The settings of an object schema by name, looking through checks on the whole. */
export function entriesOf(schema: unknown): Record<string, unknown> {
  const { entries, pipe } = schema as Schema;
  return entries ?? (pipe?.[0] ? entriesOf(pipe[0]) : {});
}
