/** reStructuredText, as Python's changelogs are written, into Markdown: what towncrier and people use of it. */

/** Headings, roles, links, code and lists; comments and directives that say nothing go. Linear. */
export function markdownOf(rst: string): string {
  const lines = rst
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.replaceAll("\t", "        "));
  const levels: string[] = [];
  const out: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const block =
      headingAt(lines, at, levels) ?? explicitAt(lines, at) ?? literalAt(lines, at) ?? plainAt(lines, at);
    out.push(...block.lines);
    at = block.end;
  }
  return inline(out);
}

interface Block {
  /** Markdown. */
  lines: string[];
  end: number;
}

const ADORNED = /^([!-/:-@[-`{-~])\1+[ ]*$/;

/** A title with a line below it, or one above it, too. The first kind of line is the highest level. */
function headingAt(lines: readonly string[], at: number, levels: string[]): Block | undefined {
  const over = ADORNED.test(lines[at]!) && /\S/.test(lines[at + 1] ?? "");
  const title = (over ? lines[at + 1] : lines[at])!;
  const under = (over ? lines[at + 2] : lines[at + 1]) ?? "";
  const [, sign = ""] = under.match(ADORNED) ?? [];
  if (sign === "" || !/\S/.test(title) || ADORNED.test(title) || (!over && /^\s/.test(title)))
    return undefined;
  if (under.trimEnd().length < Math.min(title.trim().length, 4)) return undefined;
  if (over && lines[at]![0] !== sign) return undefined;
  const kind = over ? sign + sign : sign;
  if (!levels.includes(kind)) levels.push(kind);
  const level = Math.min(levels.indexOf(kind) + 1, 6);
  return { lines: [`${"#".repeat(level)} ${title.trim()}`, ""], end: at + (over ? 3 : 2) };
}

const isDeeper = (line: string, indent: number): boolean => line.trim() === "" || indentOf(line) > indent;
const indentOf = (line: string): number => line.length - line.trimStart().length;

function endOfIndented(lines: readonly string[], from: number, indent: number): number {
  let end = from;
  let last = from;
  while (end < lines.length && isDeeper(lines[end]!, indent)) {
    end++;
    if (lines[end - 1]!.trim() !== "") last = end;
  }
  return last;
}

const ADMONITIONS = /^(?:note|warning|important|attention|caution|danger|error|hint|tip)$/i;

/** What begins with two dots: comments, link targets, directives. */
function explicitAt(lines: readonly string[], at: number): Block | undefined {
  const [, space = "", rest = ""] = lines[at]!.match(/^( *)\.\.(?: +(.*))?$/) ?? [];
  if (!/^ *\.\.(?: |$)/.test(lines[at]!)) return undefined;
  const indent = space.length;
  const end = endOfIndented(lines, at + 1, indent);
  const [, name, url] = rest.match(/^_`?([^`:]{1,200})`?:\s+(\S+)\s*$/) ?? [];
  if (name !== undefined && /^https?:/.test(url!)) return { lines: ["", `[${name}]: ${url}`, ""], end };
  const [, directive = "", argument = ""] = rest.match(/^([\w:-]{1,40})::\s*(.*)$/) ?? [];
  const body = lines.slice(at + 1, end);
  if (/^(?:code|code-block|sourcecode|parsed-literal)$/.test(directive))
    return { lines: fenced(withoutOptions(body), space, argument), end };
  if (!ADMONITIONS.test(directive)) return { lines: [""], end };
  const words = [argument, ...withoutOptions(body).map((line) => line.trim())].join(" ").trim();
  const title = directive.charAt(0).toUpperCase() + directive.slice(1).toLowerCase();
  return { lines: ["", `${space}**${title}:** ${words}`, ""], end };
}

function withoutOptions(body: readonly string[]): readonly string[] {
  const first = body.findIndex((line) => !/^\s*:[\w-]+:/.test(line));
  return first < 0 ? [] : body.slice(first);
}

function fenced(body: readonly string[], space: string, language = ""): string[] {
  const indents = body.filter((line) => line.trim() !== "").map(indentOf);
  const least = Math.min(...indents, 1_000);
  const code = body.map((line) => (line.trim() === "" ? "" : space + line.slice(least)));
  while (code[0] === "") code.shift();
  while (code.at(-1) === "") code.pop();
  if (code.length === 0) return [""];
  return ["", `${space}~~~${/^[\w+-]*$/.test(language) ? language : ""}`, ...code, `${space}~~~`, ""];
}

/** A paragraph that ends in two colons: what is further in below it is code. */
function literalAt(lines: readonly string[], at: number): Block | undefined {
  const [, words] = lines[at]!.match(/^(.*)::[ ]*$/) ?? [];
  if (words === undefined || lines[at + 1]?.trim() !== "") return undefined;
  const [list = ""] = lines[at]!.match(/^ *(?:[-*+]|\d+[.)]) +/) ?? [];
  const indent = list === "" ? indentOf(lines[at]!) : list.length;
  const end = endOfIndented(lines, at + 1, indent);
  const own = words.trim() === "" ? [] : [/\s$/.test(words) ? words.trimEnd() : `${words}:`];
  if (end === at + 1) return { lines: own, end };
  return { lines: [...own, ...fenced(lines.slice(at + 1, end), " ".repeat(indent))], end };
}

function plainAt(lines: readonly string[], at: number): Block {
  // #. is a number that counts itself; ---- parts sections.
  return { lines: [lines[at]!.replace(/^( *)#\. /, "$11. ")], end: at + 1 };
}

/** Roles, links and escapes, outside code. A paragraph's lines are read as one: links go on in the next. */
function inline(lines: readonly string[]): string {
  const out: string[] = [];
  let prose: string[] = [];
  let code = false;
  const flush = () => {
    if (prose.length > 0) out.push(marks(prose.join("\n")));
    prose = [];
  };
  for (const line of lines) {
    const isFence = /^ *~~~/.test(line);
    if (!isFence && !code && line.trim() !== "") {
      prose.push(line);
      continue;
    }
    flush();
    out.push(line);
    if (isFence) code = !code;
  }
  flush();
  return out.join("\n");
}

const TOKEN =
  /(?<!`)``(?!`)([^\n]{0,500}?[^`])``(?!`)|(?::([a-zA-Z][\w:+.-]{0,40}):)?`([^`]{1,500})`(__?)?(?::([a-zA-Z][\w:+.-]{0,40}):)?|(?<![\w`])([A-Za-z][\w.-]{0,60})_(?![\w`])|\\(\s|.)/g;

function marks(paragraph: string): string {
  return paragraph.replace(TOKEN, (whole, literal, before, text, link, after, word, escaped) => {
    if (literal !== undefined) return literal.includes("`") ? whole : `\`${literal}\``;
    if (escaped !== undefined) return /\s/.test(escaped) ? "" : whole;
    if (word !== undefined) return /^[A-Za-z][\w.-]*$/.test(word) ? `[${word}]` : whole;
    const role = before ?? after;
    if (role !== undefined) return roleOf(role.split(":").at(-1)!.toLowerCase(), text);
    if (link === undefined) return whole;
    const [, title, url] = text.match(/^([^<]*?)\s*<([^<>]+)>$/s) ?? [];
    if (url === undefined) return `[${one(text)}]`;
    if (!/^(?:https?:|mailto:)/.test(url)) return one(title);
    return title === "" ? `<${url}>` : `[${one(title)}](${url.replace(/\s/g, "")})`;
  });
}

const one = (text: string): string => text.replace(/\s+/g, " ").trim();

// What sphinx and extlinks call the places where changes are discussed.
const NUMBERED = /^(?:issues?|prs?|pull|pull-request|gh|ghissue|ghpull|merge|mr|bug)$/;
const WORDS = /^(?:ref|doc|term|abbr|download|numref|emphasis|strong|sub|sup|title-reference|rst|any)$/;

function roleOf(role: string, written: string): string {
  const [, title = "", target = written] = one(written).match(/^(.*?)\s*<([^<>]+)>$/) ?? [];
  if (NUMBERED.test(role)) return /^#?\d+$/.test(target) ? `#${target.replace("#", "")}` : title || target;
  if (role === "user" || role === "ghuser") return title || `@${target}`;
  if (role === "cve") return /^cve/i.test(target) ? target : `CVE-${target}`;
  if (role === "ghsa") return /^ghsa/i.test(target) ? target : `GHSA-${target}`;
  if (role === "pep" || role === "rfc") return title || `${role.toUpperCase()} ${target}`;
  if (title !== "") return title;
  if (WORDS.test(role)) return target;
  const name = target.startsWith("~") ? target.split(".").at(-1)! : target.replace(/^[!.]/, "");
  return `\`${name}\``;
}
