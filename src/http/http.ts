/** The one way to a network's HTTP API. Assigns the error code once; keeps secrets out of messages; follows no redirect. */
import type { GenericSchema, InferOutput } from "valibot";
import { safeParse } from "valibot";
import { waitUntil } from "../bounds.ts";
import { NetworkError } from "../errors.ts";
import { redactor } from "../redact.ts";
import { startPatience } from "./deadline.ts";
import { noAnswer } from "./failure.ts";
import {
  believed,
  comeBack,
  type ErrorRule,
  hostOf,
  isFine,
  type Own,
  type Refusal,
  refusalByRule,
  refusalByStatus,
  shortened,
} from "./refusal.ts";
import { isJson, type Reply, readReply, type WireReply } from "./reply.ts";
import { type Endpoint, type HttpRequest, serialise, type WireRequest } from "./request.ts";
import { type ServerClocks, serverClocks } from "./server-clock.ts";

export { redactor } from "../redact.ts";
export { type ErrorRule, isOwn, type Own, type Refusal } from "./refusal.ts";
export type { Reply, WireReply } from "./reply.ts";
export {
  type Endpoint,
  type HttpRequest,
  type Part,
  type Source,
  sourceOf,
  type WireRequest,
  wholeBody,
} from "./request.ts";
export { type Offset, type ServerClocks, serverClocks } from "./server-clock.ts";

export type Http = (request: HttpRequest) => Promise<Reply>;

/** Carries bytes. Throws with a `code` when there was no complete answer. */
export type Transport = (request: WireRequest, signal: AbortSignal) => Promise<WireReply>;

/** A request that is about to leave. */
export interface Leaving {
  /** Milliseconds until it is given up. */
  deadline: number;
}

export interface HttpOptions {
  transport: Transport;
  userAgent: string;
  /** Values that must not appear in any message. */
  secrets: readonly string[];
  /** For requests that name a path. */
  endpoint?: Endpoint;
  /** The network's refusals as data, before its own reading of them. */
  errors?: readonly ErrorRule[];
  /** How the network's own refusals are known. Without it no refusal of what publishes proves that it was not taken. */
  own?: Own;
  classify?: (reply: Reply) => Refusal | undefined;
  /** Resolves once the attempt is on disk. Awaited before any request that is not safe. */
  sending?: (leaving: Leaving) => Promise<void>;
  /** Every complete reply, also the refusals: the rate limiter listens. */
  onReply?: (reply: Reply, safe: boolean) => void;
  signal?: AbortSignal;
  now?: () => number;
  /** Milliseconds until a request that names no deadline of its own is given up. */
  deadline?: number;
  /** Where it is noted what the servers' clocks say. Default: this process's. */
  clocks?: ServerClocks;
}

const DEADLINE = 30_000;
const DEADLINE_LARGE = 120_000;

export function createHttp(options: HttpOptions): Http {
  const {
    transport,
    endpoint,
    errors,
    own,
    classify,
    sending,
    onReply,
    secrets,
    now = Date.now,
    clocks = serverClocks,
  } = options;

  return async (request) => {
    const safe = isSafe(request);
    const wire = await serialise(request, endpoint, options.userAgent);
    const redact = (text: string) => {
      // A session's token is not a setting: it is known only by being sent.
      const { authorization = "" } = wire.headers;
      return redactor([...secrets, authorization.split(" ").at(-1) ?? ""])(text);
    };
    const host = hostOf(wire.url);
    if (host === undefined) throw new NetworkError("rejected", "the address of the request cannot be read");
    const who = `${wire.method} ${host}`;
    options.signal?.throwIfAborted();
    const size = wire.source?.size ?? wire.body?.length ?? 0;
    const deadline = request.deadline ?? options.deadline ?? (size > 1_000_000 ? DEADLINE_LARGE : DEADLINE);
    if (!safe) await sending?.({ deadline });

    const left = now();
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
    clocks.note(host, reply.headers.date, left, now());
    onReply?.(reply, safe);
    if (isFine(reply, request.ok)) return reply;

    const refusal = refusalByRule(reply, errors) ?? classify?.(reply) ?? refusalByStatus(reply, safe);
    if (refusal) {
      const code = believed(refusal, reply, safe, own);
      throw new NetworkError(code, shortened(redact(`${who} answered ${reply.status}: ${refusal.message}`)), {
        status: reply.status,
        retryAt: waitUntil(refusal.retryAt ?? comeBack(refusal.code, reply, now()), now()),
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

/** Whether a request says of itself that readers see nothing of it. */
export function isSafe({ safe, method = "GET" }: Pick<HttpRequest, "safe" | "method">): boolean {
  return safe ?? method === "GET";
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

/** What was asked for; "gone" after a refusal, which the request names under `ok` as the network's word for it. */
export function unlessGone<S extends GenericSchema>(
  reply: Reply,
  schema: S,
  what: string,
): InferOutput<S> | "gone" {
  return reply.status >= 400 ? "gone" : expectReply(reply, schema, what, true);
}
