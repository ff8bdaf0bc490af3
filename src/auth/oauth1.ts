/** OAuth 1.0a (RFC 5849): the three steps of a login. */
import { randomBytes } from "node:crypto";
import type { OAuth1 } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { createHttp } from "../http/http.ts";
import { authorization, type Credentials } from "../http/oauth1.ts";
import {
  type App,
  fillPlaceholders,
  type OAuthEnv,
  type PendingAuthorization,
  withQuery,
} from "./authorization.ts";

/** Begins a login. `redirect` is where the browser comes back to, or `oob` for a number to copy. */
export async function beginOAuth1(
  auth: OAuth1,
  app: App,
  redirect: string,
  env: OAuthEnv,
): Promise<PendingAuthorization> {
  const consumer = { key: app.id, secret: app.secret ?? "" };
  const ask = async (address: string, more: Record<string, string>, held: Partial<Credentials>) => {
    const url = fillPlaceholders(address, env.publicSettings);
    const http = createHttp({ ...env, secrets: [consumer.secret, held.tokenSecret ?? ""] });
    const header = authorization(
      { method: "POST", url, more },
      { ...consumer, ...held },
      randomBytes(16).toString("hex"),
      Math.floor(env.now() / 1000),
    );
    const reply = await http({ method: "POST", url, headers: { Authorization: header }, safe: true });
    const answer = new URLSearchParams(reply.text);
    const [token, tokenSecret] = [answer.get("oauth_token"), answer.get("oauth_token_secret")];
    if (!token || !tokenSecret) throw new NetworkError("auth", "the network did not return a token");
    return { token, tokenSecret };
  };

  const temporary = await ask(auth.request, { oauth_callback: redirect }, {});
  return {
    url: withQuery(fillPlaceholders(auth.authorize, env.publicSettings), { oauth_token: temporary.token }),
    isOurs: (answer) => (answer.get("oauth_token") ?? answer.get("denied")) === temporary.token,
    async finish(answer) {
      const verifier = answer.get("oauth_verifier") ?? answer.get("code");
      if (!verifier) throw new NetworkError("auth", "the login was refused in the browser");
      const { token, tokenSecret } = await ask(auth.access, { oauth_verifier: verifier }, temporary);
      const { settings } = auth;
      return {
        settings: {
          [settings.key]: consumer.key,
          [settings.secret]: consumer.secret,
          [settings.token]: token,
          [settings.tokenSecret]: tokenSecret,
        },
      };
    },
  };
}
