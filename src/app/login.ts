/** Logging in: a browser or a paste, then the question who we are now, then the store. */
import { safeParse } from "valibot";
import type { Account, Adapter, Auth } from "../adapter.ts";
import type { App, AuthorizationResult, Choose, PendingAuthorization } from "../auth/authorization.ts";
import type { Clock } from "../clock.ts";
import type { NetworkError } from "../errors.ts";
import type { Transport } from "../http/http.ts";
import { entriesOf, isSecret } from "../settings.ts";
import { isUrl } from "../urls.ts";
import { USER_AGENT } from "../version.ts";

export { hasBrowser, openBrowser } from "../auth/browser.ts";

export interface BrowserLogin {
  auth: Auth;
  /** The channel's public settings. */
  place: Readonly<Record<string, string>>;
  /** The person's own app; asked for only where apps do not register themselves. */
  app: () => Promise<App>;
  /** `loopback`: the browser on this computer is redirected to us. `paste`: the person copies the address or code that it ends at. */
  by: "loopback" | "paste";
  /** Where to listen; 0 for any. */
  port: number;
  /** Shows the address, and opens it where there is a browser. */
  show(url: string): void;
  /** What the person copied: an address, or a code. */
  paste(): Promise<string>;
  choose: Choose;
  transport: Transport;
  clock: Clock;
  signal: AbortSignal;
}

/** Whether the network sends the browser to this computer at all, or to an address of the app's own. */
export function returnsToBrowser({ oauth2, oauth1 }: Auth): boolean {
  return oauth1 !== undefined || (oauth2 !== undefined && (oauth2.redirect ?? "loopback") === "loopback");
}

/** Throws NetworkError; `auth` if the person or the network refused. */
export async function logInByBrowser(login: BrowserLogin): Promise<AuthorizationResult & { client: App }> {
  const { auth, by } = login;
  if (!returnsToBrowser(auth)) return through(login, auth.oauth2!.redirect!, undefined);
  if (by === "paste") {
    const code = auth.oauth2 ? auth.oauth2.code : "oob";
    return through(login, code ?? `http://127.0.0.1:${login.port}/callback`, undefined);
  }
  const { openCallback } = await import("../auth/callback-server.ts");
  const callback = await openCallback(login.port);
  try {
    return await through(login, callback.redirect, (grant) =>
      callback.answer((answer) => grant.isOurs(answer), login.signal),
    );
  } finally {
    await callback.close();
  }
}

async function through(
  { auth, place, transport, clock, ...login }: BrowserLogin,
  redirect: string,
  answerTo: ((grant: PendingAuthorization) => Promise<URLSearchParams>) | undefined,
): Promise<AuthorizationResult & { client: App }> {
  const env = { publicSettings: place, transport, userAgent: USER_AGENT, now: () => clock.now() };
  const begin = async (): Promise<{ client: App; grant: PendingAuthorization }> => {
    if (auth.oauth2) {
      const { beginOAuth2, registerApp } = await import("../auth/oauth2.ts");
      const client = auth.oauth2.register
        ? await registerApp(auth.oauth2, [redirect], env)
        : await login.app();
      return { client, grant: await beginOAuth2(auth.oauth2, client, redirect, env) };
    }
    if (!auth.oauth1) throw new TypeError("this network has no login in a browser");
    const { beginOAuth1 } = await import("../auth/oauth1.ts");
    const client = await login.app();
    return { client, grant: await beginOAuth1(auth.oauth1, client, redirect, env) };
  };
  const { client, grant } = await begin();
  // Listening starts before the page is shown, so that an immediate answer is not lost.
  const answer = answerTo?.(grant);
  login.show(grant.url);
  const granted = await grant.finish(await (answer ?? pasted(login.paste)), login.choose);
  return { ...granted, client };
}

async function pasted(ask: () => Promise<string>): Promise<URLSearchParams> {
  const text = (await ask()).trim();
  if (isUrl(text)) return new URL(text).searchParams;
  // Some networks put `#_` or `#_=_` behind the code in the address: it is not part of it.
  return new URLSearchParams({ code: text.replace(/#.*$/, "") });
}

export interface Checked {
  account?: Account;
  error?: NetworkError;
  /** What is wrong with the settings, in one sentence. */
  wrong?: string;
  /** The network cannot be checked without posting. */
  unasked?: true;
}

/** Asks the network who we are with these settings. Changes nothing, keeps nothing. */
export async function checkSettings(
  adapter: Adapter,
  settings: Readonly<Record<string, unknown>>,
  transport: Transport,
): Promise<Checked> {
  const parsed = safeParse(adapter.channel, settings);
  if (!parsed.success) {
    const [{ path, message }] = parsed.issues;
    const key = path?.[0]?.key;
    return { wrong: key === undefined ? message : `\`${String(key)}\` ${message}` };
  }
  if (!adapter.account) return { unasked: true };
  const { askAccount } = await import("../delivery/account.ts");
  const { memorySession } = await import("../auth/session-store.ts");
  const secrets = secretKeysOf(adapter).flatMap((key) => {
    const value = settings[key];
    return typeof value === "string" ? [value] : [];
  });
  const session = memorySession();
  return askAccount({ adapter, settings: parsed.output, secrets, transport, session, userAgent: USER_AGENT });
}

export function secretKeysOf(adapter: Pick<Adapter, "channel">): string[] {
  return Object.entries(entriesOf(adapter.channel)).flatMap(([key, schema]) =>
    isSecret(schema) ? [key] : [],
  );
}

/** A channel's public settings, with the defaults where it says nothing; what is wrong with them is left out. */
export function publicSettings({
  adapter,
  publicSettings: written,
}: {
  adapter: Pick<Adapter, "channel">;
  publicSettings: Readonly<Record<string, unknown>>;
}): Record<string, unknown> {
  const secrets = secretKeysOf(adapter);
  const entries = Object.entries(entriesOf(adapter.channel)).flatMap(([key, schema]) => {
    if (secrets.includes(key)) return [];
    const parsed = safeParse(schema as Adapter["channel"], written[key]);
    return parsed.success && parsed.output !== undefined ? [[key, parsed.output] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The public addresses among a channel's settings: where a login's token may be sent. */
export function addressesOf(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  const urls = Object.entries(settings).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && /^https?:\/\//i.test(entry[1]),
  );
  return Object.fromEntries(urls);
}
