/** Liquid: a campaign's words into a template's Markdown. Loads the engine: reach this file by a dynamic import. */
import { join } from "node:path";
import { LiquidError, type Template, type Token } from "liquidjs";
import { collectProblems, InputError, type Place, type Problem, type ProblemCode } from "../errors.ts";
import { isWithin, readFileInside } from "../project-file.ts";
import type { Entry } from "../sources/feed.ts";
import { type Release, releaseData } from "../sources/release.ts";
import { didYouMean, listed } from "../suggest.ts";
import { inMarkdown } from "../text/in-markdown.ts";
import { decode } from "../yaml/encoding.ts";
import { MOST_BYTES, type Spot, shownPath } from "../yaml/source.ts";
import { createEngine, type Engine } from "./liquid.ts";

/** Everything that a template or a text can name; `vars` are also at the top. */
export interface TemplateData {
  /** Title, summary and body may hold Liquid: they are filled first, in this order, each knowing the ones before. */
  title?: string;
  summary?: string;
  body?: string;
  link?: string;
  tags: string[];
  vars: Record<string, unknown>;
  kind: string;
  lang?: string;
  /** For dates; default UTC. */
  timezone?: string;
  channel: { name: string; network: string };
  campaign: { id: string };
  /** What `--from` said. */
  release?: Release;
  /** Of the feed; its texts are escaped here, so that they are words and nothing else. */
  entry?: Entry;
  /** Which time this is, where a campaign comes again: by the channel's own clock. */
  occurrence?: { date: string; time: string; number?: number; count?: number };
}

export interface FilledTemplate {
  markdown: string;
  title?: string;
  summary?: string;
  body?: string;
  /** The template's file, as shown: `templates/release/short.md`. */
  template: string;
}

/** Where a spot in one of the campaign's own texts is. */
export type Locate = (text: "title" | "summary" | "body", spot: Spot) => Place | undefined;

export interface Templates {
  /** Takes the first template of `names` (channel, network, shape, "default"). Throws InputError with a place. */
  render(kind: string, names: string[], data: TemplateData, locate?: Locate): FilledTemplate;
  /** Fills Liquid in one text (an alt text, a UTM value). Throws InputError. */
  fill(text: string, data: TemplateData, locate?: (spot: Spot) => Place | undefined): string;
  /** Whether a condition holds. Throws InputError. */
  holds(condition: string, data: TemplateData, locate: (spot: Spot) => Place | undefined): boolean;
}

export interface TemplateOptions {
  /** Absolute: the project's, then the shipped one. The first folder that has any of the names wins. */
  folders: string[];
  /** The project's folder: what a link among the templates may lead to. */
  root?: string;
  /** The current folder. */
  cwd?: string;
}

interface TemplateFile {
  shown: string;
  text: string;
}

type Scope = Record<string, unknown>;

export function createTemplates({ folders, root, cwd }: TemplateOptions): Templates {
  const engines = remembered(([lang, timezone]: [string?, string?]) => createEngine(lang, timezone));
  // Many channels share a template or a text.
  const parsed = new Map<string, Template[]>();
  const files = remembered(([folder, path]: [folder: string, path: string]) => {
    const inside = root !== undefined && isWithin(root, folder) ? root : folder;
    return readTemplate(inside, path, shownPath(path, cwd));
  });

  const filled = (
    text: string,
    scope: Scope,
    data: TemplateData,
    locate: (spot: Spot) => Place | undefined,
  ) => {
    if (isPlain(text)) return text;
    const engine = engines([data.lang, data.timezone]);
    let template: Template[];
    try {
      const key = JSON.stringify([data.lang, data.timezone, text]);
      template = parsed.get(key) ?? engine.parse(text);
      parsed.set(key, template);
      return engine.render(template, scope);
    } catch (error) {
      if (!LiquidError.is(error)) throw error;
      const first = problemOf(error, engine, scope, locate);
      // Past a limit, further errors mean nothing.
      if (first.code === "template-limit" || isLarge(text)) throw new InputError(first);
      throw new InputError(problemsOf(engine.mistakes(error, text, scope), engine, scope, locate));
    }
  };

  return {
    render(kind, names, data, locate) {
      const scope = scopeOf(data);
      const problems: Problem[] = [];
      for (const key of ["title", "summary", "body"] as const) {
        const text = data[key];
        if (text === undefined) continue;
        scope[key] =
          collectProblems(problems, () => filled(text, scope, data, (spot) => locate?.(key, spot))) ?? text;
      }
      const file = firstFile(kind, names, folders, files) ?? missing(kind, names, folders, cwd);
      const whole = collectProblems(problems, () =>
        filled(file.text, scope, data, (spot) => placeIn(file, spot)),
      );
      if (whole === undefined || problems.length > 0) throw new InputError(problems);
      const markdown = whole.trim();
      const { title, summary, body } = scope as Pick<FilledTemplate, "title" | "summary" | "body">;
      return {
        markdown,
        template: file.shown,
        title: title ?? undefined,
        summary: summary ?? undefined,
        body: body ?? undefined,
      };
    },
    holds(condition, data, locate) {
      if (!isCondition(condition)) throw new InputError(badCondition(condition, locate));
      const scope = scopeOf(data);
      const engine = engines([data.lang, data.timezone]);
      try {
        return engine.holds(condition, scope);
      } catch (error) {
        throw new InputError(problemOf(error, engine, scope, locate));
      }
    },
    fill: (text, data, locate) =>
      isPlain(text) ? text : filled(text, scopeOf(data), data, (spot) => locate?.(spot)),
  };
}

