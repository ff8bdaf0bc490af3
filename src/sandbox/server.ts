/** The sandbox on a socket: the networks' APIs below `/<network>/`, and a page that shows what they took. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { makeFolder, unwritable } from "../files.ts";
import { targetOf } from "../http/target.ts";
import { type Chaos, createFaultSchedule, type Fault } from "./chaos.ts";
import { type Doors, openDoors } from "./doors.ts";
import { closedForGood, play } from "./faults.ts";
import { openJournal } from "./journal.ts";
import type { SandboxNetwork, SandboxPost, Window } from "./network.ts";
import type { Knowledge } from "./page/about.ts";
import { createTimeline } from "./page/timeline.ts";
import { createStage, type Stage, type StageReply, type StageRequest, serialise } from "./router.ts";
import { takeWebSockets } from "./web-sockets.ts";

export interface SandboxOptions {
  /** Default 0: any free one. */
  port?: number;
  /** Default 127.0.0.1. Another one opens the sandbox, which has no real credentials to check, to that network. */
  host?: string;
  networks: readonly SandboxNetwork[];
  /** Where networks that write files keep them. Created when absent. */
  folder: string;
  chaos?: Chaos;
  /** Where to keep what was taken, for the next sandbox. Default: nowhere. */
  journal?: string;
  /** What its page may say of campaigns and channels. */
  knowledge?: Knowledge;
  /** Whether rate limits are kept, default true; or the windows to keep in place of every one of the networks' own. */
  rates?: boolean | Window[];
  now?: () => number;
}

export interface Sandbox {
  /** `http://127.0.0.1:4747`, without a trailing slash. */
  url: string;
  port: number;
  /** Where the networks that are not HTTP are connected to: `tcp://127.0.0.1:6667`, by id. */
  doors: Readonly<Record<string, string>>;
  /** Oldest first. */
  posts(): Promise<SandboxPost[]>;
  /** Settings that point a channel at this sandbox, credentials included. `settings`: the channel's own, where known. */
  channel(network: string, name: string, settings?: Record<string, unknown>): Record<string, string>;
  /** The same without a socket and without chaos: the dry run uses it. */
  handle(request: StageRequest): Promise<StageReply>;
  /** The last thousand API requests, oldest first. */
  requests: Recorded[];
  close(): Promise<void>;
}

export interface Recorded {
  method: string;
  /** With the network's prefix, without the query. */
  path: string;
  headers: IncomingHttpHeaders;
  /** Epoch milliseconds. */
  at: number;
  fault: Fault;
  /** Whether it would put something before readers. */
  publishes: boolean;
}

// As much as any network takes in one request.
const LARGEST_BODY = 220_000_000;
const REMEMBERED = 1_000;

