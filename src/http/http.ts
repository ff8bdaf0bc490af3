/** The one way to a network. Assigns the error code once; keeps secrets out of messages; follows no redirect. */
import type { GenericSchema, InferOutput } from "valibot";
import { safeParse } from "valibot";
import { describeDuration } from "../duration.ts";
import { type ErrorCode, NetworkError } from "../errors.ts";
import { startPatience } from "./deadline.ts";
import { resetAt, retryAfterOf } from "./rate-limit.ts";

export interface HttpRequest {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  /** At most one of `json`, `form`, `parts`, `bytes`. */
  json?: unknown;
  form?: Record<string, string>;
  parts?: Part[];
  bytes?: Uint8Array;
  /** Content-Type of `bytes`. */
  type?: string;
  /**
   * Changes nothing that readers see, so it may be repeated and needs no attempt on record. Default: GET is safe, nothing
   * else is. Inside a `step` every request is safe.
   */
  safe?: boolean;
  /** Milliseconds until this request is given up; default 30 s, 120 s with a body over 1 MB. */
  deadline?: number;
}

/** One part of a multipart/form-data body. */
export interface Part {
  name: string;
  value: string | Uint8Array;
  filename?: string;
  type?: string;
}

export interface Reply {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed when it is JSON, else the text. */
  body: unknown;
  text: string;
}

export type Http = (request: HttpRequest) => Promise<Reply>;

/** What really leaves: everything serialised, nothing hidden. */
export interface WireRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: Uint8Array;
}

export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** Carries bytes. Throws with a `code` when there was no complete answer. */
export type Transport = (request: WireRequest, signal: AbortSignal) => Promise<WireReply>;

interface Classified {
  code: ErrorCode;
  message: string;
  retryAt?: number;
  evidence?: { id: string; url?: string };
}

export interface HttpOptions {
  transport: Transport;
  userAgent: string;
  /** Values that must not appear in any message. */
  secrets: readonly string[];
  /** The network's own reading of a refusal. */
  classify?: (reply: Reply) => Classified | undefined;
  /** Resolves once the attempt is on disk. Awaited before any request that is not safe. */
  sending?: () => Promise<void>;
  /** Every complete reply, also the refusals: the rate limiter listens. */
  onReply?: (reply: Reply) => void;
  signal?: AbortSignal;
  now?: () => number;
  /** Milliseconds until a request that names no deadline of its own is given up. */
  deadline?: number;
}

const DEADLINE = 30_000;
const DEADLINE_LARGE = 120_000;
const EXCERPT = 256;

export function createHttp(options: HttpOptions): Http {
  const { transport, classify, sending, onReply, secrets, now = Date.now } = options;

  return async (request) => {
    const hush = (text: string) => {
      // A session's token is no setting: it is known only by being sent.
      const { authorization = "" } = lowerCase(request.headers);
      return redactor([...secrets, authorization.split(" ").at(-1) ?? ""])(text);
    };
    const method = request.method ?? "GET";
    const safe = request.safe ?? method === "GET";
    const wire = serialise(request, options.userAgent);
    const host = hostOf(request.url);
    if (host === undefined) throw new NetworkError("rejected", "the address of the request cannot be read");
    const who = `${method} ${host}`;
    options.signal?.throwIfAborted();
    if (!safe) await sending?.();

    const usual = options.deadline ?? ((wire.body?.length ?? 0) > 1_000_000 ? DEADLINE_LARGE : DEADLINE);
    const deadline = request.deadline ?? usual;
    const patience = startPatience(deadline, options.signal);
    let answer: WireReply;
    try {
      answer = await transport(wire, patience.signal);
    } catch (error) {
      const ended = patience.isOver() ? deadline : options.signal?.aborted ? "broken off" : undefined;
      throw noAnswer(error, who, safe, ended);
    } finally {
      patience.end();
    }
    const reply = readReply(answer);
    onReply?.(reply);

    const refusal: Classified | undefined = classify?.(reply) ?? refusalOf(reply, safe);
    if (refusal) {
      throw new NetworkError(refusal.code, hush(`${who} answered ${reply.status}: ${refusal.message}`), {
        status: reply.status,
        retryAt: refusal.retryAt ?? comeBack(refusal.code, reply.headers, now()),
        evidence: refusal.evidence,
      });
    }
    if (isJson(reply) && typeof reply.body === "string" && reply.text !== "") {
      throw new NetworkError(
        safe ? "unavailable" : "uncertain",
        `${who} answered ${reply.status} with broken JSON`,
        {
          status: reply.status,
        },
      );
    }
    return reply;
  };
}

