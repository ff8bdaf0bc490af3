/** Notes as their author meant them: Markdown without the HTML, the addresses and the marks that one site alone understands. */
import { headingsIn } from "./headings.ts";
import { outsideBlocks, outsideCode, withoutComments } from "./prose.ts";

/** `version`: a heading that says only this, as the title of the post does, goes. Authors' addresses are still in it. Linear. */
export function tidied(notes: string, version?: string): string {
  const text = withoutComments(notes.replace(/\r\n?/g, "\n"));
  const plain = outsideBlocks(htmlAsMarkdown(text), withAlerts);
  return between(withoutTitle(plain, version)).replace(/\n{3,}/g, "\n\n");
}

/** Names stay. Only the address tells that a name is a credit, so highlights are read before this. */
export function withoutAddresses(notes: string): string {
  return between(outsideBlocks(notes, withoutMail)).replace(/\n{3,}/g, "\n\n");
}

// A line that parts the notes from what is before or behind them.
function between(notes: string): string {
  const lines = notes.split("\n");
  const says = (line: string) => line.trim() !== "" && !/^(?:-{3,}|\*{3,}|_{3,})$/.test(line.trim());
  const first = lines.findIndex(says);
  return lines
    .slice(Math.max(0, first), lines.findLastIndex(says) + 1)
    .join("\n")
    .trimEnd();
}

function withoutTitle(notes: string, version: string | undefined): string {
  const lines = notes.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const [head] = headingsIn(lines.slice(0, first + 2));
  const says = head?.line === first && version !== undefined && head.version?.number === version;
  return says ? lines.slice(head.end).join("\n") : notes;
}

// > [!NOTE]
function withAlerts(prose: string): string {
  if (!prose.includes("[!")) return prose;
  return prose.replace(
    /^((?:[ \t]{0,3}>)+[ \t]?)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n(?:[ \t]{0,3}>)+[ \t]*(?=\S))?/gim,
    (_, quote, [first = "", ...rest]: string) =>
      `${quote}**${first.toUpperCase()}${rest.join("").toLowerCase()}:** `,
  );
}

const TRAILER =
  /^[ \t]*(?:[-*+][ \t]+)?(?:co-authored|signed-off|reviewed|reported|acked|tested)-by:.{0,300}\n?/gim;
// Whose address it is stands before it. `Write to <security@acme.example>` is meant.
const AUTHOR =
  /((?:\b(?:by|from|thanks to|authors?:?)[ \t]+[^\n<>()@]{1,60}?|\p{Lu}[\p{L}'’.-]{0,30}[ \t]\p{Lu}[\p{L}'’.-]{0,30}))[ \t]*[(<](?:mailto:)?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}[)>]/gu;

export function withoutMail(prose: string): string {
  if (!prose.includes("@") && !/-by:/i.test(prose)) return prose;
  return prose.replace(TRAILER, "").replace(AUTHOR, "$1");
}

const TAG = /(^[ \t]+)?<(\/?)([a-z][a-z0-9]*)((?:[\s/][^<>]*)?)>/gim;
const BLOCKS = new Set(
  "p div center section article header footer figure figcaption details dl dt dd table thead tbody tr ul ol picture video blockquote".split(
    " ",
  ),
);
const MARKS: Record<string, string> = {
  b: "**",
  strong: "**",
  i: "*",
  em: "*",
  s: "~~",
  del: "~~",
  strike: "~~",
};
const SILENT = new Set("span small u sup sub font source ins mark abbr td th kbd samp code".split(" "));

/** What people write in HTML on GitHub; a tag that is not known stays. Code is left alone. */
function htmlAsMarkdown(text: string): string {
  if (!text.includes("<")) return text;
  const links: (string | undefined)[] = [];
  return outsideCode(text, (prose) =>
    prose.replace(TAG, (whole, indent = "", slash, written, attributes) => {
      const name = written.toLowerCase();
      const opens = slash === "";
      if (name === "img") return imageOf(attributes);
      if (name === "br") return "  \n";
      if (name === "hr") return "";
      if (name === "summary") return opens ? "\n\n**" : "**\n\n";
      if (name === "li") return opens ? "\n- " : "";
      if (/^h[1-6]$/.test(name)) return opens ? `\n\n${"#".repeat(Number(name[1]))} ` : "\n\n";
      if (name === "a") return opens ? opening(attributes) : closing();
      if (MARKS[name]) return indent + MARKS[name];
      if (BLOCKS.has(name)) return "\n\n";
      return SILENT.has(name) ? indent : whole;
    }),
  );

  function opening(attributes: string): string {
    const url = attribute("href", attributes);
    links.push(isWeb(url) ? url : undefined);
    return isWeb(url) ? "[" : "";
  }

  function closing(): string {
    const url = links.pop();
    return url === undefined ? "" : `](${url})`;
  }
}

function imageOf(attributes: string): string {
  const url = attribute("src", attributes);
  const alt = (attribute("alt", attributes) ?? "").replace(/[[\]\n]/g, " ").trim();
  return isWeb(url) ? `![${alt}](${url})` : alt;
}

function attribute(name: string, attributes: string): string | undefined {
  const found = attributes.match(
    new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i"),
  );
  return found?.[1] ?? found?.[2] ?? found?.[3];
}

function isWeb(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\/[^\s()]+$/i.test(url);
}
