/** Walks a tree for every markup that is written line by line. What differs between them is a `Grammar`. */
import type { List, ListItem, Node, PhrasingContent, RootContent, Table } from "mdast";
import { lengthOf } from "../measure.ts";
import type { Tree } from "../tree.ts";
import { textOf } from "../tree.ts";
import type { Entity, RenderContext, Rendered, Unit } from "../types.ts";
import type { Dialect } from "./dialect.ts";
import { losses } from "./dialect.ts";
import { clean } from "./escape.ts";
import type { Grammar } from "./grammar.ts";
import { Phrases } from "./inline-renderer.ts";
import { Writer, type Written } from "./writer.ts";

/** The dialect of a grammar. */
export function dialect(grammar: Grammar): Dialect {
  return {
    markup: grammar.markup,
    lost: grammar.lost,
    render(tree, context): Rendered {
      const { text, meanings, lost } = write(tree, grammar, context);
      const bytes = counted(text, meanings, "byte");
      const entities = meanings.map(
        ({ what, from, to }) => ({ ...what, start: bytes(from), end: bytes(to) }) as Entity,
      );
      return { text, entities: entities.sort((a, b) => a.start - b.start), lost };
    },
  };
}

/** One piece of a tree; `meanings` are its entities. All places in UTF-16 units. */
export function write(tree: Tree, grammar: Grammar, context: RenderContext): Written & { lost: string[] } {
  const walk = new Walk(grammar, context);
  walk.blocks(tree.children, 2);
  return { ...walk.writer.finish(), lost: walk.losses() };
}

/** What turns these places in a text from UTF-16 into another unit; the text is gone through once. */
export function counted(
  text: string,
  placed: readonly { from: number; to: number }[],
  unit: Unit,
): (place: number) => number {
  if (placed.length === 0 || lengthOf(text, unit) === text.length) return (place) => place;
  const known = new Map<number, number>();
  let length = 0;
  let last = 0;
  for (const place of placed.flatMap(({ from, to }) => [from, to]).sort((a, b) => a - b)) {
    length += lengthOf(text.slice(last, place), unit);
    last = place;
    known.set(place, length);
  }
  return (place) => known.get(place)!;
}

class Walk {
  writer: Writer;
  #grammar: Grammar;
  #phrases: Phrases;
  #quotes = 0;
  #lists = 0;
  #path = "";

  constructor(grammar: Grammar, context: RenderContext) {
    this.#grammar = grammar;
    this.writer = new Writer(grammar.gap, grammar.linked);
    this.#phrases = new Phrases(grammar, context, this.writer);
  }

  losses(): string[] {
    return losses(this.#grammar.lost, this.#phrases.met);
  }

  /** `lines` apart: 2 leaves an empty line between. */
  blocks(nodes: readonly Node[], lines: number) {
    let run: PhrasingContent[] = [];
    let previous: RootContent | undefined;
    for (const node of nodes as readonly RootContent[]) {
      if (isPhrasing(node)) {
        run.push(node);
        continue;
      }
      if (run.length > 0) this.#paragraph(run, lines);
      run = [];
      this.#block(node, lines, previous);
      previous = node;
    }
    if (run.length > 0) this.#paragraph(run, lines);
  }

  #separate(lines: number) {
    this.writer.separate(this.#grammar.blank === false ? 1 : lines);
  }

  #paragraph(nodes: readonly PhrasingContent[], lines: number) {
    this.#separate(lines);
    this.#phrases.inline(nodes, true);
  }

  #block(node: RootContent, lines: number, previous: RootContent | undefined) {
    switch (node.type) {
      case "paragraph":
        return this.#paragraph(node.children, lines);
      case "heading":
        return this.#heading(node.depth, node.children, lines);
      case "list":
        return this.#list(node, lines, previous);
      case "listItem":
        return this.#list({ type: "list", children: [node] }, lines, previous);
      case "blockquote":
        return this.#quote(node.children, lines);
      case "code":
        return this.#fence(clean(node.value), /^[\w+#.-]*/.exec(node.lang ?? "")![0], lines);
      case "table":
        return this.#table(node, lines);
      case "tableRow":
        return this.#table({ type: "table", children: [node] }, lines);
      case "tableCell":
        return this.#paragraph(node.children, lines);
      case "thematicBreak":
        this.#phrases.met.add("rule");
        this.#separate(lines);
        return this.writer.raw(this.#grammar.rule);
      case "footnoteDefinition":
        return this.#note(node.identifier, node.children, lines);
      case "html":
        return this.#paragraph([{ type: "text", value: node.value }], lines);
      case "definition":
      case "yaml":
        return;
      default:
        return this.#paragraph([{ type: "text", value: textOf(node) }], lines);
    }
  }

