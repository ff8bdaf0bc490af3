/** Members of a body; unknown ones are refused. */
import { invalid } from "./state.ts";

export function known(fields: object, members: ReadonlySet<string>, path: string): void {
  const other = Object.keys(fields).find((key) => !members.has(key));
  if (other !== undefined) throw invalid(`${path}${other}: is not a known property and not allowed`);
}

export function objectOf(
  value: unknown,
  name: string,
  members: string[],
): Record<string, unknown> | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "object" || value === null) throw invalid(`${name}: must be an object`);
  known(value, new Set(members), `${name}.`);
  return value as Record<string, unknown>;
}
