/** A network that is not HTTP, played by a test: lines over TCP and TLS, messages over WebSocket, with STARTTLS. */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer as createTcp, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { createServer as createTls, TLSSocket } from "node:tls";
import * as v from "valibot";
import { WebSocketServer } from "ws";
import {
  type Adapter,
  type Connection,
  type Context,
  defineAdapter,
  NetworkError,
  type Reach,
} from "../../src/adapter.ts";
import { linePair, type Peer } from "../../src/http/line.ts";
import { secret } from "../../src/settings.ts";

const folder = join(import.meta.dirname, "../http/certificate");
export const CERTIFICATE = readFileSync(join(folder, "cert.pem"), "utf8");
const KEY = readFileSync(join(folder, "key.pem"), "utf8");
export const TOKEN = "relay-secret-token";

export type Kind = "ws" | "tls" | "tcp";
export const KINDS: readonly Kind[] = ["ws", "tls", "tcp"];

/** What happens at a post. */
export type Fault = "hang" | "drop" | "commit-drop" | "refuse";

export interface Relay {
  url: string;
  /** What readers see. */
  published: { key: string; text: string }[];
  /** Every whole line or message that arrived, in order. */
  arrived: string[];
  script: Fault[];
  close(): Promise<void>;
}

type Book = Pick<Relay, "published" | "arrived" | "script">;

/** One line of a client; `undefined` closes the connection, "" says nothing. */
export function answer(said: string, { published, arrived, script }: Book): string | undefined {
  arrived.push(said);
  const [verb, key = "", ...words] = said.split(" ");
  if (verb === "HELLO") return key === TOKEN ? "WELCOME" : `NO the token ${key} is wrong`;
  if (verb === "FIND") {
    const at = published.findIndex((post) => post.key === key);
    return at < 0 ? "NONE" : `FOUND ${at}`;
  }
  if (verb !== "POST") return "";
  const fault = script.shift();
  if (fault === "hang") return "";
  if (fault === "drop") return undefined;
  if (fault === "refuse") return `NO ${TOKEN} may not say that`;
  const id = published.push({ key, text: words.join(" ") }) - 1;
  return fault === "commit-drop" ? undefined : `OK ${id}`;
}

export async function startRelay(kind: Kind): Promise<Relay> {
  const book: Book = { published: [], arrived: [], script: [] };
  const open = new Set<{ destroy(): void }>();
  if (kind === "ws") {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise((listening) => server.once("listening", listening));
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("message", (data) => {
        const told = answer(String(data).trim(), book);
        if (told === undefined) socket.terminate();
        else if (told !== "") socket.send(told);
      });
    });
    const { port } = server.address() as AddressInfo;
    const close = () =>
      new Promise<void>((done) => {
        for (const client of server.clients) client.terminate();
        server.close(() => done());
      });
    return { ...book, url: `ws://127.0.0.1:${port}`, close };
  }
  const serve = (socket: Duplex) => {
    open.add(socket);
    socket.on("error", () => {});
    byLines(socket, (line) => {
      if (line === "STARTTLS") {
        socket.write("READY\r\n");
        socket.removeAllListeners("data");
        serve(new TLSSocket(socket as Socket, { isServer: true, key: KEY, cert: CERTIFICATE }));
        return;
      }
      const told = answer(line, book);
      if (told === undefined) socket.destroy();
      else if (told !== "") socket.write(`${told}\r\n`);
    });
  };
  const server: Server =
    kind === "tls" ? createTls({ key: KEY, cert: CERTIFICATE }, serve) : createTcp(serve);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((done) => {
      for (const socket of open) socket.destroy();
      server.close(() => done());
    });
  return { ...book, url: `${kind}://localhost:${port}`, close };
}

function byLines(socket: Duplex, each: (line: string) => void): void {
  let rest = "";
  socket.on("data", (piece: Buffer) => {
    const lines = (rest + piece.toString("utf8")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) each(line);
  });
}

/** The same network without a socket. */
export function relayInMemory(framed: boolean, book: Book) {
  const [line, peer] = linePair(framed);
  void serveInMemory(peer, book);
  return line;
}

export async function serveInMemory(peer: Peer, book: Book): Promise<void> {
  for (;;) {
    const said = await peer.receive();
    if (said === undefined) return;
    for (const one of String(said).split("\r\n").filter(Boolean)) {
      const told = answer(one, book);
      if (told) peer.send(`${told}\r\n`);
    }
  }
}

const channel = v.strictObject({ relay: v.string(), token: secret("Token") });
type Channel = v.InferOutput<typeof channel>;

async function greeted<T>(reach: Reach<Channel>, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { relay, token } = reach.channel;
  const connection = await reach.connect(relay);
  try {
    await connection.send(`HELLO ${token}\r\n`, { safe: true });
    expectWord(await connection.receive(), "WELCOME");
    return await work(connection);
  } finally {
    connection.close();
  }
}

function expectWord(said: string, word: string): string {
  const [verb, ...rest] = said.trim().split(" ");
  if (verb === word) return rest.join(" ");
  throw new NetworkError(verb === "NO" ? "rejected" : "uncertain", `the relay said: ${said.trim()}`);
}

export function relayAdapter({ find }: { find: boolean }): Adapter {
  const relay = defineAdapter({
    id: "relay",
    name: "Relay",
    source: { url: "https://relay.example", checked: "2026-11-23" },
    group: "public",
    shape: "short",
    channel,
    options: v.strictObject({}),
    auth: { kind: "token", steps: ["Ask for one."] },
    text: { max: 500, unit: "grapheme", markup: "plain" },
    media: "none",
    thread: "none",
    card: "none",
    rates: [],
    idempotency: "none",
    edits: "none",
    retracts: "none",
    publish: (post, context) =>
      greeted(context, async (connection) => {
        await connection.send(`POST ${context.key} ${post.text}\r\n`);
        return { id: expectWord(await connection.receive(), "OK") };
      }),
    ...(find && {
      find: (_post: unknown, context: Context<Channel>) =>
        greeted(context, async (connection) => {
          await connection.send(`FIND ${context.key}\r\n`, { safe: true });
          const said = (await connection.receive()).trim();
          return said === "NONE" ? ("absent" as const) : { id: expectWord(said, "FOUND") };
        }),
    }),
    account: (reach) => greeted(reach, async () => ({ id: "relay", handle: "@relay" })),
  });
  return relay;
}
