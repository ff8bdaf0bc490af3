/** Walks a tree for the markups that are HTML. Text is always escaped; nothing passes through. */
import type { List, ListItem, Node, PhrasingContent, RootContent, Table } from "mdast";
import { escapeHtml } from "../html-escape.ts";
import type { Tree } from "../tree.ts";
import { textOf } from "../tree.ts";
import type { Handle, Markup, RenderContext } from "../types.ts";
import type { Construct, Dialect, Lost } from "./dialect.ts";
import { losses } from "./dialect.ts";
import { address, clean, hush, oneLine, sameAs, ZERO } from "./escape.ts";
import { plain } from "./plain.ts";

export interface Hypertext {
  markup: Markup;
  lost: Lost;
  /** Undefined where pictures from elsewhere are not shown; they are links then. */
  image?(url: string, alt: string): string;
  /** Markup of a mention; undefined names the person only. */
  mention?(person: Handle, name: string): string | undefined;
  tag(value: string): string;
  /** Whether readers' programs keep the alignment of columns. Default no. */
  align?: true;
}

/** HTML as text, and the plain form as the alternative. */
export function hypertext(form: Hypertext): Dialect {
  return {
    markup: form.markup,
    lost: form.lost,
    render(tree: Tree, context: RenderContext) {
      const walk = new Walk(form, context);
      walk.blocks(tree.children, false);
      const lost = losses(form.lost, walk.met);
      return { text: walk.out.join(""), entities: [], plain: plain.render(tree, context).text, lost };
    },
  };
}

class Walk {
  out: string[] = [];
  met = new Set<Construct>();
  #form: Hypertext;
  #context: RenderContext;
  #inLink = false;
  #open = new Set<string>();

  constructor(form: Hypertext, context: RenderContext) {
    this.#form = form;
    this.#context = context;
  }

  /** `tight`: paragraphs of a list without space between its items have no element of their own. */
  blocks(nodes: readonly Node[], tight: boolean) {
    for (const [index, node] of (nodes as readonly RootContent[]).entries()) {
      if (index > 0 && !isInline(node)) this.out.push("\n");
      this.#block(node, tight);
    }
  }

