/** Adapters that a project brings along: modules named under `adapters:` in broadcast.yml. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Adapter } from "../adapter.ts";
import { parseDuration } from "../duration.ts";
import { InputError, type Problem, type ProblemCode } from "../errors.ts";

/**
 * Imports the modules, in order, and returns every adapter that they export. `specifiers` are paths inside the project
 * (`./adapters/pager.js`) or names of packages installed there; `root` is the project's folder; `taken` are the names
 * that the program's own adapters have.
 * Throws an `InputError` with every problem of every module.
 */
export async function loadPlugins(
  specifiers: string[],
  root: string,
  taken: Iterable<string> = [],
): Promise<Plugins> {
  const loaded = await Promise.all(specifiers.map((specifier) => load(specifier, root)));
  const adapters = loaded.flatMap((found) => found.adapters);
  const problems = [
    ...loaded.flatMap((found) => found.problems),
    ...twice(adapters),
    ...alreadyOurs(adapters, taken),
  ];
  if (problems.length > 0) throw new InputError(problems);
  return { adapters, halves: loaded.flatMap(({ halves }) => halves) };
}

export interface Plugins {
  adapters: Adapter[];
  /** What the modules export as `sandbox`: halves of the sandbox, looked at by those that rehearse. */
  halves: unknown[];
}

interface Loaded extends Plugins {
  problems: Problem[];
}

async function load(specifier: string, root: string): Promise<Loaded> {
  let module: Record<string, unknown>;
  try {
    module = await import(pathToFileURL(await locate(specifier, root)).href);
  } catch (error) {
    return { adapters: [], halves: [], problems: [notLoaded(specifier, error)] };
  }
  const candidates = [...new Set(Object.values(module))].filter(looksLikeAdapter);
  if (candidates.length === 0) {
    const message = `${specifier} exports no adapter`;
    return {
      adapters: [],
      halves: [],
      problems: [problem("not-an-adapter", message, "Export what defineAdapter({ … }) returns")],
    };
  }
  const problems = candidates.flatMap((candidate) =>
    faultsOf(candidate).map((fault) =>
      problem("bad-adapter", `${specifier}: ${String(candidate.id)}: ${fault}`),
    ),
  );
  return {
    adapters: problems.length > 0 ? [] : (candidates as unknown as Adapter[]),
    halves: [module.sandbox ?? []].flat(),
    problems,
  };
}

