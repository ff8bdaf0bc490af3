/** What stands inside a line: text, emphasis, code, links, people and topics, in the words of a `Grammar`. */
import type { PhrasingContent } from "mdast";
import { textOf } from "../tree.ts";
import type { RenderContext } from "../types.ts";
import type { Construct } from "./dialect.ts";
import { address, clean, oneLine, sameAs, shown, ZERO } from "./escape.ts";
import type { Grammar, Way } from "./grammar.ts";
import type { Span, Writer } from "./writer.ts";

export class Phrases {
  /** What was met, for what is lost of it. */
  met = new Set<Construct>();
  inHeading = false;
  inCell = false;
  inQuote = false;
  #grammar: Grammar;
  #context: RenderContext;
  #writer: Writer;
  #open = new Set<string>();
  #inLabel = false;

  constructor(grammar: Grammar, context: RenderContext, writer: Writer) {
    this.#grammar = grammar;
    this.#context = context;
    this.#writer = writer;
  }

  /** `tail`: nothing follows in this block. */
  inline(nodes: readonly PhrasingContent[], tail: boolean) {
    for (let at = 0; at < nodes.length; at++) {
      const node = nodes[at]!;
      if (node.type !== "text") {
        this.#phrase(node, tail && at === nodes.length - 1);
        continue;
      }
      // Neighbouring texts are one: what a character means may depend on the next.
      let { value } = node;
      for (let next = nodes[at + 1]; next?.type === "text"; next = nodes[++at + 1]) value += next.value;
      this.#text(value);
    }
  }

  #phrase(node: PhrasingContent, tail: boolean) {
    switch (node.type) {
      case "strong":
      case "emphasis":
      case "delete":
        return this.marked(node.type, node.children, tail);
      case "inlineCode":
        return this.#code(node.value);
      case "break":
        if (this.inHeading || this.inCell || this.#inLabel) return this.#text(" ");
        return this.#writer.break(this.#grammar.break ?? "\n", this.#grammar.perLine === true);
      case "link":
        return this.#link(node.url, node.children, tail);
      case "image":
        return this.#image(node.url, oneLine(node.alt ?? ""), tail);
      case "mention":
        return this.#mention(node.name, node.value);
      case "tag":
        return this.#tag(oneLine(node.value));
      case "footnoteReference":
        this.met.add("footnote");
        if (this.#grammar.footnotes) return this.#writer.atom(`[^${node.identifier}]`);
        return this.#text(`[${node.identifier}]`);
      case "linkReference":
        return this.inline(node.children, tail);
      default:
        return this.#text(textOf(node));
    }
  }

  #literal = (words: string, fresh: boolean) => {
    const written = this.#grammar.literal(words, fresh);
    if (this.#grammar.lookalikes && written.replaceAll(ZERO, "") !== words) this.met.add("sign");
    return written;
  };

  /** Code that is text: a call in it must be broken up too, which readers who copy it must know. */
  verbatim(code: string, fresh: boolean): string {
    const { literal, verbatim = literal } = this.#grammar;
    const written = verbatim(code, fresh);
    if (written !== code && written.replaceAll(ZERO, "") === code) this.met.add("sign");
    return written;
  }

  #text(value: string) {
    const words = oneLine(value);
    if (words !== "") this.#writer.text(words, this.#literal);
  }

