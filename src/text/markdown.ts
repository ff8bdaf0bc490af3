/** Reads CommonMark with GFM into a tree that stands by itself: references resolved, names and topics found. */
import type {
  Definition,
  FootnoteDefinition,
  Link,
  Nodes,
  Parent,
  PhrasingContent,
  Root,
  RootContent,
  Text,
} from "mdast";
import type { CompileContext, Extension, Options, Token } from "mdast-util-from-markdown";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { withoutUnused } from "./definitions.ts";
import { clean } from "./dialects/escape.ts";
import { budgetFor, untangled } from "./parse-budget.ts";
import { sectionsOf } from "./sections.ts";
import { withEmoji } from "./shortcodes.ts";
import type { AnyNode, Tree } from "./tree.ts";
import { textOf } from "./tree.ts";

export type { Mention, Tag, Tree } from "./tree.ts";
export { tag, tagsOf, textOf } from "./tree.ts";

// No deeper nesting is read; a walker may call itself as often as this without fear for the stack.
const DEEPEST = 48;

// `\@`, `\#` and `\:`: the author says that this is not a name, a topic or an emoji. A noncharacter remembers it; `clean` has removed
// every other one.
const MEANT = "\uFDD0";

// CommonMark's stars do not open or close between a letter outside and punctuation inside. Where words have no spaces
// between them that is the ordinary case: 中文**「強調」**中文. There, such a letter counts as a gap.
const WIDE_LETTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const STAR = 42;
type Syntax = NonNullable<Options["extensions"]>[number];
type Construct = Exclude<NonNullable<NonNullable<Syntax["text"]>[number]>, unknown[]>;
type Tokenize = Construct["tokenize"];
type Resolve = NonNullable<Construct["resolveAll"]>;

function attention(context: ThisParameterType<Tokenize>): Construct {
  const constructs = [context.parser.constructs.text[STAR] ?? []].flat();
  return constructs.find(({ name }) => name === "attention")!;
}

const stars: Construct = {
  name: "stars",
  add: "before",
  resolveAll: ((events, context) => attention(context).resolveAll!(events, context)) satisfies Resolve,
  tokenize(effects, ok, nok) {
    const { previous } = this;
    let run: ReturnType<typeof effects.exit>;
    const exit: typeof effects.exit = (type) => {
      run = effects.exit(type);
      return run;
    };
    return attention(this).tokenize.call(
      this,
      { ...effects, exit },
      (code) => {
        if (isWide(previous) && !isBlank(code)) run._open = true;
        if (isWide(code) && !isBlank(previous)) run._close = true;
        return ok(code);
      },
      nok,
    );
  },
};

function isWide(code: number | null): boolean {
  return code !== null && code > 0 && WIDE_LETTER.test(String.fromCharCode(code));
}

function isBlank(code: number | null): boolean {
  return code === null || code < 0 || /\s/.test(String.fromCharCode(code));
}

const syntax: Syntax[] = [mailless(gfm({ singleTilde: false })), { text: { [STAR]: stars } }];

// GFM stops at every letter to see whether a mail address begins there, which costs a tenth of the time. `scan` finds them.
function mailless({ text, ...rest }: Syntax): Syntax {
  const kept = Object.entries(text ?? {}).map(([code, constructs]) => [
    code,
    [constructs ?? []].flat().filter(({ name }) => name !== "emailAutolink"),
  ]);
  return { ...rest, text: Object.fromEntries(kept) };
}

// The transforms look for addresses in texts by walking recursively; `scan` does this below, and finds more.
const reading: Extension[] = gfmFromMarkdown().map(({ transforms: _, ...extension }) => extension);

const escapes: Extension = {
  exit: {
    characterEscapeValue(this: CompileContext, token: Token) {
      const value = this.sliceSerialize(token);
      const text = this.stack.at(-1) as Parent | undefined;
      const tail = text?.type === ("text" as string) ? (text as unknown as Text) : undefined;
      if (tail && "@#:*".includes(value)) tail.value += MEANT;
      this.config.exit.data?.call(this, token);
    },
  },
};

