/** Bytes over HTTP with undici: pooled, through the environment's proxy, no redirects, no endless answers. */
import { brotliDecompressSync, unzipSync } from "node:zlib";
import type { Dispatcher } from "undici";
import request from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import EnvHttpProxyAgent from "undici/lib/dispatcher/env-http-proxy-agent.js";
import type { Transport } from "./http.ts";

const LARGEST_REPLY = 8_000_000;

export interface Wire {
  transport: Transport;
  close(): Promise<void>;
}

export function createWire(): Wire {
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

  const transport: Transport = async ({ method, url, headers, body }, signal) => {
    const { origin, pathname, search } = new URL(url);
    const answer = await request.call(dispatcher, {
      origin,
      path: pathname + search,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body ?? null,
      signal,
    });
    const answered = flat(answer.headers);
    const content = unpack(await collect(answer.body), answered["content-encoding"]);
    return { status: answer.statusCode, headers: answered, body: content };
  };
  return { transport, close: () => dispatcher.close() };
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]],
  );
  return Object.fromEntries(entries);
}

// Nobody asks for compression here, but some servers compress all the same.
function unpack(bytes: Uint8Array, encoding = ""): Uint8Array {
  const settings = { maxOutputLength: LARGEST_REPLY };
  if (/gzip|deflate/i.test(encoding)) return unzipSync(bytes, settings);
  return /\bbr\b/i.test(encoding) ? brotliDecompressSync(bytes, settings) : bytes;
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > LARGEST_REPLY) throw Object.assign(new Error("reply too large"), { code: "REPLY_TOO_LARGE" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
