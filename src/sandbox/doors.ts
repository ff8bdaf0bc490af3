/** TCP ports for the halves whose protocol is not HTTP: one each, on the sandbox's host. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { SandboxConnection, SandboxNetwork, World } from "./network.ts";

export interface Doors {
  /** `tcp://127.0.0.1:6667`; nothing for a network without `connect`. */
  address(network: string): string | undefined;
  /** By network. */
  addresses: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** `opened` is told of every connection. Throws what `listen` throws. */
export async function openDoors(
  networks: readonly SandboxNetwork[],
  host: string,
  world: World,
  opened: (network: string) => void,
): Promise<Doors> {
  const addresses = new Map<string, string>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  for (const { id, connect, webSocket } of networks) {
    if (!connect || webSocket) continue;
    // A client that says goodbye still hears the answer to its last words.
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.once("close", () => sockets.delete(socket)));
      opened(id);
      void serve(socket, (connection) => connect(connection, world));
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    addresses.set(id, `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`);
  }
  return {
    address: (network) => addresses.get(network),
    addresses: Object.fromEntries(addresses),
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

/** A half that throws is at fault itself: its connection breaks, and the process is warned. */
async function serve(socket: Socket, run: (connection: SandboxConnection) => Promise<void>): Promise<void> {
  // A client that goes away ends what is received, and is not a fault.
  socket.on("error", () => {});
  try {
    await run(connectionOn(socket));
    socket.end();
  } catch (error) {
    socket.destroy();
    process.emitWarning(`The sandbox failed on a connection: ${String(error)}`);
  }
}

function connectionOn(socket: Socket): SandboxConnection {
  // Reading to the end must not destroy what is still to be written.
  const pieces = socket.iterator({ destroyOnReturn: false });
  return {
    send: (data) =>
      new Promise((resolve) => {
        if (socket.destroyed) resolve();
        else socket.write(data, () => resolve());
      }),
    async receive() {
      // What breaks off has ended.
      const next = await pieces.next().catch(() => ({ done: true as const, value: undefined }));
      return next.done ? undefined : (next.value as Buffer);
    },
    close: () => void socket.end(),
  };
}

/** What comes, line by line, without the ends (LF or CRLF); a last line without one counts. */
export async function* linesOf(connection: Pick<SandboxConnection, "receive">): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for (let piece = await connection.receive(); piece; piece = await connection.receive()) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield rest.toString("utf8", 0, end).replace(/\r$/, "");
      rest = rest.subarray(end + 1);
    }
  }
  if (rest.length > 0) yield rest.toString("utf8");
}