/** What was read before, by its text. The nodes of one tree may stand in another: they are never changed. */
export type Read = Map<string, Tree["children"]>;

// Paragraphs of one line without a sign that Markdown, an address, a name or an emoji's name needs. Titles are, and many summaries.
const ORDINARY = /^(?:\p{L}[^\n\t\\`*_[\]<>&~|@＠#＃:^]*(?<![ ])(?:\n\n(?=.)|$))+$/u;
const LITTLE = 1_000;

/** Every text is Markdown. Throws InputError only for one so tangled that reading it would take minutes. */
export function parse(markdown: string, before: Read = new Map()): Tree {
  const cleaned = clean(markdown);
  if (cleaned.length < LITTLE && ORDINARY.test(cleaned) && !/www\./i.test(cleaned)) return ordinary(cleaned);
  const text = withoutUnused(cleaned);
  const sections = sectionsOf(text);
  const budget = budgetFor(text);
  if (sections.length === 1) return parseWhole(text, budget);
  const children = sections.flatMap((section) => {
    const known = before.get(section) ?? parseWhole(section, budget).children;
    before.set(section, known);
    return known;
  });
  return { type: "root", children };
}

function ordinary(text: string): Tree {
  const children = text
    .split("\n\n")
    .map((value) => ({ type: "paragraph" as const, children: [{ type: "text" as const, value }] }));
  return { type: "root", children };
}

/** Without dividing it. */
export function parseWhole(text: string, budget = budgetFor(text)): Tree {
  const tree = fromMarkdown(text, {
    extensions: [...syntax, untangled(text, budget)],
    mdastExtensions: [...reading, escapes],
  });
  const definitions = definitionsIn(tree);
  flatten(tree);
  const used: Notes = new Map();
  resolve(tree, definitions, used);
  // In the order of their first mention; those that are never mentioned follow. Notes may mention notes.
  for (const { note } of used.values()) resolve(note, definitions, used);
  for (const note of definitions.notes.values()) number(note, used);
  for (const { note, id } of used.values())
    tree.children.push(Object.assign(note, { identifier: id, label: id }));
  return tree;
}

function definitionsIn(root: Nodes): Definitions {
  const links = new Map<string, Definition>();
  const notes = new Map<string, FootnoteDefinition>();
  const waiting: Nodes[] = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === "definition" && !links.has(node.identifier)) links.set(node.identifier, node);
    if (node.type === "footnoteDefinition" && !notes.has(node.identifier)) notes.set(node.identifier, node);
    if ("children" in node)
      for (let at = node.children.length - 1; at >= 0; at--) waiting.push(node.children[at]!);
  }
  return { links, notes };
}

// What lies deeper than anyone reads keeps its words and loses its form.
function flatten(root: Root): void {
  const waiting: { node: AnyNode; depth: number }[] = [{ node: root as AnyNode, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, depth } = next;
    if (!node.children) continue;
    if (depth < DEEPEST - (node.type === "table" ? 3 : 0)) {
      for (const child of node.children) waiting.push({ node: child, depth: depth + 1 });
      continue;
    }
    const text: AnyNode = { type: "text", value: textOf(node) };
    node.children = CONTAINERS.has(node.type) ? [{ type: "paragraph", children: [text] }] : [text];
    if (node.type === "list") node.children = [{ type: "listItem", children: node.children }];
    if (node.type === "table") Object.assign(node, { type: "paragraph", children: [text] });
  }
}

const CONTAINERS = new Set(["root", "blockquote", "list", "listItem", "footnoteDefinition"]);

type Definitions = { links: Map<string, Definition>; notes: Map<string, FootnoteDefinition> };
type Notes = Map<string, { note: FootnoteDefinition; id: string }>;

function resolve(parent: Parent, definitions: Definitions, used: Notes): void {
  const children: RootContent[] = [];
  for (const child of merged(parent.children as RootContent[])) {
    if (child.type === "definition" || child.type === "footnoteDefinition") continue;
    if (child.type === "footnoteReference") {
      const note = definitions.notes.get(child.identifier);
      if (note) children.push({ type: "footnoteReference", identifier: number(note, used) });
      continue;
    }
    if (child.type === "text") {
      const inLink = parent.type === "link";
      const lines = inLink || parent.type === "heading" ? [child.value] : child.value.split(LISTED);
      const stars = child.value.match(STARS)?.[0];
      for (const [at, line] of lines.entries()) {
        if (at > 0) children.push({ type: "break" });
        children.push(...scan(line, inLink));
      }
      if (stars !== undefined) Object.assign(children.at(-1) ?? {}, { data: { stars: unmark(stars) } });
      continue;
    }
    if (child.type === "html") {
      // Markup of another language is only text here. A block of it needs a paragraph around it.
      const words = scan(child.value, parent.type === "link", true);
      Object.assign(words[0] ?? {}, { data: { html: child.value } });
      if (FLOW.has(parent.type)) children.push({ type: "paragraph", children: words });
      else children.push(...words);
      continue;
    }
    const node = referent(child, definitions.links);
    if ("children" in node) resolve(node, definitions, used);
    if (node.type === "blockquote" && node.children.length === 0) continue;
    if (node.type === "link") children.push(...trimmed(node));
    else children.push(node);
  }
  parent.children = children;
}

// Lines that begin like points, though Markdown knows no such bullets, are lines.
const LISTED = /\n(?=[ \t]*(?:[•●◦▪‣▸►✓✔➤➜→]|\p{L}\)|\p{Extended_Pictographic})[\ufe0f \t]*\S)/u;
// Stars that open or close nothing: `**Status:**Healthy`.
const STARS = new RegExp(`(?<!\\*)(?:\\*\\*(?![\\s*${MEANT}])\\S{0,30}|(?<=\\S)\\*\\*(?!\\*))`, "u");

// Neighbouring texts are one: a name may begin in one and go on in the next.
function merged(nodes: RootContent[]): RootContent[] {
  const whole: RootContent[] = [];
  for (const node of nodes) {
    const last = whole.at(-1);
    if (node.type === "text" && last?.type === "text")
      whole[whole.length - 1] = { ...last, value: last.value + node.value };
    else whole.push(node);
  }
  return whole;
}

const FLOW = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

function number(note: FootnoteDefinition, used: Notes): string {
  const known = used.get(note.identifier) ?? { note, id: String(used.size + 1) };
  used.set(note.identifier, known);
  return known.id;
}

function referent(node: RootContent, definitions: Map<string, Definition>): RootContent {
  if (node.type === "linkReference") {
    const { url = "", title } = definitions.get(node.identifier) ?? {};
    return { type: "link", url, title, children: node.children, position: node.position };
  }
  if (node.type === "imageReference") {
    const { url = "", title } = definitions.get(node.identifier) ?? {};
    return { type: "image", url, title, alt: node.alt, position: node.position };
  }
  return node;
}

// Closing quotes, and the punctuation of scripts that put no space behind it, are not part of an address.
const CLOSING =
  '\\u3000-\\u3003\\u3008-\\u3011\\u3014-\\u301F\\uFF01\\uFF08\\uFF09\\uFF0C\\uFF0E\\uFF1A\\uFF1B\\uFF1F\\uFF5B\\uFF5D\\uFF61-\\uFF64«»“”‘’„…—|"';
const BEYOND = new RegExp(`[${CLOSING}]`);

/** An address found in running text, without what follows it. */
function trimmed(link: Link): PhrasingContent[] {
  const [label, ...more] = link.children;
  if (more.length > 0 || label?.type !== "text" || !/^(?:https?:\/\/|www\.)/i.test(label.value))
    return [link];
  const written = link.position
    ? link.position.end.offset! - link.position.start.offset!
    : label.value.length;
  const beyond = label.value.search(BEYOND);
  // In angle or square brackets the author has said where it ends.
  if (beyond < 0 || written !== label.value.length) return [link];
  const at = ended(label.value.slice(0, beyond)).length;
  const rest = label.value.slice(at);
  const url = link.url.slice(0, link.url.length - rest.length);
  return [
    { ...link, url, children: [{ type: "text", value: label.value.slice(0, at) }] },
    ...scan(rest, false),
  ];
}

const WIDE = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}";
const SIGNS = new RegExp(
  [
    // An address; what trails is cut below.
    `(?<url>(?:(?<![A-Za-z])[Hh][Tt][Tt][Pp][Ss]?:\\/\\/|(?<![^\\s(*_[\\]~])[Ww]{3}\\.)[^\\s<${CLOSING}]+)`,
    // A mail address is neither a name nor a topic. With a sign in front of its `@` it would be a call somewhere.
    "(?<mail>(?<![A-Za-z0-9_])[A-Za-z0-9_](?:[A-Za-z0-9._%+-]{0,62}[A-Za-z0-9_])?@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,8})",
    // A name, with a host on networks of many servers. ASCII, or of letters only where it does not start with ASCII.
    `(?<mention>(?<!(?![${WIDE}])[\\p{L}\\p{N}_]|[/@＠${MEANT}])[@＠](?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?(?:@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+)?(?![A-Za-z0-9_]|\\/[A-Za-z0-9])|(?![A-Za-z0-9_])[\\p{L}\\p{M}\\p{N}_]+))`,
    `(?<tag>(?<![\\p{L}\\p{N}_&/#＃${MEANT}])[#＃][\\p{N}_]*\\p{L}[\\p{L}\\p{M}\\p{N}_]*)(?![\\p{L}\\p{M}\\p{N}_]|\\/[A-Za-z0-9])`,
  ].join("|"),
  // Not `i`, which makes these sets of letters twice as dear to build.
  "gu",
);

function scan(text: string, inLink: boolean, isHtml = false): PhrasingContent[] {
  if (inLink || !/[@＠#＃]|:\/\/|www\./i.test(text))
    return text === "" ? [] : [{ type: "text", value: unmark(text) }];
  const found: PhrasingContent[] = [];
  let from = 0;
  const upTo = (at: number) => {
    if (at > from) found.push({ type: "text", value: unmark(text.slice(from, at)) });
  };
  for (const match of text.matchAll(SIGNS)) {
    const { url, mail, mention, tag } = match.groups!;
    if (match.index < from) continue;
    upTo(match.index);
    // In HTML an address stands in quotes.
    const value = url ? ended(isHtml ? url.replace(/["'>].*$/s, "") : url) : match[0];
    from = match.index + value.length;
    if (url)
      found.push({
        type: "link",
        url: /^www/i.test(value) ? `http://${value}` : value,
        children: [{ type: "text", value }],
      });
    else if (mail)
      found.push({ type: "link", url: `mailto:${mail}`, children: [{ type: "text", value: mail }] });
    else if (mention) found.push({ type: "mention", name: value.slice(1), value });
    else if (tag) found.push({ type: "tag", value: value.slice(1) });
  }
  upTo(text.length);
  return found;
}

// As GFM: closing punctuation is not part of it, a bracket only when it was opened.
function ended(url: string): string {
  let end = url.length;
  let closed = 0;
  for (let at = 0; at < end; at++) closed += url[at] === "(" ? -1 : url[at] === ")" ? 1 : 0;
  while (end > 0) {
    const last = url[end - 1]!;
    if (last === ")" && closed > 0) closed--;
    else if (!/[?!.,:;*_~'"]/.test(last)) break;
    end--;
  }
  return url.slice(0, end);
}

function unmark(text: string): string {
  return withEmoji(text).replaceAll(MEANT, "");
}