/** Throws an `InputError` for an unknown chaos profile or a folder that cannot be made, and what `listen` throws when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { host = "127.0.0.1", now = Date.now } = options;
  const weather = createFaultSchedule(options.chaos ?? { profile: "calm", seed: 0 });
  try {
    makeFolder(options.folder);
  } catch (error) {
    throw unwritable(options.folder, error);
  }

  const journal = options.journal === undefined ? undefined : openJournal(options.journal);
  let origin = "";
  let doors: Doors | undefined;
  const requests: Recorded[] = [];
  const stage: Stage = createStage({
    networks: options.networks,
    folder: options.folder,
    origin: () => origin,
    now,
    rates: options.rates ?? true,
    door: (network) => doors?.address(network),
    changed: (change) => timeline.changed(change),
  });
  const timeline = createTimeline({
    networks: options.networks,
    folder: options.folder,
    doors: () => doors?.addresses ?? {},
    posts: () => stage.posts(),
    kept: stage.world.posts,
    removed: stage.world.removed,
    knowledge: options.knowledge,
  });

  const remember = (
    { method = "", headers }: Pick<IncomingMessage, "method" | "headers">,
    path: string,
    fault: Fault,
    publishes = false,
  ) => {
    requests.push({ method, path, headers, at: now(), fault, publishes });
    if (requests.length > REMEMBERED) requests.shift();
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = request.method ?? "GET";
    if (!isOurName(request.headers.host, host))
      return send(response, words(421, "This is not the name of the sandbox."));
    const url = below(request.url ?? "/", request.headers.host);
    const { path } = targetOf(url);
    if (path.startsWith("/elsewhere/")) {
      // Where a redirect leads to: another host as clients see it. Nothing with a credential may arrive here.
      remember(request, path, "ok");
      return send(response, words(404, "Nobody lives here."));
    }
    if (method === "GET" && (await timeline.serve(path, request, response))) return;

    const found = stage.find(path);
    let body: Promise<Buffer> | undefined;
    const read = () => {
      body ??= readBody(request);
      return body;
    };
    const publishes = found !== undefined && (await doesPublish(found.network, method, found.path, read));
    const fault = found ? weather.next(found.network.id, method, found.path, publishes) : "ok";
    remember(request, path, fault, publishes);
    await play(fault, {
      request,
      response,
      server,
      origin,
      now,
      skew: weather.skew,
      busy: found?.network.busy && serialise(found.network.busy),
      read,
      handle: async (body, gitLedgerError, skew = 0) => {
        const asked = { method, url, headers: request.headers, body };
        const at = now() + skew;
        const reply = await stage.handle(asked, gitLedgerError, at);
        // A question changes nothing, and neither does what was refused.
        if (method !== "GET" && reply.status < 300) journal?.note({ at, request: asked });
        return reply;
      },
      recognises: (body) => stage.recognises({ method, url, headers: request.headers, body }),
      // The server's own idea of the time, which a test or a fault may have moved.
      send: (reply) =>
        send(response, { ...reply, headers: { date: new Date(now()).toUTCString(), ...reply.headers } }),
    });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const tooLarge = error instanceof RangeError;
      send(
        response,
        tooLarge ? words(413, "The body is too large.") : words(500, `The sandbox failed: ${String(error)}`),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  server.removeAllListeners("error");
  const { port } = server.address() as AddressInfo;
  origin = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const opened = (network: string) => remember({ method: "CONNECT", headers: {} }, `/${network}`, "ok");
  doors = await openDoors(options.networks, host, stage.world, opened);
  const webSockets = takeWebSockets(server, (request) => {
    if (!isOurName(request.headers.host, host)) return undefined;
    const found = stage.find(targetOf(below(request.url ?? "/", request.headers.host)).path);
    if (!found?.network.webSocket || !found.network.connect) return undefined;
    opened(found.network.id);
    return { ...found, world: stage.world };
  });
  for (const { at, request } of (await journal?.recall()) ?? []) {
    await stage.handle(request, undefined, at);
  }

  return {
    url: origin,
    port,
    doors: doors.addresses,
    posts: () => stage.posts(),
    channel: stage.channel,
    handle: (request) => stage.handle(request),
    requests,
    async close() {
      timeline.close();
      webSockets.close();
      await doors?.close();
      closedForGood.add(server);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function doesPublish(
  { publishes, publishing }: SandboxNetwork,
  method: string,
  path: string,
  read: () => Promise<Buffer>,
): Promise<boolean> {
  return publishes(method, path) && (publishing === undefined || publishing(await read()));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError("body too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function send(response: ServerResponse, { status, headers, body }: StageReply): void {
  response.writeHead(
    status,
    status === 204 || status === 304 ? headers : { ...headers, "content-length": body.length },
  );
  response.end(status === 204 || status === 304 ? undefined : body);
}

function words(status: number, text: string): StageReply {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: Buffer.from(`${text}\n`) };
}

// Names below .localhost are nobody else's (RFC 6761).
const NETWORK_NAME = /^([a-z0-9-]+)\.localhost(:\d+)?$/;

// A page elsewhere can give its own name this address (DNS rebinding); then the Host header is not ours.
function isOurName(header: string | undefined, host: string): boolean {
  if (host !== "127.0.0.1" && host !== "::1" && host !== "localhost") return true;
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(header ?? "") || NETWORK_NAME.test(header ?? "");
}

/** For clients that keep no path before their own: `http://mastodon.localhost:4747/api/…` is `/mastodon/api/…`. */
function below(url: string, header: string | undefined): string {
  const [, network] = NETWORK_NAME.exec(header ?? "") ?? [];
  return network !== undefined && url.startsWith("/") ? `/${network}${url}` : url;
}
