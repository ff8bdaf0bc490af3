/** Our transport in the form that the OAuth library asks for, and the networks' token answers in the form of the standard. */

import { NetworkError } from "../errors.ts";
import type { Transport } from "../http/http.ts";

interface Asked {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal;
}

export function fetchOver(
  transport: Transport,
  userAgent: string,
): (url: string, asked: Asked) => Promise<Response> {
  return async (url, { method, headers, body, signal }) => {
    const sent = { ...headers, "user-agent": userAgent };
    const bytes = body instanceof URLSearchParams ? Buffer.from(body.toString()) : undefined;
    const type: Record<string, string> = bytes ? { "content-type": "application/x-www-form-urlencoded" } : {};
    let answer: Awaited<ReturnType<Transport>>;
    try {
      answer = await transport(
        { method, url, headers: { ...type, ...sent }, ...(bytes && { body: bytes }) },
        signal ?? new AbortController().signal,
      );
    } catch (error) {
      throw new NetworkError("unavailable", `${new URL(url).host} did not answer`, { cause: error });
    }
    const { status } = answer;
    const { host } = new URL(url);
    if (status >= 500) throw new NetworkError("unavailable", `${host} answered ${status}`, { status });
    if (status === 429) throw new NetworkError("limited", `${host} asks to try again later`, { status });
    const text = Buffer.from(answer.body).toString("utf8");
    const read = membersOf(text);
    const token = read && status < 300 ? tokenIn(read) : undefined;
    const refusal = read && !token ? refusalIn(read) : undefined;
    // Some refuse with 200.
    const told = refusal && status < 400 ? 400 : token && status < 300 ? 200 : status;
    const standard = token ?? refusal;
    return new Response(standard ? JSON.stringify(standard) : text, {
      status: told,
      headers: {
        "content-type": standard ? "application/json" : (answer.headers["content-type"] ?? "text/plain"),
      },
    });
  };
}

type Members = Record<string, unknown>;

function membersOf(text: string): Members | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return isObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Several networks leave out `token_type` (RFC 6749 has it required), write `expires_in` as text or scopes as a list, or put
 * the token into a list. An ID token is not asked for its claims here, and its issuer is not declared: it goes.
 */
function tokenIn(read: Members): Members | undefined {
  const [first] = Array.isArray(read.data) ? read.data : [];
  const members = read.access_token === undefined && isObject(first) ? first : read;
  if (typeof members.access_token !== "string" || members.access_token === "") return undefined;
  const { id_token: _, ...answer } = members;
  const seconds = Number(answer.expires_in);
  return {
    token_type: "bearer",
    ...answer,
    expires_in: seconds > 0 ? seconds : undefined,
    scope: Array.isArray(answer.scope) ? answer.scope.join(" ") : (answer.scope ?? undefined),
  };
}

/** A refusal in the standard's form: `error` is a word there, and in the networks' own forms a number, an object or missing. */
function refusalIn(read: Members): Members | undefined {
  const error = isObject(read.error) ? read.error : {};
  const word = [read.error, read.error_type, error.type].find((one) => typeof one === "string" && one !== "");
  const words = [read.error_description, read.error_message, error.message, read.message];
  const said = words.find((one) => typeof one === "string" && one !== "");
  if (word === undefined && said === undefined) return undefined;
  return { error: word ?? "refused", ...(said !== undefined && { error_description: said }) };
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
