/** What it means when there was no answer: did anything of the request leave? */
import { describeDuration } from "../duration.ts";
import { NetworkError } from "../errors.ts";

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
export function noAnswer(
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
