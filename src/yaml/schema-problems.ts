/** Valibot's issues as problems for the author of the file. */
import type { BaseIssue, GenericSchema } from "valibot";
import { safeParse } from "valibot";
import type { Problem } from "../errors.ts";
import { didYouMean, listed, suggest } from "../suggest.ts";
import type { Path } from "./places.ts";
import type { Source } from "./source.ts";

export interface Context {
  source: Source;
  /** What was checked, for "did you mean". */
  schema: unknown;
  /** Where the checked value is in the file. */
  at?: Path;
  /** Whether the value at a path may be shown. Default: always. */
  shows?: (path: Path) => boolean;
}

type Issue = BaseIssue<unknown>;

/** A schema, as far as it matters for finding one's way in it. */
interface Node {
  type?: string;
  entries?: Record<string, Node>;
  wrapped?: Node;
  value?: Node;
  item?: Node;
  options?: Node[] | unknown[];
}

// Valibot reports one unknown key of an object at a time; a file with more than these is the wrong file.
const MOST_UNKNOWN_KEYS = 20;

/** Checks a value and finds everything that is wrong, every unknown key too. The output is there when nothing is. */
export function check(schema: GenericSchema, value: unknown): { output?: unknown; issues: Issue[] } {
  const unknown: Issue[] = [];
  let rest = value;
  for (;;) {
    const { success, output, issues = [] } = safeParse(schema, rest);
    if (success && unknown.length === 0) return { output, issues: [] };
    const found = issues.filter(({ expected, path }) => expected === "never" && path);
    if (found.length === 0 || unknown.length >= MOST_UNKNOWN_KEYS) return { issues: [...unknown, ...issues] };
    if (unknown.length === 0) rest = structuredClone(value);
    unknown.push(...found);
    for (const issue of found) remove(rest, pathOf(issue));
  }
}

export function problemsOf(issues: readonly Issue[], context: Context): Problem[] {
  // One value may break several rules of a pipe; the first is what its author can act on.
  const seen = new Set<string>();
  const first = issues.filter((issue) => {
    const key = JSON.stringify(pathOf(issue));
    return !seen.has(key) && seen.add(key);
  });
  return first.flatMap((issue) => problemsOfOne(issue, context));
}

function problemsOfOne(issue: Issue, context: Context): Problem[] {
  const steps = pathOf(issue);
  if (issue.type === "union") {
    const closer = closestOption(issue, context, steps);
    if (closer) return closer;
  }
  const path = [...(context.at ?? []), ...steps];
  const named = path.length > 0 ? `\`${describePath(path)}\`` : "the file";
  const isKey = issue.path?.at(-1)?.origin === "key";
  const { code, message, remedy } = worded(issue, named, steps, isKey, context);
  return [
    { severity: "error", code, message, remedy, place: context.source.place(path, isKey ? "key" : "value") },
  ];
}

function worded(
  issue: Issue,
  named: string,
  steps: Path,
  isKey: boolean,
  { schema, shows, source, at = [] }: Context,
): Pick<Problem, "code" | "message" | "remedy"> {
  const received = issue.received;
  if (issue.type === "strict_object" && issue.expected === "never") {
    const key = String(steps.at(-1));
    return {
      code: "unknown-key",
      message: `${named} is not a known key here`,
      remedy: remedyForKey(key, keysAt(schema, steps.slice(0, -1))),
    };
  }
  if (isKey && received === "undefined") {
    return {
      code: "missing-key",
      message: `${named} is missing`,
      remedy: `Add \`${String(steps.at(-1))}:\`.`,
    };
  }
  if (received === "null") {
    const line = source.place([...at, ...steps]).text ?? "";
    const remedy = /[:-]\s+#/.test(line)
      ? "`#` starts a comment: leave it out, or put the value in quotes."
      : "Write one, or remove the line.";
    return { code: "no-value", message: `${named} has no value`, remedy };
  }
  if (issue.type === "picklist") {
    const choices = (nodesAt(schema, steps)[0]?.options ?? []).map(String);
    const written = typeof issue.input === "string" ? issue.input : "";
    return {
      code: steps.at(-1) === "kind" ? "unknown-kind" : "unknown-value",
      message: `${named} must be one of ${listed(choices)}`,
      remedy: didYouMean(written, choices) || undefined,
    };
  }
  // A message of our own is a predicate: `is empty`.
  if (!/^Invalid /.test(issue.message)) {
    return {
      code: issue.kind === "schema" ? "wrong-type" : "wrong-value",
      message: `${named} ${issue.message}`,
      remedy: cure(issue, keysAt(schema, steps)),
    };
  }
  if (issue.kind === "schema") {
    if (isBareFile(issue, keysAt(schema, steps)))
      return {
        code: "wrong-type",
        message: `${named} must say \`file:\` before its name, and \`alt:\` with a description`,
        remedy: cure(issue, keysAt(schema, steps)),
      };
    const visible = shows?.([...at, ...steps]) ?? true;
    const was = visible && received && received.length < 60 ? `, not ${received}` : "";
    return {
      code: "wrong-type",
      message: `${named} must be ${spokenType(issue.expected)}${was}`,
      remedy: cure(issue, keysAt(schema, steps)),
    };
  }
  return { code: "wrong-value", message: `${named} is not valid: expected ${issue.expected ?? issue.type}` };
}

