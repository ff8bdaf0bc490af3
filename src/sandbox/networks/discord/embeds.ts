/** Embeds: https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
import { codePoints } from "../../count.ts";
import { type Fields, fault } from "./refusals.ts";

const EMBED_LIMITS: [path: string[], max: number][] = [
  [["title"], 256],
  [["description"], 4_096],
  [["footer", "text"], 2_048],
  [["author", "name"], 256],
];

export function checkEmbeds(embeds: unknown): Record<string, unknown> {
  if (!Array.isArray(embeds))
    return { embeds: fault("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType") };
  if (embeds.length > 10)
    return { embeds: fault("BASE_TYPE_BAD_LENGTH", "Must be between 0 and 10 in length.") };
  const errors: Record<string, unknown> = {};
  let total = 0;
  for (const [n, embed] of embeds.entries()) {
    for (const [path, max] of EMBED_LIMITS) {
      const length = codePoints(
        String(path.reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], embed) ?? "").trim(),
      );
      total += length;
      if (length > max)
        errors[n] = {
          [path[0] as string]: fault("BASE_TYPE_MAX_LENGTH", `Must be ${max} or fewer in length.`),
        };
    }
    const list = Array.isArray(embed?.fields) ? (embed.fields as Fields[]) : [];
    if (list.length > 25)
      errors[n] = { fields: fault("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.") };
    for (const { name, value } of list) {
      const [a, b] = [codePoints(String(name ?? "")), codePoints(String(value ?? ""))];
      total += a + b;
      if (a === 0 || b === 0) errors[n] = { fields: fault("BASE_TYPE_REQUIRED", "This field is required") };
      if (a > 256 || b > 1_024)
        errors[n] = {
          fields: fault("BASE_TYPE_MAX_LENGTH", `Must be ${a > 256 ? 256 : 1_024} or fewer in length.`),
        };
    }
    const url = embed?.url;
    if (url !== undefined && !/^(https?|attachment):\/\/\S+$/.test(String(url))) {
      errors[n] = { url: fault("URL_TYPE_INVALID_URL", "Not a well formed URL.") };
    }
  }
  if (total > 6_000)
    return { embeds: fault("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000") };
  return Object.keys(errors).length > 0 ? { embeds: errors } : {};
}
