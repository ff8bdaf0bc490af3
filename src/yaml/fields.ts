/** Fields that several files have, as valibot schemas. */
import * as v from "valibot";
import { isUrl } from "../urls.ts";

/** Whether `tag` is a well-formed BCP 47 language tag. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

// The list is fast and a formatter is slow, but the formatter knows names that the list lacks.
function isTimezone(name: string): boolean {
  if (name === "UTC" || Intl.supportedValuesOf("timeZone").includes(name)) return true;
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

export function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s]+$/i.test(value) && isUrl(value);
}

/** A text that is not empty. */
export const words = (description: string) =>
  v.pipe(v.string(), v.nonEmpty("is empty"), v.description(description));

/** A BCP 47 tag. */
export const language = v.pipe(
  v.string(),
  v.check(isLanguage, "is not a language: write `en`, `it` or `pt-BR`"),
);
export const lang = (description: string) => v.pipe(language, v.description(description));

/** An IANA name, optional. */
export const timezone = (description: string) =>
  v.optional(
    v.pipe(
      v.string(),
      v.check(isTimezone, "is not a time zone: write it as in `Europe/Rome`"),
      v.description(description),
    ),
  );

/** Whether pictures are made to fit. */
export const fitMedia = (description: string) => v.optional(v.pipe(v.boolean(), v.description(description)));

/** How long a thread may get. */
export const maxPosts = (description: string) =>
  v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.maxValue(1000, "must be at most 1000"),
      v.description(description),
    ),
  );
