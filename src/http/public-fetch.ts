/**
 * Reads a page from the web for the project: a feed, a page behind a link. An address that is private, of this computer, or of
 * this network is refused unless allowed; the address that is really connected to decides, after DNS and at each redirect.
 */
import { lookup as dnsLookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import request from "undici/lib/api/api-request.js";
import Agent from "undici/lib/dispatcher/agent.js";
import { isUrl } from "../urls.ts";

export interface PublicFetch {
  headers?: Record<string, string>;
  /** The most bytes of the body, as it is asked for, without compression. */
  most: number;
  /** Milliseconds for all of it. */
  deadline: number;
  /** Only the answer's head is of interest: the body stays empty. */
  headOnly?: boolean;
  /** Gets the body piece by piece, with the answer's head; `true`: it has enough, and the rest is left. The body stays empty then. */
  take?: (piece: Buffer, head: Omit<PublicReply, "body">) => boolean;
  /** Private addresses are read as well. */
  allowPrivate?: boolean;
  userAgent: string;
}

export interface PublicReply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Where it was in the end. */
  url: string;
}

/** `refused`: by us. Everything else: the server or the way to it. */
export class PublicFetchError extends Error {
  override name = "PublicFetchError";
}

const MOST_REDIRECTS = 5;

// RFC 6890 and the lists it begot.
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fec0::", 10],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  PRIVATE.addSubnet(net, bits, "ipv6");

/** Whether this address is one that only this computer or its network reaches. */
export function isPrivate(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, "");
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped) return PRIVATE.check(mapped, "ipv4");
  const version = isIP(bare);
  // Written in another way (::ffff:7f00:1): no public server is known by it.
  if (/^::ffff:/i.test(bare)) return true;
  return version === 0 ? false : PRIVATE.check(bare, version === 4 ? "ipv4" : "ipv6");
}

/** Throws PublicFetchError. */
export async function fetchPublic(address: string, options: PublicFetch): Promise<PublicReply> {
  const signal = AbortSignal.timeout(options.deadline);
  const agent = new Agent({ connect: { lookup: guarded(options.allowPrivate === true) } });
  try {
    let url = address;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      requirePublic(url, options.allowPrivate === true);
      const { origin, pathname, search } = new URL(url);
      const reply = await request.call(agent, {
        origin,
        path: `${pathname}${search}`,
        method: "GET",
        signal,
        headers: { "user-agent": options.userAgent, "accept-encoding": "identity", ...options.headers },
      });
      const headers = Object.fromEntries(
        Object.entries(reply.headers).map(([name, value]) => [name, String(value)]),
      );
      if ([301, 302, 303, 307, 308].includes(reply.statusCode) && headers.location !== undefined) {
        // Its body may never end.
        reply.body.on("error", () => {});
        reply.body.destroy();
        if (!isUrl(headers.location, url)) throw new PublicFetchError("redirects to no address");
        url = new URL(headers.location, url).href;
        continue;
      }
      const head = { status: reply.statusCode, headers, url };
      const { take } = options;
      if (take) for await (const piece of reply.body) if (take(piece, head)) break;
      const body = options.headOnly || take ? Buffer.alloc(0) : await bounded(reply.body, options.most);
      return { ...head, body };
    }
    throw new PublicFetchError(`redirects more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    if (error instanceof PublicFetchError) throw error;
    throw new PublicFetchError(wordsOf(error, options.deadline), { cause: error });
  } finally {
    await agent.destroy().catch(() => {});
  }
}

function requirePublic(address: string, allowPrivate: boolean): void {
  if (!isUrl(address)) throw new PublicFetchError("is not a web address");
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:" && protocol !== "http:") throw new PublicFetchError(`leads to ${protocol}`);
  if (!allowPrivate && (isPrivate(hostname) || /(^|\.)localhost\.?$/i.test(hostname)))
    throw new PublicFetchError("is an address of this computer or of its network");
}

function guarded(allowPrivate: boolean): LookupFunction {
  return (host, options, done) => {
    dnsLookup(host, { ...options, all: true }, (error, found) => {
      if (error) return done(error, "", 0);
      const all = found as unknown as { address: string; family: number }[];
      const usable = allowPrivate ? all : all.filter(({ address }) => !isPrivate(address));
      const [first] = usable;
      if (!first)
        return done(new PublicFetchError("is an address of this computer or of its network"), "", 0);
      if (options.all) return done(null, usable as never);
      return done(null, first.address, first.family);
    });
  };
}

async function bounded(body: AsyncIterable<Buffer>, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw new PublicFetchError(`is larger than ${Math.round(most / 1_000_000)} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function wordsOf(error: unknown, deadline: number): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof PublicFetchError) return at.message;
    if (at.name === "TimeoutError") return `did not answer within ${Math.round(deadline / 1000)} s`;
    const { code } = at as NodeJS.ErrnoException;
    if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "has no address; is its name right?";
    if (code === "ECONNREFUSED") return "refuses the connection";
  }
  return `cannot be read (${error instanceof Error ? error.message : error})`;
}
