/** OAuth 2 as a network declares it: app registration, authorization code with or without PKCE, swaps, renewal. */
import * as oauth from "oauth4webapi";
import type { OAuth2, TokenSwap } from "../adapter.ts";
import { milliseconds } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import { createHttp, type Reply } from "../http/http.ts";
import {
  type App,
  type AuthorizationResult,
  type Choose,
  fillPlaceholders,
  type OAuthEnv,
  type PendingAuthorization,
  withQuery,
} from "./authorization.ts";
import { fetchOver } from "./oauth-fetch.ts";

/** Makes an app at networks where apps register themselves. `redirects` are all that it may use. */
export async function registerApp(auth: OAuth2, redirects: readonly string[], env: OAuthEnv): Promise<App> {
  const { register } = auth;
  if (!register) throw new TypeError("this network cannot register apps");
  const words = { redirect: redirects.join("\n"), scopes: scopesOf(auth) };
  const form = Object.entries(register.form).map(([name, value]) => [
    name,
    value.replace(/\{(redirect|scopes)\}/g, (_, word: "redirect" | "scopes") => words[word]),
  ]);
  const http = createHttp({ ...env, secrets: [] });
  const reply = await http({
    method: "POST",
    url: fillPlaceholders(register.url, env.publicSettings),
    form: Object.fromEntries(form),
    safe: true,
  });
  const { client_id: id, client_secret: secret } = membersOf(reply);
  if (typeof id !== "string" || id === "")
    throw new NetworkError("rejected", "the server did not register an app: its answer has no client_id");
  return { id, ...(typeof secret === "string" && secret !== "" && { secret }) };
}

/** Begins a login. `redirect` is where the browser comes back to, or the network's word for "show the code". */
export async function beginOAuth2(
  auth: OAuth2,
  app: App,
  redirect: string,
  env: OAuthEnv,
): Promise<PendingAuthorization> {
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = withQuery(fillPlaceholders(auth.authorize, env.publicSettings), {
    response_type: "code",
    [auth.clientId ?? "client_id"]: app.id,
    redirect_uri: redirect,
    scope: scopesOf(auth),
    state,
    ...(auth.pkce === "S256" && {
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
    }),
    ...auth.parameters,
  });

  return {
    url,
    isOurs: (answer) => answer.get("state") === state,
    async finish(answer, choose) {
      const { server, client, proof, options } = endpoint(auth, app, env);
      // A pasted code has no state to compare; a redirect's state has been compared already.
      const expected = answer.has("state") ? state : oauth.skipStateCheck;
      // The issuer is not known here, and nothing but this one server was asked.
      const known = new URLSearchParams([...answer].filter(([name]) => name !== "iss"));
      const granted = await inOurWords(app, async () => {
        const checked = oauth.validateAuthResponse(server, client, known, expected);
        const pkce = auth.pkce === "S256" ? verifier : oauth.nopkce;
        const reply = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          proof,
          checked,
          redirect,
          pkce,
          options,
        );
        return oauth.processAuthorizationCodeResponse(server, client, reply);
      });
      return settle(auth, app, granted, env, choose);
    },
  };
}

/** A new token for a login that ends. Throws NetworkError `auth` when only a new login helps. */
export async function renewOAuth2(
  auth: OAuth2,
  app: App,
  kept: { token: string; refresh?: string; scopes?: string[] },
  env: OAuthEnv,
): Promise<AuthorizationResult> {
  const setting = settingOf(auth);
  if (typeof auth.renew === "object") {
    const { token, expires } = await swap(auth.renew, app, kept.token, env);
    return { settings: { [setting]: token }, expires, scopes: kept.scopes };
  }
  const { refresh } = kept;
  if (auth.renew === "none" || refresh === undefined)
    throw new NetworkError("auth", "this login cannot be renewed");
  const { server, client, proof, options } = endpoint(auth, app, env);
  const granted = await inOurWords(app, async () => {
    const reply = await oauth.refreshTokenGrantRequest(server, client, proof, refresh, options);
    return oauth.processRefreshTokenResponse(server, client, reply);
  });
  return {
    settings: { [setting]: granted.access_token },
    expires: endOf(granted.expires_in, auth, env.now()),
    scopes: scopesIn(granted.scope) ?? kept.scopes,
    // A network that does not rotate them says nothing, and the old one stays.
    refresh: granted.refresh_token ?? refresh,
  };
}

