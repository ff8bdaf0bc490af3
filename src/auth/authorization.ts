/** What every way of logging in in a browser has in common: an address to open, an answer, and what comes of it. */
import { NetworkError } from "../errors.ts";
import type { Transport } from "../http/http.ts";

/** The app on whose behalf the person agrees. */
export interface App {
  id: string;
  secret?: string;
}

/** What a login needs from around it. */
export interface OAuthEnv {
  /** The channel's public settings, for the `{name}` in addresses. */
  publicSettings: Readonly<Record<string, string>>;
  transport: Transport;
  userAgent: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** What came of it. */
export interface AuthorizationResult {
  /** Settings of the channel. */
  settings: Record<string, string>;
  /** ISO date-time. */
  expires?: string;
  scopes?: string[];
  /** The refresh token. */
  refresh?: string;
}

/** Which of several the person means; the index of a name. */
export type Choose = (names: readonly string[]) => Promise<number>;

export interface PendingAuthorization {
  /** The page on which the person agrees. */
  url: string;
  /** Whether this answer belongs to this grant, and is not a stray request. */
  isOurs(answer: URLSearchParams): boolean;
  /** Throws NetworkError: `auth` when the person or the network said no. */
  finish(answer: URLSearchParams, choose: Choose): Promise<AuthorizationResult>;
}

/** Puts the channel's public settings in place of `{name}`. */
export function fillPlaceholders(address: string, publicSettings: Readonly<Record<string, string>>): string {
  return address.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = publicSettings[name];
    if (value !== undefined) return value.replace(/\/+$/, "");
    throw new NetworkError("rejected", `the channel has no \`${name}\`, which the login's address needs`);
  });
}

export function withQuery(address: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}
