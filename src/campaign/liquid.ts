/** The Liquid engine as campaigns may use it: strict, without files, bounded in time and output, deterministic. */
import {
  filters,
  Liquid,
  LiquidError,
  type LiquidOptions,
  Parser,
  type Template,
  type TopLevelToken,
  toValueSync,
} from "liquidjs";
import { plain } from "../text/render.ts";

/** Milliseconds for one text. Campaigns take one; an endless loop takes all of them. */
const TIME = 1000;
/** Characters and list items that one text may produce. */
const OUTPUT = 2_000_000;

/** Filters that give another text on another day or machine. */
const UNSTEADY = ["sample", "date_to_xmlschema", "date_to_rfc822", "date_to_string", "date_to_long_string"];

export interface Engine {
  parse(text: string): Template[];
  render(template: Template[], data: object): string;
  /** All that is wrong with a text, as Liquid says it, of which `error` was the first. */
  mistakes(error: unknown, text: string, data: object): unknown[];
  /** Whether a condition holds: `release.prerelease == false and kind == "release"`. */
  holds(condition: string, data: object): boolean;
  filters: string[];
}

/** `lang` is for the names of months and for sentences; `timezone` for dates that have none. */
export function createEngine(lang = "en", timezone = "UTC"): Engine {
  const liquid = createLiquid(lang, timezone);
  return {
    parse: (text) => new LinearParser(liquid).parse(text),
    render: (template, data) => String(liquid.renderSync(template, data)),
    mistakes(error, text, data) {
      const all = (settings: LiquidOptions) => {
        try {
          createLiquid(lang, timezone, { ...settings, catchAllErrors: true }).parseAndRenderSync(text, data);
          return [];
        } catch (thrown) {
          return singly(thrown);
        }
      };
      const found = all({});
      // Filters are looked up before anything is filled in.
      const rest = found.some(isUnknownFilter) ? all({ strictFilters: false }) : [];
      const told = [...found, ...rest].filter((each) => LiquidError.is(each));
      return told.length > 0 ? told : [error];
    },
    holds(condition, data) {
      const value: unknown = liquid.evalValueSync(condition, data);
      return value !== false && value !== null && value !== undefined;
    },
    filters: Object.keys(liquid.filters),
  };
}

// A block that holds mistakes is one mistake itself, with those inside it.
function singly(error: unknown): unknown[] {
  const { errors, originalError } = error as { errors?: unknown[]; originalError?: { errors?: unknown[] } };
  return (errors ?? originalError?.errors)?.flatMap(singly) ?? [error];
}

function isUnknownFilter(error: unknown): boolean {
  const { originalError } = error as { originalError?: Error };
  return originalError?.message.startsWith("undefined filter") ?? false;
}

/** Liquid takes its tokens from the front of an array, which moves all the others each time. */
class LinearParser extends Parser {
  override parseTokens(tokens: TopLevelToken[]): Template[] {
    let at = 0;
    const queue = {
      shift: () => tokens[at++],
      get length() {
        return tokens.length - at;
      },
    };
    return super.parseTokens(queue as unknown as TopLevelToken[]);
  }
}

function createLiquid(lang: string, timezone: string, settings: LiquidOptions = {}): Liquid {
  const liquid = new Liquid({
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    // A template asks `{% if subtitle %}` of campaigns that have none.
    lenientIf: true,
    templates: {},
    parseLimit: 1_000_000,
    renderLimit: TIME,
    memoryLimit: OUTPUT,
    locale: lang,
    timezoneOffset: timezone,
    dateFormat: "%-d %B %Y",
    ...settings,
  });
  for (const tag of ["include", "render", "layout", "block"]) delete liquid.tags[tag];
  boundOutput(liquid);
  addFilters(liquid, lang);
  return liquid;
}

