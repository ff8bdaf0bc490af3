/** Asks a network who we are there. Changes nothing, and is no attempt. */
import type { Account, Adapter, Session } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { createHttp, type Transport } from "../http/http.ts";

export interface Verifiable {
  adapter: Adapter;
  settings: unknown;
  secrets: readonly string[];
}

export async function verify(
  channel: Verifiable,
  session: Session,
  transport: Transport,
  userAgent: string,
): Promise<{ account?: Account; error?: NetworkError }> {
  const { adapter, settings, secrets } = channel;
  const http = createHttp({ transport, userAgent, secrets, classify: adapter.classify });
  try {
    const account = await adapter.verify?.({
      channel: settings,
      http: (request) => http({ ...request, safe: true, deadline: request.deadline ?? 15_000 }),
      key: "",
      startedAt: new Date(0),
      index: 0,
      signal: new AbortController().signal,
      read: () => Promise.reject(new TypeError("verify reads no media")),
      step: (_name, run) => run(),
      taken: async () => false,
      sending: () => Promise.reject(new TypeError("verify sends nothing")),
      session,
    });
    return { account };
  } catch (error) {
    if (error instanceof NetworkError) return { error };
    throw error;
  }
}