/** What people write for some keys. */
const SYNONYMS: Record<string, readonly string[]> = {
  body: ["content", "message", "description"],
  channels: ["channel", "networks", "network", "to"],
  link: ["url", "href"],
  media: ["image", "images", "picture", "photo", "video", "attachment", "attachments", "file", "files"],
  tags: ["hashtags", "hashtag", "keywords", "labels"],
  title: ["headline", "subject", "name"],
  at: ["date", "time", "publish", "schedule_at"],
};

function remedyForKey(key: string, known: readonly string[]): string {
  const near = suggest(key, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  const meant = known.find((one) => SYNONYMS[one]?.includes(key.toLowerCase()));
  if (meant === "media") return "Write it under `media:`, as `- file: hero.png` with `alt:` below it.";
  if (meant !== undefined) return `Call it \`${meant}\`.`;
  return didYouMean(key, known) || "Remove it.";
}

/** `media: [x.png]` */
function isBareFile({ expected, input }: Issue, keys: readonly string[]): boolean {
  return expected === "Object" && typeof input === "string" && keys[0] === "file";
}

function cure(issue: Issue, keys: readonly string[]): string | undefined {
  if (isBareFile(issue, keys) && typeof issue.input === "string") {
    return `Write \`- file: ${issue.input.slice(0, 60)}\`, and \`alt:\` below it.`;
  }
  const wantsText = /string/.test(issue.expected ?? "");
  if (wantsText && ["number", "boolean"].includes(typeof issue.input)) {
    return "Put it in quotes.";
  }
  if (issue.expected === "Array" && typeof issue.input === "string") {
    return "Put it in brackets: [ … ].";
  }
  return undefined;
}

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  boolean: "true or false",
  Array: "a list",
  Object: "keys and values",
};

function spokenType(expected: string | null): string {
  return (expected && TYPES[expected]) ?? expected ?? "something else";
}

/** `media[0].alt`. */
function describePath(path: Path): string {
  return path
    .map((step, index) => (typeof step === "number" ? `[${step}]` : index ? `.${step}` : step))
    .join("");
}

function pathOf(issue: Issue): Path {
  return (issue.path ?? []).map((item) => item.key as string | number);
}

/**
 * Of a union the option that was meant is the one with the fewest faults, and its faults are the news; `undefined` when
 * none of them has the right shape at all.
 */
function closestOption(issue: Issue, context: Context, steps: Path): Problem[] | undefined {
  const options = nodesAt(context.schema, steps).flatMap((node) =>
    node.type === "union" ? (node.options ?? []) : [],
  );
  const tried = options
    .map((option) => ({ option, issues: safeParse(option as GenericSchema, issue.input).issues ?? [] }))
    .filter(({ issues }) => issues.every((one) => one.path !== undefined || one.kind !== "schema"))
    .sort((a, b) => weight(a.issues) - weight(b.issues));
  const best = tried[0];
  if (!best) return undefined;
  return problemsOf(best.issues, { ...context, schema: best.option, at: [...(context.at ?? []), ...steps] });
}

/** A key that does not belong there speaks louder against an option than one that is missing. */
function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, { expected }) => sum + (expected === "never" ? 3 : 2), 0);
}

/**
 * The valid part of a value with errors, so that the rest is checked in the same run. A list with
 * an error is left out completely: without the wrong item the others would have another index.
 */
export function salvage(
  schema: ObjectSchema,
  value: object,
  issues: readonly Issue[],
): Record<string, unknown> {
  const rest = structuredClone(value) as Record<string, unknown>;
  for (const issue of issues) {
    const path = pathOf(issue);
    const item = path.findIndex((step) => typeof step === "number");
    const absent = issue.received === "undefined" ? path.slice(0, -1) : path;
    remove(rest, item < 0 ? absent : path.slice(0, item));
  }
  const right = Object.entries(schema.entries).flatMap(([key, entry]) => {
    const read = Object.hasOwn(rest, key) ? safeParse(entry, rest[key]) : undefined;
    return read?.success ? [[key, read.output]] : [];
  });
  return Object.fromEntries(right) as Record<string, unknown>;
}

interface ObjectSchema {
  entries: Record<string, GenericSchema>;
}

function remove(from: unknown, path: Path): void {
  const key = path.at(-1);
  let parent = from;
  for (const step of path.slice(0, -1)) parent = (parent as Record<string, unknown> | undefined)?.[step];
  if (key !== undefined && typeof parent === "object" && parent !== null) {
    delete (parent as Record<string, unknown>)[key];
  }
}

/** The keys that are allowed at a path of a schema. */
export function keysAt(schema: unknown, path: Path): string[] {
  return [...entriesAt(schema, path).keys()];
}

/** The same with what each key's value must be; of a union the entries of all its options. */
export function entriesAt(schema: unknown, path: Path): Map<string, unknown> {
  return new Map(nodesAt(schema, path).flatMap((node) => Object.entries(node.entries ?? {})));
}

/** The schemas that may apply at a path: several where there is a union. */
function nodesAt(schema: unknown, path: Path): Node[] {
  let nodes = opened(schema as Node);
  for (const step of path) {
    nodes = nodes.flatMap((node) => {
      const next = node.entries ? node.entries[String(step)] : (node.value ?? node.item);
      return next ? opened(next) : [];
    });
  }
  return nodes;
}

/** Looks through `optional` and the like; a union stays, and its options come along. */
function opened(node: Node): Node[] {
  if (node.wrapped) return opened(node.wrapped);
  if (node.type !== "union" && node.type !== "variant") return [node];
  return [node, ...((node.options ?? []) as Node[]).flatMap(opened)];
}