async function settle(
  auth: OAuth2,
  app: App,
  granted: oauth.TokenEndpointResponse,
  env: OAuthEnv,
  choose: Choose,
): Promise<AuthorizationResult> {
  const setting = settingOf(auth);
  const scopes = scopesIn(granted.scope);
  const short = { token: granted.access_token, expires: endOf(granted.expires_in, auth, env.now()) };
  const long = auth.exchange ? await swap(auth.exchange, app, short.token, env) : short;
  if (!auth.pick) {
    return {
      settings: { [setting]: long.token },
      expires: long.expires,
      scopes,
      refresh: granted.refresh_token,
    };
  }
  const { url, list, name, token, settings } = auth.pick;
  const http = createHttp({ ...env, secrets: [long.token] });
  const reply = await http({
    url: fillPlaceholders(url, env.publicSettings),
    headers: { Authorization: `Bearer ${long.token}` },
  });
  const entries = membersOf(reply)[list];
  const usable = (Array.isArray(entries) ? entries : []).filter(
    (entry): entry is Record<string, unknown> => typeof entry?.[token] === "string",
  );
  if (usable.length === 0) throw new NetworkError("auth", "this account manages nothing that could post");
  const entry =
    usable.length === 1 ? usable[0]! : usable[await choose(usable.map((one) => String(one[name])))];
  if (!entry) throw new NetworkError("auth", "nothing was chosen");
  const chosen = Object.entries(settings).map(([key, member]) => [key, String(entry[member] ?? "")]);
  return { settings: { ...Object.fromEntries(chosen), [setting]: String(entry[token]) }, scopes };
}

async function swap(
  { url, grant, token: parameter, client }: TokenSwap,
  app: App,
  token: string,
  env: OAuthEnv,
): Promise<{ token: string; expires?: string }> {
  const http = createHttp({ ...env, secrets: [token, app.secret ?? ""] });
  const reply = await http({
    url: withQuery(fillPlaceholders(url, env.publicSettings), {
      grant_type: grant,
      ...(client.includes("id") && { client_id: app.id }),
      ...(client.includes("secret") && { client_secret: app.secret ?? "" }),
      [parameter]: token,
    }),
  });
  const { access_token, expires_in } = membersOf(reply);
  if (typeof access_token !== "string" || access_token === "")
    throw new NetworkError("auth", "the network did not return a token for the exchange");
  const seconds = Number(expires_in);
  return {
    token: access_token,
    ...(seconds > 0 && { expires: new Date(env.now() + seconds * 1000).toISOString() }),
  };
}

function endpoint(auth: OAuth2, app: App, { publicSettings, transport, userAgent }: OAuthEnv) {
  const token_endpoint = fillPlaceholders(auth.token, publicSettings);
  const client: oauth.Client = { client_id: app.id };
  const proof = {
    basic: () => inHeader(app),
    body: () => (auth.clientId ? inBody(auth.clientId, app) : oauth.ClientSecretPost(app.secret ?? "")),
    none: () => oauth.None(),
  }[app.secret === undefined ? "none" : auth.client]();
  const server: oauth.AuthorizationServer = { issuer: new URL(token_endpoint).origin, token_endpoint };
  const options = {
    [oauth.customFetch]: fetchOver(transport, userAgent),
    // A server of one's own may be plain HTTP: the person named it.
    [oauth.allowInsecureRequests]: new URL(token_endpoint).protocol === "http:",
    signal: () => AbortSignal.timeout(30_000),
    ...(auth.tokenParameters && { additionalParameters: auth.tokenParameters }),
  };
  return { server, client, proof, options };
}

/**
 * HTTP Basic. The standard wants both parts form-encoded, and several networks do not decode them: what needs no encoding,
 * such as the `-` and `_` of their own ids, is therefore left as it is.
 */
function inHeader({ id, secret = "" }: App): oauth.ClientAuth {
  const encoded = (part: string) => encodeURIComponent(part).replaceAll("%20", "+");
  return (_server, _client, _body, headers) => {
    headers.set("authorization", `Basic ${btoa(`${encoded(id)}:${encoded(secret)}`)}`);
  };
}

/** The app's id under the network's own name for it. */
function inBody(name: string, { id, secret = "" }: App): oauth.ClientAuth {
  return (_server, _client, body) => {
    body.set(name, id);
    body.set("client_secret", secret);
  };
}

/** The library's errors say what went wrong in the protocol; ours say what it means, without a secret. */
async function inOurWords<T>(app: App, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
      const words = error.error_description ?? error.error;
      const status = error instanceof oauth.ResponseBodyError ? error.status : undefined;
      throw new NetworkError("auth", redacted(words, app), { status });
    }
    if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
      throw new NetworkError("rejected", `the answer is not a token: ${redacted(error.message, app)}`);
    throw error;
  }
}

function redacted(words: string, app: App): string {
  const line = words.replace(/\s+/g, " ").slice(0, 256);
  return app.secret ? line.replaceAll(app.secret, "***") : line;
}

function endOf(seconds: number | undefined, auth: OAuth2, now: number): string | undefined {
  const ms = seconds !== undefined ? seconds * 1000 : auth.lifetime && milliseconds(auth.lifetime);
  return ms ? new Date(now + ms).toISOString() : undefined;
}

function settingOf({ setting = "token" }: OAuth2): string {
  return setting;
}

function scopesOf({ scopes, separator = " " }: OAuth2): string {
  return scopes.join(separator);
}

function scopesIn(scope: string | undefined): string[] | undefined {
  const scopes = scope?.split(/[\s,]+/).filter(Boolean);
  return scopes && scopes.length > 0 ? scopes : undefined;
}

function membersOf({ body }: Reply): Record<string, unknown> {
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}
