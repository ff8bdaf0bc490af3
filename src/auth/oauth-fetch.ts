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
    const text = Buffer.from(answer.body).toString("utf8");
    const standard = status >= 200 && status < 300 ? asStandard(text) : undefined;
    const answered = standard ? "application/json" : (answer.headers["content-type"] ?? "text/plain");
    return new Response(standard ?? text, { status, headers: { "content-type": answered } });
  };
}

/**
 * Several networks leave out `token_type` (RFC 6749 has it required), or write `expires_in` as text or scopes as a list.
 * An ID token is not asked for its claims here, and its issuer is not declared: it goes.
 */
function asStandard(text: string): string | undefined {
  try {
    const { id_token: _, ...answer } = JSON.parse(text) as Record<string, unknown>;
    const seconds = Number(answer.expires_in);
    return JSON.stringify({
      token_type: "bearer",
      ...answer,
      expires_in: seconds > 0 ? seconds : undefined,
      scope: Array.isArray(answer.scope) ? answer.scope.join(" ") : (answer.scope ?? undefined),
    });
  } catch {
    return undefined;
  }
}