// Most texts hold no Liquid at all.
const isPlain = (text: string): boolean => !text.includes("{{") && !text.includes("{%");

// Liquid ignores what it does not understand; here that would decide whether something is sent.
const OPERAND = String.raw`(?:"[^"]*"|'[^']*'|-?\d+(?:\.\d+)?|(?!(?:and|or|not|contains)\b)[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\])*)`;
const CLAUSE = String.raw`(?:not\s+)?${OPERAND}(?:\s*(?:==|!=|<=|>=|<|>)\s*${OPERAND}|\s+contains\s+${OPERAND})?`;
const CONDITION = new RegExp(String.raw`^\s*${CLAUSE}(?:\s+(?:and|or)\s+${CLAUSE})*\s*$`);

function isCondition(text: string): boolean {
  return text.length <= 500 && CONDITION.test(text);
}

function badCondition(text: string, locate: (spot: Spot) => Place | undefined): Problem {
  return {
    severity: "error",
    code: "bad-condition",
    message: `\`${text.slice(0, 60)}\` is not a condition`,
    remedy:
      'Compare with ==, !=, <, >, <=, >= or contains; join with and, or: release.prerelease == false and kind == "release".',
    place: locate({ line: 1, column: 1 }),
  };
}

/** Absent values are null, so that a template may test for them without an error. */
function scopeOf({
  title,
  summary,
  body,
  link,
  tags,
  vars,
  kind,
  lang,
  channel,
  campaign,
  occurrence,
  release,
  entry,
}: TemplateData): Scope {
  return {
    ...vars,
    title: title ?? null,
    summary: summary ?? null,
    body: body ?? null,
    link: link ?? null,
    tags,
    vars,
    kind,
    lang: lang ?? null,
    channel,
    campaign,
    ...(occurrence && { occurrence }),
    ...(release && { release: releaseData(release) }),
    ...(entry && { entry: entryData(entry) }),
  };
}

/** Any template of the project goes before every shipped one, also if the shipped one is for the channel's network. */
function firstFile(
  kind: string,
  names: readonly string[],
  folders: readonly string[],
  files: (place: [folder: string, path: string]) => TemplateFile | undefined,
): TemplateFile | undefined {
  for (const folder of folders) {
    for (const name of names) {
      if (/[/\\]|^\./.test(name)) continue;
      const file = files([folder, join(folder, kind, `${name}.md`)]);
      if (file) return file;
    }
  }
  return undefined;
}

function missing(kind: string, names: readonly string[], folders: readonly string[], cwd?: string): never {
  const folder = folders[0] ? shownPath(join(folders[0], kind), cwd) : kind;
  throw new InputError({
    severity: "error",
    code: "no-template",
    message: `there is no template for the kind \`${kind}\``,
    remedy: `Write ${listed(names.map((name) => `${folder}/${name}.md`))}.`,
  });
}

function readTemplate(folder: string, path: string, shown: string): TemplateFile | undefined {
  const fail = (code: ProblemCode, message: string, remedy?: string): never => {
    throw new InputError({ severity: "error", code, message, remedy, place: { file: shown } });
  };
  const bytes = readFileInside(path, { inside: folder, shown, most: MOST_BYTES });
  if (bytes === undefined) return undefined;
  const text = decode(bytes);
  return typeof text === "string" ? { shown, text } : fail(text.code, text.message, text.remedy);
}

function placeIn(file: TemplateFile, { line, column, length }: Spot): Place {
  return { file: file.shown, line, column, length, text: file.text.split(/\r?\n/)[line - 1] };
}

