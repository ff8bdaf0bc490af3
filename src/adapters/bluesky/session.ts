/** A login that is used again, renewed when it has ended, and made anew only when nothing else helps. */
import * as v from "valibot";
import { type HttpRequest, NetworkError, type Reach } from "../../adapter.ts";

/** The public service: logins go there, everything else to the account's own server. */
export const ENTRYWAY = "https://bsky.social";

interface Account {
  identifier: string;
  password: string;
  server: string;
}

const Login = v.object({
  /** Whose login this is: another identifier or server in the settings makes it void. */
  account: v.string(),
  did: v.string(),
  handle: v.string(),
  accessJwt: v.string(),
  refreshJwt: v.string(),
  /** Base URL of the server that keeps the account's records. */
  pds: v.string(),
});
export type Login = v.InferOutput<typeof Login>;

const Granted = v.object({
  did: v.string(),
  handle: v.string(),
  accessJwt: v.string(),
  refreshJwt: v.string(),
  didDoc: v.optional(v.unknown()),
});
const Document = v.object({ service: v.array(v.object({ id: v.string(), serviceEndpoint: v.unknown() })) });

/** Runs `ask` with a login. A refusal of the login itself (nothing was taken then) renews it and asks once more. */
export async function loggedIn<T>(reach: Reach<Account>, ask: (login: Login) => Promise<T>): Promise<T> {
  const kept = v.safeParse(Login, await reach.session.get());
  const isOurs = kept.success && kept.output.account === accountOf(reach.channel);
  const current = isOurs ? kept.output : await login(reach);
  try {
    return await ask(current);
  } catch (error) {
    if (!isAuth(error)) throw error;
    return ask(await renew(reach, current));
  }
}

// Logins are few (30 in 5 minutes, 300 a day), so the refresh token comes first.
async function renew(reach: Reach<Account>, { refreshJwt }: Login): Promise<Login> {
  try {
    const headers = { Authorization: `Bearer ${refreshJwt}` };
    return await granted(reach, "com.atproto.server.refreshSession", { headers });
  } catch (error) {
    if (!isAuth(error)) throw error;
    return login(reach);
  }
}

function login(reach: Reach<Account>): Promise<Login> {
  const { identifier, password } = reach.channel;
  const json = { identifier: identifier.replace(/^@/, ""), password };
  return granted(reach, "com.atproto.server.createSession", { json });
}

async function granted(
  { channel, ask, session }: Reach<Account>,
  name: string,
  request: HttpRequest,
): Promise<Login> {
  const { server } = channel;
  const asked: HttpRequest = { ...request, method: "POST", url: `${server}/xrpc/${name}`, safe: true };
  const { didDoc, ...tokens } = await ask(asked, Granted, "a session");
  // A server that was named is meant: a self-hosted one, a proxy, the sandbox.
  const pds = server === ENTRYWAY ? (pdsOf(didDoc) ?? server) : server;
  const made: Login = { account: accountOf(channel), ...tokens, pds };
  await session.set(made);
  return made;
}

function pdsOf(didDoc: unknown): string | undefined {
  const document = v.safeParse(Document, didDoc);
  if (!document.success) return undefined;
  const service = document.output.service.find(({ id }) => id.endsWith("#atproto_pds"));
  const endpoint = service?.serviceEndpoint;
  return typeof endpoint === "string" && endpoint.startsWith("https://")
    ? endpoint.replace(/\/+$/, "")
    : undefined;
}

function accountOf({ identifier, server }: Account): string {
  return `${identifier} ${server}`;
}

function isAuth(error: unknown): boolean {
  return error instanceof NetworkError && error.code === "auth";
}
