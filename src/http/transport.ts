/** Bytes over HTTP with undici: pooled, through the environment's proxy, no redirects, no endless answers. */
import { brotliDecompressSync, unzipSync } from "node:zlib";
import type { Dispatcher } from "undici";
import connect from "undici/lib/api/api-connect.js";
import Agent from "undici/lib/dispatcher/agent.js";
import AnyDispatcher from "undici/lib/dispatcher/dispatcher.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";
import type { Dial } from "./connect.ts";
import { createDial } from "./dial.ts";
import type { Transport, WireReply, WireRequest } from "./http.ts";
import { guarded, type Only } from "./only.ts";
import { readableOf } from "./request.ts";
import { whenAborted } from "./when-aborted.ts";

const LARGEST_REPLY = 8_000_000;

// undici's own index gives this to every dispatcher; its proxy agent cannot reach `https:` without it.
AnyDispatcher.prototype.connect = connect;

export interface Wire {
  transport: Transport;
  dial: Dial;
  close(): Promise<void>;
}

export interface WireOptions {
  /** The only place that may be reached, by its base URL; everything else is refused before a socket is opened. */
  only?: Only;
  /** A certificate to trust besides the system's, PEM; for `dial`. */
  ca?: string;
}

export function createWire({ only, ca }: WireOptions = {}): Wire {
  const settings = { connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 0, connections: 64 };
  const proxied = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"].some(
    (name) => process.env[name],
  );
  // The sandbox, and servers on this machine, are not the proxy's business.
  const noProxy = [process.env.no_proxy ?? process.env.NO_PROXY, "127.0.0.1,localhost,::1"]
    .filter(Boolean)
    .join(",");
  const dispatcher: Dispatcher = proxied
    ? new EnvHttpProxyAgent({ ...settings, noProxy })
    : new Agent(settings);

  const transport: Transport = (wire, signal) =>
    new Promise((resolve, reject) => dispatcher.dispatch(...exchange(wire, signal, resolve, reject)));
  return { ...guarded({ transport, dial: createDial({ ca }) }, only), close: () => dispatcher.close() };
}

/** One request, and what happens with its answer. undici's own `request` does the same with a stream, for a third more time. */
function exchange(
  { method, url, headers, body, source }: WireRequest,
  signal: AbortSignal,
  resolve: (reply: WireReply) => void,
  reject: (reason: unknown) => void,
): [Dispatcher.DispatchOptions, Dispatcher.DispatchHandler] {
  const { origin, pathname, search } = new URL(url);
  const chunks: Uint8Array[] = [];
  let size = 0;
  let status = 0;
  let answered: Record<string, string> = {};
  let under: Dispatcher.DispatchController | undefined;
  const abort = () => {
    under?.abort(signal.reason);
    reject(signal.reason);
  };
  const end = whenAborted(signal, abort);
  return [
    {
      origin,
      path: pathname + search,
      method: method as Dispatcher.HttpMethod,
      headers: source ? { ...headers, "content-length": String(source.size) } : headers,
      body: source ? readableOf(source) : (body ?? null),
    },
    {
      onRequestStart(controller) {
        under = controller;
        // It may have waited for a connection until its time was over.
        if (signal.aborted) controller.abort(signal.reason);
      },
      onResponseStart(_, statusCode, fields) {
        status = statusCode;
        answered = flat(fields);
      },
      onResponseData(controller, chunk) {
        size += chunk.length;
        chunks.push(chunk);
        if (size > LARGEST_REPLY) {
          controller.abort(Object.assign(new Error("reply too large"), { code: "REPLY_TOO_LARGE" }));
        }
      },
      onResponseEnd() {
        end();
        try {
          const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
          resolve({ status, headers: answered, body: unpack(bytes, answered["content-encoding"]) });
        } catch (error) {
          reject(error);
        }
      },
      onResponseError(_, error) {
        end();
        reject(error);
      },
    },
  ];
}

function flat(fields: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

// Compression is not asked for here, but some servers compress anyway.
function unpack(bytes: Uint8Array, encoding = ""): Uint8Array {
  const settings = { maxOutputLength: LARGEST_REPLY };
  if (/gzip|deflate/i.test(encoding)) return unzipSync(bytes, settings);
  return /\bbr\b/i.test(encoding) ? brotliDecompressSync(bytes, settings) : bytes;
}
