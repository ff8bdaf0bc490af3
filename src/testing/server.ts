/** A network played by a test: a server on loopback that answers as it is told, and the context of an adapter on it. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { safeParse } from "valibot";
import type { Adapter, Context, Media, Post, Preparation, Receipt } from "../adapter.ts";
import { contextOf, preparationOf, type Surroundings, type Workplace } from "../delivery/context.ts";
import { sourceOf } from "../http/http.ts";
import { createWire } from "../http/transport.ts";
import { isSecret } from "../settings.ts";

export interface StageRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * What the network does: answers (objects go out as JSON; `slow` in small pieces), breaks the connection, or never answers.
 */
export type StageReply =
  | { status: number; headers?: Record<string, string>; body?: unknown; slow?: boolean }
  | "reset"
  | "hang"
  | "cut";

/** A network that plays itself may take a moment. */
export type StageAnswer = StageReply | Promise<StageReply>;

export interface Stage {
  /** `http://127.0.0.1:…`, without a trailing slash. */
  url: string;
  /** Everything that arrived, in order. */
  requests: StageRequest[];
  /** `sending` and the requests, in order: `POST /path`. */
  events: string[];
  /** What the answering has thrown: a fault of the test or of the half, never of the adapter. */
  faults: unknown[];
  /** What happens from now on. */
  answer: (request: StageRequest) => StageAnswer;
  close(): Promise<void>;
}

export async function openStage(answer: (request: StageRequest) => StageAnswer): Promise<Stage> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stage: Stage = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    events: [],
    faults: [],
    answer,
    close: () => shut(server),
  };
  server.on("request", async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = incoming;
    const request = { method, path, headers, body: Buffer.concat(chunks) };
    stage.requests.push(request);
    stage.events.push(`${method} ${path}`);
    try {
      reply(response, await stage.answer(request));
    } catch (error) {
      stage.faults.push(error);
      response.writeHead(500).end();
    }
  });
  return stage;
}

function reply(response: ServerResponse, answer: StageReply): void {
  if (answer === "hang") return;
  if (answer === "reset") {
    response.socket?.resetAndDestroy();
    return;
  }
  if (answer === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"id":', () => response.socket?.destroy());
    return;
  }
  const { status, headers = {}, body, slow = false } = answer;
  const isText = typeof body === "string" || body instanceof Uint8Array || body === undefined;
  response.writeHead(status, { ...(isText ? {} : { "content-type": "application/json" }), ...headers });
  const content = isText ? (body ?? "") : JSON.stringify(body);
  if (slow) void inPieces(response, String(content));
  else response.end(content);
}

async function inPieces(response: ServerResponse, content: string): Promise<void> {
  for (const piece of content.match(/.{1,20}/gs) ?? []) {
    response.write(piece);
    await sleep(5);
  }
  response.end();
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Also resolves when it is shut already.
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** What an earlier attempt left. */
export interface Memory {
  /** `at`: epoch milliseconds. */
  steps: Map<string, { result: unknown; at: number }>;
  session: unknown;
}

export interface Setting {
  /** As `adapter.channel` reads it. */
  channel: unknown;
  key?: string;
  startedAt?: Date;
  thread?: Context["thread"];
  due?: Date;
  /** Steps and session that an earlier attempt left. */
  memory?: Memory;
  /** Milliseconds until a request is given up. */
  deadline?: number;
  /** What is in a media file. Default: its name in a few words. */
  read?(media: Media): Uint8Array;
}

export const KEY = "4f1d2c3b5a69788796a5b4c3d2e1f00f";
export const STARTED = new Date("2026-11-23T09:00:00.000Z");

/** A context as the real loop makes it, over a real connection. Close it with `close`. */
export function contextOn<C, O>(
  adapter: Adapter<C, O>,
  stage: Stage,
  setting: Setting,
): Context<C> & { preparation: Preparation<C>; close(): Promise<void> } {
  const parsed = safeParse(adapter.channel, setting.channel);
  if (!parsed.success)
    throw new Error(`the channel's settings: ${parsed.issues.map(({ message }) => message).join("; ")}`);
  const memory = setting.memory ?? newMemory();
  const wire = createWire();
  let announced = false;
  const around: Surroundings = {
    adapter: adapter as Adapter,
    settings: parsed.output,
    secrets: secretsOf(adapter, parsed.output),
    transport: wire.transport,
    dial: wire.dial,
    userAgent: "broadcast-contract/1",
    deadline: setting.deadline ?? 5_000,
    host: {
      name: ({ file }) => file.split("/").at(-1) ?? file,
      address: (name) => `${stage.url}/media-host/${name}`,
      put: async (name, type, bytes, http) =>
        void (await http({ method: "PUT", url: `${stage.url}/media-host/${name}`, bytes, type, safe: true })),
    },
    session: {
      get: async () => memory.session,
      set: async (value) => {
        memory.session = JSON.parse(JSON.stringify(value));
      },
    },
  };
  const workplace: Workplace = {
    steps: {
      get: async (name) => memory.steps.get(name),
      put: async (name, result, at) =>
        void memory.steps.set(name, { result: JSON.parse(JSON.stringify(result ?? null)), at }),
    },
    open: async (media) => sourceOf(setting.read?.(media) ?? Buffer.from(`bytes of ${media.file}`)),
    partOf: () => (setting.thread ? 1 : 0),
  };
  const record = {
    async sending() {
      stage.events.push("sending");
      announced = true;
    },
    isAnnounced: () => announced,
  };
  const context = contextOf(around, workplace, record, {
    key: setting.key ?? KEY,
    startedAt: setting.startedAt ?? STARTED,
    thread: setting.thread,
    index: setting.thread ? 1 : 0,
    due: setting.due,
    taken: async () => false,
  }) as Context<C>;
  const preparation = preparationOf(around, workplace) as Preparation<C>;
  return { ...context, preparation, close: wire.close };
}

/** Publishes a post as the loop does: what can be prepared is prepared before. */
export async function publishOn<C, O>(
  adapter: Adapter<C, O>,
  post: Post<O>,
  context: ReturnType<typeof contextOn<C, O>>,
): Promise<Receipt> {
  await adapter.prepare?.([post], context.preparation);
  return adapter.publish(post, context);
}

export function newMemory(): Memory {
  return { steps: new Map(), session: undefined };
}

/** A post with nothing but text, and what the test says differently. */
export function postOf<Options>(part: Partial<Post<Options>> & { options: Options }): Post<Options> {
  return { text: "Acme 2.4 is out", entities: [], media: [], tags: [], ...part };
}

/**
 * The values of the settings that are marked as secret. Of a secret URL also its long path segments: a server may
 * repeat the path without the host.
 */
export function secretsOf(adapter: { channel: unknown }, channel: unknown): string[] {
  const { entries = {} } = adapter.channel as { entries?: Record<string, unknown> };
  const values = Object.entries(channel as Record<string, unknown>).filter(([name]) =>
    isSecret(entries[name]),
  );
  return values.flatMap(([, value]) => {
    const text = String(value);
    const segments = /^https?:\/\//i.test(text) ? new URL(text).pathname.split("/") : [];
    return [text, ...segments.filter((segment) => segment.length >= 12)];
  });
}
