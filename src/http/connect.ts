/**
 * Networks that are not HTTP: WebSocket, TLS, TCP; and programs of the project's own. What may publish is on record before it leaves; a lost connection is
 * `uncertain` from then on, and `unavailable` before.
 */
import type { Duplex } from "node:stream";
import { NetworkError } from "../errors.ts";
import { redactor } from "../redact.ts";
import { isUrl } from "../urls.ts";
import { startPatience } from "./deadline.ts";
import { noAnswer } from "./failure.ts";
import { programName } from "./program-address.ts";
import { hostOf } from "./refusal.ts";
import { whenAborted } from "./when-aborted.ts";

/** An open line as the wire gives it. */
export interface Line {
  /** Whether what comes is whole messages, or a stream to be cut into lines. */
  framed: boolean;
  /** Resolves when the system has taken it. */
  send(data: string | Uint8Array): Promise<void>;
  /** What came next; nothing once the other side has closed. */
  receive(): Promise<string | Uint8Array | undefined>;
  close(): void;
  /** Only TCP and TLS. */
  socket?: Duplex;
  /** The same line, encrypted from here on. Only TCP. */
  secure?(): Promise<Line>;
}

/** Opens a line. `certified`: see Connect. Throws with a `code` when there is no connection. */
export type Dial = (url: URL, signal: AbortSignal, certified?: string) => Promise<Line>;

/** An open connection, as an adapter has it. Every failure is a NetworkError. */
export interface Connection {
  /**
   * Without `safe` it may publish: the attempt is on disk before a byte leaves. A line's end (CRLF) is part of the data.
   */
  send(data: string | Uint8Array, options?: { safe?: boolean }): Promise<void>;
  /** The next message, or line without its end, as text. */
  receive(): Promise<string>;
  /** The next message, or whatever has come. */
  receiveBytes(): Promise<Uint8Array>;
  /** STARTTLS: encrypts from here on. Throws when something unencrypted still waits to be read. */
  secure(): Promise<void>;
  close(): void;
  /**
   * For a library that speaks the protocol itself; TCP and TLS only. It may publish unseen, so `sending()` comes first, unless
   * the connection was opened with `safe`.
   */
  readonly socket: Duplex;
}

/**
 * `safe`: nothing on it publishes. `deadline`: milliseconds for each step; default 30 s. `certified`: the name in the server's certificate,
 * where the protocol wants another one than the address's host.
 */
export type Connect = (
  url: string,
  options?: { safe?: boolean; deadline?: number; certified?: string },
) => Promise<Connection>;

export interface ConnectOptions {
  dial: Dial;
  /** Values that must not appear in any message. */
  secrets: readonly string[];
  /** Resolves once the attempt is on disk. */
  sending: (leaving: { deadline: number }) => Promise<void>;
  /** Whether the attempt is on disk. */
  isAnnounced: () => boolean;
  /** Whether nothing publishes here, whatever a `send` says: in a step. */
  isSafe: () => boolean;
  signal?: AbortSignal;
  /** Milliseconds; default 30 s. */
  deadline?: number;
}

const DEADLINE = 30_000;
const LONGEST = 8_000_000;
const SCHEMES = new Set(["ws:", "wss:", "tcp:", "tls:", "irc:", "ircs:", "smtp:", "smtps:", "exec:"]);

