/** What an answer that is not a success means: by the network's own rules, then by the status. */
import { type GenericSchema, safeParse } from "valibot";
import type { ErrorCode } from "../errors.ts";
import { isUrl } from "../urls.ts";
import { resetAt, retryAfterIn, retryAfterOf } from "./rate-limit.ts";
import type { Reply } from "./reply.ts";

/** A network's refusal as data; all that is given must fit. */
export interface ErrorRule {
  /** Default: every status that is not a success. A refusal at 200 must say `status: 200`. */
  status?: number | readonly number[];
  /** Looked for in the answer's body; capitals do not matter in a string. */
  words?: string | RegExp;
  code: ErrorCode;
}

/**
 * How an answer of the network itself is told from one of a proxy or a hotel's login page before it, as its documents have it.
 * One of both is enough.
 */
export interface Own {
  /** Names, lower case, that only the network sends. */
  headers?: readonly string[];
  /** The shape of the body of its refusals. */
  body?: GenericSchema;
}

/** What `classify` may say about a reply. */
export interface Refusal {
  code: ErrorCode;
  /** In the network's words. */
  message: string;
  /** Epoch milliseconds. */
  retryAt?: number;
  /** What the network calls the post, when it refuses a repeat and says of which: then it is out. */
  evidence?: { id: string; url?: string };
}

/** Whether the network itself said this. Without a declaration this is unknown. */
export function isOwn(reply: Reply, own: Own | undefined): boolean {
  if (!own) return false;
  const { headers = [], body } = own;
  return (
    headers.some((name) => reply.headers[name.toLowerCase()] !== undefined) ||
    (body !== undefined && safeParse(body, reply.body).success)
  );
}

const SENDS_AGAIN = new Set<ErrorCode>(["auth", "limited", "unavailable"]);

/**
 * A refusal after which a post is sent again, as it may be believed: what publishes may have been passed on by the proxy that
 * answers, so only the network's own word says that it was not taken.
 */
export function believed(refusal: Refusal, reply: Reply, safe: boolean, own: Own | undefined): ErrorCode {
  return !safe && SENDS_AGAIN.has(refusal.code) && !isOwn(reply, own) ? "uncertain" : refusal.code;
}

/** The first rule that fits; in the network's words. */
export function refusalByRule(reply: Reply, rules: readonly ErrorRule[] = []): Refusal | undefined {
  const rule = rules.find(({ status, words }) => isStatus(reply.status, status) && says(reply, words));
  return rule && { code: rule.code, message: inWords(reply) };
}

function isStatus(actual: number, status: ErrorRule["status"]): boolean {
  if (status === undefined) return actual < 200 || actual >= 300;
  return typeof status === "number" ? actual === status : status.includes(actual);
}

// JSON may hide words behind escapes, so the parsed reason is looked through as well.
function says(reply: Reply, words: ErrorRule["words"]): boolean {
  if (words === undefined) return true;
  const text = `${inWords(reply)}\n${reply.text}`;
  return typeof words === "string" ? text.toLowerCase().includes(words.toLowerCase()) : words.test(text);
}

/** By the status alone; nothing for a success. */
export function refusalByStatus(reply: Reply, safe: boolean): Refusal | undefined {
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

/**
 * When to come again, epoch milliseconds. The end of a rate-limit window does not say when a server that is down will be back;
 * Retry-After does.
 */
export function comeBack(code: ErrorCode, { headers, body }: Reply, now: number): number | undefined {
  if (code === "limited") return retryAfterIn(body, now) ?? resetAt(headers, now) ?? now + 60_000;
  return code === "unavailable" ? retryAfterOf(headers, now) : undefined;
}

/** Whether the request said that this is not a refusal. */
export function isFine(reply: Reply, ok: readonly (number | string)[] = []): boolean {
  return ok.some((one) =>
    typeof one === "number" ? one === reply.status : reply.status < 500 && says(reply, one),
  );
}

export function hostOf(url: string): string | undefined {
  return isUrl(url) ? new URL(url).host : undefined;
}

// The words that networks put their reasons in, in the order of how much they tell.
const REASONS = ["error_description", "description", "detail", "message", "error", "title"];
// A secret is masked before a text is cut: the half of one would not be known again.
const MOST = 4_000;
const EXCERPT = 256;

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
  return text.slice(0, MOST).replace(/\s+/g, " ").trim();
}

/** A message as it is kept and shown. */
export function shortened(text: string): string {
  return text.length > EXCERPT ? `${text.slice(0, EXCERPT)}…` : text;
}
