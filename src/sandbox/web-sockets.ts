/** WebSockets for the halves that answer these, on the sandbox's own port. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { Queue } from "../http/line.ts";
import type { SandboxConnection, SandboxNetwork, World } from "./network.ts";

/** Whose connection it is, and the path below the network's prefix. */
export interface Taken {
  network: SandboxNetwork;
  path: string;
  world: World;
}

const LARGEST_MESSAGE = 8_000_000;

/** `find`: nothing for what is nobody's. Gives what ends those that are open. */
export function takeWebSockets(
  server: Server,
  find: (request: IncomingMessage) => Taken | undefined,
): { close(): void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const taken = find(request);
    socket.on("error", () => {});
    if (!taken) return void socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (open) => void serve(open, taken));
  });
  return {
    close() {
      for (const open of sockets.clients) open.terminate();
      sockets.close();
    },
  };
}

/** A half that throws is at fault itself: its connection breaks, and the process is warned. */
async function serve(socket: WebSocket, { network, path, world }: Taken): Promise<void> {
  try {
    await network.connect?.({ ...connectionOn(socket), path }, world);
    socket.close();
  } catch (error) {
    socket.terminate();
    process.emitWarning(`The sandbox failed on a connection: ${String(error)}`);
  }
}

function connectionOn(socket: WebSocket): SandboxConnection {
  const arrived = new Queue<Buffer>();
  socket.on("message", (data) => arrived.push(Buffer.from(data as Buffer)));
  socket.on("error", () => arrived.end());
  socket.once("close", () => arrived.end());
  return {
    send: (data) => new Promise((resolve) => socket.send(data, () => resolve())),
    receive: () => arrived.next(),
    close: () => socket.close(),
  };
}
