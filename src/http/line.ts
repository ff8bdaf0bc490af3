/** Lines over a socket, and lines without one: both ends in this process. */
import { Duplex } from "node:stream";
import type { Line } from "./connect.ts";

/** `secure` upgrades it in place, where the socket can be. */
export function lineOf(socket: Duplex, secure?: () => Promise<Duplex>): Line {
  const arrived = new Queue<Uint8Array>();
  let listening = false;
  const onData = (piece: Buffer) => arrived.push(piece);
  // Not before it is asked for: a library that takes the socket reads for itself.
  const listen = () => {
    if (listening) return;
    listening = true;
    socket.on("data", onData);
    socket.once("end", () => arrived.end());
    socket.once("close", () => arrived.end());
  };
  // Without a listener a late error would end the process.
  socket.on("error", (error) => arrived.fail(error));
  return {
    framed: false,
    send: (data) =>
      new Promise((resolve, reject) => socket.write(data, (error) => (error ? reject(error) : resolve()))),
    receive() {
      listen();
      return arrived.next();
    },
    close: () => void socket.destroy(),
    socket,
    ...(secure && {
      async secure() {
        socket.off("data", onData);
        return lineOf(await secure());
      },
    }),
  };
}

/** The far end of a line in this process. */
export interface Peer {
  receive(): Promise<string | Uint8Array | undefined>;
  send(data: string | Uint8Array): void;
  close(): void;
}

/** Both ends. `framed`: whole messages, as a WebSocket has them. */
export function linePair(framed: boolean): [Line, Peer] {
  const there = new Queue<string | Uint8Array>();
  if (framed) {
    const here = new Queue<string | Uint8Array>();
    return [
      {
        framed,
        send: async (data) => void there.push(data),
        receive: () => here.next(),
        close: () => there.end(),
      },
      { receive: () => there.next(), send: (data) => here.push(data), close: () => here.end() },
    ];
  }
  const socket: Duplex = new Duplex({
    read() {},
    write(piece, _encoding, done) {
      there.push(piece);
      done();
    },
    final(done) {
      there.end();
      done();
    },
    destroy(error, done) {
      there.end();
      done(error);
    },
  });
  return [
    lineOf(socket),
    {
      receive: () => there.next(),
      send: (data) => void socket.push(data),
      close: () => void socket.push(null),
    },
  ];
}

/** A read waits for the next data. */
export class Queue<T> {
  readonly #waiting: { resolve(value: T | undefined): void; reject(reason: unknown): void }[] = [];
  readonly #items: T[] = [];
  #over: { error?: unknown } | undefined;

  push(item: T): void {
    const first = this.#waiting.shift();
    if (first) first.resolve(item);
    else this.#items.push(item);
  }

  end(): void {
    this.#over ??= {};
    for (const one of this.#waiting.splice(0)) one.resolve(undefined);
  }

  fail(error: unknown): void {
    this.#over ??= { error };
    for (const one of this.#waiting.splice(0)) one.reject(error);
  }

  next(): Promise<T | undefined> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.#over)
      return this.#over.error === undefined ? Promise.resolve(undefined) : Promise.reject(this.#over.error);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}
