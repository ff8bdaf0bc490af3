/** The sandbox without a socket: requests in, replies out. The server and the dry run both stand on it. */

import type { IncomingHttpHeaders } from "node:http";
import { targetOf } from "../http/target.ts";
import { isHosted, serveHosted } from "./media-host.ts";
import type {
  SandboxNetwork,
  SandboxPost,
  SandboxReply,
  SandboxRequest,
  Trouble,
  Window,
  World,
} from "./network.ts";
import { type Change, createWorld } from "./state.ts";

export interface StageOptions {
  networks: readonly SandboxNetwork[];
  /** `http://127.0.0.1:4747`. */
  origin(): string;
  folder: string;
  rates?: boolean | Window[];
  now?: () => number;
  changed?: (change: Change) => void;
  /** Where a network's connections are answered. */
  door?(network: string): string | undefined;
}

/** A request as it leaves: what `http.ts` calls a wire request. */
export interface StageRequest {
  method: string;
  /** Whole, or from the first slash. */
  url: string;
  headers?: IncomingHttpHeaders;
  body?: Uint8Array;
}

export interface StageReply extends SandboxReply {
  headers: Record<string, string>;
  body: Buffer;
}

export interface Stage {
  world: World;
  /** The network whose prefix the path has, and the path below it. */
  find(path: string): { network: SandboxNetwork; path: string } | undefined;
  /**
   * Answers one request, in order of arrival; `at` is what the server takes for the time. Errors of a half are thrown:
   * they are ours.
   */
  handle(request: StageRequest, trouble?: Trouble, at?: number): Promise<StageReply>;
  /** Whether the network itself would recognise a repeat of this request. */
  recognises(request: StageRequest): boolean;
  /** All posts, also those that networks keep as files; oldest first. */
  posts(): Promise<SandboxPost[]>;
  channel(network: string, name: string, settings?: Record<string, unknown>): Record<string, string>;
}

export function createStage(options: StageOptions): Stage {
  const { networks, folder, now = Date.now, rates = true, changed = () => {} } = options;
  const world = createWorld({ origin: options.origin, folder, now, rates, changed });

  const find: Stage["find"] = (path) => {
    const [, id = "", rest = ""] = /^\/([^/]*)(.*)$/s.exec(path) ?? [];
    const network = networks.find((one) => one.id === id);
    return network && { network, path: rest || "/" };
  };

  return {
    world,
    find,
    async handle(request, trouble, at) {
      const path = pathOf(request);
      if (isHosted(path)) return serialise(serveHosted(asked(request, path), world));
      const found = find(path);
      if (!found) return plain(404, "The sandbox has no such network.");
      const place = at === undefined ? world : worldAt(world, at);
      const reply = await found.network.handle(asked(request, found.path, trouble), place);
      if (!reply)
        return plain(
          404,
          `The sandbox's ${found.network.name} does not know ${request.method} on this path.`,
        );
      return serialise(reply);
    },
    recognises(request) {
      const found = find(pathOf(request));
      return found?.network.recognises?.(asked(request, found.path)) ?? false;
    },
    async posts() {
      const kept = await Promise.all(networks.map((network) => network.posts?.(world) ?? []));
      return [...world.posts, ...kept.flat()].sort((a, b) => a.at - b.at);
    },
    channel(id, name, settings) {
      const network = networks.find((one) => one.id === id);
      if (!network) throw new Error(`the sandbox has no network "${id}"`);
      return network.channel(name, world.base(id), folder, settings, options.door?.(id));
    },
  };
}

function worldAt(world: World, at: number): World {
  return {
    ...world,
    now: () => at,
    take: (network, account, windows) => world.take(network, account, windows, at),
  };
}

/** The bytes of a reply: objects become JSON, and the type is said unless the half said it. */
export function serialise(reply: SandboxReply): StageReply {
  const { body } = reply;
  const headers = Object.fromEntries(
    Object.entries(reply.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  if (body === undefined) return { status: reply.status, headers, body: Buffer.alloc(0) };
  if (typeof body === "string" || body instanceof Uint8Array) {
    return {
      status: reply.status,
      headers: { "content-type": "text/plain; charset=utf-8", ...headers },
      body: Buffer.from(body as string),
    };
  }
  return {
    status: reply.status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

function pathOf(request: StageRequest): string {
  return targetOf(request.url).path;
}

function asked(request: StageRequest, path: string, trouble?: Trouble): SandboxRequest {
  return {
    method: request.method,
    path,
    query: targetOf(request.url).query,
    headers: lower(request.headers ?? {}),
    body: Buffer.from(request.body ?? []),
    ...(trouble ? { trouble } : {}),
  };
}

function plain(status: number, words: string): StageReply {
  return serialise({ status, body: `${words}\n` });
}

function lower(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
