/**
 * A page on this computer that comes again when it has changed. It listens on loopback only; without the token in the address
 * there is nothing, and what changes something must come from the page itself.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { usageError } from "../errors.ts";
import { targetOf } from "../http/target.ts";
import { policyHeader } from "../pages/document.ts";
import { html } from "../pages/html.ts";

export interface ServedPage {
  html: string;
  /** Another one when the page is another one. */
  version: string;
}

export interface PageServerOptions {
  look(): Promise<ServedPage>;
  /** What the page's forms do, by the last part of their address. */
  actions?: ReadonlyMap<string, (form: URLSearchParams) => Promise<void>>;
  port?: number;
  onFault(message: string): void;
}

export interface PageServer {
  /** With the token. */
  url: string;
  /** Looks again, and tells the pages that are open. */
  changed(): Promise<void>;
  close(): Promise<void>;
}

const MOST_BODY = 65_536;

/** A page that leads to a served one, for a file: its address is a secret, and does not belong into a program's arguments. */
export function pageTo(url: string): string {
  return html`<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${url}"><title>broadcast</title>`.toString();
}

/** Throws InputError when the port is taken, and what the first look throws. */
export async function openPageServer({
  look,
  actions,
  port: wanted,
  onFault,
}: PageServerOptions): Promise<PageServer> {
  const token = randomBytes(24).toString("base64url");
  const watchers = new Set<ServerResponse>();
  let shown: Promise<ServedPage> = look();
  /** One look after the other: an older one must not take a newer one's place. */
  const again = (): Promise<ServedPage> => {
    shown = shown.then(look, look);
    return shown;
  };
  const fault = (error: unknown) => onFault(error instanceof Error ? error.message : String(error));
  const tell = ({ version }: ServedPage) => {
    for (const watcher of watchers) watcher.write(event(version));
  };

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      fault(error);
      plainly(response, 500, "Something went wrong; the terminal says what.");
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path } = targetOf(request.url);
    const [, given = "", what = "", ...more] = path.split("/");
    if (!isOwn(request, server) || !isToken(given, token) || more.length > 0)
      return plainly(response, 404, "There is nothing here.");
    if (request.method === "GET" && what === "") return page(response, await shown);
    if (request.method === "GET" && what === "live") return watch(request, response);
    const action = request.method === "POST" ? actions?.get(what) : undefined;
    if (!action) return plainly(response, 404, "There is nothing here.");
    if (!isFromThePage(request, server))
      return plainly(response, 403, "This must come from the page itself.");
    const form = await formOf(request);
    if (form === undefined) return plainly(response, 413, "This is too much.");
    await action(form);
    tell(await again());
    // Seen with the page that comes next; a reload does not do it again.
    response.writeHead(303, { ...GUARDS, location: `/${token}/` });
    response.end();
  }

  function watch(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { ...GUARDS, "content-type": "text/event-stream" });
    response.write("retry: 500\n\n");
    watchers.add(response);
    request.on("close", () => watchers.delete(response));
    void shown.then(
      ({ version }) => response.write(event(version)),
      () => {},
    );
  }

  // A fault at the first look ends it.
  await Promise.all([shown, listening(server, wanted ?? 0)]).catch((error: unknown) => {
    server.close();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${token}/`,
    async changed() {
      try {
        tell(await again());
      } catch (error) {
        fault(error);
      }
    },
    close: () =>
      new Promise((resolve) => {
        for (const watcher of watchers) watcher.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Of a page that says itself which version it is. */
export function versioned(made: string): ServedPage {
  const version = versionOf(made);
  return { version, html: made.replace('data-version=""', `data-version="${version}"`) };
}

export function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

function isToken(given: string, token: string): boolean {
  const [one, other] = [given, token].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(one!, other!);
}

/** Another name that leads to this computer is somebody else's page (DNS rebinding). */
function isOwn({ headers }: IncomingMessage, server: Server): boolean {
  return ownHosts(server).includes(headers.host ?? "");
}

function isFromThePage({ headers }: IncomingMessage, server: Server): boolean {
  const site = headers["sec-fetch-site"];
  return (
    ownHosts(server).some((host) => headers.origin === `http://${host}` && headers.host === host) &&
    (site === undefined || site === "same-origin") &&
    /^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "")
  );
}

function ownHosts(server: Server): string[] {
  const { port } = server.address() as AddressInfo;
  return [`127.0.0.1:${port}`, `localhost:${port}`];
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MOST_BODY) return undefined;
    pieces.push(piece);
  }
  return new URLSearchParams(Buffer.concat(pieces).toString("utf8"));
}

const GUARDS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

function page(response: ServerResponse, { html }: ServedPage): void {
  response.writeHead(200, {
    ...GUARDS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyHeader(html),
  });
  response.end(html);
}

function plainly(response: ServerResponse, status: number, words: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    ...GUARDS,
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
  });
  response.end(`${words}\n`);
}

function event(version: string): string {
  return `event: changed\ndata: ${version}\n\n`;
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? usageError(`the port ${port} is taken`, "Choose another one with `--port`, or leave it out.")
          : error,
      );
    });
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