export function createConnect(options: ConnectOptions): Connect {
  const { dial, sending, isAnnounced, isSafe, signal } = options;
  const redact = redactor(options.secrets);

  return async (address, own = {}) => {
    const url = readAddress(address);
    const who = url.protocol === "exec:" ? programName(url) : `${url.protocol}//${hostOf(address)}`;
    const deadline = own.deadline ?? options.deadline ?? DEADLINE;
    const onlyAsks = own.safe === true;
    // From the first byte that may publish, it is unknown what a silence means.
    let published = false;

    const within = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
      signal?.throwIfAborted();
      const patience = startPatience(deadline, signal);
      let stop = () => {};
      const aborted = new Promise<never>((_, reject) => {
        const abort = () => reject(patience.signal.reason);
        if (patience.signal.aborted) abort();
        else stop = whenAborted(patience.signal, abort);
      });
      try {
        return await Promise.race([work(patience.signal), aborted]);
      } catch (error) {
        const ended = patience.isOver() ? deadline : signal?.aborted ? "broken off" : undefined;
        const { code, message, cause } = noAnswer(error, who, !published, ended);
        throw new NetworkError(code, redact(message), { cause });
      } finally {
        stop();
        patience.end();
      }
    };

    let line = await within((patience) => dial(url, patience, own.certified));
    const buffer = new Buffered();
    const next = async (): Promise<void> => {
      const piece = await within(() => line.receive());
      if (piece === undefined) {
        throw noAnswer(
          Object.assign(new Error("closed"), { code: "ECONNRESET" }),
          who,
          !published,
          undefined,
        );
      }
      buffer.push(piece);
      if (buffer.size > LONGEST) {
        throw noAnswer(
          Object.assign(new Error("long"), { code: "REPLY_TOO_LARGE" }),
          who,
          !published,
          undefined,
        );
      }
    };

    return {
      async send(data, { safe = false } = {}) {
        if (!safe && !onlyAsks && !isSafe()) {
          await sending({ deadline });
          published = true;
        }
        await within(() => line.send(data));
      },
      async receive() {
        for (;;) {
          const found = line.framed ? buffer.message() : buffer.line();
          if (found !== undefined) return Buffer.from(found).toString("utf8");
          await next();
        }
      },
      async receiveBytes() {
        for (;;) {
          const found = line.framed ? buffer.message() : buffer.all();
          if (found !== undefined) return found;
          await next();
        }
      },
      async secure() {
        if (!line.secure) throw new TypeError(`${url.protocol} is not encrypted afterwards`);
        // Who sits in between could have put words there, to be read as if they had come encrypted.
        if (buffer.size > 0)
          throw new NetworkError(
            "unavailable",
            `${who} sent more before it was encrypted; that is not to be trusted`,
          );
        line = await within(() => line.secure!());
      },
      close: () => line.close(),
      get socket() {
        if (!line.socket) throw new TypeError(`${url.protocol} has no socket to give away`);
        if (!onlyAsks && !isSafe()) {
          if (!isAnnounced()) throw new TypeError("call sending() before a library gets the socket");
          published = true;
        }
        return line.socket;
      },
    };
  };
}

function readAddress(address: string): URL {
  const url = isUrl(address) ? new URL(address) : undefined;
  if (url && SCHEMES.has(url.protocol) && url.hostname !== "") return url;
  throw new NetworkError("rejected", "the address of the connection cannot be read");
}

/** What has arrived and was not asked for yet. */
class Buffered {
  #pieces: Buffer[] = [];
  size = 0;

  push(piece: string | Uint8Array): void {
    const bytes = typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece);
    this.#pieces.push(bytes);
    this.size += bytes.length;
  }

  message(): Uint8Array | undefined {
    const piece = this.#pieces.shift();
    this.size -= piece?.length ?? 0;
    return piece;
  }

  all(): Uint8Array | undefined {
    if (this.#pieces.length === 0) return undefined;
    const all = Buffer.concat(this.#pieces.splice(0));
    this.size = 0;
    return all;
  }

  line(): Uint8Array | undefined {
    if (!this.#pieces.at(-1)?.includes(10) && !this.#pieces.some((piece) => piece.includes(10)))
      return undefined;
    const all = Buffer.concat(this.#pieces.splice(0));
    const end = all.indexOf(10);
    this.#pieces = end + 1 < all.length ? [all.subarray(end + 1)] : [];
    this.size = all.length - end - 1;
    return all.subarray(0, all[end - 1] === 13 ? end - 1 : end);
  }
}