async function locate(specifier: string, root: string): Promise<string> {
  if (/^\.{1,2}[\\/]/.test(specifier) || isAbsolute(specifier)) {
    const path = resolve(root, specifier);
    const inside = relative(root, path);
    if (inside.startsWith("..") || isAbsolute(inside)) throw new Error("it is outside the project's folder");
    return path;
  }
  if (!/^(@[\w.-]+\/)?\w[\w.-]*(\/[\w./-]+)?$/.test(specifier))
    throw new Error("is neither a path nor a package name");
  try {
    return createRequire(join(root, "package.json")).resolve(specifier);
  } catch (error) {
    // A package that is for `import` only does not show itself to `require`.
    if ((error as NodeJS.ErrnoException).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    return importEntry(specifier, root);
  }
}

async function importEntry(name: string, root: string): Promise<string> {
  for (let folder = root; ; folder = dirname(folder)) {
    const home = join(folder, "node_modules", name);
    const manifest = await readFile(join(home, "package.json"), "utf8").catch(() => undefined);
    if (manifest !== undefined) {
      const { exports } = JSON.parse(manifest) as { exports?: unknown };
      const entry = target((exports as Record<string, unknown> | undefined)?.["."] ?? exports);
      if (entry === undefined) throw new Error("its package.json has no entry for import");
      return join(home, entry);
    }
    if (dirname(folder) === folder) throw new Error("it is not installed");
  }
}

function target(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (typeof exports !== "object" || exports === null) return undefined;
  const { node, import: esm, default: other } = exports as Record<string, unknown>;
  return target(node) ?? target(esm) ?? target(other);
}

function notLoaded(specifier: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  const remedies: Record<string, string> = {
    MODULE_NOT_FOUND: "Install the package in the project, or write a path that begins with ./",
    ERR_MODULE_NOT_FOUND: "Check the path: it is meant from the folder of broadcast.yml",
    ERR_UNKNOWN_FILE_EXTENSION: "Name the built .js file; this Node does not run TypeScript",
  };
  const words = String(message ?? error).split("\n")[0];
  return problem("adapter-not-loaded", `${specifier} cannot be loaded: ${words}`, remedies[code ?? ""]);
}

function looksLikeAdapter(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && "id" in value && "publish" in value;
}

const SHAPES = ["short", "chat", "article", "mail"];
const GROUPS = ["public", "community", "team", "writing", "knowledge", "video", "machine"];
const FUNCTIONS = [
  "endpoint",
  "cost",
  "check",
  "prepare",
  "find",
  "account",
  "read",
  "edit",
  "retract",
  "metrics",
  "replies",
  "blind",
  "classify",
];
const THREADS = ["reply", "sequence", "none"];
const CARDS = ["network", "ours", "none"];

/** What keeps a value from being an adapter; the contract suite in `testing` looks deeper. */
function faultsOf(it: Record<string, unknown>): string[] {
  const says = (field: string, ok: boolean, what: string) => (ok ? [] : [`${field} ${what}`]);
  const has = (value: unknown, ...fields: string[]) =>
    typeof value === "object" && value !== null && fields.every((field) => field in value);
  const rates = it.rates as { posts?: unknown; per?: unknown }[];
  const idempotency = String(it.idempotency);
  return [
    ...says("id", typeof it.id === "string" && /^[a-z][a-z0-9-]*$/.test(it.id), "must be a lower-case word"),
    ...says("name", typeof it.name === "string" && it.name !== "", "is missing"),
    ...says("source", has(it.source, "url", "checked"), "must have url and checked"),
    ...says("shape", SHAPES.includes(String(it.shape)), `must be one of ${SHAPES.join(", ")}`),
    ...says("group", GROUPS.includes(String(it.group)), `must be one of ${GROUPS.join(", ")}`),
    ...says("channel", has(it.channel, "entries", "~run"), "must be a valibot strict object"),
    ...says("options", has(it.options, "entries", "~run"), "must be a valibot strict object"),
    ...says("auth", has(it.auth, "kind", "steps"), "must have kind and steps"),
    ...says("text", has(it.text, "max", "unit", "markup"), "must have max, unit and markup"),
    ...says(
      "media",
      it.media === "none" || has(it.media, "count", "alt"),
      'must have count and alt, or be "none"',
    ),
    ...says("thread", THREADS.includes(String(it.thread)), `must be one of ${THREADS.join(", ")}`),
    ...says("card", CARDS.includes(String(it.card)), `must be one of ${CARDS.join(", ")}`),
    ...says(
      "rates",
      Array.isArray(rates) &&
        rates.every(({ posts, per }) => Number(posts) > 0 && parseDuration(String(per))),
      "must be a list of { posts, per }",
    ),
    ...says(
      "idempotency",
      ["forever", "none"].includes(idempotency) || parseDuration(idempotency) !== undefined,
      'must be a duration, "forever" or "none"',
    ),
    ...says(
      "edits",
      it.edits === "none" || typeof it.edits === "function" || has(it.edits, "fields"),
      'must name its fields, or be "none"',
    ),
    ...says(
      "retracts",
      it.retracts === "none" || typeof it.retracts === "function" || has(it.retracts),
      'must be an object, or "none"',
    ),
    ...says(
      "charges",
      it.charges === undefined ||
        (has(it.charges) &&
          Object.values(it.charges as object).every(
            (one) => has(one, "amount", "currency") && (one as { amount: number }).amount >= 0,
          )),
      "must be { edit, retract, read }, each with amount and currency",
    ),
    ...says("publish", typeof it.publish === "function", "must be a function"),
    ...FUNCTIONS.flatMap((name) =>
      says(name, it[name] === undefined || typeof it[name] === "function", "must be a function"),
    ),
  ];
}

function twice(adapters: Adapter[]): Problem[] {
  const ids = adapters.map(({ id }) => id);
  const repeated = new Set(ids.filter((id, index) => ids.indexOf(id) !== index));
  return [...repeated].map((id) =>
    problem("adapter-twice", `two plug-ins are called ${id}`, "Leave one of them out of adapters:"),
  );
}

// One with the name of a built-in would silently take over that network's channels and credentials.
function alreadyOurs(adapters: Adapter[], taken: Iterable<string>): Problem[] {
  const own = new Set(taken);
  return [...new Set(adapters.map(({ id }) => id))]
    .filter((id) => own.has(id))
    .map((id) =>
      problem(
        "adapter-twice",
        `a plug-in is called ${id}, and so is a built-in network`,
        "Give the plug-in's adapter another id",
      ),
    );
}

function problem(code: ProblemCode, message: string, remedy?: string): Problem {
  return { severity: "error", code, message, ...(remedy && { remedy }) };
}
