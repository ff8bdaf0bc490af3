/** Where the browser comes back to: a page on this computer that takes one answer and says so. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { targetOf } from "../http/target.ts";

export interface Callback {
  /** `http://127.0.0.1:PORT/callback`: the redirect address. */
  redirect: string;
  /** The answer that `isOurs`; others are turned away and the waiting goes on. Rejects with the signal's reason. */
  answer(isOurs: (answer: URLSearchParams) => boolean, signal: AbortSignal): Promise<URLSearchParams>;
  close(): Promise<void>;
}

const PATH = "/callback";

/** Listens on loopback only. Port 0 for any; throws EADDRINUSE. */
export async function openCallback(port: number): Promise<Callback> {
  let waiting: ((query: URLSearchParams) => boolean) | undefined;
  const server = createServer((request, response) => {
    const { path, query } = targetOf(request.url);
    const wanted = request.method === "GET" && path === PATH;
    const taken = wanted && waiting?.(query) === true;
    const words = taken
      ? query.has("error") || query.has("denied")
        ? "The login was refused. You can close this page and look at the terminal."
        : "Thank you. You can close this page and go back to the terminal."
      : "There is nothing here.";
    response.writeHead(taken ? 200 : wanted ? 400 : 404, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "referrer-policy": "no-referrer",
      connection: "close",
    });
    response.end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>broadcast</title><body style="font:1.1em system-ui;margin:20vh auto;max-width:26em;padding:0 1em">${words}</body></html>`,
    );
  });
  await listening(server, port);
  const { port: actual } = server.address() as AddressInfo;

  return {
    redirect: `http://127.0.0.1:${actual}${PATH}`,
    answer: (isOurs, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        waiting = (query) => {
          if (!isOurs(query)) return false;
          waiting = undefined;
          resolve(query);
          return true;
        };
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}
