/** Finds credentials in a campaign, by their value, and never repeats them. */

import type { Channel } from "../config/config.ts";
import type { Problem } from "../errors.ts";
import type { Source } from "../yaml/source.ts";
import type { Path } from "../yaml/yaml.ts";

export type SecretsOfChannels = ReadonlyMap<string, Pick<Channel, "realSecrets">>;

/** A credential's channel, and one of the forms in which it gives itself away. */
interface Telling {
  channel: string;
  form: string;
}

/** Errors for each credential of a channel in a campaign; its value is hidden in all other reports. */
export function leaksIn(source: Source, channels: SecretsOfChannels): Problem[] {
  const tellings = tellingsOf(channels);
  if (tellings.every(({ form }) => !source.text.includes(form))) return [];
  return textsIn(source.value, []).flatMap(([path, text]) => {
    const found = tellings.find(({ form }) => text.includes(form));
    if (!found) return [];
    source.hide(path);
    const before = text.slice(0, text.indexOf(found.form)).split("\n");
    const spot = { line: before.length, column: before.at(-1)!.length + 1, length: found.form.length };
    return [leak(`this is the credential of \`${found.channel}\``, { place: source.placeIn(path, spot) })];
  });
}

/** The same for finished texts without a place: of a template, a changelog, a plan file. */
export function leaksOf(said: unknown, channel: string, channels: SecretsOfChannels): Problem[] {
  const texts = textsIn(said, []).map(([, text]) => text);
  const found = tellingsOf(channels).find(({ form }) => texts.some((text) => text.includes(form)));
  if (!found) return [];
  const whose = found.channel === channel ? "its own credential" : `the credential of \`${found.channel}\``;
  return [leak(`the text for \`${channel}\` contains ${whose}`, { channel })];
}

/** For a file that could not be parsed: its lines may contain a credential, too. */
export function redactProblems(problems: readonly Problem[], channels: SecretsOfChannels): Problem[] {
  const forms = tellingsOf(channels).map(({ form }) => form);
  const redact = <T extends string | undefined>(text: T) =>
    forms.reduce<string | undefined>(
      (out, form) => out?.replaceAll(form, "*".repeat(form.length)),
      text,
    ) as T;
  return problems.map((problem) => ({
    ...problem,
    message: redact(problem.message),
    remedy: redact(problem.remedy),
    place: problem.place && { ...problem.place, text: redact(problem.place.text) },
  }));
}

function leak(message: string, where: Pick<Problem, "place" | "channel">): Problem {
  return {
    severity: "error",
    code: "literal-secret",
    message,
    remedy: "Remove it; and replace the credential if others have seen this file.",
    ...where,
  };
}

function tellingsOf(channels: SecretsOfChannels): Telling[] {
  return [...channels].flatMap(([channel, { realSecrets }]) =>
    realSecrets.flatMap((secret) => formsOf(secret).map((form) => ({ channel, form }))),
  );
}

// A short password may be a word that a text needs; a webhook is known by the end of its path.
function formsOf(secret: string): string[] {
  if (secret.length < 8 || (secret.length < 16 && /^\p{L}+$/u.test(secret))) return [];
  const url = /^https?:\/\//i.test(secret) && URL.canParse(secret) ? new URL(secret) : undefined;
  const segments = url?.pathname.split("/") ?? [];
  return [secret, ...segments.filter((segment) => segment.length >= 16 && /\d/.test(segment))];
}

function textsIn(value: unknown, path: Path): [Path, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return entries.flatMap(([key, item]) => textsIn(item, [...path, key]));
}