/** Each error once. Past a limit every further step fails, so that is reported once. */
function problemsOf(
  mistakes: readonly unknown[],
  engine: Engine,
  scope: Scope,
  locate: (spot: Spot) => Place | undefined,
): Problem[] {
  const seen = new Set<string>();
  return mistakes
    .map((mistake) => problemOf(mistake, engine, scope, locate))
    .filter(({ code, message, place }) => {
      const key = code === "template-limit" ? code : `${place?.line}:${place?.column} ${message}`;
      return !seen.has(key) && seen.add(key);
    });
}

// The places of further mistakes are found by reading it all again for each.
const isLarge = (text: string): boolean => (text.match(/\{[{%]/g)?.length ?? 0) > 1_000;

function problemOf(
  error: unknown,
  engine: Engine,
  scope: Scope,
  locate: (spot: Spot) => Place | undefined,
): Problem {
  if (!LiquidError.is(error)) throw error;
  const { token } = error as LiquidError;
  const cause =
    (error as LiquidError).originalError?.message ??
    (error as Error).message.replace(/, (file|line):.*$/s, "");
  const [line = 1, column = 1] = token.getPosition();
  return {
    severity: "error",
    ...worded(cause, engine, scope, isAfterDollar(token)),
    place: locate({ line, column, length: lengthOf(token) }),
  };
}

// `${{ secrets.TOKEN }}` is meant for GitHub Actions, and never for us.
function isAfterDollar({ input, begin }: Token): boolean {
  return input[input.lastIndexOf("{{", begin) - 1] === "$";
}

const RAW = "write `{% raw %}` before them and `{% endraw %}` after them";

function worded(
  cause: string,
  engine: Engine,
  scope: Scope,
  meantAsText: boolean,
): Pick<Problem, "code" | "message" | "remedy"> {
  const variable = cause.match(/^undefined variable: (.+)$/)?.[1];
  if (variable === "release" || variable?.startsWith("release.")) {
    const known = scope.release as object | undefined;
    return {
      code: known ? "undefined-variable" : "no-release",
      message: known ? `\`${variable}\` is not defined` : `\`${variable}\` is known only with \`--from\``,
      remedy: known
        ? `A release has ${listed(Object.keys(known), "and")}.`
        : "Add --from changelog, --from tag, --from github or --from package.json.",
    };
  }
  if (variable) {
    const names = variable.startsWith("vars.")
      ? Object.keys(scope.vars as object).map((name) => `vars.${name}`)
      : Object.keys(scope);
    return {
      code: "undefined-variable",
      message: `\`${variable}\` is not defined`,
      remedy: meantAsText
        ? `To show the braces as they are, ${RAW}.`
        : didYouMean(variable, names).replace(/^(Choose|There).*/, "") ||
          `Add \`${variable.replace(/^vars\./, "")}:\` under \`vars:\`; or, to show the braces as they are, ${RAW}.`,
    };
  }
  const filter = cause.match(/^undefined filter: (.+)$/)?.[1];
  if (filter) {
    return {
      code: "unknown-filter",
      message: `there is no filter \`${filter}\``,
      remedy: didYouMean(filter, engine.filters) || undefined,
    };
  }
  if (/limit exceeded$/.test(cause)) {
    return {
      code: "template-limit",
      message: "this template takes too long, or makes too much text",
      remedy: "Check its loops.",
    };
  }
  return {
    code: "template-syntax",
    message: `Liquid does not understand this: ${cause}`,
    remedy: "Check the braces and quotes.",
  };
}

/** The caret underlines one line. */
function lengthOf(token: Token): number {
  const stop = token.input.indexOf("\n", token.begin);
  return Math.max(1, Math.min(token.end, stop < 0 ? token.input.length : stop) - token.begin);
}

/** One result for each argument, by its content. */
function remembered<Argument, Result>(make: (argument: Argument) => Result): (argument: Argument) => Result {
  const made = new Map<string, Result>();
  return (argument) => {
    const key = JSON.stringify(argument);
    if (!made.has(key)) made.set(key, make(argument));
    return made.get(key)!;
  };
}

// An address stays what it is: it holds nothing that Markdown would read.
function entryData({ url, image, published, tags, ...words }: Entry): Record<string, unknown> {
  const texts = Object.fromEntries(Object.entries(words).map(([name, text]) => [name, inMarkdown(text)]));
  return { ...texts, url, image, published, tags: tags.map(inMarkdown) };
}
