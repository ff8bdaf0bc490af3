/** What an adapter asks for, and the bytes that leave for it. */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";

export interface HttpRequest {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** An address of its own: the endpoint's headers do not go there. */
  url?: string;
  /** Or a path below the adapter's `endpoint`, which brings its headers along and signs. */
  path?: string;
  /** Added to the address; what is undefined is left out, a list gives the name several times. */
  query?: Record<string, QueryValue | readonly (string | number)[]>;
  /**
   * What is not a refusal here: a status, `404` for what may be gone already; or words of the answer, where the network
   * says so in words (below status 500).
   */
  ok?: readonly (number | string)[];
  headers?: Record<string, string | undefined>;
  /** At most one of `json`, `form`, `parts`, `bytes`. */
  json?: unknown;
  /** What is undefined is left out. */
  form?: Record<string, string | undefined>;
  parts?: readonly Part[];
  bytes?: Uint8Array | Source;
  /** Content-Type of `bytes`. */
  type?: string;
  /**
   * Changes nothing that readers see, so it may be repeated and needs no attempt on record. Default: GET is safe, nothing
   * else is. Inside a `step` and in `prepare` every request is safe.
   */
  safe?: boolean;
  /** Milliseconds until this request is given up; default 30 s, 120 s with a body over 1 MB. */
  deadline?: number;
}

type QueryValue = string | number | boolean | undefined;

/** One part of a multipart/form-data body. */
export interface Part {
  name: string;
  value: string | Uint8Array | Source;
  filename?: string;
  type?: string;
}

/** Bytes that are read when they leave and are never whole in memory: a file. May be opened several times. */
export interface Source {
  /** How many bytes. */
  size: number;
  /** Of all of them; lower-case hex. */
  sha256: string;
  /** Throws NetworkError before its last piece when the bytes are not these. */
  open(): AsyncIterable<Uint8Array>;
}

/** Where an adapter's paths lead, and what proves who we are. */
export interface Endpoint {
  /** Base URL, without a trailing slash. */
  base: string;
  headers?: Record<string, string | undefined>;
  /** For networks that sign each request over its final bytes: OAuth 1.0a, HMAC, JWT. Gives further headers. */
  sign?(request: WireRequest): Record<string, string> | Promise<Record<string, string>>;
}

/** What really leaves: everything serialised, nothing hidden. */
export interface WireRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** In memory; or, where a part of it is a file, `source`. */
  body?: Uint8Array;
  source?: Source;
}

/** Throws TypeError for a request that an adapter has put together wrongly. */
export async function serialise(
  request: HttpRequest,
  endpoint: Endpoint | undefined,
  userAgent: string,
): Promise<WireRequest> {
  const below = request.path !== undefined;
  if (below && !endpoint) throw new TypeError("a request names a path, and the adapter has no endpoint");
  const headers: Record<string, string> = {
    "user-agent": userAgent,
    accept: "application/json",
    ...(below && lowerCase(endpoint?.headers)),
    ...lowerCase(request.headers),
  };
  const { body, source, type } = bodyOf(request);
  if (type && !headers["content-type"]) headers["content-type"] = type;
  const address = below ? `${endpoint?.base}${request.path}` : (request.url ?? "");
  const wire: WireRequest = {
    method: request.method ?? "GET",
    url: withQuery(address, request.query),
    headers,
    ...(body && { body }),
    ...(source && { source }),
  };
  if (below && endpoint?.sign) Object.assign(headers, lowerCase(await endpoint.sign(wire)));
  return wire;
}

/** All of a request's body, for those that answer without a socket. */
export async function wholeBody({ body, source }: Pick<WireRequest, "body" | "source">): Promise<Uint8Array> {
  return source ? wholeOf(source) : (body ?? new Uint8Array());
}

export async function wholeOf(source: Source): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.open()) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/** Bytes that are in memory already. */
export function sourceOf(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    async *open() {
      yield bytes;
    },
  };
}

/** For what takes a Node stream. */
export function readableOf(source: Source): Readable {
  return Readable.from(source.open(), { objectMode: false, highWaterMark: PIECE });
}

function withQuery(address: string, query: HttpRequest["query"] = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) =>
      one === undefined ? [] : [[name, String(one)] as [string, string]],
    ),
  );
  if (pairs.length === 0) return address;
  return `${address}${address.includes("?") ? "&" : "?"}${new URLSearchParams(pairs)}`;
}

function lowerCase(headers: Record<string, string | undefined> = {}): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) lower[name.toLowerCase()] = value;
  }
  return lower;
}

interface Body {
  body?: Uint8Array;
  source?: Source;
  type?: string;
}

function bodyOf({ json, form, parts, bytes, type = "application/octet-stream" }: HttpRequest): Body {
  if (json !== undefined) return { body: Buffer.from(JSON.stringify(json)), type: "application/json" };
  if (form) {
    const fields = Object.entries(form).filter((field): field is [string, string] => field[1] !== undefined);
    return {
      body: Buffer.from(new URLSearchParams(fields).toString()),
      type: "application/x-www-form-urlencoded",
    };
  }
  if (parts) return multipart(parts);
  if (bytes) return bytes instanceof Uint8Array ? { body: bytes, type } : { source: bytes, type };
  return {};
}

// The boundary is a digest of what stands between: the same post has the same bytes in a dry run, a test and a retry, and no
// content can hold it.
function multipart(parts: readonly Part[]): Body {
  const hash = createHash("sha256");
  for (const { name, filename = "", type = "", value } of parts) {
    hash.update(JSON.stringify([name, filename, type]));
    hash.update(isSource(value) ? value.sha256 : value);
  }
  const boundary = `broadcast-${hash.digest("hex").slice(0, 32)}`;
  const pieces = parts.flatMap(({ name, filename, type, value }) => {
    const named = filename === undefined ? "" : `; filename="${quoted(filename)}"`;
    const typed = type ? `\r\nContent-Type: ${type}` : "";
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${named}${typed}\r\n\r\n`;
    return [
      Buffer.from(head),
      isSource(value) ? value : Buffer.from(value as Uint8Array),
      Buffer.from("\r\n"),
    ];
  });
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  const type = `multipart/form-data; boundary=${boundary}`;
  const inMemory = pieces.filter((piece) => piece instanceof Uint8Array);
  if (inMemory.length === pieces.length) return { body: Buffer.concat(inMemory), type };
  return { source: joined(pieces, boundary), type };
}

/** One source of several; `name` tells it from others. */
function joined(pieces: readonly (Uint8Array | Source)[], name: string): Source {
  return {
    size: pieces.reduce((sum, piece) => sum + (isSource(piece) ? piece.size : piece.length), 0),
    sha256: createHash("sha256").update(name).digest("hex"),
    open: () => inLargePieces(each(pieces)),
  };
}

async function* each(pieces: readonly (Uint8Array | Source)[]): AsyncIterable<Uint8Array> {
  for (const piece of pieces) {
    if (isSource(piece)) yield* piece.open();
    else yield piece;
  }
}

const PIECE = 64 * 1024;

// Each piece is a packet: heads of a hundred bytes are not sent alone.
async function* inLargePieces(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    if (size < PIECE) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}

function isSource(value: string | Uint8Array | Source): value is Source {
  return typeof value === "object" && "open" in value;
}

function quoted(name: string): string {
  return name.replace(/[\r\n"\\]/g, (char) => encodeURIComponent(char));
}