  marked(kind: "strong" | "emphasis" | "delete", children: readonly PhrasingContent[], tail: boolean) {
    this.met.add(kind);
    const way = this.#grammar[kind];
    const { richLabel, plainHeadings } = this.#grammar;
    const mute = (this.#inLabel && !richLabel) || (this.inHeading && plainHeadings);
    if (way && this.#inLabel && !richLabel) this.met.add("label");
    if (!way || mute || this.#open.has(kind)) return this.inline(children, tail);
    this.#open.add(kind);
    this.#writer.open({ ...signs(way), flanks: true });
    this.inline(children, tail);
    this.#writer.close();
    this.#open.delete(kind);
  }

  #code(value: string) {
    this.met.add("code");
    const code = clean(value).replace(/\n/g, " ");
    if (code.trim() === "") return this.#text(code);
    const { richLabel, labelCode = richLabel } = this.#grammar;
    const written = this.#inLabel && !labelCode ? undefined : this.#grammar.code?.(code, this.inCell);
    if (written === undefined) return this.#writer.text(code, (words, fresh) => this.verbatim(words, fresh));
    this.#writer.atom(written);
  }

  #link(target: string, children: readonly PhrasingContent[], tail: boolean) {
    const url = address(target);
    if (url === undefined) {
      this.met.add("address");
      return this.inline(children, tail);
    }
    const label = oneLine(children.map((child) => textOf(child)).join(""));
    const tagged = /^https?:/i.test(url) ? (address(this.#context.link?.(url) ?? url) ?? url) : url;
    if (sameAs(label, url)) return this.#address(tagged, label.trim() === "" ? url : label);
    const { link } = this.#grammar;
    const way = typeof link === "function" ? link(tagged, label) : undefined;
    if (way) {
      this.#label({ ...signs(way), flanks: false }, children);
      // Ranges and signs alike are links; offsets are those of the label.
      return this.#writer.close({ kind: "link", url: tagged });
    }
    this.met.add("link");
    if (link === "label" && !/^mailto:/i.test(tagged)) {
      this.#label({ open: "", close: "", flanks: false }, children);
      return this.#writer.close({ kind: "link", url: tagged });
    }
    this.#label({ open: "", close: "", flanks: false }, children);
    this.#writer.close();
    const { literal } = this.#grammar;
    const last = tail && !this.inQuote && !this.inCell && !/[:：]$/.test(label);
    this.#writer.text(last ? ": " : " (", last ? (words) => words : literal);
    this.#address(tagged, shown(tagged));
    if (!last) this.#writer.text(")", literal);
  }

  #label(
    mark: { open: string; close: string; flanks: boolean; span?: Span },
    children: readonly PhrasingContent[],
  ) {
    this.#writer.open(mark);
    const outside = this.#inLabel;
    this.#inLabel = true;
    this.inline(children, false);
    this.#inLabel = outside;
  }

  #address(url: string, label: string) {
    const { bare, link, literal } = this.#grammar;
    if (/^mailto:/i.test(url) && (typeof link === "string" || !bare)) return this.#text(shown(url));
    const written = bare ? bare(url, label) : link === "label" ? label : url;
    if (this.#inLabel) return this.#writer.text(label, literal);
    this.#writer.atom(written, { kind: "link", url });
  }

  #image(target: string, alt: string, tail: boolean) {
    const url = address(target);
    const shows = url !== undefined && !/^mailto:/i.test(url);
    this.met.add(shows ? "image" : "picture");
    if (!shows || this.#inLabel) return this.#text(alt);
    if (this.#grammar.image) return this.#writer.atom(this.#grammar.image(url, alt));
    // The picture's own address is not the author's link: no campaign parameters.
    const { link } = this.#context;
    this.#context = { ...this.#context, link: undefined };
    this.#link(url, [{ type: "text", value: alt }], tail);
    this.#context = { ...this.#context, link };
  }

  #mention(name: string, value: string) {
    const person = this.#context.person?.(name);
    if (person && !this.#inLabel) {
      const handle = oneLine(person.handle).trim().replace(/^@/, "");
      // `@Marta Rossi` would mention any user called Marta.
      const clear = { ...person, handle: this.#grammar.fullNames ? handle : handle.replace(/\s/g, "") };
      const said = this.#grammar.mention?.(clear, name);
      const meaning = { kind: "mention" as const, ...clear };
      if (said) return this.#writer.atom(said, meaning);
    }
    if (!this.#grammar.mention) this.met.add("mention");
    this.#text(name || value.replace(/^[@＠]/, ""));
  }

  #tag(value: string) {
    this.met.add("tag");
    if (this.#inLabel) return this.#text(`#${value}`);
    this.#writer.atom(this.#grammar.tag(value), { kind: "tag", tag: value });
  }
}

function signs(way: Way): { open: string; close: string; span?: Span } {
  return Array.isArray(way) ? { open: way[0], close: way[1] } : { open: "", close: "", span: way as Span };
}