/**
 * The body of a successful reply in the expected shape. A 2xx that cannot be read may still have published:
 * `uncertain`, unless the request was `safe`.
 */
export function expectReply<S extends GenericSchema>(
  reply: Reply,
  schema: S,
  what: string,
  safe = false,
): InferOutput<S> {
  const result = safeParse(schema, reply.body);
  if (result.success) return result.output;
  throw new NetworkError(safe ? "unavailable" : "uncertain", `answered ${reply.status} without ${what}`, {
    status: reply.status,
  });
}

/** Replaces every secret, also as it looks inside a URL, and the telling parts of one that is a URL, by `***`. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = [
    ...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret), ...pathOf(secret)])),
  ]
    .filter((form) => form.length >= 4)
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((out, form) => out.replaceAll(form, "***"), text);
}

// A webhook's token is a segment of its path; servers repeat the path without the host.
function pathOf(secret: string): string[] {
  if (!/^https?:\/\//i.test(secret) || !URL.canParse(secret)) return [];
  const { pathname, search } = new URL(secret);
  const segments = [...pathname.split("/"), ...search.split(/[?&=]/)].filter(
    (segment) => segment.length >= 12,
  );
  return [pathname.length > 8 ? pathname : "", ...segments];
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}

function serialise(request: HttpRequest, userAgent: string): WireRequest {
  const headers: Record<string, string> = {
    "user-agent": userAgent,
    accept: "application/json",
    ...lowerCase(request.headers),
  };
  const method = request.method ?? "GET";
  const { body, type } = bodyOf(request);
  if (type && !headers["content-type"]) headers["content-type"] = type;
  return { method, url: request.url, headers, ...(body ? { body } : {}) };
}

function lowerCase(headers: Record<string, string> = {}): Record<string, string> {
  const lower: Record<string, string> = {};
  for (const name in headers) lower[name.toLowerCase()] = headers[name]!;
  return lower;
}

function bodyOf(request: HttpRequest): { body?: Uint8Array; type?: string } {
  if (request.json !== undefined) {
    return { body: Buffer.from(JSON.stringify(request.json)), type: "application/json" };
  }
  if (request.form) {
    return {
      body: Buffer.from(new URLSearchParams(request.form).toString()),
      type: "application/x-www-form-urlencoded",
    };
  }
  if (request.parts) return multipart(request.parts);
  if (request.bytes) return { body: request.bytes, type: request.type ?? "application/octet-stream" };
  return {};
}

// The boundary is derived from the content: the same post has the same bytes in a dry run, a test and a retry.
function multipart(parts: Part[]): { body: Uint8Array; type: string } {
  const size = parts.reduce((sum, { value }) => sum + value.length, 0);
  const contents = parts.map(({ value }) => Buffer.from(value as Uint8Array));
  let boundary = `broadcast-${size.toString(36)}-${parts.length}`;
  while (contents.some((content) => content.includes(boundary))) boundary += "x";
  const chunks = parts.flatMap((part, index) => {
    const filename = part.filename === undefined ? "" : `; filename="${quoted(part.filename)}"`;
    const type = part.type ? `\r\nContent-Type: ${part.type}` : "";
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(part.name)}"${filename}${type}\r\n\r\n`;
    return [Buffer.from(head), contents[index] ?? Buffer.alloc(0), Buffer.from("\r\n")];
  });
  const body = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
  return { body, type: `multipart/form-data; boundary=${boundary}` };
}

function quoted(name: string): string {
  return name.replace(/[\r\n"\\]/g, (char) => encodeURIComponent(char));
}

function readReply({ status, headers, body }: WireReply): Reply {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const reply: Reply = { status, headers, body: text, text };
  if (isJson(reply)) {
    try {
      reply.body = JSON.parse(text);
    } catch {
      // Left as text: a refusal is readable without it, and a success with broken JSON is caught by the caller.
    }
  }
  return reply;
}

// The end of a rate-limit window is no word about when a server that is down will be back; Retry-After is.
function comeBack(code: ErrorCode, headers: Record<string, string>, now: number): number | undefined {
  if (code === "limited") return resetAt(headers, now) ?? now + 60_000;
  return code === "unavailable" ? retryAfterOf(headers, now) : undefined;
}

function isJson(reply: Reply): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(reply.headers["content-type"] ?? "");
}

function refusalOf(reply: Reply, safe: boolean): Classified | undefined {
  const { status } = reply;
  if (status >= 200 && status < 300) return undefined;
  const message = inWords(reply);
  if (status >= 300 && status < 400) {
    return {
      code: "rejected",
      message: `a redirect to ${hostOf(reply.headers.location ?? "") ?? "a URL that cannot be read"}; redirects are not followed`,
    };
  }
  if (status === 401) return { code: "auth", message };
  if (status === 429) return { code: "limited", message };
  if (status === 408 || status === 425 || status === 503 || status === 521 || status === 523)
    return { code: "unavailable", message };
  if (status >= 500 && status !== 501 && status !== 505)
    return { code: safe ? "unavailable" : "uncertain", message };
  return { code: "rejected", message };
}

// The words that networks put their reasons in, in the order of how much they tell.
const REASONS = ["error_description", "description", "detail", "message", "error", "title"];

function inWords(reply: Reply): string {
  if (typeof reply.body === "object" && reply.body !== null) {
    const body = reply.body as Record<string, unknown>;
    const reasons = REASONS.map((key) => body[key]).filter(
      (reason) => typeof reason === "string" && reason !== "",
    );
    if (reasons.length > 0) return excerpt(String(reasons[0]));
  }
  const text = reply.text.trim();
  if (text === "") return "no explanation";
  if (/^<(!doctype|html|\?xml)/i.test(text)) return "an HTML page instead of an answer";
  return excerpt(text);
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT)}…` : line;
}

// Failures of a connection that never stood: nothing of the request can have left.
const NEVER_CONNECTED = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_INVALID_ARG",
  "UND_ERR_PRX_TLS",
  "ERR_INVALID_URL",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

const WORDS: Record<string, string> = {
  ECONNREFUSED: "refused the connection",
  ENOTFOUND: "has no address; is the server's name right?",
  EAI_AGAIN: "could not be looked up (DNS)",
  ECONNRESET: "closed the connection without an answer",
  UND_ERR_SOCKET: "closed the connection without an answer",
  UND_ERR_CONNECT_TIMEOUT: "did not accept the connection in time",
  CERT_HAS_EXPIRED: "has an expired TLS certificate",
  REPLY_TOO_LARGE: "sent an answer that is too large to be one",
};

/** `ended`: by us, after so many milliseconds or because somebody insisted. */
function noAnswer(
  error: unknown,
  who: string,
  safe: boolean,
  ended: number | "broken off" | undefined,
): NetworkError {
  if (error instanceof NetworkError) return error;
  const { code, connected } = failureOf(error);
  const words =
    ended === undefined
      ? (WORDS[code] ?? `gave no answer (${code || "unknown"})`)
      : ended === "broken off"
        ? "was broken off before it answered"
        : `did not answer within ${describeDuration(ended)}`;
  return new NetworkError(!connected || safe ? "unavailable" : "uncertain", `${who} ${words}`, {
    cause: error,
  });
}

// The system's own word for what failed, wherever a library wrapped it. Several addresses that were tried give several:
// if one of them may have been reached, that one counts.
function failureOf(error: unknown): { code: string; connected: boolean } {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof AggregateError && at.errors.length > 0) {
      const all = at.errors.map(failureOf);
      return all.find(({ connected }) => connected) ?? all[0]!;
    }
    const { code, syscall } = at as NodeJS.ErrnoException;
    if (typeof code === "string")
      return { code, connected: syscall !== "connect" && !NEVER_CONNECTED.has(code) };
  }
  return { code: "", connected: true };
}
