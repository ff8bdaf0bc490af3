/** Lines for `connect`: WebSocket with `ws`, TLS and TCP with Node's own, programs. Certificates are checked. */
import { connect as connectTcp, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Dial, Line } from "./connect.ts";
import { lineOf, Queue } from "./line.ts";
import { openProgram } from "./program.ts";
import { whenAborted } from "./when-aborted.ts";

const PORTS: Record<string, number> = { "irc:": 6667, "ircs:": 6697, "smtp:": 587, "smtps:": 465 };
const LARGEST_MESSAGE = 8_000_000;

/** `ca`: a certificate to trust besides the system's, PEM. */
export function createDial({ ca }: { ca?: string } = {}): Dial {
  return (url, signal, certified) => {
    switch (url.protocol) {
      case "ws:":
      case "wss:":
        return openWebSocket(url, signal, ca);
      case "tls:":
      case "ircs:":
      case "smtps:":
        return openTls(url, signal, ca, certified);
      case "exec:":
        return Promise.resolve(openProgram(url));
      default:
        return openTcp(url, signal, ca, certified);
    }
  };
}

function placeOf(url: URL): { host: string; port: number } {
  const port = Number(url.port) || PORTS[url.protocol];
  if (port === undefined) throw Object.assign(new Error("no port"), { code: "ERR_INVALID_URL" });
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

async function openTcp(url: URL, signal: AbortSignal, ca?: string, certified?: string): Promise<Line> {
  const { host, socket } = await openSocket(url, signal);
  return lineOf(socket, () => encrypted(socket, certified ?? host, ca, new AbortController().signal));
}

async function openTls(url: URL, signal: AbortSignal, ca?: string, certified?: string): Promise<Line> {
  const { host, socket } = await openSocket(url, signal);
  return lineOf(await encrypted(socket, certified ?? host, ca, signal));
}

async function openSocket(url: URL, signal: AbortSignal): Promise<{ host: string; socket: Socket }> {
  const { host, port } = placeOf(url);
  const socket = connectTcp({ host, port, noDelay: true });
  await opened(socket, "connect", signal);
  return { host, socket };
}

async function encrypted(
  socket: Socket,
  name: string,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  // An address is no name that could be asked for (RFC 6066, 3), but is compared with the certificate's.
  const asked = isIP(name) > 0 ? {} : { servername: name };
  const secured = connectTls({ socket, host: name, ...asked, ca });
  await opened(secured, "secureConnect", signal);
  return secured;
}

/** Resolves at `event`, throws what goes wrong until then. */
async function opened(socket: Duplex | Socket, event: string, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let stop = () => {};
    const fail = (error: unknown) => {
      stop();
      socket.destroy();
      reject(error);
    };
    if (signal.aborted) return fail(signal.reason);
    stop = whenAborted(signal, () => fail(signal.reason));
    socket.once("error", fail);
    socket.once("close", () => fail(Object.assign(new Error("closed"), { code: "ECONNRESET" })));
    socket.once(event, () => {
      stop();
      socket.removeAllListeners("error").removeAllListeners("close");
      resolve();
    });
  });
}

async function openWebSocket(url: URL, signal: AbortSignal, ca: string | undefined): Promise<Line> {
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(url, { maxPayload: LARGEST_MESSAGE, followRedirects: false, ca });
  const arrived = new Queue<string | Uint8Array>();
  socket.on("message", (data, isBinary) => {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
    arrived.push(isBinary ? bytes : bytes.toString("utf8"));
  });
  await new Promise<void>((resolve, reject) => {
    const stop = whenAborted(signal, () => {
      reject(signal.reason);
      socket.terminate();
    });
    socket.once("error", (error) => {
      stop();
      reject(error);
    });
    socket.once("open", () => {
      stop();
      socket.removeAllListeners("error");
      resolve();
    });
  });
  socket.on("error", (error) => arrived.fail(Object.assign(error, { code: "ECONNRESET" })));
  socket.once("close", () => arrived.end());
  return {
    framed: true,
    send: (data) =>
      new Promise((resolve, reject) =>
        socket.send(data, (error) =>
          error ? reject(Object.assign(error, { code: "ECONNRESET" })) : resolve(),
        ),
      ),
    receive: () => arrived.next(),
    close: () => socket.terminate(),
  };
}
