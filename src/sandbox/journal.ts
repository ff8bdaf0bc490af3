/**
 * What a rehearsal has taken, kept beside it: the requests themselves. The next sandbox answers them again, each at its
 * own time, and so knows all that this one knew: posts, keys, uploads, logins. A delivery that a kill has interrupted
 * goes on there as it would on the network.
 */
import { appendFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import type { StageRequest } from "./router.ts";

export interface Noted {
  /** The server's time when it was answered, epoch milliseconds. */
  at: number;
  request: StageRequest;
}

/** One line of JSON for every request; a last line that a crash cut short is passed over. */
export interface Journal {
  /** On the disk when this returns: what the client is told afterwards is not forgotten. */
  note(noted: Noted): void;
  /** Everything noted so far, in order. */
  recall(): Promise<Noted[]>;
}

interface Line {
  at: number;
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  base64: string;
}

export function openJournal(file: string): Journal {
  return {
    note({ at, request }) {
      const { method, url, headers = {}, body = [] } = request;
      const line: Line = { at, method, url, headers, base64: Buffer.from(body).toString("base64") };
      appendFileSync(file, `${JSON.stringify(line)}\n`);
    },
    async recall() {
      const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      return text.split("\n").flatMap((line) => readLine(line) ?? []);
    },
  };
}

function readLine(text: string): Noted | undefined {
  try {
    const { at, method, url, headers, base64 } = JSON.parse(text) as Line;
    return { at, request: { method, url, headers, body: Buffer.from(base64, "base64") } };
  } catch {
    return undefined;
  }
}
