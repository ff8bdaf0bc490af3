/** Confluence's storage format from our own HTML: XML, with its own elements for code and pictures. */
import { decodeHtml, escapeHtml } from "../../text/html-escape.ts";
import { shownText } from "../../text/likeness.ts";

/** A picture that hangs on another page. */
export interface Attached {
  name: string;
  alt: string;
  /** The title of the page that it hangs on. */
  page: string;
  space: string;
}

/** `html` is ours: every `<` in it begins a tag, and every tag is closed. */
export function storageOf(html: string, pictures: readonly Attached[] = []): string {
  const body = html
    .replace(/<pre><code(?: class="language-([^"]*)")?>(.*?)\n?<\/code><\/pre>/gs, (_, lang, code) =>
      codeMacro(decodeHtml(code), lang),
    )
    .replace(/<img src="([^"]*)" alt="([^"]*)">/g, (_, url, alt) => image(alt, `<ri:url ri:value="${url}"/>`))
    .replace(/<(br|hr)>/g, "<$1/>")
    .replace(/<\/thead>\s*<tbody>|<\/?thead>/g, (tag) =>
      tag === "<thead>" ? "<tbody>" : tag === "</thead>" ? "</tbody>" : "",
    )
    .replace(/<(\/?)div>/g, "<$1p>");
  return [...pictures.map(attached), body].filter((part) => part !== "").join("\n");
}

function attached({ name, alt, page, space }: Attached): string {
  const where = `<ri:page ri:space-key="${escapeHtml(space)}" ri:content-title="${escapeHtml(page)}"/>`;
  const file = `<ri:attachment ri:filename="${escapeHtml(name)}">${where}</ri:attachment>`;
  return `<p>${image(escapeHtml(alt), file)}</p>`;
}

function image(alt: string, inside: string): string {
  return `<ac:image${alt === "" ? "" : ` ac:alt="${alt}"`}>${inside}</ac:image>`;
}

// The end of a CDATA section cannot stand in one.
function codeMacro(code: string, lang: string | undefined): string {
  const language = lang ? `<ac:parameter ac:name="language">${lang}</ac:parameter>` : "";
  const body = code.replaceAll("]]>", "]]]]><![CDATA[>");
  return `<ac:structured-macro ac:name="code">${language}<ac:plain-text-body><![CDATA[${body}]]></ac:plain-text-body></ac:structured-macro>`;
}

/** The words of a page as readers read them, without its pictures. */
export function wordsIn(storage: string): string {
  const html = storage
    .replace(/<ac:image\b.*?<\/ac:image>/gs, "")
    .replace(/<ac:parameter\b.*?<\/ac:parameter>/gs, "")
    .replace(/\]\]\]\]><!\[CDATA\[>/g, "]]>")
    .replace(
      /<ac:plain-text-body>\s*<!\[CDATA\[(.*?)\]\]>\s*<\/ac:plain-text-body>/gs,
      (_, code) => `<p>${escapeHtml(code)}</p>`,
    );
  return shownText(html)
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
