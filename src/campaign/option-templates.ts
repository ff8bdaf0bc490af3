/** Options whose values come from the campaign's data: `tag: v{{ version }}`. What they are is known once it is filled in. */
import { isMap } from "../yaml/is-map.ts";
import type { Path } from "../yaml/places.ts";

/** Whether a value, or one inside of it, is to be filled in. */
export function hasTemplates(value: unknown): boolean {
  if (typeof value === "string") return value.includes("{{") || value.includes("{%");
  if (Array.isArray(value)) return value.some(hasTemplates);
  return isMap(value) && Object.values(value).some(hasTemplates);
}

/** The same value with every text in it through `fill`. */
export function filledIn(
  value: unknown,
  fill: (text: string, path: Path) => string,
  path: Path = [],
): unknown {
  if (typeof value === "string") return hasTemplates(value) ? fill(value, path) : value;
  if (Array.isArray(value)) return value.map((one, index) => filledIn(one, fill, [...path, index]));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, filledIn(one, fill, [...path, key])]),
  );
}
