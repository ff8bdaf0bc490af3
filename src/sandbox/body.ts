/** A request's body in whichever of the usual forms it came. */
import { type FormPart, parseMultipart } from "./multipart.ts";
import type { SandboxRequest } from "./network.ts";

export interface Fields {
  /** JSON as it is; form fields as strings, repeated ones and `name[]` as lists. */
  fields: Record<string, unknown>;
  files: FormPart[];
  type: "json" | "form" | "multipart" | "none" | "other";
  /** Set when the body is not what its Content-Type says. */
  malformed?: true;
}

export function readBody(request: SandboxRequest): Fields {
  const type = String(request.headers["content-type"] ?? "");
  if (request.body.length === 0) return { fields: {}, files: [], type: "none" };
  if (/^application\/(\S+\+)?json\b/i.test(type)) return readJson(request.body);
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return { fields: fromPairs(new URLSearchParams(request.body.toString("utf8"))), files: [], type: "form" };
  }
  if (/^multipart\/form-data\b/i.test(type)) return readMultipart(request.body, type);
  return { fields: {}, files: [], type: "other" };
}

function readJson(body: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return { fields: value as Record<string, unknown>, files: [], type: "json" };
    }
  } catch {
    // Said below: each network words this in its own way.
  }
  return { fields: {}, files: [], type: "json", malformed: true };
}

function readMultipart(body: Buffer, type: string): Fields {
  const parts = parseMultipart(body, type);
  if (!parts) return { fields: {}, files: [], type: "multipart", malformed: true };
  const texts = parts.filter(({ filename }) => filename === undefined);
  return {
    fields: fromPairs(texts.map(({ name, bytes }) => [name, bytes.toString("utf8")])),
    files: parts.filter(({ filename }) => filename !== undefined),
    type: "multipart",
  };
}

/** Query strings and forms: `ids[]=1&ids[]=2` is `{ ids: ["1", "2"] }`. */
export function fromPairs(pairs: Iterable<[string, string]>): Record<string, unknown> {
  const lists = new Map<string, string[]>();
  const asList = new Set<string>();
  for (const [key, value] of pairs) {
    const name = key.endsWith("[]") ? key.slice(0, -2) : key;
    if (key.endsWith("[]")) asList.add(name);
    lists.set(name, [...(lists.get(name) ?? []), value]);
  }
  const entries = [...lists].map(([name, values]) => [
    name,
    asList.has(name) || values.length > 1 ? values : values[0],
  ]);
  return Object.fromEntries(entries);
}

/** A string field; numbers count as strings, as forms make no difference. */
export function text(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** A yes or no, in JSON or as a form writes it. */
export function flag(value: unknown): boolean {
  return value === true || value === 1 || value === "true" || value === "1" || value === "on";
}

/** The bearer token of an Authorization header with this scheme. */
export function bearer(request: SandboxRequest, scheme = "Bearer"): string | undefined {
  const header = String(request.headers.authorization ?? "");
  const [word, token, ...rest] = header.split(" ");
  return word?.toLowerCase() === scheme.toLowerCase() && token && rest.length === 0 ? token : undefined;
}