  #block(node: RootContent, tight: boolean) {
    switch (node.type) {
      case "paragraph":
        return tight ? this.#inline(node.children) : this.#inside("p", node.children);
      case "heading":
        return this.#inside(`h${node.depth}`, node.children);
      case "list":
        return this.#list(node);
      case "listItem":
        return this.#list({ type: "list", children: [node] });
      case "blockquote":
        if (node.children.length === 0) return;
        this.out.push("<blockquote>\n");
        this.blocks(node.children, false);
        this.out.push("\n</blockquote>");
        return;
      case "code":
        return this.#fence(clean(node.value), /^[\w+#.-]*/.exec(node.lang ?? "")![0]);
      case "table":
        return this.#table(node);
      case "tableRow":
        return this.#table({ type: "table", children: [node] });
      case "tableCell":
        return this.#inside("p", node.children);
      case "thematicBreak":
        this.out.push("<hr>");
        return;
      case "footnoteDefinition":
        this.met.add("footnote");
        this.out.push(`<div>[${escapeHtml(node.identifier)}] `);
        this.blocks(node.children, true);
        this.out.push("</div>");
        return;
      case "html":
        return this.#inside("p", [{ type: "text", value: node.value }]);
      case "definition":
      case "yaml":
        return;
      default:
        return this.#phrase(node);
    }
  }

  #inside(tag: string, children: readonly PhrasingContent[]) {
    this.out.push(`<${tag}>`);
    this.#inline(children);
    this.out.push(`</${tag}>`);
  }

  #list(list: List) {
    const start = list.ordered && list.start && list.start !== 1 ? ` start="${Math.trunc(list.start)}"` : "";
    this.out.push(list.ordered ? `<ol${start}>` : "<ul>");
    const tight = !list.spread && !list.children.some((item) => item.spread);
    for (const item of list.children) this.#item(item, tight);
    this.out.push(list.ordered ? "\n</ol>" : "\n</ul>");
  }

  #item(item: ListItem, tight: boolean) {
    this.out.push("\n<li>");
    if (typeof item.checked === "boolean") {
      this.met.add("task");
      this.out.push(item.checked ? "☑ " : "☐ ");
    }
    this.blocks(item.children, tight);
    this.out.push("</li>");
  }

  #fence(value: string, lang: string) {
    const kind = lang ? ` class="language-${escapeHtml(lang)}"` : "";
    this.out.push(`<pre><code${kind}>${escapeHtml(value)}\n</code></pre>`);
  }

  #table(table: Table) {
    const [head, ...body] = table.children;
    this.out.push("<table>");
    if (head) this.#row("thead", "th", [head], table.align);
    if (body.length > 0) this.#row("tbody", "td", body, table.align);
    this.out.push("\n</table>");
  }

  #row(group: string, cell: string, rows: Table["children"], align: Table["align"]) {
    this.out.push(`\n<${group}>`);
    for (const row of rows) {
      this.out.push("\n<tr>");
      for (const [column, { children }] of row.children.entries()) {
        const side = this.#form.align && align?.[column];
        this.out.push(side ? `<${cell} style="text-align:${side}">` : `<${cell}>`);
        this.#inline(children);
        this.out.push(`</${cell}>`);
      }
      this.out.push("</tr>");
    }
    this.out.push(`\n</${group}>`);
  }

  #inline(nodes: readonly PhrasingContent[]) {
    for (const node of nodes) this.#phrase(node);
  }

  #phrase(node: RootContent) {
    switch (node.type) {
      case "strong":
        return this.#marked("strong", node.children);
      case "emphasis":
        return this.#marked("em", node.children);
      case "delete":
        return this.#marked("del", node.children);
      case "inlineCode":
        this.out.push(`<code>${escapeHtml(clean(node.value))}</code>`);
        return;
      case "break":
        this.out.push("<br>\n");
        return;
      case "link":
        return this.#link(node.url, node.children);
      case "image":
        return this.#image(node.url, oneLine(node.alt ?? ""));
      case "mention":
        return this.#mention(node.name);
      case "tag":
        this.out.push(
          this.#inLink ? escapeHtml(`#${node.value}`) : this.#form.tag(escapeHtml(oneLine(node.value))),
        );
        return;
      case "footnoteReference":
        this.met.add("footnote");
        this.out.push(`<sup>[${escapeHtml(node.identifier)}]</sup>`);
        return;
      case "linkReference":
        return this.#inline(node.children);
      default:
        this.#text(textOf(node));
    }
  }

  #text(value: string) {
    // A sign at the end of one piece and a word at the start of the next would be a call together.
    this.out.push(escapeHtml(hush(oneLine(value)).replace(/[@＠]$/, `$&${ZERO}`)));
  }

  #marked(tag: string, children: readonly PhrasingContent[]) {
    if (this.#open.has(tag) || children.every((child) => textOf(child) === "")) return this.#inline(children);
    this.#open.add(tag);
    this.#inside(tag, children);
    this.#open.delete(tag);
  }

  #link(target: string, children: readonly PhrasingContent[]) {
    const url = address(target);
    if (url === undefined || this.#inLink) {
      if (url === undefined) this.met.add("address");
      return this.#inline(children);
    }
    const tagged = /^https?:/i.test(url) ? (address(this.#context.link?.(url) ?? url) ?? url) : url;
    this.#inLink = true;
    this.out.push(`<a href="${escapeHtml(tagged)}">`);
    // What is only an address is shown as it was written, without the campaign's parameters.
    const label = oneLine(children.map((child) => textOf(child)).join(""));
    if (label.trim() === "") this.out.push(escapeHtml(url));
    else if (sameAs(label, url)) this.out.push(escapeHtml(label));
    else this.#inline(children);
    this.out.push("</a>");
    this.#inLink = false;
  }

  #image(target: string, alt: string) {
    const url = address(target);
    if (url === undefined || !/^https?:/i.test(url)) {
      this.met.add("picture");
      return this.#text(alt);
    }
    if (this.#form.image) {
      this.out.push(this.#form.image(escapeHtml(url), escapeHtml(alt)));
      return;
    }
    this.met.add("image");
    if (this.#inLink) return this.#text(alt);
    this.out.push(`<a href="${escapeHtml(url)}">${escapeHtml(hush(alt) || url)}</a>`);
  }

  #mention(name: string) {
    const person = this.#context.person?.(name);
    const said = person && !this.#inLink ? this.#form.mention?.(person, name) : undefined;
    if (said !== undefined) {
      this.out.push(said);
      return;
    }
    if (person) this.met.add("mention");
    this.#text(name);
  }
}

const BLOCKS = new Set([
  "paragraph",
  "heading",
  "list",
  "listItem",
  "blockquote",
  "code",
  "table",
  "tableRow",
  "tableCell",
  "thematicBreak",
  "footnoteDefinition",
  "html",
  "definition",
  "yaml",
]);

function isInline(node: RootContent): boolean {
  return !BLOCKS.has(node.type);
}
