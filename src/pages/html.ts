/** HTML that escapes by default: only what this file has made is taken as it is. */

const SIGNS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

let wrap: (markup: string) => Html;

/** A finished piece. Only this file makes one, so a string from outside never is one. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static {
    wrap = (markup) => new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }

  get isEmpty(): boolean {
    return this.#markup === "";
  }
}

/** What may stand in a template: text is escaped, pieces stay, lists are joined, and what is absent is nothing. */
export type Value = string | number | Html | undefined | false | readonly Value[];

/** Attributes stand in double quotes; `test/pages/html.test.ts` sees to it. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  let markup = parts[0] ?? "";
  values.forEach((value, index) => {
    markup += markupOf(value) + (parts[index + 1] ?? "");
  });
  return wrap(markup);
}

/** Markup that is the program's own: a style sheet, a drawing. Never what somebody wrote. */
export function raw(own: string): Html {
  return wrap(own);
}

export const nothing: Html = raw("");

export function join(values: readonly Value[], between = ""): Html {
  return wrap(values.map(markupOf).join(between));
}

/** For text and for attributes in quotes. What no page may hold is shown as a box. */
export function escaped(text: string): string {
  return text.replace(NEVER, "\ufffd").replace(/[&<>"']/g, (sign) => SIGNS[sign] as string);
}

// Control characters but tab and line break, halves of characters, and what Unicode says is none.
const NEVER =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function markupOf(value: Value): string {
  if (value === undefined || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (typeof value === "object") return value.map(markupOf).join("");
  return escaped(String(value));
}

/** The address, where it leads to a page or a mailbox and to nothing else. */
export function webAddress(url: string): string | undefined {
  return /^(?:https?:\/\/|mailto:)[^\s<>"\\]+$/i.test(url) ? url : undefined;
}

/** A link to somewhere else; what leads nowhere is its words alone. */
export function away(url: string, words: Value): Html {
  const address = webAddress(url);
  return address === undefined
    ? html`${words}`
    : html`<a href="${address}" rel="noopener noreferrer nofollow">${words}</a>`;
}

/** A name that somebody else chose, in its own direction, on one line. */
export function name(text: string): Html {
  return html`<bdi>${oneLine(text)}</bdi>`;
}

/** On one line, without signs that turn the direction of what follows. */
export function oneLine(text: string): string {
  return text
    .replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g, "")
    .replace(/\s+/gu, " ")
    .trim();
}

/** An attribute's value that ids and links in the page share. */
export function slug(text: string): string {
  const plain = text.replace(/[^\w-]+/g, "-").replace(/^-+|-+$/g, "");
  return /^[a-z]/i.test(plain) ? plain : `p-${plain}`;
}

/** What stands in backticks is typed. */
export function ticked(text: string): Html {
  const parts = oneLine(text).split("`");
  // An odd one out opens nothing.
  if (parts.length % 2 === 0) return html`${oneLine(text)}`;
  return join(
    parts.map((part, index) => (index % 2 === 1 ? html`<code><bdi>${part}</bdi></code>` : html`${part}`)),
  );
}

// Where one begins with a name, the name stays as it is written.
const OPENINGS = /^(?:the|a|an|this|its|it|there|every|each|no|not|nothing|what|these|two|approved)\b/;

/** What is wrong or to be done, as a whole sentence. */
export function sentence(text: string): Html {
  const words = oneLine(text).replace(OPENINGS, (first) => first.charAt(0).toUpperCase() + first.slice(1));
  return ticked(/[.!?]$/.test(words) ? words : `${words}.`);
}
