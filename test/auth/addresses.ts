/**
 * A network at its own addresses: a proxy takes every `https:` connection of a program, ends its TLS with a certificate made
 * for these hosts, and answers as the network does. What is no login goes on to the sandbox's half, with the half's own
 * credential if the token that came is good.
 */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Network } from "./networks.ts";

const file = (name: string) => fileURLToPath(new URL(`../http/certificate/${name}`, import.meta.url));

export interface Addresses {
  /** What a program needs to be told: the proxy, and whom to trust. */
  env: Record<string, string>;
  /** A page's address → what the browser of a person who agrees ends at, as text. */
  browser: string;
  /** `GET host/path` of what went to the API, in order. */
  api: string[];
  close(): Promise<void>;
}

/** `half`: where the API is, and the credential that it knows. */
export async function atItsAddresses(
  network: Network,
  half: { base: string; token: string },
): Promise<Addresses> {
  const api: string[] = [];
  const answer = (response: ServerResponse, status: number, body: string, headers = {}) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  };

  const inside = createSecureServer(
    { cert: readFileSync(file("networks.pem")), key: readFileSync(file("key.pem")) },
    async (request, response) => {
      const { host = "" } = request.headers;
      const { pathname: path, search, searchParams: query } = new URL(request.url ?? "/", `https://${host}`);
      const body = await all(request);
      const method = request.method ?? "GET";
      const asked = { method, host, path, query, headers: request.headers, body: body.toString("utf8") };
      const reply = network.answer(asked);
      if (reply) return answer(response, reply.status, JSON.stringify(reply.body), reply.headers);
      api.push(`${method} ${host}${path}`);
      const token = String(request.headers.authorization ?? "").replace(/^Bearer /, "");
      const headers = Object.entries(request.headers).flatMap(([name, value]) =>
        typeof value === "string" && !["host", "connection", "content-length"].includes(name)
          ? [[name, value] as const]
          : [],
      );
      const known = network.isGood(token) ? half.token : "no-such-token";
      const passed = await fetch(`${half.base}${path}${search}`, {
        method,
        headers: { ...Object.fromEntries(headers), authorization: `Bearer ${known}` },
        ...(body.length > 0 && { body }),
      });
      const back = [...passed.headers].filter(
        ([name]) => !["transfer-encoding", "content-length", "connection", "keep-alive"].includes(name),
      );
      return answer(response, passed.status, await passed.text(), Object.fromEntries(back));
    },
  );

  const outside = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://x");
    try {
      answer(response, 200, network.agree(searchParams.get("url") ?? ""));
    } catch (error) {
      answer(response, 400, (error as Error).message);
    }
  });
  outside.on("connect", (_, socket) => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    socket.on("error", () => {});
    inside.emit("connection", socket);
  });
  await new Promise<void>((done) => outside.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  return {
    env: { HTTPS_PROXY: url, NODE_EXTRA_CA_CERTS: file("networks.pem") },
    browser: `${url}/browser?url=`,
    api,
    close: () =>
      new Promise((done) => {
        outside.close(() => done());
        outside.closeAllConnections();
        inside.closeAllConnections();
      }),
  };
}

async function all(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