  #heading(depth: number, children: readonly PhrasingContent[], lines: number) {
    this.#phrases.met.add("heading");
    this.#separate(lines);
    const way = this.#grammar.heading(depth);
    this.#phrases.inHeading = true;
    if (way === "line") this.#phrases.inline(children, true);
    else if (way === "bold") this.#phrases.marked("strong", children, true);
    else {
      if (way[0] !== "") this.writer.raw(way[0]);
      this.#phrases.inline(children, true);
      if (way[1] !== "") this.writer.raw(way[1]);
    }
    this.#phrases.inHeading = false;
  }

  #quote(children: readonly RootContent[], lines: number) {
    if (children.length === 0) return;
    this.#phrases.met.add("quote");
    this.#separate(lines);
    const { quote, nestedQuote } = this.#grammar;
    const way = this.#quotes > 0 && nestedQuote !== undefined ? nestedQuote : quote;
    this.#quotes++;
    this.#phrases.inQuote = true;
    if (typeof way === "string") {
      const back = this.writer.indent(way, way);
      this.blocks(children, 2);
      back();
    } else {
      this.writer.lead(way[0]);
      this.blocks(children, 2);
      this.writer.raw(way[1]);
    }
    this.#quotes--;
    this.#phrases.inQuote = this.#quotes > 0;
  }

  #list(list: List, lines: number, previous: RootContent | undefined) {
    if (list.children.length === 0) return;
    this.#phrases.met.add(this.#lists > 0 ? "nested" : "list");
    const { bullets, nativeLists } = this.#grammar;
    // Two lists in a row of the same kind would be read as one.
    const other = nativeLists && previous?.type === "list" && previous.ordered === list.ordered;
    this.#lists++;
    let number = list.start ?? 1;
    if (this.#grammar.repeated) this.#path += !list.ordered ? "*" : number === 1 ? "#" : ":";
    for (const [index, item] of list.children.entries()) {
      this.#separate(index === 0 ? lines : list.spread ? 2 : 1);
      const bullet = other ? "* " : bullets[this.#lists > 1 ? 1 : 0];
      if (this.#grammar.repeated) this.#repeated(item, this.#path.endsWith(":") ? `${number}. ` : "");
      else this.#item(item, list.ordered ? `${number}${other ? ")" : "."} ` : bullet, list.ordered === true);
      number++;
    }
    this.#lists--;
    this.#path = this.#path.slice(0, -1);
  }

  #item(item: ListItem, marker: string, ordered: boolean) {
    const { tasks } = this.#grammar;
    const isTask = typeof item.checked === "boolean";
    if (isTask) this.#phrases.met.add("task");
    const box = !isTask ? "" : tasks ? (item.checked ? "[x] " : "[ ] ") : item.checked ? "☑ " : "☐ ";
    const first = isTask && !tasks && !ordered ? box : marker + box;
    const back = this.writer.indent(
      first,
      " ".repeat(isTask && !tasks && !ordered ? box.length : marker.length),
    );
    this.blocks(item.children, item.spread ? 2 : 1);
    back();
  }

  // An item is one line; what else it holds hangs on with a line break, or is a longer marker on the next line.
  #repeated(item: ListItem, number: string) {
    if (typeof item.checked === "boolean") this.#phrases.met.add("task");
    const box = typeof item.checked === "boolean" ? (item.checked ? "☑ " : "☐ ") : "";
    this.writer.lead(`${this.#path} ${number}${box}`);
    for (const [index, child] of item.children.entries()) {
      if (child.type === "list") this.writer.separate(1);
      else if (index > 0) this.writer.lead("<br>");
      this.blocks([child], 1);
    }
  }

  #fence(value: string, lang: string, lines: number) {
    this.#phrases.met.add("fence");
    this.#separate(lines);
    const { fence } = this.#grammar;
    if (fence) return this.writer.lines(fence(value, lang));
    const written = value.split("\n").map((line) => this.#phrases.verbatim(line, true));
    this.writer.lines(written.join("\n"));
  }

  #table(table: Table, lines: number) {
    this.#phrases.met.add("table");
    this.#separate(lines);
    const { open, close, head, row: body, bold, below, between } = this.#grammar.table;
    this.#phrases.inCell = true;
    if (open !== undefined) this.writer.raw(open);
    for (const [index, row] of table.children.entries()) {
      const [start, apart, end] = index === 0 ? head : body;
      if (index > 0 || open !== undefined) this.#separate(1);
      if (between !== undefined && index > 0) {
        this.writer.raw(between);
        this.#separate(1);
      }
      if (start !== "") this.writer.raw(start);
      for (const [column, cell] of row.children.entries()) {
        if (column > 0) this.writer.raw(apart);
        if (bold && index === 0 && table.children.length > 1)
          this.#phrases.marked("strong", cell.children, false);
        else this.#phrases.inline(cell.children, false);
      }
      if (end !== "") this.writer.raw(end);
      if (below !== "align" || index > 0) continue;
      this.#separate(1);
      this.writer.raw(
        `|${row.children.map((_, column) => ALIGN[table.align?.[column] ?? "none"]).join("|")}|`,
      );
    }
    if (close !== undefined) {
      this.#separate(1);
      this.writer.raw(close);
    }
    this.#phrases.inCell = false;
  }

  #note(id: string, children: readonly RootContent[], lines: number) {
    this.#phrases.met.add("footnote");
    this.#separate(lines);
    const { footnotes, literal } = this.#grammar;
    const label = `[${id}]`;
    const back = footnotes
      ? this.writer.indent(`[^${id}]: `, "    ")
      : this.writer.indent(`${literal(label, true)} `, "");
    this.blocks(children, 2);
    back();
  }
}

const ALIGN = { left: " :-- ", right: " --: ", center: " :-: ", none: " --- " } as const;

const PHRASING = new Set([
  "text",
  "emphasis",
  "strong",
  "delete",
  "inlineCode",
  "break",
  "link",
  "image",
  "linkReference",
  "imageReference",
  "footnoteReference",
  "mention",
  "tag",
]);

function isPhrasing(node: RootContent): node is PhrasingContent & RootContent {
  return PHRASING.has(node.type);
}
