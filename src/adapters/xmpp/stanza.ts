/** Stanzas of XMPP: read from a stream piece by piece, and written. */
import { Parser } from "htmlparser2";
import { escapeHtml } from "../../text/html-escape.ts";

export interface Stanza {
  /** As it is written: `message`, `stream:features`. */
  name: string;
  attributes: Record<string, string>;
  children: Stanza[];
  text: string;
}

/** What a stream brings, one element at a time; what goes around them, the stream itself, is told as opened and closed. */
export class StanzaReader {
  readonly #stanzas: Stanza[] = [];
  readonly #open: Stanza[] = [];
  #isClosed = false;
  readonly #parser: Parser;

  constructor() {
    this.#parser = new Parser(
      {
        onopentag: (name, attributes) => {
          this.#open.push({ name, attributes, children: [], text: "" });
        },
        ontext: (text) => {
          const inner = this.#open.at(-1);
          if (inner) inner.text += text;
        },
        onclosetag: () => {
          const done = this.#open.pop();
          if (!done) return;
          // The outermost one is the stream; those directly in it are what is said.
          if (this.#open.length === 0) this.#isClosed = true;
          else if (this.#open.length === 1) this.#stanzas.push(done);
          else this.#open.at(-1)?.children.push(done);
        },
      },
      { xmlMode: true, decodeEntities: true },
    );
  }

  push(text: string): void {
    this.#parser.write(text);
  }

  next(): Stanza | undefined {
    return this.#stanzas.shift();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }
}

/** The first child of this name, and of this namespace where one is named. */
export function child(stanza: Stanza, name: string, xmlns?: string): Stanza | undefined {
  return stanza.children.find(
    (one) => one.name === name && (xmlns === undefined || one.attributes.xmlns === xmlns),
  );
}

/** An element; what is undefined is left out. `inner` is XML already. */
export function element(name: string, attributes: Record<string, string | undefined>, inner = ""): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(value)}"`],
  );
  return inner === "" ? `<${name}${written.join("")}/>` : `<${name}${written.join("")}>${inner}</${name}>`;
}

/** Text and attributes; a sign that XML does not have is left out. */
export function escaped(text: string): string {
  return escapeHtml(text.replace(/[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, ""));
}

/** The condition of an error: `forbidden`; and its words. */
export function errorIn(stanza: Stanza): { condition: string; words: string } | undefined {
  const error = child(stanza, "error");
  if (!error) return undefined;
  const [condition] = error.children.filter(({ name }) => name !== "text");
  return { condition: condition?.name ?? "undefined-condition", words: child(error, "text")?.text ?? "" };
}
