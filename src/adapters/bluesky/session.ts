/** A login that is used again, renewed when it has ended, and made anew only when nothing else helps. */
import * as v from "valibot";
import { type Context, NetworkError } from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";

/** The public service: logins go there, everything else to the account's own server. */
export const ENTRYWAY = "https://bsky.social";

export interface Account {
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

/** Runs `ask` with a login. A refusal of the login itself (nothing was taken then) renews it and asks once more. */
export async function loggedIn<T>(context: Context<Account>, ask: (login: Login) => Promise<T>): Promise<T> {
  const kept = v.safeParse(Login, await context.session.get());
  const isOurs = kept.success && kept.output.account === accountOf(context.channel);
  const current = isOurs ? kept.output : await login(context);
  try {
    return await ask(current);
  } catch (error) {
    if (!isAuth(error)) throw error;
    return ask(await renew(context, current));
  }
}

// Logins are few (30 in 5 minutes, 300 a day), so the refresh token comes first.
async function renew(context: Context<Account>, { refreshJwt }: Login): Promise<Login> {
  try {
    const reply = await context.http({
      method: "POST",
      url: `${serverOf(context.channel)}/xrpc/com.atproto.server.refreshSession`,
      headers: { Authorization: `Bearer ${refreshJwt}` },
      safe: true,
    });
    return await keep(context, expectReply(reply, Granted, "a session", true));
  } catch (error) {
    if (!isAuth(error)) throw error;
    return login(context);
  }
}

async function login(context: Context<Account>): Promise<Login> {
  const { identifier, password } = context.channel;
  const reply = await context.http({
    method: "POST",
    url: `${serverOf(context.channel)}/xrpc/com.atproto.server.createSession`,
    json: { identifier: identifier.replace(/^@/, ""), password },
    safe: true,
  });
  return keep(context, expectReply(reply, Granted, "a session", true));
}

async function keep(context: Context<Account>, granted: v.InferOutput<typeof Granted>): Promise<Login> {
  const { did, handle, accessJwt, refreshJwt, didDoc } = granted;
  const server = serverOf(context.channel);
  // A server that was named is meant: a self-hosted one, a proxy, the sandbox.
  const pds = server === ENTRYWAY ? (pdsOf(didDoc) ?? server) : server;
  const login: Login = { account: accountOf(context.channel), did, handle, accessJwt, refreshJwt, pds };
  await context.session.set(login);
  return login;
}

const Document = v.object({ service: v.array(v.object({ id: v.string(), serviceEndpoint: v.unknown() })) });

function pdsOf(didDoc: unknown): string | undefined {
  const document = v.safeParse(Document, didDoc);
  if (!document.success) return undefined;
  const service = document.output.service.find(({ id }) => id.endsWith("#atproto_pds"));
  const endpoint = service?.serviceEndpoint;
  return typeof endpoint === "string" && endpoint.startsWith("https://")
    ? endpoint.replace(/\/+$/, "")
    : undefined;
}

function serverOf({ server }: Account): string {
  return server;
}

function accountOf(account: Account): string {
  return `${account.identifier} ${serverOf(account)}`;
}

function isAuth(error: unknown): boolean {
  return error instanceof NetworkError && error.code === "auth";
}
