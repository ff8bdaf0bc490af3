/** Plays one fault on one request: what the client sees, and whether the post is out by then. */

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { targetOf } from "../http/target.ts";
import type { Fault } from "./chaos.ts";
import type { Trouble } from "./network.ts";
import type { StageReply } from "./router.ts";

/** What a fault may do with a request. */
export interface Scene {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
  origin: string;
  now(): number;
  /** Milliseconds. */
  skew: number;
  read(): Promise<Buffer>;
  handle(body: Buffer, trouble?: Trouble, skew?: number): Promise<StageReply>;
  /** Whether the network itself would recognise a repeat of this request. */
  recognises(body: Buffer): boolean;
  /** What the network itself says when it is down, if it says anything. */
  busy?: StageReply;
  send(reply: StageReply): void;
}

const SHUT_MS = 250;
const PROCESSING_MS = 3_000;
const RETRY_SECONDS = 2;
const PIECE_MS = 25;
const PIECES = 12;
// Above what a client should be willing to read as an answer.
const HUGE = 16_000_000;

export async function play(fault: Fault, scene: Scene): Promise<void> {
  const { response, send } = scene;
  if (fault === "reset") return void scene.request.socket.resetAndDestroy();
  const body = await scene.read();

  switch (fault) {
    case "ok":
      return send(await scene.handle(body));
    case "refuse":
      return refuse(scene);
    case "redirect":
      return send(redirect(scene));
    case "html-error":
      return send(gateway(502, "Bad Gateway"));
    case "limited-seconds":
      return send(await scene.handle(body, { kind: "limited", retryAfter: String(RETRY_SECONDS) }));
    case "limited-date": {
      const date = new Date(scene.now() + RETRY_SECONDS * 1_000).toUTCString();
      return send(await scene.handle(body, { kind: "limited", retryAfter: date }));
    }
    case "limited-bare":
      return send(await scene.handle(body, { kind: "limited" }));
    case "expired":
      return send(await scene.handle(body, { kind: "expired" }));
    case "processing":
      return send(await scene.handle(body, { kind: "processing", ms: PROCESSING_MS }));
    case "clock-off": {
      const reply = await scene.handle(body, undefined, scene.skew);
      return send(withHeaders(reply, { date: new Date(scene.now() + scene.skew).toUTCString() }));
    }
    case "duplicate": {
      const first = await scene.handle(body);
      return send(scene.recognises(body) ? await scene.handle(body) : first);
    }
    default:
      break;
  }

  // From here on the network has taken the post; only the answer goes wrong. A refusal is told as it is.
  const reply = await scene.handle(body);
  if (reply.status >= 300) return send(reply);
  switch (fault) {
    case "commit-then-reset":
      return void scene.request.socket.resetAndDestroy();
    case "commit-then-hang":
      return;
    case "commit-then-500":
      return send({
        status: 500,
        headers: { "content-type": "text/plain" },
        body: Buffer.from("Internal Server Error"),
      });
    case "commit-then-502":
      return send(gateway(502, "Bad Gateway"));
    case "commit-then-503":
      return send(gateway(503, "Service Temporarily Unavailable"));
    case "commit-then-429":
      return send(withHeaders(gateway(429, "Too Many Requests"), { "retry-after": String(RETRY_SECONDS) }));
    case "commit-then-504":
      return send(gateway(504, "Gateway Time-out"));
    case "slow":
      return slowly(response, reply);
    case "truncated-json":
      return send({ ...reply, body: reply.body.subarray(0, Math.ceil(reply.body.length / 2)) });
    case "wrong-type":
      return send(withHeaders(reply, { "content-type": "text/plain; charset=utf-8" }));
    case "huge":
      return send({ ...reply, body: Buffer.concat([reply.body, Buffer.alloc(HUGE, " ")]) });
  }
}

/** A server that is restarting: this request hears 503, the next ones find no open port. */
function refuse({ server, send, response, busy }: Scene): void {
  const { port, address } = server.address() as AddressInfo;
  response.once("finish", () => {
    server.close();
    server.closeIdleConnections();
    setTimeout(() => {
      if (!closedForGood.has(server)) server.listen(port, address);
    }, SHUT_MS);
  });
  const plain = {
    status: 503,
    headers: { "content-type": "text/plain" },
    body: Buffer.from("Service Unavailable"),
  };
  send(withHeaders(busy ?? plain, { connection: "close" }));
}

/** Servers whose door must stay shut, though a fault was about to open it again. */
export const closedForGood = new WeakSet<Server>();

function redirect({ origin, request }: Scene): StageReply {
  const elsewhere = new URL(`/elsewhere${targetOf(request.url).path}`, origin);
  elsewhere.hostname = elsewhere.hostname === "localhost" ? "127.0.0.1" : "localhost";
  return { status: 307, headers: { location: elsewhere.href }, body: Buffer.alloc(0) };
}

function gateway(status: number, reason: string): StageReply {
  const page = `<!DOCTYPE html>\n<html><head><title>${status} ${reason}</title></head><body><center><h1>${status} ${reason}</h1></center><hr><center>nginx</center></body></html>\n`;
  return { status, headers: { "content-type": "text/html" }, body: Buffer.from(page) };
}

function withHeaders(reply: StageReply, headers: Record<string, string>): StageReply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

async function slowly(response: ServerResponse, { status, headers, body }: StageReply): Promise<void> {
  response.writeHead(status, { ...headers, "content-length": body.length });
  const size = Math.max(1, Math.ceil(body.length / PIECES));
  for (let at = 0; at < body.length && !response.destroyed; at += size) {
    response.write(body.subarray(at, at + size));
    await sleep(PIECE_MS);
  }
  response.end();
}
