/** XMPP's XML as a server reads it: streams that open and close, and the elements directly in them. */
import { Parser } from "htmlparser2";
import type { SandboxConnection } from "../../network.ts";

export interface Element {
  name: string;
  attributes: Record<string, string>;
  text: string;
  /** Bytes that had come by its end since the one before. */
  size: number;
  /** The first one of this name below it. */
  find(name: string): Element | undefined;
}

export class Elements {
  readonly #connection: Pick<SandboxConnection, "receive">;
  #found: (Element | "opened" | "closed")[] = [];
  #parser = this.#made();
  #size = 0;

  constructor(connection: Pick<SandboxConnection, "receive">) {
    this.#connection = connection;
  }

  /** Another stream follows on the same connection. */
  restart(): void {
    this.#parser = this.#made();
  }

  /** Nothing once the other side is gone. */
  async next(): Promise<Element | "opened" | "closed" | undefined> {
    for (;;) {
      const one = this.#found.shift();
      if (one !== undefined) return one;
      const piece = await this.#connection.receive();
      if (piece === undefined) return undefined;
      this.#size += piece.length;
      this.#parser.write(piece.toString("utf8"));
    }
  }

  #made(): Parser {
    const open: (Element & { below: Element[] })[] = [];
    return new Parser(
      {
        onopentag: (name, attributes) => {
          const below: Element[] = [];
          const find = (wanted: string) => below.find((one) => one.name === wanted);
          open.push({ name, attributes, text: "", size: 0, below, find });
          if (open.length === 1) this.#found.push("opened");
        },
        ontext: (text) => {
          const inner = open.at(-1);
          if (inner) inner.text += text;
        },
        onclosetag: () => {
          const done = open.pop();
          if (!done) return;
          if (open.length === 0) this.#found.push("closed");
          else if (open.length === 1) {
            this.#found.push({ ...done, size: this.#size });
            this.#size = 0;
          } else for (const above of open.slice(1)) above.below.push(done);
        },
      },
      { xmlMode: true },
    );
  }
}

export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function attributesOf(attributes: Record<string, string>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${xml(value)}"`)
    .join(" ");
}