/** Liquid's memory limit does not count what loops write: this charges every write to it, captures included. */
function boundOutput(liquid: Liquid): void {
  const { renderer } = liquid;
  const unbounded = renderer.renderTemplates.bind(renderer);
  renderer.renderTemplates = (templates, context, emitter) => {
    if (emitter) return unbounded(templates, context, emitter);
    const bounded = {
      buffer: "",
      write(html: unknown) {
        const text =
          html === null || html === undefined ? "" : Array.isArray(html) ? html.join("") : String(html);
        context.memoryLimit.use(text.length);
        this.buffer += text;
      },
    };
    return unbounded(templates, context, bounded as unknown as NonNullable<typeof emitter>);
  };
}

function addFilters(liquid: Liquid, lang: string): void {
  for (const name of UNSTEADY) delete liquid.filters[name];
  const date = filters.date as (this: unknown, value: unknown, format?: string, timezone?: string) => unknown;
  liquid.registerFilter("date", function (this: unknown, value: unknown, format?: string, timezone?: string) {
    const moment = momentOf(toValueSync(value as string));
    return date.call(this, moment.value, format, moment.zoned ? timezone : "UTC");
  });
  liquid.registerFilter("mention", (name: unknown) => `@${asText(name).replace(/^@/, "")}`);
  liquid.registerFilter("tag", (words: unknown) => hashtag(asText(words)));
  liquid.registerFilter("list", (items: unknown) => bullets(Array.isArray(items) ? items : [items]));
  liquid.registerFilter("strip_markdown", (markdown: unknown) => plain(asText(markdown)));
  liquid.registerFilter("first_sentence", (text: unknown) => firstSentence(asText(text), lang));
  liquid.registerFilter("truncate_graphemes", (text: unknown, most: unknown = 100, end: unknown = "…") =>
    truncated(asText(text), Number(most), asText(end)),
  );
}

/**
 * A date or a time without a zone is what a calendar or clock shows, and is printed as that; Liquid itself would take the
 * zone of the machine, and the text would change with it. The present is refused: what was approved must not change.
 */
function momentOf(value: unknown): { value: unknown; zoned: boolean } {
  if (value === null || value === undefined || typeof value === "number") return { value, zoned: true };
  const [, day, time, zone] =
    String(value)
      .trim()
      .match(/^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d:?\d\d)?)?$/i) ?? [];
  const iso = `${day}T${time ?? "00:00"}${zone ?? "Z"}`;
  if (day === undefined || Number.isNaN(Date.parse(iso))) {
    throw new Error(`\`${value}\` is not a date: write 2026-12-01, or 2026-12-01T09:00+01:00`);
  }
  return { value: iso, zoned: zone !== undefined };
}

function asText(value: unknown): string {
  return value === null || value === undefined ? "" : String(toValueSync(value as string));
}

/** `open source` → `#OpenSource`; one word keeps its own letters. */
function hashtag(words: string): string {
  const parts = words
    .replace(/^#/, "")
    .split(/[^\p{L}\p{N}_]+/u)
    .filter(Boolean);
  if (parts.length < 2) return parts.length ? `#${parts[0]}` : "";
  return `#${parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("")}`;
}

function bullets(items: readonly unknown[]): string {
  return items.map((item) => `- ${asText(item).trim().replaceAll("\n", "\n  ")}`).join("\n");
}

const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}|e\.g|i\.e|z\.B|d\.h|bzw|ca|cf|vs|etc|Dr|Mr|Mrs|Ms|Prof|No|Nr|St)\.\s*$/u;

function firstSentence(text: string, lang: string): string {
  const paragraph = text.trim().split(/\n\s*\n/)[0] ?? "";
  let sentence = "";
  for (const { segment } of new Intl.Segmenter(lang, { granularity: "sentence" }).segment(paragraph)) {
    sentence += segment;
    if (!ABBREVIATION.test(sentence)) break;
  }
  return sentence.trim();
}

/** At most `most` characters as people count them, the end included. */
function truncated(text: string, most: number, end: string): string {
  const graphemes = (value: string) => [...new Intl.Segmenter().segment(value)].map(({ segment }) => segment);
  const all = graphemes(text);
  if (all.length <= most) return text;
  const room = Math.max(0, most - graphemes(end).length);
  return all.slice(0, room).join("").trimEnd() + end;
}
